"""Every fact that a page may show stands there with its period, source and paper; so does its history."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Lodging, Unit
from offices.actors import Actor
from offices.enums import Role
from tests.factories import VILLAGE
from tests.households.life import make_family

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
TODAY = datetime.date(2014, 1, 6)


def page(browser: Client, name: str, record: Any, **query: str) -> Any:
    answer = browser.get(reverse(f"households:{name}", args=[record.pk]), query)
    assert answer.status_code == 200
    return answer


def test_every_fact_that_may_be_shown_is(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    compound = Unit.objects.create(kind="compound", name="新苑小区", division_code=VILLAGE)
    common = {"division_code": VILLAGE, "from_on": "2013-03-01", "source": "document", "document": "准考证"}
    lodging = Lodging.objects.create(person=family.daughter, unit=compound, **common)
    examination = family.daughter.examinationyear_set.create(year=2014, **common)
    family.daughter.parentage_set.update(from_on="2012-05-04", source="document", document="出生医学证明")
    browser = page_of(Role.TOWNSHIP)
    shown = page(browser, "person", family.daughter)
    facts = {str(fact.label): (fact.value, fact.document) for fact in shown.context["facts"]}
    assert facts["大院（小区）"] == ("新苑小区", "准考证")
    assert facts["考试年度"] == ("2014", "准考证")
    text = shown.content.decode()
    assert text.count("出生医学证明") == 2
    assert "2012-05-04" in text
    insurance = family.daughter.insuranceelsewhere_set.create(scheme="pension", division_code=VILLAGE)
    for fact in (lodging, examination, insurance, *family.daughter.parentage_set.all()):
        type(fact).objects.filter(pk=fact.pk).update(to_on=TODAY)
    past = page(browser, "person_history", family.daughter).content.decode()
    for label in ("大院（小区）", "考试年度", "其他参保", "父母"):
        assert f"{label} · 截止" in past
