"""Closing of month and year, suspense: nothing is booked in what is closed, and everything is recomputed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from reports.months import read_month
from reports.selectors.money import sum_money
from subsidies.enums import EntryKind, FundingSource, SuspenseEnd, SuspenseOrigin, SuspenseState
from subsidies.models import BudgetLine, ClosedPeriod, LedgerAccount, LedgerEntry
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import create_batch
from subsidies.services.books import close_month, close_year
from subsidies.services.budget import add_budget_line, appropriate, raise_budget
from subsidies.services.closing import close_batch
from subsidies.services.suspense import clear_suspense, record_suspense
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.subsidies.cases import move_day
from tests.subsidies.money import (
    answer_to,
    file_of,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)

pytestmark = pytest.mark.django_db
OUT_OF_COUNTY = [{"source": "county", "share": "1"}]
DECEMBER = datetime.date(2013, 12, 20)


@pytest.fixture
def line(county: Actor) -> BudgetLine:
    """The county's line of 2013, 2,000 yuan of it appropriated on 20 December."""
    finance, programme = make_actor(Role.FINANCE), paid_programme(shares=OUT_OF_COUNTY)
    found = add_budget_line(
        actor=finance,
        programme=programme,
        year=2013,
        source=FundingSource.COUNTY,
        amount=Decimal("5000"),
        document="山财预〔2013〕1号",
    )
    appropriate(
        actor=finance, line=found, amount=Decimal("2000"), document="拨款1号", appropriated_on=DECEMBER
    )
    return found


def paid(line: BudgetLine) -> Any:
    """A batch of one line that is paid, answered and closed."""
    make_grant(line.programme)
    batch = sent_batch(line.programme)
    import_answer(actor=make_counters().cashier, batch=batch, content=answer_to(file_of(batch)))
    return close_batch(actor=make_counters().finance, batch=batch)


def balance(line: BudgetLine, kind: str, year: int = 2013) -> Decimal:
    return LedgerAccount.objects.get(
        kind=kind, programme=line.programme_id, year=year, source=line.source
    ).balance


def test_a_closed_month_takes_no_entry(line: BudgetLine) -> None:
    finance = make_actor(Role.FINANCE)
    for wrong in (make_actor(Role.CASHIER), make_actor(Role.COUNTY)):
        with pytest.raises(NotAllowed):
            close_month(actor=wrong, month="2013-12")
    closed = close_month(actor=finance, month="2013-12")
    assert (closed.entries, closed.turnover) == (1, 2000)
    with pytest.raises(DomainError) as refused:
        appropriate(
            actor=finance, line=line, amount=Decimal("1"), document="拨款2号", appropriated_on=DECEMBER
        )
    assert refused.value.code == "month_closed"
    with pytest.raises(IntegrityError, match="are closed"), transaction.atomic():
        sql(
            "INSERT INTO subsidies_ledgerentry (id, booked_on, kind, booked_by_id, postings_count, written_in,"
            " division_code) SELECT gen_random_uuid(), '2013-11-30', 'carried', booked_by_id, 0, 0, division_code"
            " FROM subsidies_ledgerentry LIMIT 1"
        )
    appropriate(actor=finance, line=line, amount=Decimal("1"), document="拨款2号")
    assert find_in_ledger() == []


