"""A file speaks for its day once: said again it changes nothing, and late files find every day that was spoken for."""

from __future__ import annotations

import datetime
from math import factorial

import pytest
from django.db import transaction

from households.models import Disability, Person, TakenRows
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_departures, record_moves
from households.services.homes import serving_village
from households.services.import_undo import take_back_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from tests.factories import make_actor
from tests.households.duplicates import merge
from tests.households.life import report
from tests.households.registry import SAMPLE, bring, counts, family
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE, number
from tests.households.test_import_undo import registry

pytestmark = pytest.mark.django_db


def head() -> Person:
    return Person.objects.get(name="王建国")


def clerk() -> Actor:
    return make_actor(Role.TOWNSHIP, VILLAGE[:9])


def with_grade(grade: str) -> list[dict[str, str]]:
    return [{**family()[0], "残疾等级": grade}]


def grade_on(day: str) -> int | None:
    return Disability.objects.on(datetime.date.fromisoformat(day)).values_list("grade", flat=True).first()


@pytest.mark.parametrize("days", [["2013-12-31"], ["2013-03-01", "2013-12-31"], ["2013-12-31", "2013-03-01"]])
def test_the_same_file_again_undoes_nothing_that_the_counter_reported_since(
    county: Actor, days: list[str]
) -> None:
    for day in days:
        bring(county, family(), as_of=day)
    record_moves(actor=clerk(), people=[head()], report=report("2013-02-01"), to_place=OTHER_VILLAGE)
    record_departures(actor=clerk(), people=[Person.objects.get(name="王小明")], report=report("2013-02-02"))
    correct_entry(
        actor=clerk(),
        person=Person.objects.get(name="李秀英"),
        report=report("2013-02-03"),
        right=Right(phone="13806320001"),
    )
    before = registry()
    for day in (*days, *days):
        assert counts(bring(county, family(), as_of=day)) == (0, 0, 3, 0)
    assert registry() == before
    assert head().division_code == serving_village(head()) == OTHER_VILLAGE


def test_the_last_file_of_a_day_counts(county: Actor) -> None:
    bring(county, with_grade("1"), as_of="2013-03-01")
    bring(county, with_grade("2"), as_of="2013-03-01")
    assert bring(county, with_grade("2"), as_of="2013-03-01").unchanged == 1
    assert bring(county, with_grade("1"), as_of="2013-03-01").updated == 1
    assert grade_on("2013-03-01") == 1


def test_a_file_that_was_taken_back_may_be_brought_again(county: Actor) -> None:
    bring(county, with_grade("1"), as_of="2013-01-01")
    wrong = bring(county, with_grade("2"), as_of="2013-03-01")
    bring(county, with_grade("2"), as_of="2013-03-01")
    bring(county, with_grade("2"), as_of="2013-05-01")
    take_back_import(actor=county, brought=wrong)
    assert (grade_on("2013-03-01"), head().row_as_of) == (1, datetime.date(2013, 1, 1))
    assert bring(county, with_grade("2"), as_of="2013-05-01").updated == 1
    assert bring(county, with_grade("2"), as_of="2013-03-01").updated == 1
    assert (grade_on("2013-02-01"), grade_on("2013-03-01")) == (1, 2)


def test_what_a_file_said_that_stands_outlives_one_that_is_taken_back(county: Actor) -> None:
    bring(county, with_grade("1"), as_of="2013-01-01")
    other = [*with_grade("1"), family()[1]]
    brought = bring(county, other, as_of="2013-03-01")
    bring(county, with_grade("1"), as_of="2013-05-01")
    take_back_import(actor=county, brought=brought)
    assert head().row_as_of == datetime.date(2013, 5, 1)
    bring(county, with_grade("3"), as_of="2013-02-01")
    assert [grade_on(day) for day in ("2013-02-01", "2013-04-30", "2013-05-01")] == [3, 3, 1]


@pytest.mark.parametrize("grades", ["1224", "113", "122"])
def test_files_in_whatever_order_tell_the_same(county: Actor, grades: str) -> None:
    """Of each month one, of which two say the same: every order that begins alike is brought once."""
    files = [(f"2013-{month:02}-01", grade) for month, grade in enumerate(grades, start=1)]
    told: list[list[int]] = []

    def bring_in_every_order(left: list[tuple[str, str]]) -> None:
        if not left:
            told.append([grade_on(day) for day, _grade in files])
        for file in left:
            with transaction.atomic():
                assert bring(county, with_grade(file[1]), as_of=file[0]).refused == 0
                bring_in_every_order([other for other in left if other is not file])
                transaction.set_rollback(True)

    bring_in_every_order(files)
    assert told == [[int(grade) for grade in grades]] * factorial(len(files))


def test_a_merge_keeps_the_days_of_both(county: Actor) -> None:
    bring(county, with_grade("1"), as_of="2013-01-01")
    twin = {**with_grade("1")[0], "公民身份号码": number("19530201", 489), "户编号": "7"}
    bring(county, [twin], as_of="2013-03-01")
    one, other = Person.objects.order_by("pk")
    merge(one, other)
    bring(county, with_grade("4"), as_of="2013-06-01")
    bring(county, with_grade("2"), as_of="2013-02-01")
    assert [grade_on(day) for day in ("2013-02-01", "2013-03-01", "2013-06-01")] == [2, 1, 4]


def test_rows_of_a_file_are_seen_where_it_was_brought_and_go_with_it(county: Actor) -> None:
    brought = bring(county, SAMPLE)
    rows = list(TakenRows.objects.all())
    assert sum(len(row.people) for row in rows) == sum(len(row.digests) for row in rows) == 1495
    assert len(rows) == 2
    with open_context(scope=VILLAGE[:9]):
        assert not TakenRows.objects.exists()
    take_back_import(actor=county, brought=brought)
    assert not TakenRows.objects.exists()
    bring(county, SAMPLE, dry_run=True)
    assert not TakenRows.objects.exists()
