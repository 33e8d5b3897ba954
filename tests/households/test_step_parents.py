"""A step-parent stands beside a father or a mother: at the counter, by a file, and where two records become one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from households.enums import FactSource, ParentageKind, Sex
from households.models import Parentage, Person
from households.selectors.people import relatives_of
from households.services.events.births import record_adoption
from households.services.events.corrections import Right, correct_entry
from households.services.events.deaths import record_death
from households.services.events.parents import record_parent_of
from households.services.events.taking_back import take_back_event
from households.services.merge_plan import plan_merge
from offices.actors import Actor
from offices.enums import Role
from tests.factories import VILLAGE, make_actor, make_person
from tests.households.duplicates import pair_of
from tests.households.life import TODAY, Family, images, make_family, refused, report
from tests.households.registry import HEAD, SON, bring, codes, counts, row
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
BIRTH, ADOPTED, STEP = ParentageKind.BIRTH, ParentageKind.ADOPTED, ParentageKind.STEP
STEP_FATHER = number("19550505", 495)


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


@pytest.fixture
def other(family: Family) -> Person:
    return make_person(name="赵大山", born="1950-01-01", sex=Sex.MALE, number=number("19500101", 495))


def parent_of(clerk: Actor, child: Person, parent: Person, kind: ParentageKind, day: str, **more: Any) -> Any:
    return record_parent_of(
        actor=clerk, child=child, parent=parent, report=report(day, "结婚证"), kind=kind, **more
    )


def fathers(child: Person, on: D = TODAY) -> dict[str, Person | None]:
    """By kind; never two of one."""
    rows = list(Parentage.objects.on(on).filter(person=child, role="father").select_related("parent"))
    assert len({one.kind == STEP for one in rows}) == len(rows)
    return {one.kind: one.parent for one in rows}


# At the counter -----------------------------------------------------------------------------------


def test_a_step_father_stands_beside_the_father_who_died(clerk: Actor, family: Family, other: Person) -> None:
    record_death(actor=clerk, person=family.head, report=report("1988-01-01"), new_head=family.wife)
    before = images()
    event = parent_of(clerk, family.daughter, other, STEP, "1990-01-01")
    assert fathers(family.daughter, D(1989, 12, 31)) == {BIRTH: family.head}
    assert fathers(family.daughter) == {BIRTH: family.head, STEP: other}
    told = [(one.relation, one.kind) for one in relatives_of(person=family.daughter, on=TODAY)]
    assert [kind for _relation, kind in told] == [BIRTH.label, STEP.label, BIRTH.label]
    refused("nothing_changes", parent_of, clerk=clerk, child=family.daughter, parent=other, kind=STEP, day="1991-01-01")  # fmt: skip
    take_back_event(event=event, actor=clerk)
    assert images() == before


def test_another_step_father_takes_the_place_of_the_former_alone(
    clerk: Actor, family: Family, other: Person
) -> None:
    later = make_person(name="钱二", born="1951-01-01", sex=Sex.MALE)
    parent_of(clerk, family.daughter, other, STEP, "1990-01-01")
    parent_of(clerk, family.daughter, later, STEP, "1995-01-01")
    assert fathers(family.daughter, D(1994, 12, 31)) == {BIRTH: family.head, STEP: other}
    assert fathers(family.daughter) == {BIRTH: family.head, STEP: later}


def test_a_step_father_on_record_is_in_nobodys_way(clerk: Actor, family: Family, other: Person) -> None:
    Parentage.objects.filter(person=family.daughter, role="father").update(to_on="1980-03-11")
    parent_of(clerk, family.daughter, other, STEP, "1990-01-01")
    parent_of(clerk, family.daughter, family.head, BIRTH, "2014-01-02")
    assert fathers(family.daughter) == {BIRTH: family.head, STEP: other}
    refused("has_parent", parent_of, clerk=clerk, child=family.daughter, parent=other, kind=BIRTH, day="2014-01-02")  # fmt: skip


def test_who_turns_out_to_be_the_father_was_never_a_step_father(
    clerk: Actor, family: Family, other: Person
) -> None:
    parent_of(clerk, family.daughter, other, STEP, "1990-01-01")
    parent_of(clerk, family.daughter, other, BIRTH, "2014-01-02", is_former_wrong=True)
    for day in (D(1985, 1, 1), D(1995, 1, 1), TODAY):
        assert fathers(family.daughter, day) == {BIRTH: other}


def test_a_step_father_who_adopts_is_the_father(clerk: Actor, family: Family, other: Person) -> None:
    parent_of(clerk, family.daughter, other, STEP, "1985-01-01")
    record_adoption(
        actor=clerk, household=family.household, report=report("1990-01-01"), child=family.daughter,
        mother=None, father=other,
    )  # fmt: skip
    assert fathers(family.daughter, D(1989, 12, 31)) == {BIRTH: family.head, STEP: other}
    assert fathers(family.daughter) == {ADOPTED: other}
    mothers = Parentage.objects.on(TODAY).filter(person=family.daughter, role="mother")
    assert not mothers.exists(), "the mother is not married to who adopts"


def test_an_adoption_ends_every_step_parent_but_the_adopting_parents_spouse(
    clerk: Actor, family: Family, other: Person
) -> None:
    parent_of(clerk, family.daughter, other, STEP, "1985-01-01")
    new = make_person(name="孙梅", born="1950-03-03")
    record_adoption(
        actor=clerk, household=family.household, report=report("1990-01-01"), child=family.daughter,
        mother=new, father=None,
    )  # fmt: skip
    held = Parentage.objects.on(TODAY).filter(person=family.daughter)
    assert list(held.values_list("parent_id", "kind")) == [(new.pk, ADOPTED)]
    parent_of(clerk, family.daughter, other, STEP, "1992-01-01")
    assert fathers(family.daughter) == {STEP: other}
    parent_of(clerk, family.daughter, family.head, ADOPTED, "1993-01-01")
    assert fathers(family.daughter) == {ADOPTED: family.head}


def test_who_was_taken_for_the_father_is_a_step_father_from_the_day(clerk: Actor, family: Family) -> None:
    parent_of(clerk, family.daughter, family.head, STEP, "1990-01-01")
    assert fathers(family.daughter, D(1989, 12, 31)) == {BIRTH: family.head}
    assert fathers(family.daughter) == {STEP: family.head}


def test_a_mother_put_right_to_be_a_man_needs_a_free_place_of_her_sort(
    clerk: Actor, family: Family, other: Person
) -> None:
    woman = make_person(name="周静", born="1952-01-01")
    parent_of(clerk, family.daughter, woman, STEP, "1990-01-01")
    correct_entry(actor=clerk, person=woman, report=report("2014-01-02", "身份证"), right=Right(sex=Sex.MALE))
    assert fathers(family.daughter) == {BIRTH: family.head, STEP: woman}
    second = make_person(name="周安", born="1952-01-01")
    parent_of(clerk, family.daughter, second, STEP, "1990-01-01")
    refused(
        "other_parent", correct_entry, actor=clerk, person=second, report=report("2014-01-02", "身份证"),
        right=Right(sex=Sex.MALE),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [BIRTH, ADOPTED, STEP])
def test_of_each_sort_the_database_takes_one_at_a_time(
    family: Family, other: Person, kind: ParentageKind
) -> None:
    def give(kind: ParentageKind, **period: Any) -> None:
        Parentage.objects.create(
            person=family.daughter, parent=other, role="father", kind=kind, division_code=VILLAGE, **period
        )

    give(STEP, from_on=D(2000, 1, 1), to_on=D(2005, 1, 1))
    give(STEP, from_on=D(2005, 1, 1))
    with pytest.raises(IntegrityError, match="at_a_time"), transaction.atomic():
        give(kind, from_on=D(2004, 1, 1), to_on=D(2006, 1, 1))


# By a file ----------------------------------------------------------------------------------------


def child(**cells: str) -> dict[str, str]:
    return row(户籍地代码=VILLAGE, 姓名="王小明", 公民身份号码=SON, 户主关系="子", **cells)


def men() -> list[dict[str, str]]:
    return [
        row(户籍地代码=VILLAGE, 姓名="王建国"),
        row(户籍地代码=VILLAGE, 姓名="赵大山", 公民身份号码=STEP_FATHER, 户编号="000002"),
    ]


def names(on: D) -> dict[str, str]:
    found = fathers(Person.objects.get(name="王小明"), on)
    return {kind: parent.name for kind, parent in found.items() if parent}


FATHER = {"父亲身份号码": HEAD, "亲子关系": "亲生"}
STEPPED = {"父亲身份号码": STEP_FATHER, "亲子关系": "继"}


def test_a_file_that_names_the_step_father_leaves_the_father(clerk: Actor) -> None:
    bring(clerk, [*men(), child(**FATHER)], as_of="2010-01-01")
    assert counts(bring(clerk, [child(**STEPPED)], as_of="2013-01-01")) == (0, 1, 0, 0)
    assert names(D(2013, 1, 1)) == {BIRTH: "王建国", STEP: "赵大山"}
    assert counts(bring(clerk, [child(**STEPPED)], as_of="2013-02-01")) == (0, 0, 1, 0)
    assert counts(bring(clerk, [child(**FATHER)], as_of="2013-03-01")) == (0, 0, 1, 0)
    assert names(D(2013, 3, 1)) == {BIRTH: "王建国", STEP: "赵大山"}


def test_a_file_gives_another_step_father_and_an_empty_cell_none_at_all(clerk: Actor) -> None:
    bring(clerk, [*men(), child(**STEPPED)], as_of="2010-01-01")
    bring(clerk, [child(**STEPPED | {"父亲身份号码": HEAD})], as_of="2011-01-01")
    assert names(D(2010, 12, 31)) == {STEP: "赵大山"}
    assert names(D(2011, 1, 1)) == {STEP: "王建国"}
    bring(clerk, [child(**FATHER | {"父亲身份号码": STEP_FATHER})], as_of="2012-01-01")
    assert names(D(2012, 1, 1)) == {BIRTH: "赵大山", STEP: "王建国"}
    bring(clerk, [child(父亲身份号码="", 亲子关系="")], as_of="2013-01-01")
    assert names(D(2012, 12, 31)) == {BIRTH: "赵大山", STEP: "王建国"}
    assert names(D(2013, 1, 1)) == {}


@pytest.mark.parametrize(("first", "then"), [("亲生", "继"), ("继", "收养"), ("收养", "继")])
def test_a_file_that_says_another_kind_of_the_same_man_changes_it_from_its_day(
    clerk: Actor, first: str, then: str
) -> None:
    kinds = {"亲生": BIRTH, "收养": ADOPTED, "继": STEP}
    bring(clerk, [*men(), child(**FATHER | {"亲子关系": first})], as_of="2010-01-01")
    bring(clerk, [child(**FATHER | {"亲子关系": then})], as_of="2013-01-01")
    assert names(D(2012, 12, 31)) == {kinds[first]: "王建国"}
    assert names(D(2013, 1, 1)) == {kinds[then]: "王建国"}
    bring(clerk, [child(**FATHER | {"亲子关系": then})], as_of="2012-01-01")
    assert names(D(2012, 6, 1)) == {kinds[then]: "王建国"}
    assert names(D(2013, 1, 1)) == {kinds[then]: "王建国"}


def test_a_file_without_the_kind_says_nothing_of_it(clerk: Actor) -> None:
    bring(clerk, [*men(), child(**STEPPED)], as_of="2010-01-01")
    without = [child(父亲身份号码=STEP_FATHER)]
    assert counts(bring(clerk, without, as_of="2013-01-01")) == (0, 0, 1, 0)
    assert names(D(2013, 1, 1)) == {STEP: "赵大山"}
    bring(clerk, [child(父亲身份号码=HEAD)], as_of="2013-02-01")
    assert names(D(2013, 2, 1)) == {BIRTH: "王建国", STEP: "赵大山"}


# Two records of one person ------------------------------------------------------------------------


def test_who_is_father_and_step_father_of_a_child_is_not_one_person(
    clerk: Actor, family: Family, other: Person
) -> None:
    parent_of(clerk, family.daughter, other, STEP, "1990-01-01")
    pair = pair_of(family.head, other)
    plan = plan_merge(actor=clerk, pair=pair, survivor=family.head, absorbed=other)
    assert any("step-parent" in str(words) or "继" in str(words) for words in plan.hindrances)


def test_what_two_records_of_a_child_say_of_a_father_and_a_step_father_stands_side_by_side(
    clerk: Actor, family: Family, other: Person
) -> None:
    again = make_person(name="王晓丽", born="1980-03-12")
    parent_of(clerk, again, other, STEP, "1990-01-01")
    plan = plan_merge(actor=clerk, pair=pair_of(family.daughter, again), survivor=family.daughter, absorbed=again)  # fmt: skip
    assert "parents" not in {choice.code for choice in plan.choices}


# Pages --------------------------------------------------------------------------------------------


def said(**values: Any) -> dict[str, Any]:
    return {"happened_on": "2014-01-02", "source": FactSource.DOCUMENT.value, "document": "证明", **values}


def test_the_counter_enters_and_shows_both(
    family: Family, other: Person, page_of: Callable[..., Client]
) -> None:
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:person_event", args=[family.daughter.pk, "parent"])
    given = said(direction="parent", relative="", number=number("19500101", 495), kin_kind="step")
    answer = browser.post(address, given)
    assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(reverse("households:person", args=[family.daughter.pk])).content.decode()
    assert "王建国" in page
    assert "赵大山" in page
    assert "继亲" in page


def test_who_arrives_with_her_mother_and_a_step_father(
    family: Family, page_of: Callable[..., Client]
) -> None:
    arrival = said(
        name="王小军", boy_or_girl="M", born_on="1982-01-01", number=number("19820101", 21), hukou_type="rural",
        father_number=family.head.id_number.reveal(), father_kind="step",
        mother_number=family.wife.id_number.reveal(), mother_kind="birth",
    )  # fmt: skip
    address = reverse("households:household_event", args=[family.household.pk, "arrival"])
    answer = page_of(Role.TOWNSHIP).post(address, arrival)
    assert answer.status_code == 302, answer.context["form"].errors
    kinds = Parentage.objects.filter(person__name="王小军").values_list("role", "kind")
    assert set(kinds) == {("father", STEP), ("mother", BIRTH)}


# What the counter entered from a document ---------------------------------------------------------


def test_a_file_neither_ends_nor_replaces_a_parent_entered_from_a_document(clerk: Actor) -> None:
    bring(clerk, [*men(), child()], as_of="2010-01-01")
    son, father = (Person.objects.get(name=name) for name in ("王小明", "王建国"))
    parent_of(clerk, son, father, BIRTH, "2013-01-02")
    for cells in (
        {"父亲身份号码": "", "亲子关系": ""},
        FATHER | {"父亲身份号码": STEP_FATHER},
        FATHER | {"亲子关系": "继"},
    ):
        brought = bring(clerk, [child(**cells)], as_of="2013-02-01")
        assert codes(brought, "warnings") == [(2, "kin_by_document")]
        assert names(D(2014, 1, 1)) == {BIRTH: "王建国"}
    assert counts(bring(clerk, [child(**STEPPED)], as_of="2013-03-01")) == (0, 1, 0, 0)
    assert names(D(2014, 1, 1)) == {BIRTH: "王建国", STEP: "赵大山"}


def test_a_parent_entered_without_a_document_follows_the_file(clerk: Actor) -> None:
    bring(clerk, [*men(), child()], as_of="2010-01-01")
    son, father = (Person.objects.get(name=name) for name in ("王小明", "王建国"))
    record_parent_of(actor=clerk, child=son, parent=father, report=report("2013-01-02"), kind=BIRTH)
    bring(clerk, [child(**FATHER | {"父亲身份号码": STEP_FATHER})], as_of="2013-02-01")
    assert names(D(2014, 1, 1)) == {BIRTH: "赵大山"}
