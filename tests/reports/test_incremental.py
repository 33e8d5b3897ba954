"""The dashboard reads figures that are kept and kept up with; nothing is computed anew to be looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from reports.models import Edition, Figure
from reports.services.editions import summarise
from tests.conftest import as_owner, sql
from tests.reports.month import JANUARY, grant, paid_batch

pytestmark = pytest.mark.django_db
PageOf = Callable[..., Client]
WRITES = ("INSERT", "UPDATE", "DELETE", "REFRESH", "TRUNCATE", "CREATE")


def rows_written() -> dict[str, tuple[int, ...]]:
    """What stands in the tables of reports, and what has ever been written to them in this transaction."""
    return {
        table: (inserted, updated, deleted)
        for table, inserted, updated, deleted in sql(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('reports_edition', 'reports_figure')"
        )
    }


def test_no_view_is_kept_that_would_have_to_be_refreshed_whole(county: Actor) -> None:
    with as_owner():
        kept = sql("SELECT schemaname, matviewname FROM pg_matviews")
    assert kept == []


def test_looking_at_the_dashboard_writes_nothing(county: Actor, page_of: PageOf) -> None:
    grant(name="李桂兰")
    paid_batch()
    summarise(actor=county, month=JANUARY)
    browser = page_of(Role.COUNTY)
    before = rows_written()
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"{reverse('reports:dashboard')}?month=2014-01").status_code == 200
    of_reports = [query["sql"] for query in asked if '"reports_' in query["sql"]]
    assert of_reports
    assert not [statement for statement in of_reports if statement.lstrip().upper().startswith(WRITES)]
    assert rows_written() == before


def test_what_has_not_changed_is_not_written_again(county: Actor) -> None:
    """One township's new grant makes a new edition for it and for the county; the others' stay as they are."""
    grant(name="李桂兰")
    summarise(actor=county, month=JANUARY)
    before, written = Edition.objects.count(), rows_written()
    assert summarise(actor=county, month=JANUARY).written == 0
    assert rows_written() == written
    grant(name="王秀英")
    summarise(actor=county, month=JANUARY)
    again = Edition.objects.filter(number=2)
    assert set(again.values_list("division_code", flat=True)) == {"370406000000", "370406101000"}
    assert Edition.objects.count() == before + 2
    with open_context(scope=settings.HUIMIN_COUNTY):
        assert Figure.objects.filter(edition__number=1, edition__division_code="370406101000").exists()
