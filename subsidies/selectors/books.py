"""The books: which months and years are closed, what stands in suspense, what an account holds."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from offices.database.context import county_scope
from offices.errors import DomainError
from subsidies.enums import BookPeriodKind
from subsidies.models import ClosedPeriod


def closed_until() -> datetime.date | None:
    """The last day of the last closed month: nothing is booked on it or before it."""
    with county_scope():
        found: datetime.date | None = ClosedPeriod.objects.filter(kind=BookPeriodKind.MONTH).aggregate(
            last=Max("last_day")
        )["last"]
    return found


def is_year_closed(year: int) -> bool:
    """Whether the money of a budget year has been carried on."""
    with county_scope():
        return ClosedPeriod.objects.filter(kind=BookPeriodKind.YEAR, label=str(year)).exists()


def check_month_open(day: datetime.date) -> None:
    """Raises DomainError `month_closed` when nothing can be booked on a day any more."""
    last = closed_until()
    if last is not None and day <= last:
        raise DomainError(
            "month_closed",
            _(
                "The books are closed up to %(last)s, so nothing is booked on %(day)s. Book it on a later day; "
                "the document keeps its own."
            ),
            last=last,
            day=day,
        )


def check_year_open(year: int) -> None:
    """Raises DomainError `year_closed` when a budget year takes no more money."""
    if is_year_closed(year):
        raise DomainError(
            "year_closed",
            _("The books of %(year)s are closed and what was left is in %(next)s. Use that year's budget."),
            year=year,
            next=year + 1,
        )


@dataclass(frozen=True, slots=True)
class Booked:
    """What was booked in a period: entries, yuan on one side, and a digest over all of it."""

    entries: int
    turnover: Decimal
    digest: str


_OF_MONTH = """
SELECT count(DISTINCT e.id), coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),
       encode(sha256(convert_to(coalesce(string_agg(
           concat_ws(' ', e.kind, e.booked_on, p.id, p.account_id, p.payment_id, p.amount), E'\\n' ORDER BY p.id),
           ''), 'UTF8')), 'hex')
  FROM subsidies_ledgerentry e JOIN subsidies_ledgerposting p ON p.entry_id = e.id
 WHERE e.booked_on BETWEEN %s AND %s
"""
_OF_YEAR = """
SELECT count(DISTINCT p.entry_id), coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),
       encode(sha256(convert_to(coalesce(string_agg(
           concat_ws(' ', a.kind, a.programme_id, a.source, p.id, p.amount), E'\\n' ORDER BY p.id), ''),
           'UTF8')), 'hex')
  FROM subsidies_ledgeraccount a JOIN subsidies_ledgerposting p ON p.account_id = a.id
 WHERE a.year = %s
"""


def booked_in_month(first: datetime.date, last: datetime.date) -> Booked:
    """Everything booked between two days; at county scope."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_MONTH, [first, last])
        return Booked(*cursor.fetchone())


def booked_in_year(year: int) -> Booked:
    """Everything on the accounts of a budget year, whenever it was booked; at county scope."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_YEAR, [year])
        return Booked(*cursor.fetchone())
