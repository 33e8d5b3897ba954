"""Who comes from outside or comes back is one record, whichever township's counter she comes to."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.enums import EventKind, HukouType, ParentRole, Relation, Sex
from households.models import Absence, Household, LifeEvent, Membership, Parentage, Person
from households.services.events.moves import record_arrival, record_departures
from households.services.events.taking_back import take_back_event
from offices.actors import Actor
from offices.enums import Role
from offices.sealing import Purpose, digest
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.life import TODAY, Family, images, make_family, report
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
PageOf = Callable[..., Client]
ARRIVAL = "households:arrival_new"


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


@pytest.fixture
def browser(family: Family, page_of: PageOf) -> Client:
    """The counter of another township than the family's."""
    return page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)


def child_who_left(family: Family) -> Person:
    child = make_person(name="王小满", born="2010-05-05", sex=Sex.MALE)
    Membership.objects.create(
        person=child, household=family.household, relation=Relation.GRANDSON, division_code=VILLAGE
    )
    record_departures(actor=make_actor(Role.TOWNSHIP), people=[child], report=report("2013-03-01"))
    return child


def entered(**changed: Any) -> dict[str, Any]:
    return {
        "happened_on": "2014-01-02", "source": "document", "document": "户口簿", "name": "王小满",
        "boy_or_girl": "M", "born_on": "2010-05-05", "number": "", "hukou_type": "rural",
        "village": OTHER_VILLAGE, "household_number": "9001", **changed,
    }  # fmt: skip


def errors(browser: Client, **changed: Any) -> dict[str, Any]:
    """What the form says of an arrival that is refused, of which nothing is written."""
    before = images()
    answer = browser.post(reverse(ARRIVAL), entered(**changed))
    assert answer.status_code == 422
    assert images() == before
    return dict(answer.context["form"].errors)


def test_a_child_without_a_number_comes_back_to_another_township(family: Family, browser: Client) -> None:
    child = child_who_left(family)
    assert "comes_back" not in browser.get(reverse(ARRIVAL)).context["form"].fields
    answer = browser.post(reverse(ARRIVAL), entered())
    assert list(answer.context["form"].errors) == ["comes_back"]
    page = answer.content.decode()
    assert 'name="comes_back"' in page
    assert family.household.number not in page, "nothing of her record is shown"
    answer = browser.post(reverse(ARRIVAL), entered(comes_back="on"))
    assert answer.status_code == 302, answer.context["form"].errors
    child.refresh_from_db()
    assert Person.objects.filter(name=child.name).get() == child
    assert child.division_code == OTHER_VILLAGE
    assert Membership.objects.on(TODAY).get(person=child).household == Household.objects.get(number="9001")
    assert not Absence.objects.on(TODAY).filter(person=child).exists()
    assert LifeEvent.objects.filter(person=child, kind=EventKind.RETURN, division_code=OTHER_VILLAGE).exists()
    assert answer.url == reverse("households:person", args=[child.pk])
    assert browser.get(answer.url).status_code == 200


def test_a_child_who_had_not_left_by_then_does_not_come_back(family: Family, browser: Client) -> None:
    child_who_left(family)
    assert list(errors(browser, comes_back="on", happened_on="2013-02-28")) == ["happened_on"]


def test_another_child_of_the_same_name_and_birth_has_its_number(family: Family, browser: Client) -> None:
    child = child_who_left(family)
    answer = browser.post(reverse(ARRIVAL), entered(number=number("20100505", 481)))
    assert answer.status_code == 302, answer.context["form"].errors
    assert Person.objects.filter(name=child.name).count() == 2


def test_of_two_who_left_alike_the_township_that_they_left_tells_which(
    family: Family, browser: Client
) -> None:
    child_who_left(family)
    child_who_left(family)
    assert list(errors(browser)) == ["comes_back"]
    assert list(errors(browser, comes_back="on")) == ["number"]


def test_a_child_who_was_never_here_arrives_even_where_it_is_said_to_come_back(browser: Client) -> None:
    assert browser.post(reverse(ARRIVAL), entered(comes_back="on")).status_code == 302
    assert LifeEvent.objects.get().kind == EventKind.ARRIVAL


def test_who_lives_elsewhere_in_the_county_does_not_arrive_but_moves(family: Family, browser: Client) -> None:
    one = family.daughter
    assert one.id_number
    said = errors(
        browser, name=one.name, boy_or_girl="F", born_on="1980-03-11", number=one.id_number.reveal()
    )
    (sentence,) = said["number"]
    assert "请其所属乡镇" in sentence
    assert one.name not in sentence


def test_who_named_somebody_by_her_number_names_her_record_once_she_arrives(county: Actor) -> None:
    """A file has named a mother whom nobody knew; her arrival at the counter completes the kin, and back."""
    named = number("19551002", 482)
    child = make_person(name="王小丽", born="1980-03-11")
    make_household(child)
    kin = Parentage.objects.create(
        person=child, role=ParentRole.MOTHER, parent_digest=digest_of(named), division_code=VILLAGE
    )
    before = images()
    arrived = arrive(named)
    kin.refresh_from_db()
    assert kin.parent == arrived.person
    take_back_event(event=arrived, actor=make_actor(Role.TOWNSHIP))
    assert images() == before


def arrive(of_number: str) -> LifeEvent:
    return record_arrival(
        actor=make_actor(Role.TOWNSHIP),
        report=report("2014-01-02"),
        village=VILLAGE,
        household_number="9001",
        name="李秀英",
        sex=Sex.FEMALE,
        born_on=D(1955, 10, 2),
        hukou_type=HukouType.RURAL,
        number=of_number,
    )


def digest_of(of_number: str) -> bytes:
    return digest(of_number, Purpose.IDENTITY_NUMBER)
