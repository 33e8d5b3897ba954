"""Two clerks at once: one records, the other is told so; nobody is in two places."""

from __future__ import annotations

import datetime

import pytest

from households.enums import HukouType, Sex
from households.models import LifeEvent, Membership, Person
from households.services.events.births import record_birth
from households.services.events.deaths import record_death
from households.services.events.families import join_household
from households.services.events.moves import record_departures
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from tests.factories import make_actor
from tests.households.life import Family, make_family, report
from tests.subsidies.test_reviews_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2014, 1, 2)


@pytest.fixture
def clerks(transactional_db: None) -> tuple[Actor, Actor]:
    return make_actor(Role.TOWNSHIP), make_actor(Role.VILLAGE)


@pytest.fixture
def family(clerks: tuple[Actor, Actor]) -> Family:
    with open_context(actor=clerks[0]):
        return make_family()


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_a_death_is_recorded_once(clerks: tuple[Actor, Actor], family: Family) -> None:
    said = at_once(
        *(
            (clerk, lambda clerk=clerk: record_death(actor=clerk, person=again(family.wife), report=report("2014-01-02")))
            for clerk in clerks
        )
    )  # fmt: skip
    assert sorted(said) == ["died_already", "done"]


def test_a_birth_is_recorded_once(clerks: tuple[Actor, Actor], family: Family) -> None:
    said = at_once(
        *(
            (
                clerk,
                lambda clerk=clerk: record_birth(
                    actor=clerk,
                    household=family.household,
                    report=report("2014-01-02"),
                    name="王安",
                    sex=Sex.MALE,
                    mother=again(family.daughter),
                    father=None,
                    hukou_type=HukouType.RURAL,
                ),
            )
            for clerk in clerks
        )
    )
    assert sorted(said) == ["done", "recorded_already"]
    with open_context(actor=clerks[0]):
        assert Person.objects.filter(name="王安").count() == 1


def test_who_leaves_while_she_joins_is_in_one_place(clerks: tuple[Actor, Actor], family: Family) -> None:
    with open_context(actor=clerks[0]):
        other = make_family(serial=402)
    said = at_once(
        (
            clerks[0],
            lambda: record_departures(
                actor=clerks[0], people=[again(family.daughter)], report=report("2014-01-02")
            ),
        ),
        (
            clerks[1],
            lambda: join_household(
                actor=clerks[1],
                people=[again(family.daughter)],
                report=report("2014-01-02"),
                household=other.household,
            ),
        ),
    )
    assert "done" in said
    assert set(said) <= {"done", "is_away", "not_a_member"}
    with open_context(actor=clerks[0]):
        person = again(family.daughter)
        places = Membership.objects.on(DAY).filter(person=person).count() + person.absence_set.on(DAY).count()
        assert places == 1
        assert LifeEvent.objects.standing().filter(person=person).count() == said.count("done")
