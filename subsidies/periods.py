"""For what period a benefit is paid, and how much of a year's amount falls into it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.enums import Frequency, StopRule

CENT = Decimal("0.01")
_YEAR = re.compile(r"(20[0-9]{2})")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """A year (`2013`) or a month (`2014-01`): the days `[from_on, to_on)`."""

    label: str
    from_on: datetime.date
    to_on: datetime.date

    @property
    def year(self) -> int:
        return self.from_on.year


def row_on(rows: Iterable[dict[str, Any]], day: datetime.date) -> dict[str, Any] | None:
    """The row of a dated parameter that holds on a day: its period is [from, to)."""
    text = day.isoformat()
    return next((row for row in rows if row["from"] <= text and (not row["to"] or row["to"] > text)), None)


def read_period(text: str, frequency: str) -> Period:
    """The period of a batch: a month for a monthly programme, a year for others.

    Raises DomainError `period_form`.
    """
    if frequency == Frequency.MONTHLY:
        month = _MONTH.fullmatch(text.strip())
        if month:
            start = datetime.date(int(month[1]), int(month[2]), 1)
            return Period(text.strip(), start, (start + datetime.timedelta(days=31)).replace(day=1))
        raise DomainError("period_form", _("This programme is paid by the month: write it as 2014-01."))
    year = _YEAR.fullmatch(text.strip())
    if year:
        return Period(text.strip(), datetime.date(int(year[1]), 1, 1), datetime.date(int(year[1]) + 1, 1, 1))
    raise DomainError("period_form", _("This programme is paid by the year: write it as 2013."))


def period_paid(period: Period, frequency: str) -> tuple[datetime.date, datetime.date]:
    """The days that a payment takes up: all time for a benefit of once in a life, else the period.

    The database refuses overlapping payments, so a lump sum can never come a second time.
    """
    if frequency == Frequency.ONCE:
        return datetime.date(1900, 1, 1), datetime.date(9999, 12, 31)
    return period.from_on, period.to_on


def amount_for(
    *, annual_amount: Decimal, frequency: str, period: Period, ends_on: datetime.date | None
) -> Decimal:
    """What a grant pays for a period, in yuan to the cent.

    A year pays the annual amount whole, whenever in the year the grant began; a grant that ends
    within the year (`ends_on`, the day after its last) pays a twelfth for each month begun. A
    month pays what the months up to it make of the year, less what the months before it made:
    twelve months add up to the annual amount to the cent. A benefit of once pays it all.
    """
    if frequency == Frequency.MONTHLY:
        month = period.from_on.month
        return twelfths(annual_amount, month) - twelfths(annual_amount, month - 1)
    if frequency == Frequency.YEARLY and ends_on is not None and ends_on < period.to_on:
        last_day = ends_on - datetime.timedelta(days=1)
        return twelfths(annual_amount, last_day.month)
    return annual_amount


def twelfths(annual_amount: Decimal, months: int) -> Decimal:
    """So many twelfths of a year's amount, to the cent."""
    return (annual_amount * months / 12).quantize(CENT, ROUND_HALF_UP)


def end_after(stop_rule: str, event_on: datetime.date) -> datetime.date:
    """The first day no longer paid, after a reason that arose on a day, by the stop rule of that day."""
    year, month = event_on.year, event_on.month
    if stop_rule == StopRule.END_OF_YEAR:
        return datetime.date(year + 1, 1, 1)
    months = 1 if stop_rule == StopRule.END_OF_MONTH else 2
    ahead = month - 1 + months
    return datetime.date(year + ahead // 12, ahead % 12 + 1, 1)
