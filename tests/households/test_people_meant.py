"""Matching by sets is what one row after the other would give; any row is read or refused; any column names."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.enums import DepartmentFileKind, MatchedBy
from households.models import Person
from households.readers import DEPARTMENT_COLUMNS, PAGE_LIMITS, Line, open_table
from households.rows import DepartmentRow, DepartmentRows, RefusedRow
from households.selectors.people_meant import (
    Description,
    VillageNames,
    people_meant,
    smallest_division,
)
from offices.actors import Actor
from offices.models import Division
from tests.factories import OTHER_VILLAGE, VILLAGE, make_person
from tests.households.resident_files import as_csv, as_xlsx
from tests.subsidies.money import citizen_number

AS_OF = datetime.date(2014, 1, 5)
BORN = ("1953-02-01", "1955-10-02")
NAMES = ("王秀英", "王秀兰")
NUMBERS = tuple(citizen_number(serial) for serial in range(1, 6))
_people = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(BORN),
        st.sampled_from([VILLAGE, OTHER_VILLAGE]),
        st.booleans(),
    ),
    max_size=5,
)
_rows = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(BORN),
        st.sampled_from(["", VILLAGE, OTHER_VILLAGE, "某处"]),
        st.sampled_from(["", *NUMBERS]),
    ),
    max_size=6,
)


def naive(row: Description, people: list[tuple[Person, str]]) -> tuple[set[Any], MatchedBy | None]:
    """The rule as it is told to a clerk, person by person."""
    for person, number in people:
        if row.number and number == row.number:
            return {person.pk}, MatchedBy.NUMBER
    alike = [
        person
        for person, number in people
        if (person.name, person.birth_date) == (row.name, row.birth_date) and not (row.number and number)
    ]
    if row.place in (VILLAGE, OTHER_VILLAGE):
        there = [person for person in alike if person.division_code == row.place]
        if len(there) == 1:
            return {there[0].pk}, MatchedBy.NAME
        return {person.pk for person in there or alike}, None
    return {person.pk for person in alike}, MatchedBy.NAME if len(alike) == 1 else None


@pytest.mark.django_db
@given(_people, _rows)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_by_sets_as_one_by_one(
    county: Actor, people: list[tuple[str, str, str, bool]], rows: list[tuple[str, str, str, str]]
) -> None:
    with transaction.atomic():
        made = []
        for (name, born, village, has_number), number in zip(people, NUMBERS, strict=False):
            own = number if has_number else ""
            made.append((make_person(name=name, born=born, village=village, number=own or None), own))
        for person, _number in made:
            person.birth_date = datetime.date.fromisoformat(str(person.birth_date))
        described = [
            Description(name, datetime.date.fromisoformat(born), place, number)
            for name, born, place, number in rows
        ]
        found = people_meant(described=described, villages=VillageNames(county="370406"))
        for row, meant in zip(described, found, strict=True):
            assert ({person.pk for person in meant.people}, meant.by) == naive(row, made)
            if meant.people:
                division = smallest_division(meant.people, county="370406")
                assert {p.division_code for p in meant.people} == {division} or division == "370406000000"
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_villages_are_found_in_what_people_write(county: Actor) -> None:
    names = VillageNames(county="370406")
    villages = list(Division.objects.villages().within("370406").select_related("parent"))
    for village in villages:
        assert names.read(village.code) == {village.code}
        assert village.parent
        found = names.read(f"山东省枣庄市山亭区{village.parent.name}{village.name}12号")
        assert village.code in found
        assert {code[:9] for code in found} == {village.code[:9]}
    for text in ("", "北京市朝阳区", "370406999999"):
        assert names.read(text) == frozenset()


_cells = st.one_of(
    st.sampled_from(
        [
            "王秀英",
            NUMBERS[0],
            "1953-02-01",
            VILLAGE,
            "2014-01-03",
            "农业",
            "养老保险",
            "2014",
            "=1+1",
            "�",
            "",
        ]
    ),
    st.text(max_size=20),
)


@pytest.mark.parametrize("kind", DepartmentFileKind)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_row_is_read_or_refused(kind: DepartmentFileKind, data: st.DataObject) -> None:
    width = len(DEPARTMENT_COLUMNS[kind].columns)
    cells = data.draw(st.lists(_cells, min_size=width, max_size=width))
    rows = DepartmentRows(kind=kind, county="370406", villages=frozenset({VILLAGE}), dated_on=AS_OF)
    row = rows.read(Line(2, tuple(cell.strip() for cell in cells), ""))
    if isinstance(row, RefusedRow):
        assert row.errors
        assert all(error.code and error.explanation for error in row.errors)
        return
    assert row.birth_date <= AS_OF
    assert row.told.happened_on is None or row.birth_date <= row.told.happened_on <= AS_OF
    assert row.words(AS_OF) == row.words(AS_OF)


@given(data=st.data(), make=st.sampled_from([as_csv, as_xlsx]))
@settings(max_examples=25, deadline=None)
def test_columns_may_have_any_order_and_any_names_that_were_assigned(
    data: st.DataObject, make: Callable[..., Any]
) -> None:
    columns = DEPARTMENT_COLUMNS[DepartmentFileKind.HUKOU]
    cells = ("王秀英", NUMBERS[0], "1953-02-01", "某村", "2014-01-03", "农业", VILLAGE)
    order = data.draw(st.permutations(range(len(cells))))
    theirs = {column: f"第{place}列" for place, column in enumerate(columns.columns)}
    chosen = data.draw(st.sets(st.sampled_from(columns.columns)))
    header = [theirs[column] if column in chosen else column for column in columns.columns]
    table = open_table(
        make([[row[place] for place in order] for row in (header, cells)]),
        limits=PAGE_LIMITS,
        renamed={theirs[column]: column for column in chosen},
        of=columns,
    )
    (line,) = table.lines()
    assert line.cells == cells


def test_same_words_are_the_same_row_and_others_are_not() -> None:
    def words(**changed: str) -> str:
        cells = {
            "姓名": "王秀英",
            "公民身份号码": "",
            "出生日期": "1953-02-01",
            "所在村": "甲",
            "死亡日期": "2014-01-03",
        }
        rows = DepartmentRows(
            kind=DepartmentFileKind.DEATHS, county="370406", villages=frozenset(), dated_on=AS_OF
        )
        row = rows.read(Line(2, tuple((cells | changed).values()), ""))
        assert isinstance(row, DepartmentRow)
        return row.words(AS_OF)

    said = [
        words(),
        words(姓名="王秀兰"),
        words(出生日期="1953-02-02"),
        words(所在村="乙"),
        words(死亡日期="2014-01-02"),
        words(公民身份号码=NUMBERS[0]),
    ]
    assert words(死亡日期="2014年1月3日") == words()
    assert all(one != other for one, other in itertools.combinations(said, 2))
