"""What holds after any sequence of files: found by trying."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import (
    Absence,
    Disability,
    Hukou,
    Membership,
    OnlyChildCertificate,
    Person,
    Residence,
)
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_departures, record_moves
from households.services.events.recording import Report
from households.services.homes import FACTS
from offices.actors import Actor
from offices.enums import Role
from tests.factories import make_actor
from tests.households.registry import bring, counts, row
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db

FIRST = datetime.date(2012, 1, 1)
RELATIONS = {"户主": "head", "其他": "other"}
HUKOU = {"农业": "rural", "非农业": "urban", "居民": "resident"}

statements = st.fixed_dictionaries(
    {
        "户口性质": st.sampled_from(list(HUKOU)),
        "户主关系": st.sampled_from(list(RELATIONS)),
        "现居住地代码": st.sampled_from([VILLAGE, OTHER_VILLAGE]),
        "残疾等级": st.sampled_from(["", "1", "3"]),
        "光荣证号": st.sampled_from(["", "A1", "B2"]),
    }
)
files = st.lists(st.tuples(st.integers(0, 40), statements), min_size=1, max_size=5)

Known = tuple[str | None, ...]


def said(cells: dict[str, str]) -> Known:
    return (
        HUKOU[cells["户口性质"]],
        RELATIONS[cells["户主关系"]],
        cells["现居住地代码"],
        cells["残疾等级"] or None,
        cells["光荣证号"] or None,
    )


def known_on(day: datetime.date) -> Known:
    """The facts of the only person on a day; the database holds that there is at most one of each."""

    def only(model: type, value: str) -> str | None:
        found = model.objects.on(day).values_list(value, flat=True)
        assert len(found) <= 1
        return str(found[0]) if found else None

    return (
        only(Hukou, "hukou_type"),
        only(Membership, "relation"),
        only(Residence, "place_code"),
        only(Disability, "grade"),
        only(OnlyChildCertificate, "number"),
    )


def is_away(day: datetime.date) -> bool:
    return Absence.objects.on(day).exists()


def told_of(number: int, sequence: list[tuple[int, dict[str, str]]]) -> Known:
    """What files in order tell of a day: the last one by then, and for a fact that none of them had
    stated by then, the first one that does, since what is known for the first time holds from before."""
    statements = [said(cells) for _day, cells in sequence]
    by_then = sum(1 for day, _cells in sequence if day <= number)
    return tuple(
        statements[by_then - 1][fact]
        if any(statement[fact] for statement in statements[:by_then])
        else next((statement[fact] for statement in statements[by_then:] if statement[fact]), None)
        for fact in range(len(statements[0]))
    )


def take_in(actor: Actor, day: datetime.date, cells: dict[str, str]) -> tuple[int, int, int, int]:
    issued = {"光荣证发证日期": "2005-01-01" if cells["光荣证号"] else ""}
    return counts(bring(actor, [row(**cells, **issued)], as_of=day))


def put_right(person: Person, day: datetime.date) -> None:
    number = f"139{day:%Y%m%d}"
    correct_entry(actor=clerk_of(person), person=person, report=Report(day), right=Right(phone=number))


def depart(person: Person, day: datetime.date) -> None:
    record_departures(actor=clerk_of(person), people=[person], report=Report(day))


def move(person: Person, day: datetime.date) -> None:
    home = Residence.objects.on(day).get().place_code
    place = VILLAGE if home == OTHER_VILLAGE else OTHER_VILLAGE
    record_moves(
        actor=clerk_of(person), people=[person], report=Report(day), to_place=place, hukou_moves=False
    )


def clerk_of(person: Person) -> Actor:
    return make_actor(Role.TOWNSHIP, person.division_code[:9])


ENTRIES: dict[str, Callable[[Person, datetime.date], None]] = {
    "nothing": lambda _person, _day: None,
    "put_right": put_right,
    "depart": depart,
    "move": move,
}
"""What the counter enters before the late file comes, of whatever day."""


@pytest.mark.long
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files)
def test_files_in_order_are_told_day_by_day(
    county: Actor, sequence: list[tuple[int, dict[str, str]]]
) -> None:
    sequence = sorted(sequence, key=lambda entry: entry[0])
    with transaction.atomic():
        for number, cells in sequence:
            day = FIRST + datetime.timedelta(days=number)
            assert sum(take_in(county, day, cells)) == 1
            assert known_on(day) == said(cells)
            assert take_in(county, day, cells) == (0, 0, 1, 0)
        for number in range(sequence[0][0], 42):
            assert known_on(FIRST + datetime.timedelta(days=number)) == told_of(number, sequence)
        transaction.set_rollback(True)


@pytest.mark.long
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files, st.sampled_from(list(ENTRIES)), st.integers(0, 60), st.integers(0, 40), statements)
def test_late_file_changes_nothing_from_the_later_one_on(
    county: Actor,
    sequence: list[tuple[int, dict[str, str]]],
    entry: str,
    entered: int,
    late: int,
    cells: dict[str, str],
) -> None:
    with transaction.atomic():
        for number, statement in sorted(sequence, key=lambda entry: entry[0]):
            take_in(county, FIRST + datetime.timedelta(days=number), statement)
        ENTRIES[entry](Person.objects.get(), FIRST + datetime.timedelta(days=entered))
        last = Person.objects.get().row_as_of
        late_day = FIRST + datetime.timedelta(days=late)
        said_then = [statement for number, statement in sequence if number == late]
        if said_then[-1:] == [cells]:
            days = [FIRST + datetime.timedelta(days=number) for number in range(60)]
            before = [known_on(day) for day in days]
            assert take_in(county, late_day, cells) == (0, 0, 1, 0)
            assert [known_on(day) for day in days] == before
        elif last is not None and late_day < last:
            days = [last + datetime.timedelta(days=further) for further in range(20)]
            before, served = (
                [(known_on(day), is_away(day)) for day in days],
                Person.objects.get().division_code,
            )
            take_in(county, late_day, cells)
            assert known_on(late_day) == said(cells)
            assert not is_away(late_day)
            assert [(known_on(day), is_away(day)) for day in days] == before
            assert Person.objects.get().division_code == served
            for model in FACTS:
                assert set(model.objects.values_list("division_code", flat=True)) <= {served}, model
        transaction.set_rollback(True)
