"""A family of any day: who is dead today lived then, with the age of that day and what was received."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import Household, Membership, Person
from households.selectors.families_over_time import members_then
from households.selectors.kin_elsewhere import children_elsewhere
from households.selectors.people import members_of, relatives_of
from households.sheets import HOUSEHOLD_SHEET, PERSON_SHEET
from offices.actors import Actor
from offices.enums import Role
from offices.exports import Mark
from subsidies.models import Grant
from subsidies.received import received_lines
from tests.factories import make_actor, make_household, make_person
from tests.households.life import Family, make_family
from tests.subsidies.money import make_grant, paid_programme

pytestmark = pytest.mark.django_db
D = datetime.date
DAYS = st.dates(D(1920, 1, 1), D(2030, 12, 31))
OFTEN = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def years_between(born: D, day: D) -> int:
    """Counted birthday by birthday; 29 February is reached on the 28th of a common year."""
    years = 0
    while True:
        year = born.year + years + 1
        try:
            birthday = born.replace(year=year)
        except ValueError:
            birthday = D(year, 2, 28)
        if birthday > day:
            return years
        years += 1


@pytest.fixture
def house(county: Actor) -> Household:
    return make_household(make_person(name="王建国", born="1932-02-29"), (make_person(name="李小"), "other"))


@OFTEN
@given(born=DAYS, lived=st.none() | st.integers(0, 40_000), on=DAYS)
def test_everybody_is_shown_as_on_the_day(house: Household, born: D, lived: int | None, on: D) -> None:
    died = None if lived is None else born + datetime.timedelta(days=lived)
    person = Person.objects.get(name="李小")
    Person.objects.filter(pk=person.pk).update(birth_date=born, died_on=died)
    Membership.objects.filter(person=person).update(from_on=None)
    actor = make_actor(Role.TOWNSHIP)
    then = [one for one in members_then(household=house, actor=actor, on=on) if one.person_id == person.pk]
    now = [one for one in members_of(household=house, on=on) if one.person == person]
    assert bool(then) == bool(now) == (born <= on)
    if born > on:
        return
    is_dead = died is not None and died <= on
    age = years_between(born, died if died and is_dead else on)
    assert [(one.is_living, one.died_on, one.age) for one in then] == [
        (not is_dead, died if is_dead else None, age)
    ]
    assert [(one.is_living, one.age) for one in now] == [(not is_dead, age)]


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


@OFTEN
@given(died=st.dates(D(2000, 1, 1), D(2014, 1, 6)), on=st.dates(D(1999, 1, 1), D(2014, 12, 31)))
def test_kin_and_sheets_say_a_death_from_its_day_on(family: Family, died: D, on: D) -> None:
    for one in (family.daughter, family.wife):
        Person.objects.filter(pk=one.pk).update(died_on=died)
    Membership.objects.filter(person=family.daughter).update(to_on=D(1990, 1, 1))
    actor, shown = make_actor(Role.TOWNSHIP), died if died <= on else None
    (child,) = [one for one in relatives_of(person=family.head, on=on) if one.person == family.daughter]
    (elsewhere,) = children_elsewhere(people=[family.head], actor=actor, on=on)
    assert child.died_on == elsewhere.died_on == shown
    sheet = HOUSEHOLD_SHEET.compose(actor, family.household, on, mark())
    assert dict(sheet.pairs)[gettext("Living members")] == ("1" if shown else "2")
    mine = PERSON_SHEET.compose(actor, Person.objects.get(pk=family.wife.pk), on, mark())
    assert (gettext("Died on") in dict(mine.pairs)) == bool(shown)


def mark() -> Mark:
    return Mark(title="档案", by="某某", day=D(2014, 1, 6), purpose="年审", code="ABC", sentence="")


@OFTEN
@given(on=st.dates(D(2012, 6, 1), D(2015, 6, 1)), known=st.none() | st.dates(D(2012, 6, 1), D(2015, 6, 1)))
def test_what_was_received_is_what_covered_the_day_as_it_was_known(
    granted: Grant, on: D, known: D | None
) -> None:
    before = None if known is None else datetime.datetime.combine(
        known + datetime.timedelta(days=1), datetime.time(), datetime.timezone(datetime.timedelta(hours=8))
    )  # fmt: skip
    lines = received_lines(make_actor(Role.TOWNSHIP), [granted.person], on, before)
    is_confirmed = known is None or known >= D(2013, 12, 20)
    knows_the_end = known is None or known >= D(2014, 6, 10)
    is_covered = on >= D(2013, 1, 1) and (on < D(2015, 1, 1) or not knows_the_end)
    assert lines is not None
    assert len(lines) == int(is_confirmed and is_covered)


@pytest.fixture
def granted(county: Actor) -> Grant:
    """From 2013 on, confirmed in December, stopped in June 2014 by a death with the end of the year."""
    return make_grant(
        paid_programme(), serial=7, state="stopped", to_on=D(2015, 1, 1), stop_reason="died",
        event_on=D(2014, 6, 1), stopped_on=D(2014, 6, 10),
    )  # fmt: skip


def test_the_page_of_another_day_shows_the_dead_alive_and_what_they_received(
    granted: Grant, page_of: Callable[..., Client]
) -> None:
    house = make_household(granted.person)
    Person.objects.filter(pk=granted.person_id).update(died_on="2014-01-03")
    address = reverse("households:household", args=[house.pk])
    browser = page_of(Role.TOWNSHIP)
    alive = browser.get(address, {"on": "2014-01-02"}).content.decode()
    assert "2014-01-03" not in alive
    assert "960" in alive
    dead = browser.get(address, {"on": "2014-01-03"}).content.decode()
    assert "2014-01-03" in dead
    before = browser.get(address, {"on": "2012-12-31"}).content.decode()
    assert "960" not in before
