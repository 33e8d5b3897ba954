"""What the worker does by itself, and when: entries of the schedule that beat reads."""

from __future__ import annotations

import json

from django_celery_beat.models import CrontabSchedule, PeriodicTask

from offices.clock import CHINA


def schedule(
    *,
    task: str,
    county: str,
    hour: int | str,
    minute: int | str = 0,
    day_of_month: str = "*",
    expires_after: int | None = None,
) -> int:
    """Have a task run by beat at a time of the county's day (`*`: each); returns how many entries it has.

    An entry that is there already is left as an administrator set it. The task gets the county.
    A message that no worker took within `expires_after` seconds is dropped.
    """
    time, _created = CrontabSchedule.objects.get_or_create(
        minute=str(minute),
        hour=str(hour),
        day_of_month=day_of_month,
        month_of_year="*",
        day_of_week="*",
        timezone=CHINA,
    )
    PeriodicTask.objects.get_or_create(
        name=f"{task} {county}",
        defaults={
            "task": task,
            "crontab": time,
            "args": json.dumps([county]),
            "expire_seconds": expires_after,
        },
    )
    return PeriodicTask.objects.filter(task=task).count()
