"""Arrears: what paid periods lack after an appeal comes once, whatever happens to their lines meanwhile."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from households.enums import RepresentationKind
from households.models import Person
from households.services.accounts import confirm_account, propose_account
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import (
    Frequency,
    LeftOutReason,
    LetterKind,
    PaymentState,
    ReturnReason,
    StopReason,
    StopRule,
)
from subsidies.models import Appeal, Arrear, Grant, Payment, PaymentBatch, Programme
from subsidies.periods import read_period
from subsidies.selectors.selection import Selection, select
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import create_batch
from subsidies.services.grants import stop_grant
from subsidies.services.letters import issue_grant_letter
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.households.representing import confirmed, heir
from tests.subsidies.appeals import accepted, changed, make_judge
from tests.subsidies.cases import Office, make_office, rules_say
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def too_low(programme: Programme, office: Office) -> Grant:
    """A grant of 720 yuan with its letter, and money for it."""
    grant = make_grant(programme, amount="720.00")
    issue_grant_letter(application=grant.application, grant=grant, receipt=None, actor=office.county)
    fund(programme)
    fund(programme, year=2014)
    return grant


def raise_by_appeal(grant: Grant, office: Office) -> Appeal:
    judge = make_judge(office)
    appeal = accepted(grant.letters.get(kind=LetterKind.GRANTED), office, judge)
    decided = changed(appeal, judge, remedy_from_on=grant.from_on, remedy_amount=Decimal("960.00"))
    return carry_out_appeal(appeal=decided, actor=office.county)


def of_period(programme: Programme, label: str = "2013") -> Selection:
    return select(programme=programme, period=read_period(label, programme.frequency))


def test_arrears_of_a_paid_period_come_with_the_next_batch(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    first = sent_batch(programme)
    decided = raise_by_appeal(grant, office)
    arrear = Arrear.objects.get(grant=grant)
    assert (arrear.amount, arrear.payment) == (Decimal("240.00"), None)
    assert "240.00" in decided.letters.get(kind=LetterKind.CHANGED).content
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2014")
    line = batch.payments.get()
    assert line.amount == Decimal("1200.00")
    arrear.refresh_from_db()
    assert arrear.payment == line
    assert first.payments.get().amount == Decimal("720.00")
    # A line that does not arrive lets its arrears go to the next.
    sql("UPDATE subsidies_payment SET state = %s WHERE id = %s", [PaymentState.CANCELLED, line.pk])
    again = select(programme=programme, period=read_period("2014", programme.frequency))
    assert again.total_amount == Decimal("1200.00")


def test_heirs_of_one_period_lack_its_arrears_once(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    grant.person.died_on = datetime.date(2013, 11, 3)
    grant.person.save(update_fields=["died_on"])
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    assert [line.amount for line in sent_batch(programme).payments.all()] == [Decimal("360.00")] * 2
    raise_by_appeal(grant, office)
    assert [arrear.amount for arrear in Arrear.objects.filter(grant=grant)] == [Decimal("240.00")]


def test_a_period_that_came_back_is_paid_with_its_arrears_and_no_more(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    first = sent_batch(programme)
    raise_by_appeal(grant, office)
    failed = {1: ReturnReason.BANK_FAILURE.value}
    import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), failed))
    assert of_period(programme).total_amount == Decimal("960.00")
    # Where the next year has taken the arrears up, the period brings what it brought before.
    create_batch(actor=make_counters().finance, programme=programme, period="2014")
    found = of_period(programme)
    assert (found.total_amount, found.arrears) == (Decimal("720.00"), Decimal())


def test_an_heir_who_is_paid_later_shares_what_the_first_shared(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    grant.person.died_on = datetime.date(2013, 11, 3)
    grant.person.save(update_fields=["died_on"])
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    first = sent_batch(programme)
    failed = {2: ReturnReason.BANK_FAILURE.value}
    import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), failed))
    raise_by_appeal(grant, office)
    assert Arrear.objects.get().amount == Decimal("240.00")
    assert shares_of(sent_batch(programme)) == [
        (1, Decimal("120.00"), True),
        (2, Decimal("360.00"), False),
        (2, Decimal("120.00"), True),
    ]


def test_a_period_paid_up_to_a_stop_that_is_set_aside_lacks_the_rest(office: Office) -> None:
    programme = paid_programme("ARREAR", stop_rule=StopRule.END_OF_MONTH)
    grant = too_low(programme, office)
    moved = {"reason": StopReason.MOVED, "event_on": datetime.date(2013, 6, 10)}
    stopped = stop_grant(grant=grant, actor=office.county, **moved)  # type: ignore[arg-type] # as named
    assert sent_batch(programme).payments.get().amount == Decimal("360.00")
    judge = make_judge(office)
    appeal = accepted(stopped.letters.get(kind=LetterKind.STOPPED), office, judge)
    carry_out_appeal(appeal=changed(appeal, judge), actor=office.county)
    assert Arrear.objects.get().amount == Decimal("360.00")
    assert of_period(programme, "2014").total_amount == Decimal("1080.00")


def test_a_month_after_the_end_that_was_paid_lacks_nothing(office: Office) -> None:
    programme = paid_programme("ARREAR", frequency=Frequency.MONTHLY)
    grant = too_low(programme, office)
    sent_batch(programme, "2013-11")
    sent_batch(programme, "2014-01")
    grant.person.died_on = datetime.date(2013, 11, 3)
    grant.person.save(update_fields=["died_on"])
    raise_by_appeal(grant, office)
    assert [arrear.period_from_on for arrear in Arrear.objects.all()] == [datetime.date(2013, 11, 1)]


def test_what_is_paid_once_has_its_arrears_alone_and_again_only_to_another_account(office: Office) -> None:
    programme = paid_programme("ARREAR", frequency=Frequency.ONCE)
    grant = too_low(programme, office)
    sent_batch(programme)
    assert of_period(programme).count == 0
    raise_by_appeal(grant, office)
    found = of_period(programme)
    assert (found.count, found.total_amount, found.arrears) == (1, Decimal("240.00"), Decimal("240.00"))
    batch = sent_batch(programme)
    line = batch.payments.get()
    assert line.is_arrears_alone
    assert Arrear.objects.get().payment == line
    assert of_period(programme).count == 0
    closed = {1: ReturnReason.CLOSED.value}
    import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch), closed))
    found = of_period(programme)
    assert (found.count, [one.reason for one in found.left_out]) == (0, [LeftOutReason.RETURNED])
    assert list(Payment.objects.to_reissue()) == [line]
    give_new_account(grant.person)
    again = sent_batch(programme).payments.get()
    assert (again.amount, again.supersedes) == (Decimal("240.00"), line)
    assert not Payment.objects.to_reissue().exists()
    assert find_in_ledger() == []
    with as_owner():
        sql("UPDATE subsidies_arrear SET amount = amount + 1")
    assert find_in_ledger()[0].rule == "arrears_alone_are_their_sum"


def give_new_account(person: Person) -> None:
    correction = propose_account(
        actor=make_actor(Role.TOWNSHIP),
        person=person,
        bank="山亭农商行",
        account="6217 0000 0001",
        document="存折",
    )
    confirm_account(actor=make_actor(Role.TOWNSHIP_REVIEWER), correction=correction)


def test_a_grant_that_has_ended_is_paid_what_its_periods_lack(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    sent_batch(programme)
    moved = {"reason": StopReason.MOVED, "event_on": datetime.date(2013, 12, 10)}
    stop_grant(grant=grant, actor=office.county, **moved)  # type: ignore[arg-type] # as named
    raise_by_appeal(grant, office)
    batch = sent_batch(programme, "2014")
    assert [(line.amount, line.is_arrears_alone) for line in batch.payments.all()] == [
        (Decimal("240.00"), True)
    ]


def test_arrears_wait_for_a_period_that_their_grant_has_begun_in(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    sent_batch(programme)
    raise_by_appeal(grant, office)
    assert of_period(programme, "2012").count == 0
    assert of_period(programme, "2013").count == 1


def test_arrears_that_wait_are_work_of_finance(office: Office) -> None:
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    sent_batch(programme)
    raise_by_appeal(grant, office)
    waiting = Arrear.objects.filter(grant=grant).waiting()
    assert waiting.count() == 1
    sent_batch(programme)
    assert waiting.count() == 0


def heirs_of_who_is_owed(office: Office, *, heirs: int = 2) -> tuple[Programme, Grant]:
    """She was paid 720 of 960 yuan for 2013, died in January, and her heirs brought their document."""
    programme = paid_programme("ARREAR")
    grant = too_low(programme, office)
    sent_batch(programme)
    raise_by_appeal(grant, office)
    grant.person.died_on = datetime.date(2014, 1, 3)
    grant.person.save(update_fields=["died_on"])
    if heirs:
        confirmed(grant.person, RepresentationKind.HEIRS, *(heir(40 + n) for n in range(heirs)))
    return programme, grant


def shares_of(batch: PaymentBatch) -> list[tuple[int | None, Decimal, bool]]:
    return [(one.share, one.amount, one.is_arrears_alone) for one in batch.payments.order_by("serial")]


def further(grant: Grant, amount: str) -> Arrear:
    """Of the year before, by the same appeal."""
    return Arrear.objects.create(
        grant=grant,
        appeal=Appeal.objects.get(),
        period_from_on=datetime.date(2012, 1, 1),
        period_to_on=datetime.date(2013, 1, 1),
        amount=Decimal(amount),
        division_code=grant.division_code,
    )


def test_arrears_of_the_dead_wait_for_their_heirs_and_say_so(office: Office) -> None:
    programme, grant = heirs_of_who_is_owed(office, heirs=0)
    found = of_period(programme)
    assert (found.count, [(one.reason, one.amount) for one in found.left_out]) == (
        0,
        [(LeftOutReason.DIED, Decimal("240.00"))],
    )
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41), heir(42))
    batch = sent_batch(programme)
    assert shares_of(batch) == [(share, Decimal("80.00"), True) for share in (1, 2, 3)]
    assert {line.payee_account_digest for line in batch.payments.all()}.isdisjoint(
        grant.person.bankaccount_set.values_list("account_digest", flat=True)  # type: ignore[attr-defined] # of a fact
    )
    assert not Arrear.objects.waiting().exists()
    assert (of_period(programme).count, of_period(programme).left_out) == (0, [])
    import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch)))
    assert find_in_ledger() == []


def test_heirs_are_paid_the_last_period_and_the_arrears_beside_it(office: Office) -> None:
    programme, _grant = heirs_of_who_is_owed(office)
    assert shares_of(sent_batch(programme, "2014")) == [
        (1, Decimal("480.00"), False),
        (1, Decimal("120.00"), True),
        (2, Decimal("480.00"), False),
        (2, Decimal("120.00"), True),
    ]
    assert of_period(programme).count == of_period(programme, "2014").count == 0
    assert find_in_ledger() == []


def test_an_heir_s_arrears_that_came_back_go_to_her_again_alone(office: Office) -> None:
    programme, grant = heirs_of_who_is_owed(office)
    first = sent_batch(programme)
    failed = {1: ReturnReason.BANK_FAILURE.value}
    import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), failed))
    came_back = first.payments.get(serial=1)
    assert list(Payment.objects.to_reissue()) == [came_back]
    again = sent_batch(programme, "2013")
    (line,) = again.payments.all()
    assert (line.share, line.amount, line.supersedes) == (1, Decimal("120.00"), came_back)
    assert not Payment.objects.to_reissue().exists()
    further(grant, "10.00")
    assert shares_of(sent_batch(programme)) == [(1, Decimal("5.00"), True), (2, Decimal("5.00"), True)]
    # Who turns out to live has no right to what her heirs have.
    grant.person.died_on = None
    grant.person.save(update_fields=["died_on"])
    assert of_period(programme).count == 0
    assert find_in_ledger() == []


@pytest.mark.parametrize("back", [(0, 1), (1, 0)])
def test_what_came_back_to_an_heir_goes_out_again_as_one_line(office: Office, back: tuple[int, ...]) -> None:
    programme, grant = heirs_of_who_is_owed(office)
    batches = [sent_batch(programme)]
    further(grant, "10.00")
    batches.append(sent_batch(programme))
    failed = {1: ReturnReason.BANK_FAILURE.value}
    for batch in (batches[place] for place in back):
        import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch), failed))
    assert Payment.objects.to_reissue().count() == 2
    assert shares_of(sent_batch(programme)) == [(1, Decimal("125.00"), True)]
    assert not Payment.objects.to_reissue().exists()
    assert find_in_ledger() == []


@pytest.mark.parametrize("has_come_back", [False, True])
def test_who_turns_out_to_live_is_paid_again_though_heirs_had_arrears(
    office: Office, has_come_back: bool
) -> None:
    programme, grant = heirs_of_who_is_owed(office)
    first = sent_batch(programme)
    if has_come_back:
        failed = {1: ReturnReason.BANK_FAILURE.value}
        import_answer(actor=make_counters().cashier, batch=first, content=answer_to(file_of(first), failed))
    grant.person.died_on = None
    grant.person.save(update_fields=["died_on"])
    new = further(grant, "10.00")
    batch = sent_batch(programme, "2014")
    assert shares_of(batch) == [(None, Decimal("970.00"), False)]
    assert list(batch.payments.get().arrears.all()) == [new]
    assert find_in_ledger() == []


def test_further_arrears_are_shared_to_the_cent_beside_those_before(office: Office) -> None:
    programme, grant = heirs_of_who_is_owed(office, heirs=3)
    before = Arrear.objects.get(grant=grant)
    sql("UPDATE subsidies_arrear SET amount = 100.01 WHERE id = %s", [before.pk])
    assert shares_of(sent_batch(programme)) == [
        (1, Decimal("33.34"), True),
        (2, Decimal("33.34"), True),
        (3, Decimal("33.33"), True),
    ]
    further(grant, "0.04")
    assert shares_of(sent_batch(programme)) == [
        (1, Decimal("0.02"), True),
        (2, Decimal("0.01"), True),
        (3, Decimal("0.01"), True),
    ]
    assert find_in_ledger() == []


def test_the_database_refuses_an_heir_more_arrears_than_the_share(office: Office) -> None:
    programme, _grant = heirs_of_who_is_owed(office)
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    columns = ", ".join(
        one.column for one in Payment._meta.concrete_fields if one.name not in ("id", "serial")
    )
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        sql(
            f"INSERT INTO subsidies_payment (id, serial, {columns}) "
            f"SELECT gen_random_uuid(), serial + 9, {columns} FROM subsidies_payment WHERE batch_id = %s",
            [batch.pk],
        )
    assert refused.value.__cause__.diag.constraint_name == "shares_add_up_to_what_lacks"  # type: ignore[union-attr] # of psycopg
