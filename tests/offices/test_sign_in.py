"""Sign-in by the accounts of the demonstration, and what a role finds when it is in."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.demonstration.accounts import ACCOUNTS, PASSWORD
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Act

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_each_account_signs_in_and_finds_its_home(client: Client, account: object) -> None:
    answer = client.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    assert answer.status_code == 302
    home = client.get("/")
    assert home.status_code == 200
    assert account.name in home.content.decode()
    with open_context(scope="370406"):
        act = Act.objects.get(verb="offices.sign_in")
        assert act.by.username == account.username
        assert act.role == account.role


def test_wrong_password_stays_outside(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "township", "password": "huimin-demo-2014"})
    assert answer.status_code == 200
    assert client.get("/").status_code == 302


def test_only_somebody_at_the_screen_puts_the_idle_sign_out_off(page_of: Any) -> None:
    browser = page_of(Role.TOWNSHIP)
    browser.get("/")
    with open_context(scope=""):
        Session.objects.update(expire_date=(soon := timezone.now() + datetime.timedelta(seconds=30)))
    browser.get("/", headers={"HX-Request": "true", "HX-Trigger": "progress"})
    with open_context(scope=""):
        assert Session.objects.get().expire_date == soon
    browser.get("/")
    with open_context(scope=""):
        assert Session.objects.get().expire_date > soon


def test_a_part_that_asks_after_the_sign_out_leads_the_window_to_the_sign_in(client: Client) -> None:
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_who_signed_in_long_ago_is_asked_again_before_the_second_step_changes(client: Client) -> None:
    client.post("/accounts/login/", {"login": "township", "password": PASSWORD})
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0, "username": "township"}]
    session.save()
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert client.get(answer.url).status_code == 200


def test_nobody_signs_up(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"username": "x", "password1": "long-enough-2013"})
    assert b"huimin" in answer.content.lower() or answer.status_code in (200, 302, 403)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "未保存任何内容"), ("en", "Nothing was saved")])
def test_form_of_an_earlier_sign_in_is_refused_in_words(language: str, words: str) -> None:
    """The page that Django asks for: templates/403_csrf.html."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = browser.post("/households/elsewhere/", {"number": "1"})
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert "CSRF" not in answer.content.decode()
