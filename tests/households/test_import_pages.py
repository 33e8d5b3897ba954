"""A clerk's way with a resident file: columns, trial, taking in, cancelling, taking back."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from households.models import Person, ResidentImport
from households.services.import_undo import take_back_import
from households.services.imports import run_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from tests.factories import make_actor
from tests.households.registry import bring, family
from tests.households.resident_files import as_csv

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)


def upload(browser: Client, *, way: str, sender: str = "", **theirs: str) -> str:
    """Bring the family in columns of somebody's own; where the answer leads."""
    rows = family()
    header = list(dict.fromkeys(name for cells in rows for name in cells))
    file = as_csv(
        [
            [theirs.get(name, name) for name in header],
            *([cells.get(name, "") for name in header] for cells in rows),
        ]
    )
    content = io.BytesIO(file.read())
    content.name = "residents.csv"
    answer = browser.post(
        reverse("households:import_new"),
        {"file": content, "as_of": "2014-01-06", "way": way, "sender": sender},
    )
    assert answer.status_code == 302
    return str(answer["Location"])


def latest() -> ResidentImport:
    with open_context(scope="370406"):
        return ResidentImport.objects.select_related("job").order_by("-requested_at").first()  # type: ignore[return-value] # there is one


def work() -> None:
    with open_context(scope="370406"):
        run_import(import_id=latest().pk)


def people() -> int:
    with open_context(scope="370406"):
        return Person.objects.count()


def test_columns_are_asked_on_a_page_then_remembered(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, "370406001")
    theirs = {"公民身份号码": "身份证号", "姓名": "名字"}
    address = upload(browser, way="take", **theirs)
    assert address == reverse("households:import_headers", args=[latest().pk])
    page = browser.get(address).content.decode()
    assert "身份证号" in page
    columns = {f"column-{place}": column for place, column in enumerate(latest().headers.values()) if column}
    wrong = browser.post(address, {**columns, "sender": "派出所", "column-0": ""})
    assert wrong.status_code == 422
    assert "派出所" in wrong.content.decode()
    assert browser.post(address, columns).status_code == 422
    assert browser.post(address, {**columns, "sender": "派出所"}).status_code == 302
    work()
    assert people() == 3
    again = upload(browser, way="take", sender="派出所", **theirs)
    assert again == reverse("households:import", args=[latest().pk])
    assert browser.get(reverse("households:import_headers", args=[latest().pk])).status_code == 302


def test_trial_offers_to_be_taken_in(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, "370406001")
    address = upload(browser, way="try")
    work()
    trial = latest()
    step = reverse("households:import_step", args=[trial.pk, "take-in"])
    assert step in browser.get(address).content.decode()
    assert people() == 0
    assert browser.post(step).status_code == 302
    assert latest().trial_id == trial.pk
    work()
    assert people() == 3
    assert step not in browser.get(address).content.decode()
    assert trial.sha256 in browser.get(reverse("households:import", args=[latest().pk])).content.decode()
    assert browser.post(reverse("households:import_step", args=[latest().pk, "take-in"])).status_code == 422


def test_waiting_import_is_cancelled_on_its_page(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP, "370406001")
    address = upload(browser, way="take")
    step = reverse("households:import_step", args=[latest().pk, "cancel"])
    assert step in browser.get(address).content.decode()
    assert browser.post(step).status_code == 302
    assert latest().state == "cancelled"
    assert browser.get(address).status_code == 200
    assert browser.post(step).status_code == 422


def test_import_is_taken_back_on_its_page(county: Actor, page_of: PageOf) -> None:
    brought = bring(county, family())
    browser = page_of(Role.COUNTY)
    address = reverse("households:import", args=[brought.pk])
    step = reverse("households:import_step", args=[brought.pk, "take-back"])
    assert step in browser.get(address).content.decode()
    assert browser.get(step).status_code == 200
    assert browser.post(step).status_code == 302
    assert "hx-get" in browser.get(address).content.decode()
    take_back_import(actor=make_actor(Role.COUNTY), brought=brought)
    page = browser.get(address).content.decode()
    assert "已撤回" in page
    assert step not in page
    assert browser.post(step).status_code == 422
    assert browser.get(reverse("households:import_step", args=[brought.pk, "erase"])).status_code == 404


def test_same_file_again_says_when_it_came_before(county: Actor, page_of: PageOf) -> None:
    first, second = bring(county, family()), bring(county, family())
    text = page_of(Role.COUNTY).get(reverse("households:import", args=[second.pk])).content.decode()
    assert reverse("households:import", args=[first.pk]) in text


def test_colleague_of_another_township_stops_nothing(county: Actor, page_of: PageOf) -> None:
    brought = bring(county, family())
    for step in ("cancel", "take-in", "take-back"):
        address = reverse("households:import_step", args=[brought.pk, step])
        assert page_of(Role.TOWNSHIP).post(address).status_code == 404
        assert page_of(Role.AUDITOR).post(address).status_code == 403
