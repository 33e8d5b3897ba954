"""Working days of the official calendar, with its exchanged days."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable

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


def working_days_until(*, days: Iterable[datetime.date], start: datetime.date) -> dict[datetime.date, int]:
    """For each of `days` how many working days lie between `start` and it; below zero for a day that is past.

    The day itself counts, the start does not: due tomorrow is one, due today none. One query for all.
    """
    wanted = set(days)
    if not wanted:
        return {}
    first, last = min(*wanted, start), max(*wanted, start)
    known = dict(WorkingDay.objects.filter(day__gte=first, day__lte=last).values_list("day", "is_working"))
    worked = [
        day
        for day in (first + datetime.timedelta(days=ahead) for ahead in range((last - first).days + 1))
        if known.get(day, day.weekday() < 5)
    ]
    return {day: bisect_right(worked, day) - bisect_right(worked, start) for day in wanted}
