"""Closing the books: a month takes no more entries, a year carries what is left to the next."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from subsidies import policies
from subsidies.enums import BatchState, BookPeriodKind, EntryKind
from subsidies.models import BudgetLine, ClosedPeriod, LedgerAccount, LedgerEntry, PaymentBatch
from subsidies.selectors.books import Booked, booked_in_month, booked_in_year, closed_until, is_year_closed
from subsidies.services.ledger import Kind, Posting, accounts_of, book

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def close_month(*, actor: Actor, month: str) -> ClosedPeriod:
    """Close the books of a month (`2013-12`) that is over; afterwards the database books nothing in it.

    Months are closed in order; January only after the year before it, whose balances are its first
    entry. By the finance officer. Raises NotAllowed, Stale, DomainError `month_form`,
    `month_not_over`, `earlier_month_open`, `year_open`.
    """
    if not policies.may_close_books(actor):
        raise NotAllowed()
    found = _MONTH.fullmatch(month.strip())
    if not found:
        raise DomainError("month_form", _("Write the month as 2013-12."))
    first = datetime.date(int(found[1]), int(found[2]), 1)
    last = (first + datetime.timedelta(days=31)).replace(day=1) - ONE_DAY
    with county_scope():
        _let_nobody_book()
        if last >= clock.today():
            raise DomainError(
                "month_not_over", _("%(month)s is not over yet. Close it afterwards."), month=month
            )
        _check_in_order(first, last)
        if first.month == 1 and _has_money_left(first.year - 1) and not is_year_closed(first.year - 1):
            raise DomainError(
                "year_open",
                _("Close the year %(year)s first: what is left of it is the first entry of January."),
                year=first.year - 1,
            )
        booked = booked_in_month(first, last)
        return _close(actor, BookPeriodKind.MONTH, f"{first:%Y-%m}", first, last, booked)


def _check_in_order(first: datetime.date, last: datetime.date) -> None:
    until = closed_until()
    if until is not None and last <= until:
        raise Stale("month_closed_already", _("%(month)s is closed already."), month=f"{first:%Y-%m}")
    earlier = LedgerEntry.objects.filter(booked_on__lt=first).order_by("booked_on")
    if until is not None:
        earlier = earlier.filter(booked_on__gt=until)
    open_entry = earlier.first()
    if open_entry is not None:
        raise DomainError(
            "earlier_month_open",
            _("%(earlier)s is still open. Months are closed one after the other: close that one first."),
            earlier=f"{open_entry.booked_on:%Y-%m}",
        )


@transaction.atomic
def close_year(*, actor: Actor, year: int) -> ClosedPeriod:
    """Close a budget year: nothing is on its way or in suspense, and what is left goes to the next year.

    Its December is closed, the next January open. What was set aside and never appropriated ends
    with the year. By the finance officer. Raises NotAllowed, Stale, DomainError `december_open`,
    `january_closed`, `on_its_way`, `in_suspense`.
    """
    if not policies.may_close_books(actor):
        raise NotAllowed()
    with county_scope():
        _let_nobody_book()
        if is_year_closed(year):
            raise Stale("year_closed_already", _("%(year)s is closed already."), year=year)
        until = closed_until()
        if until is None or until < datetime.date(year, 12, 31):
            raise DomainError("december_open", _("Close December %(year)s first, then the year."), year=year)
        opening = datetime.date(year + 1, 1, 1)
        if until >= opening and _has_money_left(year):
            raise DomainError("january_closed", _("January is closed, so nothing can be carried to it."))
        _check_settled(year)
        carried = _carry_on(actor, year, opening)
        booked = booked_in_year(year)
        return _close(
            actor,
            BookPeriodKind.YEAR,
            str(year),
            datetime.date(year, 1, 1),
            opening - ONE_DAY,
            booked,
            **carried,
        )


def _check_settled(year: int) -> None:
    batch = (
        PaymentBatch.objects.filter(budget_year=year)
        .exclude(state__in=[BatchState.CLOSED, BatchState.DISCARDED])
        .order_by("number")
        .first()
    )
    if batch is not None:
        raise DomainError(
            "on_its_way",
            _("Batch %(number)s is paid out of %(year)s and is not closed yet. Bring it to its end first."),
            number=batch.number,
            year=year,
        )
    suspended = LedgerAccount.objects.filter(year=year, kind=Kind.SUSPENSE, balance__gt=0).first()
    if suspended is not None:
        raise DomainError(
            "in_suspense",
            _("%(amount)s yuan of %(year)s are in suspense. Clear them first."),
            amount=suspended.balance,
            year=year,
        )


def _has_money_left(year: int) -> bool:
    return LedgerAccount.objects.filter(year=year, kind=Kind.FUNDS, balance__gt=0).exists()


def _carry_on(actor: Actor, year: int, opening: datetime.date) -> dict[str, Any]:
    """One entry on the first day of the next year: out of every account of funds into its successor."""
    left = list(LedgerAccount.objects.filter(year=year, kind=Kind.FUNDS, balance__gt=0).order_by("pk"))
    postings = []
    for account in left:
        BudgetLine.objects.get_or_create(
            programme_id=account.programme_id,
            year=year + 1,
            source=account.source,
            defaults={
                "amount": 0,
                "document": f"结转{year}",
                "made_by_id": actor.staff_id,
                "made_on": clock.today(),
                "division_code": full_code(current_context().county),
            },
        )
        target = accounts_of(programme=account.programme_id, year=year + 1, sources=[account.source])
        postings += [
            Posting(account.pk, -account.balance),
            Posting(target[Kind.FUNDS, account.source].pk, account.balance),
        ]
    if postings:
        book(actor=actor, kind=EntryKind.CARRIED, postings=postings, on=opening)
    return {"carried": sum((account.balance for account in left), start=0), "accounts": len(left)}


def _let_nobody_book() -> None:
    """Wait for the bookings that are under way; whoever comes later finds the period closed (a trigger)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('subsidies.books:' || current_schema(), 0))"
        )


def _close(
    actor: Actor,
    kind: BookPeriodKind,
    label: str,
    first: datetime.date,
    last: datetime.date,
    booked: Booked,
    **detail: Any,
) -> ClosedPeriod:
    period = ClosedPeriod.objects.create(
        kind=kind,
        label=label,
        first_day=first,
        last_day=last,
        entries=booked.entries,
        turnover=booked.turnover,
        digest=booked.digest,
        closed_by_id=actor.staff_id,
        closed_on=clock.today(),
        division_code=full_code(current_context().county),
    )
    record_act(
        actor=actor,
        verb="subsidies.close_books",
        record=period,
        period=label,
        entries=booked.entries,
        turnover=booked.turnover,
        digest=booked.digest,
        **detail,
    )
    return period
