"""How often each page asks the database: never more often for more rows, and never more than is on record.

The numbers stand in query_counts.json, so that a change of them is seen in review. After a change that is
meant: `HUIMIN_RECORD_QUERIES=1 script/test tests/test_query_counts.py`, then look at the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.services.acts import record_act
from offices.services.staff import system_actor
from offices.views.home import LAST_ACTS
from subsidies.models import Application
from tests.doors import DOORS, PEOPLE, Door
from tests.factories import make_actor
from tests.rows import Kwargs, build_rows
from tests.test_permission_matrix import signed_in

RECORD = Path(__file__).with_name("query_counts.json")
PAGES = tuple(door for door in DOORS if "G" in door.asks)
ASKED = {"reports:dashboard": "month=2013-12", "reports:grant_rows": "measure=closing", "search": "q=璩秋实"}
FEW, MANY = 1, 3
pytestmark = [
    pytest.mark.django_db(databases=["default", "clinical"]),
    pytest.mark.xdist_group("query counts"),
    pytest.mark.once,
]
_OWN = ("SAVEPOINT", "RELEASE", "ROLLBACK")
Counts = dict[str, dict[int, int]]


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Counts:
    """Queries of every page by the number of rows behind it."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(settings, "HUIMIN_FILES", str(tmp_path_factory.mktemp("files")))
    try:
        return _counted(django_db_blocker)
    finally:
        monkeypatch.undo()


def _counted(django_db_blocker: Any) -> Counts:
    counted: Counts = {str(door): {} for door in PAGES}
    awaited = json.loads(RECORD.read_text(encoding="utf-8"))
    for families in (FEW, MANY):
        with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic("clinical"):
            with keep_context():
                actor = system_actor()
            with open_context(actor=actor, channel="command"):
                rows = build_rows(families)
                _fill_home(rows)
            for door in PAGES:
                page = str(door)
                counted[page][families] = _queries(door, dict(rows[door.row]), awaited=awaited.get(page))
            transaction.set_rollback(True)
            transaction.set_rollback(True, "clinical")
    if os.environ.get("HUIMIN_RECORD_QUERIES") == "1":
        numbers = {page: by_rows[FEW] for page, by_rows in sorted(counted.items())}
        RECORD.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    return counted


def _fill_home(rows: dict[str, Kwargs]) -> None:
    """What somebody did last stands on her home: of one kind, however many rows were made before it."""
    record = Application.objects.get(pk=rows["application"]["application_id"])
    for _act in range(LAST_ACTS):
        record_act(actor=make_actor(Role.VILLAGE), verb="subsidies.enter_application", record=record)


def _queries(door: Door, parts: dict[str, object], *, awaited: int | None) -> int:
    """How often the page asks. If not as awaited it is asked again: the first call fills what a process keeps."""
    role = min(door.only or door.roles, key=PEOPLE.index)
    query = parts.pop("?", "") or ASKED.get(door.name, "")
    address = f"{reverse(door.name, kwargs=parts)}?{query}"
    browser = signed_in(make_actor(role))
    asked = 0
    for _attempt in range(2):
        connections["default"].queries_log.clear()  # it keeps the last 9,000 and warns
        with (
            transaction.atomic(),
            CaptureQueriesContext(connections["default"]) as default,
            CaptureQueriesContext(connections["clinical"]) as clinical,
        ):
            answer: Any = browser.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
            assert answer.status_code == 200, (address, answer.status_code)
            transaction.set_rollback(True)
        ran = [*default.captured_queries, *clinical.captured_queries]
        asked = sum(not one["sql"].startswith(_OWN) for one in ran)
        if asked == awaited:
            break
    return asked


@pytest.mark.parametrize("door", PAGES, ids=str)
def test_more_rows_ask_no_more_often(door: Door, counts: Counts) -> None:
    by_rows = counts[str(door)]
    assert by_rows[FEW] == by_rows[MANY]


def test_the_numbers_on_record_are_true(counts: Counts) -> None:
    on_record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert {page: by_rows[FEW] for page, by_rows in counts.items()} == on_record
