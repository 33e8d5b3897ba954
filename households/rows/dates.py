"""Days in the forms in which people and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from households.readers.xlsx_values import day_of_serial
from offices.errors import DomainError

_FORMS = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]?"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
# A spreadsheet's own number of a day, from 1927 on; shorter ones cannot be told from years.
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")


@lru_cache(maxsize=65536)
def read_day(text: str) -> date:
    """Read 1953-02-01, 1953/2/1, 1953.2.1, 19530201, 1953年2月1日 or a spreadsheet's day number.

    Raises DomainError: `date_form`, `date_impossible`.
    """
    written = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip()).replace(" ", "")
    for form in _FORMS:
        if match := form.fullmatch(written):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError as error:
                raise DomainError(
                    "date_impossible", _("The calendar has no such day. Correct the date.")
                ) from error
    if _SERIAL.fullmatch(written):
        return day_of_serial(int(written))
    raise DomainError(
        "date_form",
        _("This is not a date that can be read. Write year, month and day, for example 1953-02-01."),
    )


def on_birthday(born_on: date, years: int) -> date:
    """The day on which an age is reached; born 29 February: 28 February of a common year."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 2, 28)
