"""What the page of a household asks of the clerk, by the kind of its task."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from households.models import RegistryTask
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


def test_every_task_says_what_it_asks(county: Actor, page_of: PageOf) -> None:
    family = make_family()
    tasks = {
        kind: RegistryTask.objects.create(
            kind=kind, household=family.household, opened_on=TODAY, division_code=VILLAGE
        )
        for kind in RegistryTask.Kind
    }
    shown = page(page_of(Role.TOWNSHIP), "household", family.household).context["tasks"]
    assert len({str(one.words) for one in shown}) == len(tasks)
    by_title = {str(one.title): one for one in shown}
    for kind, task in tasks.items():
        url = by_title[str(kind.label)].url
        is_head = kind in (RegistryTask.Kind.NO_HEAD, RegistryTask.Kind.TWO_HEADS)
        assert (url == reverse("households:household_event", args=[family.household.pk, "head"])) == is_head
        assert (str(task.pk) in url) != is_head
    seen = page(page_of(Role.AUDITOR), "household", family.household).context["tasks"]
    assert {one.url for one in seen} == {""}
