"""Migrants apply where they live now, and any counter finds a family by the whole number of its card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from households.enums import ShowReason
from households.models import Hukou, Person
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act, Read
from subsidies.enums import ApplicationState
from subsidies.models import Application
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_household, make_person
from tests.subsidies.cases import Office, bring_to, make_office, make_programme, rules_say
from tests.subsidies.money import citizen_number

NUMBER = citizen_number(811)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


@pytest.fixture(params=["440305000000", OTHER_VILLAGE], ids=["another county", "another township"])
def migrant(request: pytest.FixtureRequest, office: Office) -> Person:
    """Somebody who lives in the village and whose hukou is elsewhere."""
    person = make_person(name="璩秋实", number=NUMBER)
    make_household(person)
    Hukou.objects.filter(person=person).update(place_code=request.param)
    return person


def test_migrant_applies_and_is_granted_where_she_lives(
    office: Office, migrant: Person, page_of: Callable[..., Client]
) -> None:
    browser = page_of(Role.TOWNSHIP)
    form = f"/subsidies/applications/new/?person={migrant.pk}&programme={make_programme().pk}"
    assert migrant.name in browser.get(form).content.decode()
    papers = {"documents": ["identity_card", "household_register"], "has_declared": "on"}
    assert browser.post(form, papers).status_code == 302
    case = Application.objects.get(person=migrant)
    assert case.division_code == VILLAGE
    with open_context(scope="370406"):
        assert bring_to(office, ApplicationState.GRANTED, case).grant.division_code == VILLAGE
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).get(form).status_code == 404


def test_any_counter_opens_the_family_by_its_number_with_a_reason(
    office: Office, migrant: Person, page_of: Callable[..., Client]
) -> None:
    browser = page_of(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert browser.get(f"/households/people/{migrant.pk}/").status_code == 404
    asked = {"number": NUMBER, "reason": ShowReason.values[0]}
    assert browser.post("/households/elsewhere/", {"number": NUMBER}).status_code == 422
    assert migrant.name in browser.post("/households/elsewhere/", asked).content.decode()
    act = Act.objects.get(verb="households.open_family_elsewhere")
    assert (act.record_id, act.division_code) == (migrant.pk, VILLAGE)
    assert Read.objects.filter(record_ids__contains=[migrant.pk], reason=asked["reason"]).exists()
    nobody = browser.post("/households/elsewhere/", {**asked, "number": citizen_number(812)})
    assert nobody.status_code == 422
