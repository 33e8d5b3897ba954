"""Rows of every kind inside an installation that a browser opens, and people who may see them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse

from offices.enums import Role
from tests.browser.installation import Installation, broker_of, installation_up
from tests.doors import DOORS, PEOPLE, Door
from tests.factories import DIVISION_OF_ROLE
from tests.template import copy_database, environment_of, made_once, manage

_MAKE = """
import json
from django.contrib.auth.hashers import make_password
from config.demonstration.accounts import PASSWORD
from offices.database.context import keep_context, open_context
from offices.models import Staff
from offices.services.staff import system_actor
from tests.factories import make_actor
from tests.rows import build_rows
from tests.test_permission_matrix import PEOPLE
with keep_context():
    actor = system_actor()
with open_context(actor=actor, channel="command"):
    rows = build_rows(3)
    password = make_password(PASSWORD)
    for role in PEOPLE:
        staff = Staff.objects.get(pk=make_actor(role).staff_id)
        staff.password = password
        staff.save()
print(json.dumps({kind: {name: str(value) for name, value in row.items()} for kind, row in rows.items()}))
"""
_FILES = {
    "households:representation_paper",
    "reports:print_file",
    "subsidies:scan",
    "subsidies:application_slip_file",
    "subsidies:application_index_file",
    "subsidies:award_certificate",
    "subsidies:letter_file",
    "subsidies:recognition_certificate",
    "subsidies:sealed_list_sheet",
    "subsidies:decision_letter_file",
    "subsidies:decision_letter_receipt",
    "subsidies:recovery_notice",
}
"""What a browser saves, or shows with a viewer of its own."""
PAGES = tuple(door for door in DOORS if "G" in door.asks and door.name not in _FILES)
Rows = dict[str, dict[str, str]]


@contextlib.contextmanager
def office_with_cases(template: str, folder: Path, *, day: str) -> Iterator[tuple[Installation, Rows]]:
    """An installation with the rows, and what addresses need of them, by kind.

    They are built once a run, in a database beside the template; `folder` is shared by the run's processes.
    """
    home, told = folder / "cases", folder / "cases.json"

    def build(name: str, _folder: Path) -> None:
        copy_database(template, name)
        environment, broker = environment_of(name, home, port=1, day=day), broker_of(home)
        broker.start()
        try:
            told.write_text(manage(environment, "shell", "--no-imports", "-c", _MAKE).splitlines()[-1])
        finally:
            broker.stop()

    with (
        made_once(folder, "cases", build) as name,
        installation_up(name, day=day, files=home / "files") as served,
    ):
        yield served, json.loads(told.read_text())


def address_of(door: Door, rows: Rows) -> str:
    parts = dict(rows[door.row])
    query = parts.pop("?", "")
    if door.name == "reports:dashboard":
        query = urlencode({"month": "2013-12"})
    return f"{reverse(door.name, kwargs=parts)}?{query}"


def reader_of(door: Door) -> Role:
    """The first role that may open it."""
    return min(door.only or door.roles, key=PEOPLE.index)


def username_of(role: Role) -> str:
    """As tests.factories names her."""
    return f"{role}-{DIVISION_OF_ROLE.get(role, '370406000000')}"
