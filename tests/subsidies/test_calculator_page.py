"""The calculator's page: for anybody, without a session, and nothing of it is kept."""

from __future__ import annotations

import datetime
import ipaddress
import logging
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from offices.database.context import open_context
from offices.models import Act, Read
from subsidies.models import CalculatorDay
from subsidies.services import calculator
from tests.factories import TOWNSHIP

pytestmark = pytest.mark.django_db
MOTHER = {
    "born": "1953-02-01",
    "gender": "F",
    "hukou": "rural",
    "partner": "lives",
    "partner_born": "62岁",
    "partner_hukou": "rural",
    "kids": "1",
    "kid1-born": "1980",
    "kid1-gender": "F",
    "kid1-kind": "birth",
    "kid1-lives": "yes",
    "kid1-grade": "0",
}


@pytest.fixture(autouse=True)
def _business_day(moved_to: Callable[[str], None]) -> None:
    moved_to("2014-01-06")


def somewhere_new() -> Client:
    """A browser at an address that nobody asked from: what counts them is shared by all processes."""
    documented = int(ipaddress.IPv6Address("2001:db8::"))
    return Client(REMOTE_ADDR=str(ipaddress.IPv6Address(documented + secrets.randbits(64))))


def ask(browser: Client | None = None, **changes: str | None) -> Any:
    told = {name: value for name, value in {**MOTHER, **changes}.items() if value is not None}
    return (browser or somewhere_new()).post("/calculator/", told)


def test_the_questions_are_there_for_anybody() -> None:
    page = Client().get("/calculator/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert set(page.cookies) <= {"csrftoken"}, "no session"
    text = page.content.decode()
    assert "身份证号" in text, "it says that none is asked"
    assert 'method="post"' in text
    assert "data-no-draft" in text
    assert "/calculator/" in Client().get("/accounts/login/").content.decode()
    assert "/calculator/" in Client().get("/notices/").content.decode()


def test_an_answer_says_what_how_much_what_to_bring_and_where() -> None:
    page = ask(township=TOWNSHIP)
    assert page.status_code == 200
    text = page.content.decode()
    for words in ("符合条件", "960.00元", "户口簿", "国办发〔2004〕21号", "复议", "供参考"):
        assert words in text, words
    (_outcome, programmes) = page.context["groups"][0]
    assert "NCJF" in [one.programme.code for one in programmes]
    assert str(page.context["township"]) in text


def test_what_is_open_is_named_and_what_is_not_yet_has_its_day() -> None:
    text = ask(hukou="").content.decode()
    assert "可能符合" in text
    assert "您的户口性质" in text
    assert "2014年3月2日起符合条件" in ask(born="1954-03-02").content.decode()


def test_nothing_is_kept_but_a_count(caplog: pytest.LogCaptureFixture) -> None:
    with open_context(scope="370406"):
        before = (Act.objects.count(), Read.objects.count(), Session.objects.count())
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        page = ask()
    assert page["Cache-Control"] == "no-store"
    assert set(page.cookies) <= {"csrftoken"}
    written = [
        one["sql"]
        for one in queries
        if one["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert written
    assert all("subsidies_calculatorday" in statement for statement in written)
    logged = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert not [record for record in logged if "1953" in record.getMessage()]
    with open_context(scope="370406"):
        assert (Act.objects.count(), Read.objects.count(), Session.objects.count()) == before
        ask()
        assert [(row.day, row.count) for row in CalculatorDay.objects.all()] == [
            (datetime.date(2014, 1, 6), 2)
        ]


def test_what_was_typed_stays_where_something_is_to_be_put_right() -> None:
    page = ask(born="gestern", **{"kid1-born": ""})
    assert page.status_code == 422
    text = page.content.decode()
    assert 'value="gestern"' in text
    assert text.count("field-error") >= 2, "her own day and the child's, at once"
    assert ask(kids=None).status_code == 422
    assert ask(**{"kid1-lives": "no", "kid1-died": "1970"}).status_code == 422
    assert ask(born="2020-01-01").status_code == 422


def test_children_beyond_the_number_and_a_spouse_who_is_not_there_are_not_read() -> None:
    assert ask(partner="none", partner_hukou="urban").status_code == 200
    page = ask(kids="0", **{"kid1-born": "nonsense"})
    assert page.status_code == 200


def test_who_asks_too_fast_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calculator, "MOST_A_MINUTE", 3)  # so few are sent within a minute for certain
    browser = somewhere_new()
    for _time in range(3):
        assert ask(browser).status_code == 200
    refused = ask(browser)
    assert refused.status_code == 429
    assert "请等一分钟" in refused.content.decode()
    assert 'value="1953-02-01"' in refused.content.decode()


def test_a_form_of_elsewhere_is_refused() -> None:
    assert ask(Client(enforce_csrf_checks=True)).status_code == 403
