"""A batch from its making to its end, with each refusal beside the success."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from households.services.accounts import confirm_account, propose_account
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from subsidies.enums import BatchState, Frequency, GrantState, LeftOutReason, PaymentState, ReturnReason
from subsidies.models import Grant, LedgerAccount, Payment, PaymentBatch
from subsidies.selectors.days_to_account import days_of_batch
from subsidies.selectors.money import tie_out
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, discard_batch, send_batch
from subsidies.services.closing import close_batch
from tests.conftest import as_owner, sql
from tests.factories import make_actor
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


def test_a_batch_goes_from_making_to_closing(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    grants = [make_grant(programme, serial=n) for n in (1, 2)]
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    assert (batch.count, batch.total_amount) == (2, Decimal("1920.00"))
    approve_batch(actor=people.county, batch=batch)
    send_batch(actor=people.cashier, batch=batch)
    taken = import_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    assert (taken.paid_count, taken.returned_count, taken.open_count) == (2, 0, 0)
    assert tie_out(taken.batch).ties
    closed = close_batch(actor=people.finance, batch=batch)
    assert closed.state == BatchState.CLOSED
    assert {p.state for p in Payment.objects.filter(grant__in=grants)} == {PaymentState.PAID}
    verbs = set(Act.objects.of_record(closed).values_list("verb", flat=True))
    assert verbs == {
        "subsidies.create_batch",
        "subsidies.approve_batch",
        "subsidies.send_batch",
        "subsidies.import_answer",
        "subsidies.close_batch",
    }
    days = days_of_batch(closed, today=datetime.date(2014, 1, 6))
    assert (days.count, days.median, days.longest) == (2, 17, 17)
    assert find_in_ledger() == []


def test_empty_selection_pays_nobody(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(paid_programme("OTHER"), serial=1)
    with pytest.raises(DomainError, match=r"(?i)nobody|没有") as refused:
        create_batch(actor=people.finance, programme=programme, period="2013")
    assert refused.value.code == "empty_selection"
    assert not PaymentBatch.objects.exists()
    make_grant(programme, serial=2, account=None)
    with pytest.raises(DomainError) as refused:
        create_batch(actor=people.finance, programme=programme, period="2013")
    assert refused.value.code == "empty_selection"
    assert "1" in str(refused.value)
    assert not Payment.objects.exists()


def test_who_cannot_be_paid_is_listed_with_the_reason(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(programme, serial=1)
    without = make_grant(programme, serial=2, account=None)
    suspended = make_grant(programme, serial=3, state=GrantState.SUSPENDED)
    dead = make_grant(programme, serial=4)
    dead.person.died_on = datetime.date(2013, 12, 1)
    dead.person.save(update_fields=["died_on"])
    make_grant(programme, serial=5, from_on="2014-01-01")
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    assert batch.count == 1
    assert dict(batch.left_out.values_list("grant_id", "reason")) == {
        without.pk: LeftOutReason.NO_ACCOUNT,
        suspended.pk: LeftOutReason.SUSPENDED,
        dead.pk: LeftOutReason.DIED,
    }


def test_maker_checker_and_payer_are_three_people(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    make_grant(programme)
    for wrong in (people.county, people.cashier, county):
        with pytest.raises(NotAllowed):
            create_batch(actor=wrong, programme=programme, period="2013")
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    same_person = Actor(people.finance.staff_id, "x", "x", Role.COUNTY, people.finance.division_code)
    for wrong in (people.finance, people.cashier, county, same_person):
        with pytest.raises(NotAllowed):
            approve_batch(actor=wrong, batch=batch)
    approve_batch(actor=people.county, batch=batch)
    checker_as_cashier = Actor(people.county.staff_id, "x", "x", Role.CASHIER, people.county.division_code)
    for wrong in (people.finance, people.county, county, checker_as_cashier):
        with pytest.raises(NotAllowed):
            send_batch(actor=wrong, batch=batch)
    send_batch(actor=people.cashier, batch=batch)


def test_the_database_refuses_maker_checker_and_payer_in_one(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    with pytest.raises(IntegrityError, match="batch_is_approved_by_another_person"), transaction.atomic():
        sql(
            "UPDATE subsidies_paymentbatch SET state='approved', approved_on=made_on, approved_by_id=made_by_id"
            " WHERE id=%s",
            [batch.pk],
        )


def test_second_payment_for_same_period_is_refused_by_the_database(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    with pytest.raises(DomainError) as refused:
        create_batch(actor=people.finance, programme=programme, period="2013")
    assert refused.value.code == "empty_selection"
    with pytest.raises(IntegrityError, match="nobody_is_paid_twice_for_a_period"), transaction.atomic():
        sql(
            """INSERT INTO subsidies_payment (id, batch_id, serial, grant_id, programme_id, person_id,
                 period_from_on, period_to_on, amount, state, payee_name, payee_bank, return_reason, division_code)
               SELECT gen_random_uuid(), batch_id, 99, grant_id, programme_id, person_id, '2013-06-01',
                      '2013-07-01', amount, 'planned', payee_name, payee_bank, '', division_code
                 FROM subsidies_payment WHERE batch_id = %s""",
            [batch.pk],
        )


def test_a_lump_sum_is_paid_once_in_a_life(county: Actor) -> None:
    programme, people = paid_programme("LUMP", frequency=Frequency.ONCE), make_counters()
    make_grant(programme)
    create_batch(actor=people.finance, programme=programme, period="2013")
    with pytest.raises(DomainError) as refused:
        create_batch(actor=people.finance, programme=programme, period="2014")
    assert refused.value.code == "empty_selection"


def test_twelve_months_make_the_year_to_the_cent(county: Actor) -> None:
    programme, people = paid_programme("MONTH", frequency=Frequency.MONTHLY), make_counters()
    make_grant(programme, amount="1000.00")
    total = Decimal()
    for month in range(1, 13):
        total += create_batch(
            actor=people.finance, programme=programme, period=f"2013-{month:02d}"
        ).total_amount
    assert total == Decimal("1000.00")
    for wrong in ("2013", "2013-13", "2014-02"):
        with pytest.raises(DomainError):
            create_batch(actor=people.finance, programme=programme, period=wrong)


def test_a_grant_that_ended_is_paid_for_its_months(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(programme, to_on=datetime.date(2013, 5, 1))
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    assert batch.total_amount == Decimal("320.00")


def test_payee_is_frozen_as_she_was(county: Actor) -> None:
    programme = paid_programme()
    grant = make_grant(programme)
    batch = create_batch(actor=make_counters().finance, programme=programme, period="2013")
    grant.person.name = "王新名"
    grant.person.save(update_fields=["name"])
    line = batch.payments.get()
    assert line.payee_name == "王秀英"
    assert line.payee_account.reveal() == "6223000000000000001"
    for change in ("amount = amount + 1", "payee_name = 'x'", "person_id = gen_random_uuid()", "serial = 9"):
        with pytest.raises(IntegrityError, match=r"frozen|changes in nothing"), transaction.atomic():
            sql(f"UPDATE subsidies_payment SET {change} WHERE id = %s", [line.pk])


def test_a_batch_whose_people_changed_is_not_approved(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    grant = make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    Grant.objects.filter(pk=grant.pk).update(state=GrantState.SUSPENDED)
    with pytest.raises(Stale) as refused:
        approve_batch(actor=people.county, batch=batch)
    assert refused.value.code == "selection_changed"
    discard_batch(actor=people.finance, batch=batch, reason="名单有变")
    assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.CANCELLED}


def test_nothing_is_paid_that_is_not_appropriated(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    with pytest.raises(DomainError) as refused:
        approve_batch(actor=people.county, batch=batch)
    assert refused.value.code == "no_budget_line"
    fund(programme, "479.99")
    with pytest.raises(DomainError) as refused:
        approve_batch(actor=people.county, batch=batch)
    assert refused.value.code == "not_appropriated"
    assert refused.value.params["needed"] == Decimal("480.00")
    batch.refresh_from_db()
    assert batch.state == BatchState.MADE


def test_discarding_an_approved_batch_gives_its_money_back(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme, "480.00")
    make_grant(programme)
    batch = create_batch(actor=people.finance, programme=programme, period="2013")
    approve_batch(actor=people.county, batch=batch)
    discard_batch(actor=people.county, batch=batch, reason="重新制作")
    funds = LedgerAccount.objects.get(kind="funds", source="central", programme=programme)
    assert funds.balance == Decimal("480.00")
    assert find_in_ledger() == []
    again = create_batch(actor=people.finance, programme=programme, period="2013")
    approve_batch(actor=people.county, batch=again)
    with pytest.raises(Stale):
        discard_batch(actor=people.county, batch=send_batch(actor=people.cashier, batch=again), reason="x")


def test_a_step_taken_twice_changes_nothing(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    make_grant(programme)
    batch = sent_batch(programme)
    for again in (
        lambda: approve_batch(actor=people.county, batch=batch),
        lambda: send_batch(actor=people.cashier, batch=batch),
        lambda: close_batch(actor=people.finance, batch=batch),
    ):
        with pytest.raises(Stale):
            again()
    assert batch.files.count() == 2
    assert batch.entries.count() == 1


def test_returned_line_is_issued_again_to_the_corrected_account(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme, "960.00")
    grant = make_grant(programme)
    batch = sent_batch(programme)
    import_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch), {1: "02 户名不符"}))
    first = batch.payments.get()
    assert (first.state, first.return_reason) == (PaymentState.RETURNED, ReturnReason.NAME_DIFFERS)
    close_batch(actor=people.finance, batch=batch)
    with pytest.raises(DomainError) as refused:
        create_batch(actor=people.finance, programme=programme, period="2013")
    assert refused.value.code == "empty_selection"
    correction = propose_account(
        actor=make_actor(Role.TOWNSHIP),
        person=grant.person,
        bank="山亭农商行",
        account="6217 0000 0001",
        document="存折",
    )
    confirm_account(actor=make_actor(Role.TOWNSHIP_REVIEWER), correction=correction)
    again = sent_batch(programme)
    second = again.payments.get()
    assert second.supersedes == first
    assert second.payee_account.reveal() == "621700000001"
    import_answer(actor=people.cashier, batch=again, content=answer_to(file_of(again)))
    close_batch(actor=people.cashier, batch=again)
    assert not Payment.objects.to_reissue().exists()
    first.refresh_from_db()
    assert first.state == PaymentState.RETURNED
    assert find_in_ledger() == []


def test_account_is_corrected_by_two_people(county: Actor) -> None:
    grant = make_grant(paid_programme())
    finance = make_actor(Role.FINANCE)
    correction = propose_account(
        actor=finance, person=grant.person, bank="农行", account="6217-0000-0002", document="卡"
    )
    with pytest.raises(NotAllowed) as refused:
        confirm_account(actor=finance, correction=correction)
    assert refused.value.code == "own_account_entry"
    with pytest.raises(DomainError) as waiting:
        propose_account(actor=finance, person=grant.person, bank="农行", account="62170000", document="卡")
    assert waiting.value.code == "account_waits"
    with pytest.raises(IntegrityError, match="account_is_confirmed_by_another_person"), transaction.atomic():
        sql(
            "UPDATE households_accountcorrection SET state='confirmed', decided_by_id=proposed_by_id,"
            " decided_on=proposed_on WHERE id=%s",
            [correction.pk],
        )
    for bad in ("123", "6217abcd0000", ""):
        with pytest.raises(DomainError):
            propose_account(actor=finance, person=grant.person, bank="农行", account=bad, document="卡")


def test_failure_at_the_bank_needs_no_new_account(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    make_grant(programme)
    batch = sent_batch(programme)
    import_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch), {1: "11"}))
    again = create_batch(actor=people.finance, programme=programme, period="2013")
    assert again.payments.get().supersedes_id == batch.payments.get().pk


def test_batch_stays_open_while_the_totals_differ(county: Actor) -> None:
    programme, people = paid_programme(), make_counters()
    fund(programme)
    make_grant(programme)
    batch = sent_batch(programme)
    with pytest.raises(Stale):
        close_batch(actor=people.finance, batch=batch)
    import_answer(actor=people.cashier, batch=batch, content=answer_to(file_of(batch)))
    with as_owner():
        sql(
            "UPDATE subsidies_bankfile SET total_amount = total_amount - 0.01 WHERE batch_id = %s", [batch.pk]
        )
    with pytest.raises(DomainError) as refused:
        close_batch(actor=people.finance, batch=batch)
    assert refused.value.code == "not_tied_out"
    assert refused.value.params["amount"] == Decimal("-0.01")


def test_bank_files_and_answers_cannot_be_changed(county: Actor) -> None:
    programme = paid_programme()
    fund(programme)
    make_grant(programme)
    sent_batch(programme)
    for table in ("bankfile", "bankanswer", "ledgerentry", "ledgerposting", "appropriation", "ledgeraccount"):
        for statement in (f"DELETE FROM subsidies_{table}", f"UPDATE subsidies_{table} SET id = id"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)


def test_a_second_account_on_the_same_day_ends_the_first(county: Actor) -> None:
    grant = make_grant(paid_programme(), account=None)
    township, reviewer = make_actor(Role.TOWNSHIP), make_actor(Role.TOWNSHIP_REVIEWER)
    for number in ("62170001", "62170002"):
        confirm_account(
            actor=reviewer,
            correction=propose_account(
                actor=township, person=grant.person, bank="农行", account=number, document="卡"
            ),
        )
    batch = create_batch(actor=make_counters().finance, programme=grant.programme, period="2013")
    assert batch.payments.get().payee_account.reveal() == "62170002"


def test_what_payments_and_postings_refer_to_stays(county: Actor) -> None:
    """In place of foreign keys: of what there is, whoever writes; never deleted, never renamed."""
    programme = paid_programme()
    fund(programme)
    make_grant(programme)
    batch = sent_batch(programme)
    unknown = "id, entry_id, account_id, payment_id, amount, division_code"
    wrong = (
        ("UPDATE subsidies_payment SET id = gen_random_uuid()", "keys_and_links_stay"),
        ("UPDATE subsidies_paymentbatch SET id = gen_random_uuid()", "keys_and_links_stay"),
        ("UPDATE subsidies_grant SET id = gen_random_uuid()", "keys_and_links_stay"),
        ("UPDATE subsidies_ledgerposting SET payment_id = gen_random_uuid()", "keys_and_links_stay"),
        ("DELETE FROM subsidies_payment", "referred_to_stays"),
        ("DELETE FROM subsidies_grant", "referred_to_stays"),
        ("DELETE FROM subsidies_ledgeraccount", "referred_to_stays"),
        (
            f"INSERT INTO subsidies_ledgerposting ({unknown}) SELECT gen_random_uuid(), entry_id, account_id, "
            "gen_random_uuid(), 1, division_code FROM subsidies_ledgerposting LIMIT 1",
            "entry_takes_no_later_posting|posting_is_of_a_payment",
        ),
        (
            "INSERT INTO subsidies_payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), "
            "'serial', 9, 'grant_id', gen_random_uuid(), 'state', 'planned', 'period_from_on', '2001-01-01', "
            "'period_to_on', '2002-01-01'))).* FROM subsidies_payment p",
            "payments_belong_to_their_batch",
        ),
    )
    for statement, constraint in wrong:
        with as_owner(), pytest.raises(IntegrityError) as refused, transaction.atomic():
            sql(statement)
            sql("SET CONSTRAINTS ALL IMMEDIATE")
        name = refused.value.__cause__.diag.constraint_name
        assert name in constraint.split("|"), (statement, name)
    assert batch.payments.exists()
    assert find_in_ledger() == []
