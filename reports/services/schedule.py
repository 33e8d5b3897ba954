"""When the month is summarised: in the night of each month's first day, by the scheduler's own tables."""

from __future__ import annotations

import json

from django_celery_beat.models import CrontabSchedule, PeriodicTask

from offices.actors import Actor
from offices.clock import CHINA

TASK = "reports.summarise_month"
HOUR, MINUTE = 1, 30


def load_schedule(*, actor: Actor, county: str) -> int:
    """Enter the monthly summary of a county into the schedule, once; what an office changed stays.

    Part of the reference data. Returns how many entries there are.
    """
    crontab, _created = CrontabSchedule.objects.get_or_create(
        minute=str(MINUTE),
        hour=str(HOUR),
        day_of_month="1",
        month_of_year="*",
        day_of_week="*",
        timezone=CHINA,
    )
    PeriodicTask.objects.get_or_create(
        name=f"{TASK} {county}",
        defaults={"task": TASK, "crontab": crontab, "args": json.dumps([county])},
    )
    return PeriodicTask.objects.filter(task=TASK).count()
