"""What the planner is told of tables that were just filled."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from offices.actors import Actor
from offices.database.planning import refresh_statistics
from offices.models import WorkingDay
from tests.conftest import as_owner


@pytest.fixture
def days_known(county: Actor) -> int:
    """The planner's number of working days, after it has looked at them."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE offices_workingday")
    return _known()


def test_a_table_that_was_filled_is_known_at_once_and_one_that_hardly_changed_is_left(
    days_known: int,
) -> None:
    _add(days=range(days_known // 20))
    refresh_statistics("offices")
    assert _known() == days_known < WorkingDay.objects.count()
    _add(days=range(days_known // 20, 20_000))
    refresh_statistics("offices")
    assert _known() == WorkingDay.objects.count() == days_known + 20_000


def _known() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::integer FROM pg_class WHERE oid = 'offices_workingday'::regclass")
        return int(cursor.fetchone()[0])


def _add(*, days: range) -> None:
    """These days, after the calendar's last."""
    first = datetime.date(2100, 1, 1)
    WorkingDay.objects.bulk_create(
        WorkingDay(day=first + datetime.timedelta(days=number), is_working=True) for number in days
    )