@pytest.mark.parametrize(
    ("month", "code"),
    [("2014-01", "month_not_over"), ("2014-02", "month_not_over"), ("2013-13", "month_form")],
)
def test_only_a_month_that_is_over_is_closed(line: BudgetLine, month: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        close_month(actor=make_actor(Role.FINANCE), month=month)
    assert refused.value.code == code


def test_months_are_closed_in_order_and_once(line: BudgetLine) -> None:
    finance = make_actor(Role.FINANCE)
    appropriate(actor=finance, line=line, amount=Decimal("1"), document="拨款2号")
    move_day(datetime.date(2014, 2, 3))
    with pytest.raises(DomainError) as refused:
        close_month(actor=finance, month="2014-01")
    assert (refused.value.code, refused.value.params["earlier"]) == ("earlier_month_open", "2013-12")
    close_month(actor=finance, month="2013-12")
    with pytest.raises(Stale):
        close_month(actor=finance, month="2013-12")
    with pytest.raises(DomainError) as refused:
        close_month(actor=finance, month="2014-01")
    assert refused.value.code == "year_open"
    close_year(actor=finance, year=2013)
    close_month(actor=finance, month="2014-01")
    assert find_in_ledger() == []


def test_what_is_left_of_a_year_is_carried_to_the_next(line: BudgetLine) -> None:
    finance = make_actor(Role.FINANCE)
    paid(line)
    before = sum_money(read_month("2014-01"))
    with pytest.raises(DomainError) as refused:
        close_year(actor=finance, year=2013)
    assert refused.value.code == "december_open"
    close_month(actor=finance, month="2013-12")
    close_year(actor=finance, year=2013)
    assert (balance(line, "funds"), balance(line, "funds", 2014)) == (0, 1040)
    entry = LedgerEntry.objects.get(kind=EntryKind.CARRIED)
    assert entry.booked_on == datetime.date(2014, 1, 1)
    following = BudgetLine.objects.get(programme=line.programme_id, year=2014)
    assert (following.amount, following.committed_amount) == (0, 960)
    after = sum_money(read_month("2014-01"))
    make_grant(line.programme, serial=2)
    key = (line.programme_id, line.source)
    assert after.appropriated[key] == before.appropriated[key]
    with pytest.raises(Stale):
        close_year(actor=finance, year=2013)
    for refused_now in (
        lambda: raise_budget(actor=finance, line=line, amount=Decimal("1"), document="追加1号"),
        lambda: appropriate(actor=finance, line=line, amount=Decimal("1"), document="拨款2号"),
        lambda: create_batch(actor=finance, programme=line.programme, period="2013", budget_year=2013),
    ):
        with pytest.raises(DomainError) as refused:
            refused_now()
        assert refused.value.code == "year_closed"
    assert find_in_ledger() == []


def test_the_database_books_nothing_on_a_closed_year(line: BudgetLine) -> None:
    finance = make_actor(Role.FINANCE)
    close_month(actor=finance, month="2013-12")
    close_year(actor=finance, year=2013)
    with pytest.raises(IntegrityError, match="year of the account is closed"), transaction.atomic():
        sql(
            "WITH e AS (INSERT INTO subsidies_ledgerentry (id, booked_on, kind, booked_by_id, postings_count,"
            " written_in, division_code) SELECT gen_random_uuid(), '2014-01-06', 'carried', booked_by_id, 0, 0,"
            " division_code FROM subsidies_ledgerentry LIMIT 1 RETURNING id, division_code)"
            " INSERT INTO subsidies_ledgerposting (id, entry_id, account_id, amount, division_code)"
            " SELECT gen_random_uuid(), e.id, a.id, 1, e.division_code FROM e, subsidies_ledgeraccount a"
            " WHERE a.year = 2013 AND a.kind = 'funds'"
        )


def test_a_period_paid_after_its_year_was_closed_is_paid_by_the_running_year(line: BudgetLine) -> None:
    finance = make_actor(Role.FINANCE)
    close_month(actor=finance, month="2013-12")
    close_year(actor=finance, year=2013)
    make_grant(line.programme)
    assert create_batch(actor=finance, programme=line.programme, period="2013").budget_year == 2014


@pytest.mark.parametrize("step", ["sent", "suspense"])
def test_a_year_is_closed_only_when_all_is_settled(line: BudgetLine, step: str) -> None:
    finance = make_actor(Role.FINANCE)
    if step == "sent":
        make_grant(line.programme)
        sent_batch(line.programme)
    else:
        received(line, SuspenseOrigin.OUTSIDE)
    close_month(actor=finance, month="2013-12")
    with pytest.raises(DomainError) as refused:
        close_year(actor=finance, year=2013)
    assert refused.value.code == {"sent": "on_its_way", "suspense": "in_suspense"}[step]
    assert not ClosedPeriod.objects.filter(kind="year").exists()


def received(line: BudgetLine, origin: SuspenseOrigin, amount: str = "960.00", **fields: Any) -> Any:
    return record_suspense(
        actor=fields.pop("actor", None) or make_actor(Role.CASHIER),
        line=line,
        origin=origin,
        amount=Decimal(amount),
        received_on=datetime.date(2014, 1, 5),
        document="银行回单1号",
        **fields,
    )


@pytest.mark.parametrize(
    ("origin", "end", "funds", "still_paid"),
    [
        (SuspenseOrigin.PAID, SuspenseEnd.FUNDS, "2000.00", "0.00"),
        (SuspenseOrigin.PAID, SuspenseEnd.PAID, "1040.00", "960.00"),
        (SuspenseOrigin.OUTSIDE, SuspenseEnd.OUTSIDE, "1040.00", "960.00"),
    ],
)
def test_money_in_suspense_is_cleared_by_another_with_a_document(
    line: BudgetLine, origin: SuspenseOrigin, end: SuspenseEnd, funds: str, still_paid: str
) -> None:
    batch, finance = paid(line), make_actor(Role.FINANCE)
    item = received(line, origin, batch=batch if origin == SuspenseOrigin.PAID else None)
    assert balance(line, "suspense") == 960
    assert find_in_ledger() == []
    for wrong in (make_actor(Role.CASHIER), make_actor(Role.COUNTY)):
        with pytest.raises(NotAllowed):
            clear_suspense(actor=wrong, item=item, end=end, document="说明1号")
    own = Actor(item.recorded_by_id, "x", "x", Role.FINANCE, finance.division_code)
    with pytest.raises(NotAllowed):
        clear_suspense(actor=own, item=item, end=end, document="说明1号")
    with pytest.raises(DomainError) as refused:
        clear_suspense(actor=finance, item=item, end=end, document=" ")
    assert refused.value.code == "document_needed"
    other_end = SuspenseEnd.FUNDS if origin == SuspenseOrigin.OUTSIDE else SuspenseEnd.OUTSIDE
    with pytest.raises(DomainError) as refused:
        clear_suspense(actor=finance, item=item, end=other_end, document="说明1号")
    assert refused.value.code == "end_does_not_fit"
    cleared = clear_suspense(actor=finance, item=item, end=end, document="说明1号")
    assert cleared.state == SuspenseState.CLEARED
    assert balance(line, "suspense") == 0
    assert (balance(line, "funds"), balance(line, "paid")) == (Decimal(funds), Decimal(still_paid))
    assert item.entries.count() == 2
    with pytest.raises(Stale):
        clear_suspense(actor=finance, item=item, end=end, document="说明1号")
    assert find_in_ledger() == []


def test_no_more_comes_back_than_was_paid(line: BudgetLine) -> None:
    paid(line)
    with pytest.raises(DomainError) as refused:
        received(line, SuspenseOrigin.PAID, "960.01")
    assert refused.value.code == "never_paid"
    with pytest.raises(NotAllowed):
        received(line, SuspenseOrigin.OUTSIDE, actor=make_actor(Role.FINANCE))
    assert not line.suspense.exists()


BREAKS = [
    ("UPDATE subsidies_ledgeraccount SET balance = balance + 1 WHERE kind = 'paid'",
     "balance_is_the_sum_of_its_postings"),
    ("ALTER TABLE subsidies_ledgerposting DISABLE TRIGGER posting_stays;"
     "UPDATE subsidies_ledgerposting SET amount = amount + 1 WHERE amount > 0 AND payment_id IS NULL"
     " AND entry_id IN (SELECT id FROM subsidies_ledgerentry WHERE kind = 'appropriation')", "entry_is_balanced"),
    ("UPDATE subsidies_appropriation SET amount = amount + 1", "appropriation_is_in_the_ledger"),
    ("UPDATE subsidies_bankfile SET total_amount = total_amount + 0.01 WHERE format = 'text'",
     "closed_batch_ties_out"),
    ("UPDATE subsidies_bankanswer SET paid_count = paid_count + 1", "closed_batch_ties_out"),
    ("UPDATE subsidies_paymentbatch SET total_amount = total_amount + 1", "batch_is_the_sum_of_its_lines"),
    ("UPDATE subsidies_closedperiod SET turnover = turnover + 1 WHERE kind = 'month'",
     "closed_month_is_as_it_was_closed"),
    ("UPDATE subsidies_ledgerentry SET booked_on = '2014-01-02' WHERE kind = 'appropriation'",
     "closed_month_is_as_it_was_closed"),
    ("UPDATE subsidies_closedperiod SET digest = 'x' WHERE kind = 'year'", "closed_year_is_as_it_was_closed"),
    ("UPDATE subsidies_suspenseitem SET amount = amount + 1", "suspense_is_what_is_not_cleared"),
    ("UPDATE subsidies_suspenseitem SET state = 'cleared', \"end\" = 'outside', clearing_document = 'x',"
     " cleared_by_id = (SELECT id FROM offices_staff WHERE id <> recorded_by_id LIMIT 1), cleared_on = '2014-01-06'",
     "suspense_is_what_is_not_cleared"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "rule"), BREAKS)
def test_whatever_does_not_hold_is_named_first(line: BudgetLine, statement: str, rule: str) -> None:
    finance = make_actor(Role.FINANCE)
    paid(line)
    close_month(actor=finance, month="2013-12")
    if "kind = 'year'" in statement:
        close_year(actor=finance, year=2013)
    elif "suspense" in statement:
        received(line, SuspenseOrigin.OUTSIDE)
    assert find_in_ledger() == []
    with as_owner():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(statement)
    assert find_in_ledger()[0].rule == rule


def test_closed_books_cannot_be_opened(line: BudgetLine) -> None:
    close_month(actor=make_actor(Role.FINANCE), month="2013-12")
    for statement in ("DELETE FROM subsidies_closedperiod", "UPDATE subsidies_closedperiod SET id = id"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql(statement)
