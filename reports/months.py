"""The month of a report: its days, its name, and the month that a text names."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

_YEAR = re.compile(r"20[0-9]{2}|19[0-9]{2}")
_FORM = re.compile(r"(20[0-9]{2}|19[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """The days `[first_day, next_day)` of a month."""

    first_day: datetime.date

    @property
    def next_day(self) -> datetime.date:
        return (self.first_day + datetime.timedelta(days=31)).replace(day=1)

    @property
    def last_day(self) -> datetime.date:
        return self.next_day - datetime.timedelta(days=1)

    @property
    def year_start(self) -> datetime.date:
        return self.first_day.replace(month=1)

    @property
    def year(self) -> int:
        return self.first_day.year

    @property
    def following(self) -> Month:
        return Month(self.next_day)

    @property
    def before(self) -> Month:
        return Month((self.first_day - datetime.timedelta(days=1)).replace(day=1))

    def __str__(self) -> str:
        """As in addresses, commands and editions: 2013-12."""
        return f"{self.first_day:%Y-%m}"


def month_of(day: datetime.date) -> Month:
    """The month that a day lies in."""
    return Month(day.replace(day=1))


def read_month(text: str) -> Month:
    """The month of `2013-12`. Raises DomainError `month_form`."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise DomainError("month_form", _("Write the month as year and month, such as 2013-12."))
    return Month(datetime.date(int(found[1]), int(found[2]), 1))


def read_year(text: str) -> int:
    """The year of `2013`. Raises DomainError `year_form`."""
    if _YEAR.fullmatch(text.strip()) is None:
        raise DomainError("year_form", _("Write the year with four digits, such as 2013."))
    return int(text)
