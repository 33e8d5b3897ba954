"""The owner makes the test database; everything afterwards runs as the application role.

A test sees nothing until it opens a context (fixture `county` opens the whole county as the
system actor, `as_actor` opens one of a person's).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from django.utils import translation

from offices.actors import Actor
from offices.database import planning
from offices.database.context import open_context
from offices.enums import Role
from tests import kept
from tests.factories import keep_everybody, make_actor
from tests.template import template_database

ALIASES = {"default": "app", "clinical": "clinical"}


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Random trials are slow; what is named for pages is about them; the rest says by its place and its fixtures."""
    for item in items:
        if item.path.parent == HERE and not item.get_closest_marker("once"):
            item.add_marker(pytest.mark.house)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.slow)
        if item.path.stem.endswith(("_page", "_pages")):
            item.add_marker(pytest.mark.page)
        if not item.get_closest_marker("django_db") and "django_db_setup" not in getattr(
            item, "fixturenames", ()
        ):
            item.add_marker(pytest.mark.no_database)
    items.sort(key=lambda item: not item.get_closest_marker("long"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def _become_serving_role(connection: Any, **_kwargs: Any) -> None:
    if connection.alias not in ALIASES:
        return
    role = settings.HUIMIN_DATABASE_ROLES[ALIASES[connection.alias]]
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """Do something as the owner (who bypasses row-level security), then be the serving role again."""
    target = connections[alias]
    with target.cursor() as cursor:
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        _become_serving_role(target)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the run's processes share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def template(shared_folder: Path) -> Iterator[str]:
    """The migrated database with its reference data that others are copied from, made once a run."""
    with template_database(shared_folder) as name:
        yield name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, request: pytest.FixtureRequest, django_db_keepdb: bool
) -> None:
    """Copy the template for the tests' own database, unless one is kept from run to run."""
    if not django_db_keepdb:
        for alias in ALIASES:
            connections[alias].settings_dict["TEST"]["TEMPLATE"] = request.getfixturevalue("template")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the reference data and staff once and keep a copy of them, then serve as the application role."""
    from offices.reference_data import load_all
    from offices.services.staff import system_actor

    with django_db_blocker.unblock():
        with open_context(scope=settings.HUIMIN_COUNTY):
            load_all(actor=system_actor(), county=settings.HUIMIN_COUNTY)
            keep_everybody()
        kept.keep()
        connection_created.connect(_become_serving_role)
        for alias in ALIASES:
            if connections[alias].connection is not None:
                _become_serving_role(connections[alias])
    yield
    with django_db_blocker.unblock():
        _leave_alone_with_the_database()


def _leave_alone_with_the_database() -> None:
    """A database is dropped by its last session: end those of other aliases and of tests' threads."""
    for alias in ALIASES:
        if alias != "default":
            connections[alias].close()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = session_user"
        )


def _teardown_as_owner(_self: TransactionTestCase) -> None:
    """Whoever owns the tables may undo what was committed."""
    with as_owner():
        kept.restore()


TransactionTestCase._fixture_teardown = _teardown_as_owner  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """A page that a former test asked for in English leaves its language to the thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def county(db: None) -> Iterator[Actor]:
    """The whole county, open, as the installation's own actor."""
    from offices.database.context import keep_context
    from offices.services.staff import system_actor

    with keep_context():
        actor = system_actor()
    with open_context(actor=actor, channel="command"):
        yield actor


@pytest.fixture
def actor_of(db: None) -> Callable[..., Actor]:
    """Make (once a test) a member of staff with a role: `actor_of(Role.TOWNSHIP, "370406101")`."""
    return make_actor


@pytest.fixture
def page_of(db: None, client: Client) -> Callable[..., Client]:
    """A signed-in browser of a role: `page_of(Role.TOWNSHIP).get("/")`."""

    def sign_in(role: Role, division: str | None = None) -> Client:
        from offices.models import Staff

        actor = make_actor(role, division)
        with open_context(scope=""):
            client.force_login(Staff.objects.get(pk=actor.staff_id), settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def moved_to(db: None) -> Callable[[str], None]:
    """Move the business day: `moved_to("2014-02-28")`."""
    import datetime

    from offices.models import BusinessDay

    def move(day: str) -> None:
        with open_context(scope=""):
            BusinessDay.objects.update_or_create(pk=1, defaults={"day": datetime.date.fromisoformat(day)})

    return move


def sql(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run SQL as the application role, past every service: to try to break what the database holds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def refresh_statistics() -> None:
    """What an import does at its end: a registry just filled has true statistics."""
    planning.refresh_statistics("households")
