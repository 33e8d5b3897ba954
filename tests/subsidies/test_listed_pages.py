"""The page of a list: how many go and who stays, the act, what came of it, and the case that went by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from households.models import Hukou
from offices.actors import Actor
from offices.enums import Role
from offices.models import Read
from subsidies.enums import Step
from subsidies.models import Application, DecisionLetter, Grant, ListedAct
from tests.factories import VILLAGE
from tests.subsidies.cases import PRESENT, make_office
from tests.subsidies.listing import SHEET, assess, bring_list_to, premium, villagers

pytestmark = pytest.mark.django_db
Pages = Callable[..., Client]


def test_a_list_is_looked_at_taken_and_shown(county: Actor, page_of: Pages) -> None:
    make_office()
    programme = premium()
    people = villagers(3)
    assess(programme)
    Hukou.objects.filter(person=people[0]).update(hukou_type="urban")
    entry = f"/subsidies/applications/lists/entry/new/?programme={programme.pk}&place={VILLAGE}"
    counter = page_of(Role.TOWNSHIP)
    assert "/subsidies/applications/lists/entry/new/" in counter.get("/subsidies/owed/").content.decode()
    page = counter.get(entry).content.decode()
    assert "今日已不符合条件" in page
    assert "办理2件" in page
    assert counter.post(entry, {"declaration_document": " "}).status_code == 422
    assert not ListedAct.objects.exists()
    sent = counter.post(entry, {"declaration_document": SHEET})
    act = ListedAct.objects.get()
    assert sent["Location"] == f"/subsidies/applications/lists/{act.pk}/"
    shown = counter.get(sent["Location"]).content.decode()
    assert SHEET in shown
    assert act.digest in shown
    assert all(case.file_number in shown for case in Application.objects.all())
    assert Read.objects.filter(page="subsidies:listed_act").exists()
    # Again: nobody, and nothing is written.
    assert counter.post(entry, {"declaration_document": SHEET}).status_code == 422
    assert ListedAct.objects.count() == 1

    village = page_of(Role.VILLAGE)
    assert "/village_review/new/" in village.get("/subsidies/applications/").content.decode()
    review = entry.replace("/entry/", "/village_review/")
    village.post(review, {"opinion": "属实", "present": "\n".join(PRESENT)})
    case = Application.objects.order_by("file_number")[0]
    page = village.get(f"/subsidies/applications/{case.pk}/").content.decode()
    assert "同册另有1人" in page
    history = village.get(f"/subsidies/applications/{case.pk}/history/").content.decode()
    assert "登记名册的村级评议" in history
    assert "同册另有1人" in history


def test_a_grant_by_list_offers_its_letter(county: Actor, page_of: Pages) -> None:
    programme = premium()
    villagers(1)
    assess(programme)
    bring_list_to(make_office(), Step.GRANT, programme)
    grant = Grant.objects.get()
    address = f"/subsidies/grants/{grant.pk}/"
    assert "出具决定书" not in page_of(Role.COUNTY_REVIEWER).get(address).content.decode()
    browser = page_of(Role.TOWNSHIP)
    assert "出具决定书" in browser.get(address).content.decode()
    sent = browser.post(f"{address}letter/")
    letter = DecisionLetter.objects.get()
    assert sent["Location"].endswith(f"/{letter.pk}/")
    assert browser.get(sent["Location"]).status_code == 200
    page = browser.get(address).content.decode()
    assert letter.number in page
    assert f"{address}letter/" not in page
