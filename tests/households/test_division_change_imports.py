"""Files that go on naming old villages and old household numbers."""

from __future__ import annotations

import datetime

import pytest

from households.models import Household, Membership, Person, Residence
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role, SuccessionKind
from tests.factories import make_actor, make_household, make_person
from tests.households.divisions import FIRST, NEW, OTHER_NEW, SECOND, confirm, done, prepare
from tests.households.registry import SON, bring, codes, counts, row
from tests.households.resident_files import number

DAY = datetime.date(2014, 1, 6)
OTHER = number("19620405", 484)


def _row(village: str, house: str = "7", **cells: str) -> dict[str, str]:
    return row(户籍地代码=village, 户编号=house, 姓名="王建国", **cells)


def test_old_code_is_read_as_its_successor_with_a_warning(county: Actor) -> None:
    bring(county, [_row(SECOND)], as_of="2013-12-31")
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    person = Person.objects.get()
    again = bring(county, [_row(SECOND)])
    assert counts(again) == (0, 0, 1, 0)
    assert {code for _line, code in codes(again, "warnings")} == {"division_followed"}
    assert Household.objects.get().division_code == OTHER_NEW
    assert list(
        Residence.objects.filter(person=person)
        .values_list("place_code", "from_on", "to_on")
        .order_by("to_on")
    ) == [
        (SECOND, None, DAY),
        (OTHER_NEW, DAY, None),
    ]
    assert counts(bring(county, [_row(OTHER_NEW)])) == (0, 0, 1, 0)


def test_former_number_finds_the_family_under_its_new_one(county: Actor) -> None:
    bring(county, [_row(SECOND), _row(FIRST, 公民身份号码=OTHER, 性别="女")], as_of="2013-12-31")
    done(SuccessionKind.MERGE, (FIRST, FIRST, "村"), (SECOND, FIRST, "村"))
    assert set(Household.objects.values_list("division_code", "number")) == {(FIRST, "7"), (FIRST, "7-201")}
    brought = bring(
        county,
        [_row(SECOND), row(户籍地代码=SECOND, 户编号="7", 姓名="王小明", 公民身份号码=SON, 户主关系="子")],
    )
    assert counts(brought) == (1, 0, 1, 0)
    child = Person.objects.get(name="王小明")
    household = Membership.objects.get(person=child).household
    assert (household.division_code, household.number, child.division_code) == (FIRST, "7-201", FIRST)


def test_number_that_another_family_has_in_the_new_village_is_refused(county: Actor) -> None:
    make_household(make_person(village=FIRST), number="99")
    done(SuccessionKind.MERGE, (FIRST, FIRST, "村"), (SECOND, FIRST, "村"))
    brought = bring(county, [_row(SECOND, "99"), _row(SECOND, "98", 公民身份号码=OTHER, 性别="女")])
    assert codes(brought) == [(2, "household_number_taken")]
    assert counts(bring(county, [_row(SECOND, "98", 公民身份号码=OTHER, 性别="女")])) == (0, 0, 1, 0)


def test_split_village_asks_which_but_knows_its_families(county: Actor) -> None:
    bring(county, [_row(FIRST)], as_of="2013-12-31")
    second = NEW[:-1] + "9"
    change = prepare(
        SuccessionKind.SPLIT,
        (FIRST, NEW, "东村", True),
        (FIRST, second, "西村", False),
        chosen=[Household.objects.get()],
        to=second,
    )
    confirm(change)
    brought = bring(county, [_row(FIRST), _row(FIRST, "8", 公民身份号码=OTHER, 性别="女")])
    assert codes(brought) == [(3, "division_split")]
    assert counts(brought) == (0, 0, 1, 1)
    assert Person.objects.get().division_code == second


def test_household_that_was_split_off_is_found_by_its_old_village(county: Actor) -> None:
    bring(county, [_row(FIRST)], as_of="2013-12-31")
    change = prepare(
        SuccessionKind.SPLIT,
        (FIRST, FIRST, "前村", True),
        (FIRST, NEW, "新村", False),
        chosen=[Household.objects.get()],
        to=NEW,
    )
    confirm(change)
    assert counts(bring(county, [_row(FIRST)])) == (0, 0, 1, 0)
    assert Household.objects.count() == 1
    assert Person.objects.get().division_code == NEW


@pytest.mark.parametrize("is_known", [True, False])
def test_file_of_a_day_before_says_what_was_true_then(county: Actor, is_known: bool) -> None:
    """It comes late: its people lived in the old village on its day, and live in the new one today."""
    if is_known:
        bring(county, [_row(SECOND)], as_of="2013-06-30")
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    brought = bring(county, [_row(SECOND)], as_of="2013-12-31")
    assert counts(brought) == ((0, 0, 1, 0) if is_known else (1, 0, 0, 0))
    person = Person.objects.get()
    assert person.division_code == OTHER_NEW
    assert Household.objects.get().division_code == OTHER_NEW
    assert list(
        Residence.objects.filter(person=person)
        .values_list("place_code", "from_on", "to_on")
        .order_by("to_on")
    ) == [
        (SECOND, None, DAY),
        (OTHER_NEW, DAY, None),
    ]
    assert counts(bring(county, [_row(SECOND)], as_of="2013-12-31")) == (0, 0, 1, 0)


def test_new_township_brings_files_with_the_old_code(county: Actor) -> None:
    bring(county, [_row(SECOND)], as_of="2013-12-31")
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    for township, expected in (("370406102000", (0, 0, 1, 0)), ("370406101000", (0, 0, 0, 1))):
        actor = make_actor(Role.TOWNSHIP, township)
        with open_context(actor=actor):
            assert counts(bring(actor, [_row(SECOND)])) == expected
