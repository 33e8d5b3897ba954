"""Many clerks at the money at once, each on a connection of her own: totals stay right, nothing is paid twice."""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.errors import DomainError
from offices.services.staff import system_actor
from subsidies.enums import BatchState, Frequency, FundingSource, PaymentState
from subsidies.models import (
    BankAnswer,
    BudgetLine,
    LedgerAccount,
    LedgerEntry,
    Payment,
    PaymentBatch,
    Programme,
)
from subsidies.selectors.verification import find_in_ledger
from subsidies.services.bank_answers import import_answer
from subsidies.services.batches import approve_batch, create_batch, send_batch
from subsidies.services.books import close_month
from subsidies.services.budget import add_budget_line, appropriate
from subsidies.services.budget_transfers import confirm_transfer, propose_transfer
from tests.factories import make_actor
from tests.subsidies.money import answer_to, file_of, fund, make_counters, make_grant, paid_programme

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OUT_OF_COUNTY = [{"source": "county", "share": "1"}]
Deed = tuple[Actor | None, Callable[[], Any]]
"""Who does it, in a context of hers; None: the deed opens its own."""


@contextmanager
def in_county() -> Iterator[None]:
    """The whole county, committed at the end: other connections see what was made."""
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        yield


def at_once(deeds: list[Deed]) -> Counter[str]:
    """Run each deed on a connection of its own, started together; how often 'done' and each refusal."""
    start = threading.Barrier(len(deeds))
    results: list[str] = ["lost"] * len(deeds)

    def run(place: int, actor: Actor | None, deed: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            with open_context(actor=actor) if actor else nullcontext():
                deed()
            results[place] = "done"
        except DomainError as refusal:
            results[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, *deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return Counter(results)


def monthly(count: int, people: int = 2) -> list[PaymentBatch]:
    """Batches of as many months, each of the same people at 80 yuan a month."""
    programme = paid_programme("MONTH", frequency=Frequency.MONTHLY, shares=OUT_OF_COUNTY)
    for serial in range(1, people + 1):
        make_grant(programme, serial=serial, amount="960.00", from_on="2012-01-01")
    finance = make_actor(Role.FINANCE)
    months = [f"{2012 + n // 12}-{n % 12 + 1:02d}" for n in range(count)]
    return [
        create_batch(actor=finance, programme=programme, period=month, budget_year=2013) for month in months
    ]


def balances() -> dict[str, Decimal]:
    return dict(LedgerAccount.objects.filter(source="county", year=2013).values_list("kind", "balance"))


def test_nothing_beyond_what_is_appropriated_is_paid_by_eight_at_once() -> None:
    with in_county():
        batches = monthly(8)
        fund(batches[0].programme, "500.00")
        checker = make_actor(Role.COUNTY)
    deeds = [(checker, lambda batch=batch: approve_batch(actor=checker, batch=batch)) for batch in batches]
    results = at_once(deeds)
    assert results["done"] == 3
    assert set(results) <= {"done", "not_appropriated", "not_appropriated_now"}
    with in_county():
        assert (balances()["funds"], balances()["in_transit"]) == (20, 480)
        assert find_in_ledger() == []


def test_sixteen_bring_their_batches_through_at_once() -> None:
    with in_county():
        batches, people = monthly(16), make_counters()
        fund(batches[0].programme, "100000.00")

    def whole_way(batch: PaymentBatch) -> None:
        with open_context(actor=people.county):
            approve_batch(actor=people.county, batch=batch)
        with open_context(actor=people.cashier):
            send_batch(actor=people.cashier, batch=batch)
        with open_context(actor=people.cashier):
            content = answer_to(file_of(batch), {2: "02"})
            import_answer(actor=people.cashier, batch=batch, content=content)

    deeds: list[Deed] = [(None, lambda batch=batch: whole_way(batch)) for batch in batches]
    assert at_once(deeds) == {"done": 16}
    with in_county():
        assert set(PaymentBatch.objects.values_list("state", flat=True)) == {BatchState.ANSWERED}
        states = Counter(Payment.objects.values_list("state", flat=True))
        assert states == {PaymentState.PAID: 16, PaymentState.RETURNED: 16}
        assert balances()["paid"] == 16 * 80
        assert (balances()["in_transit"], balances()["funds"]) == (0, 100_000 - 16 * 80)
        assert LedgerEntry.objects.filter(batch__isnull=False).count() == 32
        assert find_in_ledger() == []


def test_one_batch_is_approved_sent_and_answered_once_by_sixteen() -> None:
    with in_county():
        (batch,), people = monthly(1), make_counters()
        fund(batch.programme, "100000.00")
    approve = (people.county, lambda: approve_batch(actor=people.county, batch=batch))
    assert at_once([approve] * 16) == {"done": 1, "state_changed": 15}
    send = (people.cashier, lambda: send_batch(actor=people.cashier, batch=batch))
    assert at_once([send] * 16) == {"done": 1, "state_changed": 15}
    with in_county():
        content = answer_to(file_of(batch))
    read = (people.cashier, lambda: import_answer(actor=people.cashier, batch=batch, content=content))
    assert at_once([read] * 16) == {"done": 1, "answer_read_already": 15}
    with in_county():
        assert BankAnswer.objects.count() == 1
        assert balances()["paid"] == 160
        assert find_in_ledger() == []


def test_a_period_is_paid_once_though_sixteen_make_its_batch() -> None:
    with in_county():
        programme = paid_programme(shares=OUT_OF_COUNTY)
        make_grant(programme)
        finance = make_actor(Role.FINANCE)
    make = (finance, lambda: create_batch(actor=finance, programme=programme, period="2013"))
    results = at_once([make] * 16)
    assert results["done"] == 1
    assert set(results) <= {"done", "empty_selection", "being_paid_already"}
    with in_county():
        assert Payment.objects.count() == 1
        assert PaymentBatch.objects.count() == 1


def test_budget_is_neither_made_nor_lost_by_transfers_at_once() -> None:
    with in_county():
        finance, office = make_actor(Role.FINANCE), make_actor(Role.COUNTY)
        lines = [
            line_of(finance, paid_programme(code, shares=OUT_OF_COUNTY), "100") for code in ("ONE", "TWO")
        ]
        changes = [
            propose_transfer(
                actor=finance,
                from_line=lines[n % 2],
                to_line=lines[1 - n % 2],
                amount=Decimal("60"),
                document="调剂1号",
            )
            for n in range(8)
        ]
    deeds = [
        (office, lambda change=change: confirm_transfer(actor=office, change=change)) for change in changes
    ]
    results = at_once(deeds)
    assert set(results) <= {"done", "not_free"}
    with in_county():
        for line in lines:
            line.refresh_from_db()
            assert line.amount >= 0
        assert sum(line.amount for line in lines) == 200
        assert find_in_ledger() == []


def test_a_month_closes_whole_while_others_book_in_it() -> None:
    with in_county():
        finance = make_actor(Role.FINANCE)
        line = line_of(finance, paid_programme(shares=OUT_OF_COUNTY), "10000")
    on = datetime.date(2013, 12, 20)

    def hand_over() -> None:
        appropriate(actor=finance, line=line, amount=Decimal("1"), document="拨款1号", appropriated_on=on)

    deeds: list[Deed] = [(finance, hand_over) for _one in range(15)]
    deeds.append((finance, lambda: close_month(actor=finance, month="2013-12")))
    results = at_once(deeds)
    assert results["done"] + results["month_closed"] == 16
    with in_county():
        assert LedgerEntry.objects.count() == results["done"] - 1
        assert find_in_ledger() == []


def line_of(finance: Actor, programme: Programme, amount: str) -> BudgetLine:
    return add_budget_line(
        actor=finance,
        programme=programme,
        year=2013,
        source=FundingSource.COUNTY,
        amount=Decimal(amount),
        document="山财预〔2013〕1号",
    )
