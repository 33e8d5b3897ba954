"""What happens to families changes the registry from its day on, and only from then."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from households.enums import (
    HukouType,
    MaritalState,
    ParentageKind,
    ParentRole,
    Relation,
    Sex,
)
from households.models import (
    Hukou,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    RegistryTask,
    Residence,
)
from households.services.events.births import record_adoption, record_birth
from households.services.events.checks import check_parent
from households.services.events.deaths import record_death
from households.services.events.facts import (
    change_disability,
)
from households.services.events.families import name_head
from households.services.events.kin import record_parting, record_union
from households.services.events.parents import record_parent_of
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError
from offices.models import Act
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.life import make_family, refused, report
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


def relation(person: Person, on: D) -> str | None:
    row = Membership.objects.on(on).filter(person=person).first()
    return row.relation if row else None


def birth(clerk: Actor, family: Any, day: str = "2014-01-02", **changed: Any) -> LifeEvent:
    return record_birth(
        **{
            "actor": clerk,
            "household": family.household,
            "report": report(day),
            "name": "王安",
            "sex": Sex.MALE,
            "mother": family.daughter,
            "father": None,
            "hukou_type": HukouType.RURAL,
        }
        | changed
    )


# Births and adoptions ---------------------------------------------------------------------------


def test_a_newborn_belongs_to_the_family_from_the_day_of_birth(clerk: Actor) -> None:
    family = make_family()
    event = birth(clerk, family)
    child = event.person
    assert child is not None
    assert relation(child, D(2014, 1, 2)) == Relation.GRANDSON
    assert relation(child, D(2014, 1, 1)) is None
    assert Parentage.objects.get(person=child).parent_id == family.daughter.pk
    assert Residence.objects.get(person=child).place_code == VILLAGE
    assert Hukou.objects.get(person=child).hukou_type == HukouType.RURAL
    assert (event.happened_on, event.reported_on) == (D(2014, 1, 2), D(2014, 1, 6))
    assert Act.objects.of_record(event).get().verb == "households.record_event"


def test_the_same_birth_twice_is_refused_and_twins_are_not(clerk: Actor) -> None:
    family = make_family()
    birth(clerk, family)
    refused("recorded_already", birth, clerk=clerk, family=family)
    assert birth(clerk, family, name="王平").person is not None


def test_a_birth_needs_a_parent_of_twelve_years_and_the_right_sex(clerk: Actor) -> None:
    family = make_family()
    girl = make_person(name="王小妹", born="2003-01-02")
    refused("no_parent", birth, clerk=clerk, family=family, mother=None)
    refused("parent_too_young", birth, clerk=clerk, family=family, day="2014-01-02", mother=girl)
    refused("parent_sex", birth, clerk=clerk, family=family, mother=family.head)
    nearly = make_person(name="王二妹", born="2002-01-03")
    refused("parent_too_young", birth, clerk=clerk, family=family, day="2014-01-02", mother=nearly)
    grown = make_person(name="王大妹", born="2002-01-02")
    assert birth(clerk, family, mother=grown).other_id == grown.pk


@pytest.mark.parametrize(
    ("born", "before", "day"),
    [("2000-02-29", "2012-02-28", "2012-02-29"), ("1888-02-29", "1900-02-27", "1900-02-28")],
    ids=["leap years", "no leap year after twelve years"],
)
def test_a_parent_born_on_29_february_is_twelve_on_the_last_of_february(
    clerk: Actor, born: str, before: str, day: str
) -> None:
    mother = make_person(name="王闰", born=born)
    words: dict[str, Any] = {"role": ParentRole.MOTHER, "kind": ParentageKind.BIRTH}
    with pytest.raises(DomainError) as refusal:
        check_parent(mother, **words, child_born_on=D.fromisoformat(before))
    assert refusal.value.code == "parent_too_young"
    check_parent(mother, **words, child_born_on=D.fromisoformat(day))


def test_a_mother_lives_on_the_day_of_birth_and_a_father_lived_a_while_before(clerk: Actor) -> None:
    family = make_family()
    record_death(actor=clerk, person=family.wife, report=report("2013-06-01"))
    record_death(actor=clerk, person=family.head, report=report("2013-06-01"))
    refused("parent_dead", birth, clerk=clerk, family=family, mother=family.wife)
    assert birth(clerk, family, father=family.head).person
    refused("parent_dead", birth, clerk=clerk, family=family, day="2012-01-02", name="王早", mother=None,
            father=make_person(sex=Sex.MALE, died_on=D(2010, 1, 1)))  # fmt: skip


def test_a_number_agrees_with_the_child(clerk: Actor) -> None:
    family = make_family()
    refused("number_birth", birth, clerk=clerk, family=family, number=number("20140103", 11))
    refused("number_sex", birth, clerk=clerk, family=family, number=number("20140102", 12))
    child = birth(clerk, family, number=number("20140102", 11)).person
    assert child is not None
    child.refresh_from_db()
    assert child.id_number.reveal() == number("20140102", 11)
    refused("identity_number_belongs_to_one_person", birth, clerk=clerk, family=family, name="王平",
            number=number("20140102", 11))  # fmt: skip


def test_nothing_is_recorded_before_it_has_happened(clerk: Actor) -> None:
    family = make_family()
    refused("day_to_come", birth, clerk=clerk, family=family, day="2014-01-07")
    assert birth(clerk, family, day="2014-01-06")


def test_a_child_of_another_township_is_adopted(clerk: Actor) -> None:
    family = make_family()
    mother = make_person(village=OTHER_VILLAGE, name="赵月", born="1985-01-01")
    child = make_person(
        village=OTHER_VILLAGE, name="赵小满", born="2010-05-05", number=number("20100505", 22)
    )
    make_household(mother, (child, Relation.DAUGHTER))
    Parentage.objects.create(person=child, parent=mother, role="mother", division_code=OTHER_VILLAGE)
    event = record_adoption(
        actor=clerk, household=family.household, report=report("2014-01-03"), child=child,
        mother=family.wife, father=family.head,
    )  # fmt: skip
    kinds = Parentage.objects.on(D(2014, 1, 3)).filter(person=child).values_list("kind", "parent_id")
    assert set(kinds) == {(ParentageKind.ADOPTED, family.wife.pk), (ParentageKind.ADOPTED, family.head.pk)}
    assert Parentage.objects.on(D(2014, 1, 2)).get(person=child).parent_id == mother.pk
    assert relation(child, D(2014, 1, 3)) == Relation.DAUGHTER
    child.refresh_from_db()
    assert child.division_code == VILLAGE, "her file is now where she lives"
    assert not Hukou.objects.filter(person=child).exclude(division_code=VILLAGE).exists()
    assert event.person_id == child.pk


def test_nobody_is_adopted_by_who_descends_from_her(clerk: Actor) -> None:
    family = make_family()
    old = make_person(name="王老太", born="1990-01-01")
    Parentage.objects.create(person=family.head, parent=old, role="mother", division_code=VILLAGE)
    refused("kinship_circle", record_adoption, actor=clerk, household=family.household,
            report=report("2014-01-03"), child=old, mother=family.daughter, father=None)  # fmt: skip
    other = make_person(name="王小满", born="2010-05-05")
    make_household(other)
    refused("parent_younger", record_adoption, actor=clerk, household=family.household,
            report=report("2014-01-03"), child=other, mother=make_person(born="2012-01-01"), father=None)  # fmt: skip
    assert record_adoption(actor=clerk, household=family.household, report=report("2014-01-03"),
                           child=other, mother=family.daughter, father=None)  # fmt: skip


def test_nobody_adopts_her_own_spouse(clerk: Actor) -> None:
    family = make_family()
    refused("parent_is_spouse", record_adoption, actor=clerk, household=family.household,
            report=report("2013-06-01"), child=family.wife, mother=None, father=family.head)  # fmt: skip


# Deaths -----------------------------------------------------------------------------------------


def test_a_death_asks_for_the_next_head_or_opens_a_task(clerk: Actor) -> None:
    family, other = make_family(serial=401), make_family(serial=402)
    record_death(actor=clerk, person=family.head, report=report("2014-01-02"), new_head=family.wife)
    assert relation(family.wife, D(2014, 1, 2)) == Relation.HEAD
    assert relation(family.wife, D(2014, 1, 1)) == Relation.SPOUSE
    assert relation(family.daughter, D(2014, 1, 2)) == Relation.DAUGHTER
    assert not RegistryTask.objects.open().exists()
    record_death(actor=clerk, person=other.head, report=report("2014-01-02"))
    assert RegistryTask.objects.open().get().kind == RegistryTask.Kind.NO_HEAD
    name_head(actor=clerk, household=other.household, report=report("2014-01-03"), head=other.daughter)
    assert not RegistryTask.objects.open().exists()
    assert relation(other.wife, D(2014, 1, 3)) == Relation.MOTHER


def test_a_surviving_spouse_is_so_for_the_rules_from_the_day(clerk: Actor) -> None:
    family = make_family()
    record_death(actor=clerk, person=family.head, report=report("2014-01-02"))
    assert MaritalFact.objects.on(D(2014, 1, 2)).get(person=family.wife).state == MaritalState.WIDOWED
    assert MaritalFact.objects.on(D(2014, 1, 1)).get(person=family.wife).state == MaritalState.MARRIED


def test_nobody_dies_twice_nor_before_birth_nor_before_what_is_recorded_later(clerk: Actor) -> None:
    family = make_family()
    change_disability(actor=clerk, person=family.wife, report=report("2013-05-01"), grade=2)
    refused("event_after_death", record_death, actor=clerk, person=family.wife, report=report("2013-04-30"))
    refused("before_birth", record_death, actor=clerk, person=family.daughter, report=report("1980-03-10"))
    record_death(actor=clerk, person=family.wife, report=report("2013-05-01"))
    refused("died_already", record_death, actor=clerk, person=family.wife, report=report("2013-05-02"))
    refused("after_death", change_disability, actor=clerk, person=family.wife, report=report("2013-05-02"), grade=1)  # fmt: skip


def test_nobody_dies_before_her_own_child_was_born(clerk: Actor) -> None:
    """In whichever order the two are reported; a father may have died up to 300 days before."""
    family = make_family()
    birth(clerk, family, day="2013-06-01", father=family.head)
    dies = {"actor": clerk, "person": family.daughter}
    refused("child_born_later", record_death, **dies, report=report("2013-05-31"))
    assert record_death(**dies, report=report("2013-06-01"))
    of_father: dict[str, Any] = {"actor": clerk, "person": family.head}
    refused("child_born_later", record_death, **of_father, report=report("2012-08-04"))
    assert record_death(**of_father, report=report("2012-08-05"))


def test_an_adopting_parent_may_not_have_died_before_the_adoption(clerk: Actor) -> None:
    family = make_family()
    child = make_person(name="周养", born="2010-01-01")
    record_adoption(
        actor=clerk,
        household=family.household,
        report=report("2013-06-01"),
        child=child,
        mother=family.wife,
        father=family.head,
    )
    for parent in (family.wife, family.head):
        refused("event_after_death", record_death, actor=clerk, person=parent, report=report("2013-05-31"))
    step = make_person(name="周继", born="2000-01-01")
    record_parent_of(
        actor=clerk, child=step, parent=family.daughter, report=report("2013-07-01"), kind=ParentageKind.STEP
    )
    for one in (family.daughter, step):
        refused("event_after_death", record_death, actor=clerk, person=one, report=report("2013-06-30"))


def test_neither_spouse_may_have_died_before_they_joined_or_parted(clerk: Actor) -> None:
    family = make_family()
    groom = make_person(name="赵新", born="1978-01-01", sex=Sex.MALE)
    record_union(actor=clerk, person=family.daughter, report=report("2013-05-01"), spouse=groom)
    for one in (groom, family.daughter):
        refused("event_after_death", record_death, actor=clerk, person=one, report=report("2013-04-30"))
    record_parting(actor=clerk, person=family.daughter, report=report("2013-07-01"))
    for one in (groom, family.daughter):
        refused("event_after_death", record_death, actor=clerk, person=one, report=report("2013-06-30"))
    assert record_death(actor=clerk, person=groom, report=report("2013-07-01"))


def test_the_next_head_is_a_living_member(clerk: Actor) -> None:
    family, other = make_family(serial=401), make_family(serial=402)
    refused("head_not_member", record_death, actor=clerk, person=family.head, report=report("2014-01-02"),
            new_head=other.wife)  # fmt: skip
    refused("is_head_already", name_head, actor=clerk, household=family.household,
            report=report("2014-01-02"), head=family.head)  # fmt: skip


# Spouses ----------------------------------------------------------------------------------------


def test_spouses_join_and_part(clerk: Actor) -> None:
    family = make_family()
    groom = make_person(village=OTHER_VILLAGE, name="赵强", born="1979-01-01", sex=Sex.MALE)
    make_household(groom)
    record_union(actor=clerk, person=family.daughter, report=report("2013-05-01"), spouse=groom)
    assert MaritalFact.objects.on(D(2013, 5, 1)).get(person=groom).spouse_id == family.daughter.pk
    third = make_person(name="钱进", born="1979-01-01", sex=Sex.MALE)
    refused("has_spouse", record_union, actor=clerk, person=third, report=report("2013-06-01"), spouse=family.daughter)  # fmt: skip
    refused("recorded_already", record_union, actor=clerk, person=family.daughter,
            report=report("2013-06-01"), spouse=groom)  # fmt: skip
    record_parting(actor=clerk, person=family.daughter, report=report("2013-07-01"))
    assert MaritalFact.objects.on(D(2013, 7, 1)).get(person=groom).state == MaritalState.DIVORCED
    refused("no_spouse", record_parting, actor=clerk, person=family.daughter, report=report("2013-08-01"))
    assert record_union(actor=clerk, person=third, report=report("2013-08-01"), spouse=family.daughter)


def test_spouses_are_two_people_and_no_parent_and_child(clerk: Actor) -> None:
    family = make_family()
    refused("spouse_is_self", record_union, actor=clerk, person=family.daughter, report=report("2013-05-01"),
            spouse=family.daughter)  # fmt: skip
    alone = make_person(name="王独", born="1950-01-01", sex=Sex.MALE)
    child = make_person(name="王子", born="1970-01-01", sex=Sex.MALE)
    Parentage.objects.create(person=child, parent=alone, role="father", division_code=VILLAGE)
    refused("spouse_is_kin", record_union, actor=clerk, person=alone, report=report("2013-05-01"), spouse=child)  # fmt: skip
