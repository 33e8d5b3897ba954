"""An entry that is wrong is put right at the counter, with all that was said because of it; kin is completed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from households.enums import FactSource, HukouType, MaritalState, ParentageKind, Relation, Sex
from households.models import (
    Absence,
    Household,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    RegistryTask,
    Residence,
    StaffIdentity,
)
from households.services.events.births import record_birth
from households.services.events.corrections import Right, correct_entry
from households.services.events.deaths import record_death
from households.services.events.moves import record_arrival, record_departures, record_return
from households.services.events.parents import record_parent_of
from households.services.events.recording import Report
from households.services.events.taking_back import take_back_event
from offices.actors import Actor
from offices.enums import Role
from offices.models import Act
from offices.sealing import Purpose, digest
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.life import TODAY, Family, images, make_family, refused, report
from tests.households.registry import bring, codes, row
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
PageOf = Callable[..., Client]


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


def paper() -> Report:
    return report("2014-01-03", "户口簿第7页")


def correct(clerk: Actor, person: Person, said: Report | None = None, **right: Any) -> LifeEvent:
    return correct_entry(actor=clerk, person=person, report=said or paper(), right=Right(**right))


def relation_of(person: Person, on: D = TODAY) -> str:
    return Membership.objects.on(on).get(person=person).relation


# Death --------------------------------------------------------------------------------------------


def test_a_death_that_a_file_brought_is_put_right_and_that_taken_back(clerk: Actor, family: Family) -> None:
    Person.objects.filter(pk=family.head.pk).update(
        died_on="2013-06-01", row_digest=b"1", row_as_of="2013-12-31"
    )
    MaritalFact.objects.filter(person=family.wife).update(to_on="2013-06-01")
    MaritalFact.objects.create(
        person=family.wife,
        spouse=family.head,
        state=MaritalState.WIDOWED,
        from_on="2013-06-01",
        division_code=VILLAGE,
    )
    before = images()
    event = correct(clerk, family.head, is_alive=True)
    family.head.refresh_from_db()
    assert (family.head.died_on, family.head.row_digest) == (None, None)
    assert MaritalFact.objects.on(D(2014, 1, 1)).get(person=family.wife).state == MaritalState.MARRIED
    assert (event.happened_on, event.holds_from) == (D(2014, 1, 3), D(2013, 6, 1))
    assert Act.objects.of_record(event).get().detail["kind"] == "correction"
    take_back_event(event=event, actor=clerk)
    assert images() == before


def test_a_file_that_repeats_a_death_put_right_does_not_bring_it_back(clerk: Actor) -> None:
    dead = [row(户籍地代码=VILLAGE, 姓名="王建国", 死亡日期="2013-06-01")]
    bring(clerk, dead, as_of="2013-12-01")
    person = Person.objects.get()
    correct(clerk, person, is_alive=True)
    brought = bring(clerk, dead, as_of="2014-01-04")
    person.refresh_from_db()
    assert person.died_on is None
    assert (2, "death_put_right") in codes(brought, "warnings")
    bring(clerk, [row(户籍地代码=VILLAGE, 姓名="王建国", 死亡日期="2014-01-02")], as_of="2014-01-05")
    person.refresh_from_db()
    assert person.died_on == D(2014, 1, 2), "another death is taken"


def test_who_lives_after_all_is_a_second_head_where_another_was_named(clerk: Actor, family: Family) -> None:
    record_death(actor=clerk, person=family.head, report=report("2013-06-01"), new_head=family.wife)
    correct(clerk, family.head, is_alive=True)
    assert RegistryTask.objects.open().get().kind == RegistryTask.Kind.TWO_HEADS
    record_death(actor=clerk, person=family.head, report=report("2013-05-01"))


@pytest.mark.parametrize("day", ["2013-05-01", "2013-08-01"])
def test_another_day_of_death_is_that_of_the_survivor_too(clerk: Actor, family: Family, day: str) -> None:
    record_death(actor=clerk, person=family.head, report=report("2013-06-01"))
    correct(clerk, family.head, died_on=D.fromisoformat(day))
    states = MaritalFact.objects.filter(person=family.wife).order_by("from_on")
    assert {(row.state, row.from_on, row.to_on) for row in states} == {
        (MaritalState.MARRIED, None, D.fromisoformat(day)), (MaritalState.WIDOWED, D.fromisoformat(day), None),
    }  # fmt: skip
    refused("death_to_come", correct, clerk=clerk, person=family.head, died_on=D(2014, 1, 7))


# Who somebody is ----------------------------------------------------------------------------------


def test_a_correction_needs_its_document_and_something_to_correct(clerk: Actor, family: Family) -> None:
    refused("nothing_changes", correct, clerk=clerk, person=family.wife, name=family.wife.name)
    refused(
        "document_needed", correct, clerk=clerk, person=family.wife, said=report("2014-01-03"), name="李秀瑛"
    )
    refused("not_dead", correct, clerk=clerk, person=family.wife, is_alive=True)
    assert correct(clerk, family.wife, said=report("2014-01-03"), phone="0632-8811234").detail[
        "corrected"
    ] == ["phone"]
    event = correct(clerk, family.wife, name="李 秀瑛")
    family.wife.refresh_from_db()
    assert (family.wife.name, family.wife.phone.reveal()) == ("李秀瑛", "06328811234")
    assert event.detail["corrected"] == ["name"]
    assert "秀" not in str(Act.objects.of_record(event).get().detail)


def test_a_childs_first_number_links_who_named_it(clerk: Actor, family: Family) -> None:
    child = make_person(name="王小满", born="2012-05-05")
    first = number("20120505", 22)
    grandchild = make_person(name="王小小", born="2013-05-05")
    named = Parentage.objects.create(
        person=grandchild, parent_digest=digest(first, Purpose.IDENTITY_NUMBER), role="mother", kind="step", division_code=VILLAGE
    )  # fmt: skip
    refused("number_sex", correct, clerk=clerk, person=child, number=number("20120505", 21))
    refused("number_birth", correct, clerk=clerk, person=child, number=number("20120506", 22))
    taken = family.daughter.id_number.reveal()
    refused("identity_number_belongs_to_one_person", correct, clerk=clerk, person=child, number=taken,
            born_on=family.daughter.birth_date)  # fmt: skip
    correct(clerk, child, number=first)
    child.refresh_from_db()
    named.refresh_from_db()
    assert child.id_number.reveal() == first
    assert named.parent_id == child.pk


def test_a_number_given_to_its_owner_is_not_taken_back_from_her(clerk: Actor, family: Family) -> None:
    hers = family.daughter.id_number.reveal()
    other = make_person(name="王小莉", born="1980-03-11")
    freed = correct(clerk, family.daughter, number="")
    correct(clerk, other, number=hers)
    assert Parentage.objects.get(person=family.daughter, role="father").parent_id == family.head.pk
    refused("changed_since", take_back_event, event=freed, actor=clerk)


def test_the_other_sex_is_the_other_role_and_relation(clerk: Actor, family: Family) -> None:
    birth = record_birth(
        actor=clerk, household=family.household, report=report("2014-01-02"), name="王安", sex=Sex.MALE,
        mother=family.daughter, father=None, hukou_type=HukouType.RURAL,
    )  # fmt: skip
    refused("number_sex", correct, clerk=clerk, person=family.daughter, sex=Sex.MALE)
    before = images()
    event = correct(clerk, family.daughter, sex=Sex.MALE, number=number("19800311", 801))
    assert Parentage.objects.get(person=birth.person).role == "father"
    assert relation_of(family.daughter) == Relation.SON
    take_back_event(event=event, actor=clerk)
    assert images() == before
    refused(
        "other_parent", correct, clerk=clerk, person=family.wife, sex=Sex.MALE, number=number("19551002", 801)
    )


def test_an_earlier_birth_takes_what_held_from_birth_along(clerk: Actor, family: Family) -> None:
    child = record_birth(
        actor=clerk, household=family.household, report=report("2014-01-02"), name="王安", sex=Sex.MALE,
        mother=family.daughter, father=None, hukou_type=HukouType.RURAL,
    ).person  # fmt: skip
    assert child
    correct(clerk, child, born_on=D(2013, 12, 30))
    assert Residence.objects.get(person=child).from_on == D(2013, 12, 30)
    assert relation_of(child, D(2013, 12, 30)) == Relation.GRANDSON
    refused("parent_too_young", correct, clerk=clerk, person=child, born_on=D(1991, 1, 1))
    refused("born_day", correct, clerk=clerk, person=child, born_on=D(2014, 1, 7))


def test_nobody_corrects_her_own_family(clerk: Actor, family: Family) -> None:
    StaffIdentity.objects.create(
        staff_id=clerk.staff_id, id_number_digest=family.daughter.id_number_digest,
        recorded_on=D(2014, 1, 1), recorded_by_id=clerk.staff_id,
    )  # fmt: skip
    refused("own_family", correct, clerk=clerk, person=family.wife, name="李秀瑛")
    refused("own_family", record_parent_of, actor=clerk, child=make_person(born="1978-01-01"), parent=family.wife,
            report=paper(), kind=ParentageKind.BIRTH)  # fmt: skip
    with pytest.raises(IntegrityError, match="own family"), transaction.atomic():
        LifeEvent.objects.create(
            kind="correction", person=family.wife, happened_on=D(2014, 1, 3), reported_on=D(2014, 1, 6),
            recorded_by_id=clerk.staff_id, recorded_role=clerk.role, division_code=VILLAGE,
        )  # fmt: skip


# Kin ----------------------------------------------------------------------------------------------


def parent_of(
    clerk: Actor, child: Person, parent: Person, kind: ParentageKind = ParentageKind.BIRTH, **more: Any
) -> Any:
    said = more.pop("said", None) or paper()
    return record_parent_of(actor=clerk, child=child, parent=parent, report=said, kind=kind, **more)


def test_a_family_that_arrives_has_its_children(clerk: Actor) -> None:
    arrivals: dict[str, Any] = {
        "actor": clerk, "report": report("2013-05-01"), "village": VILLAGE, "household_number": "777",
        "hukou_type": HukouType.RURAL,
    }  # fmt: skip
    mother = record_arrival(
        **arrivals, name="孙梅", sex=Sex.FEMALE, born_on=D(1985, 1, 1), number=number("19850101", 22)
    ).person
    child = record_arrival(
        **arrivals, name="孙小", sex=Sex.MALE, born_on=D(2010, 1, 1), number=number("20100101", 21)
    ).person
    assert mother and child  # noqa: PT018
    assert relation_of(child) == Relation.OTHER
    before = images()
    event = parent_of(clerk, child, mother)
    assert (event.happened_on, event.person, event.other) == (D(2010, 1, 1), child, mother)
    row = Parentage.objects.get(person=child)
    assert (row.parent_id, row.role, row.kind, row.from_on) == (mother.pk, "mother", "birth", D(2010, 1, 1))
    assert relation_of(child) == Relation.SON
    refused("nothing_changes", parent_of, clerk=clerk, child=child, parent=mother)
    take_back_event(event=event, actor=clerk)
    assert images() == before


def test_a_parent_is_old_enough_no_descendant_and_no_spouse(clerk: Actor, family: Family) -> None:
    refused("parent_is_self", parent_of, clerk=clerk, child=family.wife, parent=family.wife)
    refused(
        "parent_too_young",
        parent_of,
        clerk=clerk,
        child=make_person(born="1990-01-01"),
        parent=make_person(born="1979-01-01"),
    )
    refused(
        "parent_is_spouse",
        parent_of,
        clerk=clerk,
        child=family.wife,
        parent=family.head,
        kind=ParentageKind.ADOPTED,
    )
    Person.objects.filter(pk=family.daughter.pk).update(birth_date="1930-01-01")
    family.daughter.refresh_from_db()
    refused("kinship_circle", parent_of, clerk=clerk, child=family.head, parent=family.daughter)


def test_another_parent_gives_way_only_where_that_is_right(clerk: Actor, family: Family) -> None:
    other = make_person(name="赵月", born="1950-01-01")
    refused("has_parent", parent_of, clerk=clerk, child=family.daughter, parent=other)
    parent_of(clerk, family.daughter, other, ParentageKind.ADOPTED, said=report("1990-01-01"))
    mothers = Parentage.objects.filter(person=family.daughter, role="mother")
    assert mothers.on(D(1989, 12, 31)).get().parent_id == family.wife.pk
    assert mothers.on(D(1990, 1, 1)).get().parent_id == other.pk
    right = make_person(name="赵星", born="1951-01-01")
    parent_of(clerk, family.daughter, right, is_former_wrong=True)
    assert mothers.on(D(1989, 12, 31)).get().parent_id == right.pk


# Coming back --------------------------------------------------------------------------------------


def test_who_comes_back_sets_up_a_household_and_is_nobody_new(clerk: Actor, family: Family) -> None:
    child = make_person(name="王小满", born="2010-05-05")
    Membership.objects.create(
        person=child, household=family.household, relation="other", division_code=VILLAGE
    )
    record_departures(actor=clerk, people=[child], report=report("2013-03-01"))
    arrival: dict[str, Any] = {
        "actor": clerk, "report": report("2014-01-02"), "village": VILLAGE, "household_number": "9001",
        "name": child.name, "sex": Sex.FEMALE, "born_on": child.birth_date, "hukou_type": HukouType.RURAL,
    }  # fmt: skip
    refused("was_here", record_arrival, **arrival)
    event = record_return(
        actor=clerk, person=child, report=report("2014-01-02"), village=VILLAGE, household_number="9001"
    )
    assert relation_of(child) == Relation.HEAD
    assert event.household == Household.objects.get(number="9001")
    assert not Absence.objects.on(D(2014, 1, 2)).filter(person=child).exists()


# Pages --------------------------------------------------------------------------------------------


def said(day: str = "2014-01-02", **values: Any) -> dict[str, Any]:
    return {"happened_on": day, "source": FactSource.DOCUMENT.value, "document": "证明", **values}


def where(word: str, person: Person) -> str:
    return reverse("households:person_event", args=[person.pk, word])


def test_the_dead_are_corrected_on_their_page(family: Family, page_of: PageOf) -> None:
    Person.objects.filter(pk=family.wife.pk).update(died_on="2013-06-01")
    browser = page_of(Role.TOWNSHIP)
    page = browser.get(reverse("households:person", args=[family.wife.pk])).content.decode()
    address = where("correction", family.wife)
    assert address in page
    assert where("death", family.wife) not in page
    form = browser.get(address)
    assert family.wife.id_number.reveal() not in form.content.decode()
    as_it_is = {"name": family.wife.name, "boy_or_girl": "F", "born_on": "1955-10-02"}
    assert browser.post(address, said(**as_it_is, death="other_day")).status_code == 422
    answer = browser.post(address, said(**as_it_is, death="alive"))
    assert answer.status_code == 302, answer.context["form"].errors
    page = browser.get(reverse("households:person", args=[family.wife.pk])).content.decode()
    assert "更正登记（死亡日期）" in page


def test_what_happened_before_a_death_is_entered_after_it(family: Family, page_of: PageOf) -> None:
    Person.objects.filter(pk=family.wife.pk).update(died_on="2013-06-01")
    browser = page_of(Role.TOWNSHIP)
    address = where("move", family.wife)
    assert str(family.wife.pk) in browser.get(address).content.decode()
    moved = {"movers": str(family.wife.pk), "what": "home", "to_village": OTHER_VILLAGE}
    assert browser.post(address, said("2013-06-02", **moved)).status_code == 422
    assert browser.post(address, said("2013-05-02", **moved)).status_code == 302


def test_kin_is_entered_on_the_page_of_either(family: Family, page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    child = make_person(name="王小军", born="1982-01-01", sex=Sex.MALE)
    Membership.objects.create(
        person=child, household=family.household, relation="other", division_code=VILLAGE
    )
    father = said("", direction="parent", relative=str(family.head.pk), number="", kin_kind="birth")
    refused = browser.post(where("parent", child), father | {"kin_kind": "step"})
    assert refused.status_code == 422
    assert "继亲" in refused.content.decode(), "a step-parent, not a step of a procedure"
    answer = browser.post(where("parent", child), father)
    assert answer.status_code == 302, answer.context["form"].errors
    mother = said("", direction="child", relative=str(child.pk), number="", kin_kind="birth")
    assert browser.post(where("parent", family.wife), mother).status_code == 302
    assert set(Parentage.objects.filter(person=child).values_list("parent_id", "from_on")) == {
        (family.head.pk, child.birth_date), (family.wife.pk, child.birth_date),
    }  # fmt: skip
    page = browser.get(reverse("households:person", args=[family.wife.pk])).content.decode()
    assert page.count("亲子关系登记") == 2, "offered, and listed for the mother too"


def test_who_was_away_comes_back_from_her_page_or_as_an_arrival(
    family: Family, page_of: PageOf, clerk: Actor
) -> None:
    record_departures(actor=clerk, people=[family.daughter, family.wife], report=report("2013-03-01"))
    browser = page_of(Role.TOWNSHIP)
    page = browser.get(reverse("households:person", args=[family.daughter.pk])).content.decode()
    assert where("return", family.daughter) in page
    assert where("move", family.daughter) not in page
    answer = browser.post(where("return", family.daughter), said(village=VILLAGE, household_number="9001"))
    assert answer.status_code == 302, answer.context["form"].errors
    arrival = said(
        name="李秀瑛", boy_or_girl="F", born_on="1955-10-02", number=family.wife.id_number.reveal(),
        hukou_type="rural", village=VILLAGE, household_number="9002",
    )  # fmt: skip
    answer = browser.post(reverse("households:arrival_new"), arrival)
    assert "name" in answer.context["form"].errors, "the name on record is another"
    answer = browser.post(reverse("households:arrival_new"), arrival | {"name": "李秀英"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert relation_of(family.wife) == Relation.HEAD


def test_who_arrives_names_her_parents_and_all_is_taken_back_together(
    family: Family, page_of: PageOf, clerk: Actor
) -> None:
    browser = page_of(Role.TOWNSHIP)
    arrival = said(
        name="王小军", boy_or_girl="M", born_on="1982-01-01", number=number("19820101", 21), hukou_type="rural",
        father_number=family.head.id_number.reveal(), mother_number=family.head.id_number.reveal(),
    )  # fmt: skip
    before = images()
    address = reverse("households:household_event", args=[family.household.pk, "arrival"])
    assert "mother_number" in browser.post(address, arrival).context["form"].errors
    answer = browser.post(address, arrival | {"mother_number": family.wife.id_number.reveal()})
    assert answer.status_code == 302, answer.context["form"].errors
    assert relation_of(Person.objects.get(name="王小军")) == Relation.SON
    assert LifeEvent.objects.count() == 3
    take_back_event(event=LifeEvent.objects.get(kind="arrival"), actor=clerk)
    assert images() == before
