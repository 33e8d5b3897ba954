"""Migrants: found by place alone, served where they live, and nothing more asked of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Hukou, Membership, Person, Residence
from households.outreach_forms import MigrantFilterForm
from households.selectors.migrants import (
    Side,
    migrant_lines,
    migrants,
    served_elsewhere_in_county,
    specialists_of,
)
from households.selectors.places import names_of_places
from households.services.events.moves import record_departures
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from tests.factories import OTHER_VILLAGE, TOWNSHIP, VILLAGE, make_actor, make_household, make_person
from tests.households.life import report

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2014, 1, 6)
SHENZHEN = "440305000000"


def incomer(hukou: str = SHENZHEN, **words: Any) -> Person:
    person = make_person(**words)
    Hukou.objects.filter(person=person).update(place_code=hukou)
    return person


def absentee(**words: Any) -> Person:
    person = make_person(**words)
    Residence.objects.filter(person=person).update(place_code=SHENZHEN)
    return person


def found(role: Role, side: Side = Side.LIVES_HERE, **words: Any) -> set[str]:
    actor = make_actor(role)
    with open_context(actor=actor):
        return {fact.person.name for fact in migrants(actor=actor, side=side, on=TODAY, **words)}


def test_who_lives_here_with_hukou_elsewhere(county: Actor) -> None:
    make_person(name="本地人")
    incomer(name="深圳户")
    incomer(name="已故者", died_on=datetime.date(2013, 1, 1))
    incomer(name="邻镇户", hukou=OTHER_VILLAGE)
    incomer(name="别镇人", village=OTHER_VILLAGE)
    assert found(Role.VILLAGE) == found(Role.TOWNSHIP) == {"深圳户"}
    assert found(Role.COUNTY) == {"深圳户", "别镇人"}
    assert found(Role.COUNTY, place=TOWNSHIP) == {"深圳户"}
    assert found(Role.TOWNSHIP, within_county=True) == {"邻镇户"}
    assert found(Role.TOWNSHIP, place=OTHER_VILLAGE) == {"深圳户"}, "another township's filter opens nothing"


def test_whose_hukou_is_here_and_who_lives_in_another_county(county: Actor) -> None:
    make_person(name="本地人")
    absentee(name="在深圳")
    absentee(name="别镇人", village=OTHER_VILLAGE)
    assert found(Role.TOWNSHIP, Side.LIVES_ELSEWHERE) == {"在深圳"}
    assert found(Role.COUNTY, Side.LIVES_ELSEWHERE) == {"在深圳", "别镇人"}


def test_who_took_her_hukou_along_is_no_migrant_of_the_county(county: Actor) -> None:
    clerk = make_actor(Role.TOWNSHIP)
    gone, at_work = make_person(name="迁出者"), make_person(name="在外者")
    for person, hukou_moves in ((gone, True), (at_work, False)):
        household = make_household(person)
        record_departures(
            actor=clerk,
            people=[person],
            report=report("2013-06-01"),
            to_place=SHENZHEN,
            hukou_moves=hukou_moves,
        )
        assert not Membership.objects.on(TODAY).filter(household=household).exists()
    assert found(Role.TOWNSHIP, Side.LIVES_ELSEWHERE) == {"在外者"}
    with open_context(actor=clerk):
        before = migrants(actor=clerk, side=Side.LIVES_ELSEWHERE, on=datetime.date(2013, 5, 31))
        assert not before.exists(), "on the day before both lived here"


def test_the_list_says_where_and_who_serves_them(county: Actor) -> None:
    incomer(name="深圳户")
    specialist = make_actor(Role.VILLAGE)
    facts = list(migrants(actor=specialist, side=Side.LIVES_HERE, on=TODAY))
    (line,) = migrant_lines(facts, on=TODAY)
    assert (line.person.name, line.specialists) == ("深圳户", specialist.name)
    assert line.other_place == "广东省深圳市南山区"
    assert specialists_of({OTHER_VILLAGE}, on=TODAY) == {}


@pytest.mark.parametrize(("number", "shown"), [(4, None), (5, 5)])
def test_few_who_live_in_other_townships_are_no_number(county: Actor, number: int, shown: int | None) -> None:
    for _one in range(number):
        incomer(hukou=VILLAGE, village=OTHER_VILLAGE)
    actor = make_actor(Role.TOWNSHIP)
    with open_context(actor=actor):
        assert served_elsewhere_in_county(actor=actor, on=TODAY) == shown


def test_a_place_that_no_list_knows_is_its_own_name(county: Actor) -> None:
    assert names_of_places(["999999000000", VILLAGE])["999999000000"] == "999999000000"


def test_filters_ask_for_places_and_nothing_of_a_person(county: Actor) -> None:
    form = MigrantFilterForm(actor=make_actor(Role.COUNTY))
    assert set(form.fields) == {"which", "place"}


def test_migrants_pages(county: Actor, page_of: Callable[..., Client]) -> None:
    incomer(name="深圳户")
    absentee(name="在外者")
    browser, address = page_of(Role.TOWNSHIP), reverse("households:migrants")
    here = browser.get(address).content.decode()
    assert "深圳户" in here
    assert "在外者" not in here
    elsewhere = browser.get(address, {"which": "elsewhere"}).content.decode()
    assert "在外者" in elsewhere
    assert "深圳户" not in elsewhere
