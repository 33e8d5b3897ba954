"""Every address with every role: on a row of her own village, on the same row from elsewhere, with nobody.

tests/doors.py says who may what; an address without a line there fails. Out of scope is 404, in scope
but not allowed 403, without sign-in the way leads to the sign-in page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from psycopg import sql

from offices.actors import Actor
from offices.database.context import keep_context, open_context, schema_of
from offices.enums import Role
from offices.models import Act, Staff
from offices.services.staff import system_actor
from tests.doors import DOORS, ELSEWHERE, EVERYBODY, PEOPLE, Door
from tests.factories import make_actor
from tests.rows import NAME, Kwargs, build_rows

pytestmark = pytest.mark.page

PUBLIC = {
    "healthz": "",
    "verify": "code",
    "public_notices": "",
    "calculator": "",
    "set_language": "",
    "welcome": "invitation",
}
ENTRANCE = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_confirm_email", "account_email_verification_sent", "account_confirm_login_code",
    "mfa_authenticate",
}  # fmt: skip
OWN_ACCOUNT = {
    "account_reauthenticate", "account_email", "account_change_password", "account_set_password",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Kwargs]]:
    """One row of every kind, made once for the module and rolled back after it."""
    files, settings.HUIMIN_FILES = settings.HUIMIN_FILES, str(tmp_path_factory.mktemp("files"))
    settings.SESSION_SAVE_EVERY_REQUEST = False  # each would be undone with its call
    with django_db_blocker.unblock(), transaction.atomic():
        with keep_context():
            actor = system_actor()
        with open_context(actor=actor, channel="command"):
            made = build_rows()
        connection.check_constraints()  # now, or each test would at its end
        yield made
        transaction.set_rollback(True)
    settings.HUIMIN_FILES = files
    settings.SESSION_SAVE_EVERY_REQUEST = True


def names(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def signed_in(actor: Actor) -> Client:
    browser = Client()
    with open_context(scope=""):
        staff = Staff.objects.get(pk=actor.staff_id)
        browser.force_login(staff, settings.AUTHENTICATION_BACKENDS[0])
    return browser


@pytest.fixture(scope="module")
def everybody(rows: dict[str, Kwargs], django_db_blocker: Any) -> list[tuple[Role, bool, Client]]:
    """Each role as who serves the village, and each local one as somebody of another township.

    Signed in once for the module: whatever a call does, the sign-in of the others too, is undone after it.
    """
    with django_db_blocker.unblock():
        own = [(role, True, signed_in(make_actor(role))) for role in PEOPLE]
        away = [(role, False, signed_in(make_actor(role, place))) for role, place in ELSEWHERE.items()]
    return own + away


@pytest.fixture(scope="module")
def acts_before(everybody: list[tuple[Role, bool, Client]], django_db_blocker: Any) -> int:
    """How many acts stand before a call: each is undone, so before every one."""
    with django_db_blocker.unblock(), transaction.atomic():
        return _count_acts()


def _count_acts() -> int:
    """All acts of the county, in one question; its scope ends with the transaction."""
    acts = sql.Identifier(schema_of("370406"), Act._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SET LOCAL huimin.scope = '370406'; SELECT count(*) FROM {}")
            .format(acts)
            .as_string(cursor.connection)
        )
        cursor.nextset()
        return int(cursor.fetchone()[0])


def expected(door: Door, role: Role, method: str, *, is_own: bool) -> set[int]:
    """The answers that are right."""
    is_hidden = bool(door.row) and not is_own and not door.is_county
    if role not in door.roles:
        # A page of another office's work may say either; that a row is not hers, or not there, it never tells.
        return {403} | ({404} if is_hidden else set()) | ({405} if method not in door.asks else set())
    if method not in door.asks:
        return {405}
    if is_hidden or (door.only is not None and role not in door.only):
        return {404}
    return {200} if method == "G" else {200, 204, 302, 422}


def call(
    browser: Client, door: Door, method: str, kwargs: Kwargs, acts_before: int
) -> tuple[HttpResponse, int]:
    """Answer and number of acts, everything undone afterwards."""
    parts = dict(kwargs)
    query = parts.pop("?", "")
    address = f"{reverse(door.name, kwargs=parts)}?{query}"
    with transaction.atomic():
        answer: Any = browser.get(address) if method == "G" else browser.post(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # only so is the request over
        acts = _count_acts() - acts_before
        transaction.set_rollback(True)
    return answer, acts


def test_every_address_has_its_line() -> None:
    known = {door.name for door in DOORS} | set(PUBLIC) | ENTRANCE | OWN_ACCOUNT
    addresses = set(names())
    assert addresses - known == set(), "an address without a line is open to nobody: say here who may what"
    assert known - addresses == set()


@pytest.mark.django_db(databases=["default", "clinical"])
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_who_may_open_it(
    door: Door, rows: dict[str, Kwargs], everybody: list[tuple[Role, bool, Client]], acts_before: int
) -> None:
    wrong = []
    tried: set[bool] = set()
    for role, is_own, browser in everybody:
        is_allowed = role in door.roles
        # A form sent to where none is taken: by one of whom the page lets in, and by one of whom it does not.
        methods = "GP" if "P" in door.asks or is_allowed not in tried else "G"
        tried.add(is_allowed)
        for method in methods:
            answer, acts = call(browser, door, method, rows[door.row], acts_before)
            right = expected(door, role, method, is_own=is_own)
            who = f"{role} {'of the village' if is_own else 'from elsewhere'} {method}"
            if answer.status_code not in right:
                wrong.append(f"{who}: {answer.status_code}, not {sorted(right)}")
            if acts and (method == "G" or not door.acts or answer.status_code >= 400):
                wrong.append(f"{who}: {answer.status_code} and yet {acts} acts")
            if not is_own and not answer.streaming and NAME in answer.content.decode():
                wrong.append(f"{who}: reads a name of another township")
    assert not wrong, "\n".join([str(door), *wrong])


@pytest.mark.django_db(databases=["default", "clinical"])
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_nobody_is_led_to_the_sign_in_page(door: Door, rows: dict[str, Kwargs], acts_before: int) -> None:
    for method in "GP":
        answer, acts = call(Client(), door, method, rows[door.row], acts_before)
        assert (answer.status_code, acts) == (302, 0)
        assert re.match(r"/accounts/login/\?next=", answer["Location"])


@pytest.mark.django_db(databases=["default", "clinical"])
@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_open_to_everybody(
    name: str, rows: dict[str, Kwargs], everybody: list[tuple[Role, bool, Client]], acts_before: int
) -> None:
    door = Door(name, "G", EVERYBODY)
    for browser in (Client(), *(browser for _role, is_own, browser in everybody if is_own)):
        answer, acts = call(browser, door, "G", rows[PUBLIC[name]], acts_before)
        assert answer.status_code in {200, 302}
        assert not acts


@pytest.mark.django_db(databases=["default", "clinical"])
@pytest.mark.parametrize("name", sorted(ENTRANCE | OWN_ACCOUNT))
def test_the_entrance_leads_nowhere_without_a_password(name: str) -> None:
    keys = {
        "account_confirm_email": {"key": "x"},
        "account_reset_password_from_key": {"uidb36": "a", "key": "b"},
    }
    address = reverse(name, kwargs=keys.get(name, {}))
    answers = [Client().get(address), Client().post(address)]
    for answer in answers:
        assert answer.status_code in {200, 302, 404, 405, 429}
        if name in OWN_ACCOUNT:
            assert answer.status_code == 302
            assert answer["Location"].startswith("/accounts/login/")


def test_no_policy_lets_the_installation_in_by_a_page() -> None:
    """Its own account has no password; the table is about people."""
    assert Role.SYSTEM not in EVERYBODY
