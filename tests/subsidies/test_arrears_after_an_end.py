"""Arrears whose grant ends before they are paid: due as far as their period still is; what was paid stays."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from households.enums import RepresentationKind
from offices.actors import Actor
from offices.enums import Role
from offices.errors import Stale
from subsidies.enums import Frequency, LateCause, LetterKind, ReturnReason, StopReason, StopRule
from subsidies.models import Arrear, Grant, LateFinding, PaymentBatch, Programme
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch
from subsidies.services.grants import stop_grant
from tests.factories import make_actor
from tests.households.representing import confirmed, heir
from tests.subsidies.appeals import accepted, changed
from tests.subsidies.cases import Office, certify, make_office, rules_say
from tests.subsidies.money import answer_to, file_of, make_counters, paid_programme, sent_batch
from tests.subsidies.test_arrears import of_period, raise_by_appeal, shares_of, too_low

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def owed(office: Office, frequency: str = "", period: str = "2013") -> tuple[Programme, Grant, PaymentBatch]:
    """A period at the bank that lacks a quarter of what is due, by an appeal."""
    programme = paid_programme("ARREAR", frequency=frequency, stop_rule=StopRule.END_OF_MONTH)
    grant = too_low(programme, office)
    batch = sent_batch(programme, period)
    raise_by_appeal(grant, office)
    return programme, grant, batch


def came_back(batch: PaymentBatch) -> None:
    failed = {1: ReturnReason.BANK_FAILURE.value}
    import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch), failed))


def moved(grant: Grant, office: Office, on: datetime.date) -> Grant:
    grant.refresh_from_db()
    return stop_grant(grant=grant, reason=StopReason.MOVED, event_on=on, actor=office.county)


def died(grant: Grant, on: datetime.date) -> None:
    grant.person.died_on = on
    grant.person.save(update_fields=["died_on"])


def test_heirs_are_paid_nothing_for_a_month_after_the_end(office: Office) -> None:
    programme, grant, batch = owed(office, Frequency.MONTHLY, "2013-11")
    came_back(batch)
    died(grant, datetime.date(2013, 9, 3))
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    found = of_period(programme, "2013-11")
    assert (found.count, found.left_out) == (0, [])
    assert not Arrear.objects.waiting().exists()
    died(grant, datetime.date(2013, 11, 3))
    assert shares_of(sent_batch(programme, "2013-11")) == [
        (1, Decimal("30.00"), False),
        (1, Decimal("10.00"), True),
        (2, Decimal("30.00"), False),
        (2, Decimal("10.00"), True),
    ]
    assert find_in_ledger() == []


def test_a_year_that_came_back_brings_its_months_and_no_more(office: Office) -> None:
    programme, grant, batch = owed(office)
    came_back(batch)
    moved(grant, office, datetime.date(2013, 2, 10))
    assert of_period(programme).total_amount == Decimal("160.00")
    again = sent_batch(programme)
    assert [line.amount for line in again.payments.all()] == [Decimal("160.00")]
    assert of_period(programme).count == of_period(programme, "2014").count == 0
    import_answer(actor=make_counters().cashier, batch=again, content=answer_to(file_of(again)))
    assert find_in_ledger() == []


def test_heirs_share_the_months_of_a_year_that_came_back(office: Office) -> None:
    programme, grant, batch = owed(office)
    came_back(batch)
    died(grant, datetime.date(2013, 4, 3))
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    again = sent_batch(programme)
    assert shares_of(again) == [
        (share, amount, is_alone)
        for share in (1, 2)
        for amount, is_alone in ((Decimal("40.00"), False), (Decimal("120.00"), True))
    ]
    # A day that is put right later asks nothing of who has been paid, and gives nothing more.
    died(grant, datetime.date(2013, 1, 3))
    assert of_period(programme).count == of_period(programme, "2014").count == 0
    assert find_in_ledger() == []


def test_a_paid_year_lacks_what_its_months_bring_more_until_its_stop_is_set_aside(office: Office) -> None:
    programme, grant, _batch = owed(office)
    stopped = moved(grant, office, datetime.date(2013, 10, 10))
    assert [line.amount for line in sent_batch(programme).payments.all()] == [Decimal("80.00")]
    judge = make_actor(Role.COUNTY_REVIEWER, name="另一复核员")
    certify(office, judge)
    appeal = accepted(stopped.letters.get(kind=LetterKind.STOPPED), office, judge)
    carry_out_appeal(appeal=changed(appeal, judge), actor=office.county)
    assert sorted(Arrear.objects.values_list("amount", flat=True)) == [Decimal("80.00"), Decimal("160.00")]
    assert of_period(programme).total_amount == Decimal("160.00")
    assert find_in_ledger() == []


def test_arrears_paid_before_the_end_was_known_stay_paid(office: Office) -> None:
    programme, grant, _batch = owed(office)
    assert [line.amount for line in sent_batch(programme).payments.all()] == [Decimal("240.00")]
    moved(grant, office, datetime.date(2013, 2, 10))
    assert of_period(programme).count == 0
    assert Arrear.objects.get().amount == Decimal("240.00")
    assert find_in_ledger() == []


def test_arrears_of_a_year_paid_beyond_the_end_wait_for_nobody(office: Office) -> None:
    programme, grant, _batch = owed(office)
    moved(grant, office, datetime.date(2013, 2, 10))
    assert of_period(programme).count == 0
    assert not Arrear.objects.waiting().exists()


def test_a_batch_whose_arrears_an_end_has_cut_is_not_approved(office: Office) -> None:
    programme, grant, _batch = owed(office)
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    moved(grant, office, datetime.date(2013, 10, 10))
    with pytest.raises(Stale) as refused:
        approve_batch(actor=make_counters().county, batch=batch)
    assert refused.value.code == "selection_changed"


@pytest.mark.parametrize(
    ("reckoned_to", "due"), [(None, Decimal("80.00")), (datetime.date(2013, 11, 1), Decimal("240.00"))]
)
def test_what_a_finding_asked_more_a_year_is_due_for_its_months(
    office: Office, reckoned_to: datetime.date | None, due: Decimal
) -> None:
    """Her grant brings 720 a year, the rules 960; what was reckoned with the end already is whole."""
    programme = paid_programme("ARREAR", stop_rule=StopRule.END_OF_MONTH)
    grant = too_low(programme, office)
    line = sent_batch(programme).payments.get()
    finding = LateFinding.objects.create(
        grant=grant,
        cause=LateCause.FILE,
        happened_on=datetime.date(2013, 1, 1),
        known_on=datetime.date(2014, 1, 6),
        division_code=grant.division_code,
    )
    Arrear.objects.create(
        grant=grant,
        finding=finding,
        period_from_on=line.period_from_on,
        period_to_on=line.period_to_on,
        ends_on=reckoned_to,
        amount=Decimal("240.00"),
        division_code=grant.division_code,
    )
    moved(grant, office, datetime.date(2013, 10, 10))
    assert of_period(programme).total_amount == due
    assert [one.amount for one in sent_batch(programme).payments.all()] == [due]
    assert of_period(programme).count == 0
    assert find_in_ledger() == []


@pytest.mark.parametrize("returned", [(), (2,)])
def test_heirs_lack_nothing_of_what_they_have_when_the_death_was_earlier(
    office: Office, returned: tuple[int, ...]
) -> None:
    """Four months of 720 a year are paid to them, of 960 they bring 80 more; one month of 960 brings 80."""
    programme = paid_programme("ARREAR", stop_rule=StopRule.END_OF_MONTH)
    grant = too_low(programme, office)
    died(grant, datetime.date(2013, 4, 3))
    confirmed(grant.person, RepresentationKind.HEIRS, heir(40), heir(41))
    batch = sent_batch(programme)
    assert shares_of(batch) == [(1, Decimal("120.00"), False), (2, Decimal("120.00"), False)]
    failed = dict.fromkeys(returned, ReturnReason.BANK_FAILURE.value)
    import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch), failed))
    raise_by_appeal(grant, office)
    assert Arrear.objects.get().amount == Decimal("80.00")
    died(grant, datetime.date(2013, 1, 3))
    again = [(share, Decimal("40.00"), False) for share in returned]
    assert of_period(programme).count == len(again)
    assert not again or shares_of(sent_batch(programme)) == again
    assert of_period(programme, "2014").count == 0
    assert find_in_ledger() == []
