"""Who the rows are about, each with a number of her own."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from households.models import Person
from tests.factories import make_person
from tests.subsidies.money import (
    citizen_number,
    give_account,
)

Kwargs = Mapping[str, object]
NAME = "璩秋实"
"""Everybody's in the rows: on a page of another township it would stand out."""

LAST_YEAR = datetime.date(2013, 12, 31)
"""A day that has come wherever rows are built."""


def serial_from(start: int) -> Callable[[], int]:
    """Numbers from `start` on; each kind of rows has its own stretch, so that nobody's number comes twice."""
    counted = iter(range(start, 500))
    return lambda: next(counted)


def people_of(families: int, first: int) -> list[Person]:
    """As many people with an account, numbered from `first` on."""
    serial = serial_from(first)
    people = [make_person(name=NAME, number=citizen_number(serial())) for _one in range(families)]
    for person in people:
        give_account(person, f"62280000{person.pk.int % 10**11:011d}")
    return people
