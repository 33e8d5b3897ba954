"""The monthly summary by the scheduler: there, on the first of a month, harmless when run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.conf import settings
from django_celery_beat.models import PeriodicTask

from offices.actors import Actor
from offices.database.context import open_context
from reports.models import Edition, Figure
from reports.services import editions
from reports.services.schedule import TASK, load_schedule
from reports.tasks import summarise_month
from tests.reports.month import grant

pytestmark = pytest.mark.django_db
COUNTY = settings.HUIMIN_COUNTY


def test_the_summary_stands_in_the_schedule_once(county: Actor) -> None:
    assert load_schedule(actor=county, county=COUNTY) == 1
    entry = PeriodicTask.objects.get(task=TASK)
    assert entry.enabled
    assert json.loads(entry.args) == [COUNTY]
    assert entry.crontab.day_of_month == "1"
    assert str(entry.crontab.timezone) == "Asia/Shanghai"
    entry.enabled = False
    entry.save()
    load_schedule(actor=county, county=COUNTY)
    assert not PeriodicTask.objects.get(task=TASK).enabled


def test_the_task_summarises_the_month_before_the_business_day(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    grant()
    moved_to("2014-03-01")
    summarise_month(COUNTY)
    assert set(Edition.objects.values_list("period", flat=True)) == {"2014-02"}


def test_run_twice_it_changes_nothing(county: Actor) -> None:
    grant()
    assert summarise_month(COUNTY) == summarise_month(COUNTY)
    assert set(Edition.objects.values_list("period", "number")) == {("2013-12", 1)}
    assert summarise_month(COUNTY, "2013-11")
    assert Edition.objects.filter(period="2013-11").exists()


def test_what_was_recorded_late_restates_its_month_by_itself(
    county: Actor, moved_to: Callable[[str], None]
) -> None:
    grant("2013-01-01")
    for month in ("2013-10", "2013-11", "2013-12"):
        summarise_month(COUNTY, month)
    # Ended again before the year did: December's figures do not show it.
    grant("2013-10-05", "2013-11-20")
    moved_to("2014-02-01")
    summarise_month(COUNTY)
    numbers = dict(
        Edition.objects.filter(division_code="370406000000")
        .order_by("number")
        .values_list("period", "number")
    )
    assert numbers == {"2013-10": 2, "2013-11": 2, "2013-12": 1, "2014-01": 1}


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_leaves_nothing_and_starts_anew() -> None:
    class Killed(BaseException):
        """What a worker that is killed leaves behind: nothing after this point happens."""

    calls = 0

    def die_at_the_fifth(**given: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise Killed

    with patch.object(editions, "record_act", die_at_the_fifth), pytest.raises(Killed):
        summarise_month(COUNTY, "2013-12")
    with open_context(scope=COUNTY):
        assert not Edition.objects.exists()
        assert not Figure.objects.exists()
    summarise_month(COUNTY, "2013-12")
    with open_context(scope=COUNTY):
        assert Edition.objects.count() == 12
        assert set(Edition.objects.values_list("number", flat=True)) == {1}
