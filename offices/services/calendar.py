"""Working days of the official calendar, with its exchanged days."""

from __future__ import annotations

import datetime

import chinese_calendar

from offices.actors import Actor
from offices.models import WorkingDay

FIRST_YEAR = 2004


def load_calendar(*, actor: Actor, county: str) -> int:
    """Fill the dated table from `chinesecalendar` for the years it knows; later years fall back.

    Days beyond the table count Monday to Friday as worked (stated fallback, see
    `is_working_day`).
    """
    days: list[WorkingDay] = []
    day = datetime.date(FIRST_YEAR, 1, 1)
    while True:
        try:
            is_working = chinese_calendar.is_workday(day)
        except NotImplementedError:
            break
        days.append(WorkingDay(day=day, is_working=is_working))
        day += datetime.timedelta(days=1)
    WorkingDay.objects.bulk_create(days, ignore_conflicts=True, batch_size=5000)
    return len(days)


def is_working_day(day: datetime.date) -> bool:
    """Whether a day is worked; outside the table Monday to Friday are."""
    known = WorkingDay.objects.filter(day=day).values_list("is_working", flat=True).first()
    return day.weekday() < 5 if known is None else known


def add_working_days(start: datetime.date, count: int) -> datetime.date:
    """The day `count` working days after `start` (the day itself not counted)."""
    known = dict(
        WorkingDay.objects.filter(
            day__gt=start, day__lte=start + datetime.timedelta(days=count * 3 + 30)
        ).values_list("day", "is_working")
    )
    day, left = start, count
    while left:
        day += datetime.timedelta(days=1)
        if known.get(day, day.weekday() < 5):
            left -= 1
    return day
