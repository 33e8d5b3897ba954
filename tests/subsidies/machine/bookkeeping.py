"""Money that matches no line waits in suspense until it is cleared; months and years are closed while all goes on."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from offices import clock
from offices.actors import Actor
from subsidies.enums import PaymentState, SuspenseEnd, SuspenseOrigin, SuspenseState
from subsidies.models import BudgetLine, LedgerEntry, Payment, PaymentBatch, SuspenseItem
from subsidies.selectors.books import closed_until, is_year_closed
from subsidies.services import books, suspense
from tests.subsidies.machine.deeds import Deed, between
from tests.subsidies.machine.reviewing import Reviewing

AMOUNTS = (Decimal("33.33"), Decimal("0.01"), Decimal("12.40"), Decimal(5000))
"""Yuan that come without a line: what is more than was ever paid out is refused."""


class Bookkeeping(Reviewing):
    """One records what came, another clears it; what is closed takes nothing more, whoever comes later."""

    def waits(self, kind: int, choice: int) -> list[Deed]:
        return self.books_that_wait(choice) if kind == 12 else super().waits(kind, choice)

    def books_that_wait(self, choice: int) -> list[Deed]:
        open_items = SuspenseItem.objects.filter(state=SuspenseState.OPEN).order_by("pk")
        return [
            self.money_of_nobody(choice),
            *(self.clearing_of(item, choice, self.money.finance) for item in open_items),
            *self.next_closing(),
        ]

    def money_of_nobody(self, choice: int) -> Deed:
        """Back from what was paid, where something was, or from elsewhere."""
        cashier, paid = self.money.cashier, Payment.objects.filter(state=PaymentState.PAID)
        batch = self.pick(PaymentBatch.objects.filter(pk__in=paid.values("batch")), choice)
        lines, origin = BudgetLine.objects.all(), SuspenseOrigin.OUTSIDE
        if batch and choice % 3:
            lines, origin = lines.filter(year=batch.budget_year), SuspenseOrigin.PAID
        line = self.pick(lines, choice)
        said: dict[str, Any] = {"batch": batch if origin == SuspenseOrigin.PAID else None, "document": "回单"}
        return cashier, lambda: suspense.record_suspense(
            actor=cashier,
            line=line,
            origin=origin,
            amount=AMOUNTS[choice // 2 % len(AMOUNTS)],
            received_on=clock.today(),
            **said,
        )

    def clearing_of(self, item: SuspenseItem, choice: int, actor: Actor) -> Deed:
        """Mostly to where it may belong."""
        ends = tuple(SuspenseEnd)
        if choice % 4:
            is_ours = item.origin == SuspenseOrigin.PAID
            ends = (SuspenseEnd.FUNDS, SuspenseEnd.PAID) if is_ours else (SuspenseEnd.OUTSIDE,)
        end = ends[choice // 4 % len(ends)]
        return actor, lambda: suspense.clear_suspense(actor=actor, item=item, end=end, document="查明")

    def next_closing(self) -> list[Deed]:
        """A year whose December is closed, else the first open month that is over."""
        finance, until = self.money.finance, closed_until()
        if until is None:
            until = LedgerEntry.objects.earliest("booked_on").booked_on.replace(day=1) - books.ONE_DAY
            until = until.replace(day=1) - books.ONE_DAY
        elif until.month == 12 and not is_year_closed(until.year):
            return [(finance, lambda: books.close_year(actor=finance, year=until.year))]
        month = until + books.ONE_DAY
        is_over = (month + datetime.timedelta(days=31)).replace(day=1) <= clock.today()
        return (
            [(finance, lambda: books.close_month(actor=finance, month=f"{month:%Y-%m}"))] if is_over else []
        )

    @precondition(lambda self: SuspenseItem.objects.exists())
    @between(choice=st.integers(0, 99), who=st.sampled_from(("finance", "cashier", "county")))
    def somebody_clears_what_is_in_suspense(self, choice: int, who: str) -> None:
        item = self.pick_mostly(SuspenseItem.objects.all(), choice, state=SuspenseState.OPEN)
        self.does(*self.clearing_of(item, choice, getattr(self.money, who)))

    @between(is_closed=st.booleans(), choice=st.integers(0, 99))
    def books_go_on(self, is_closed: bool, choice: int) -> None:
        closing = self.next_closing() if is_closed else []
        self.does(*(closing or [self.money_of_nobody(choice)])[0])
