"""The one business clock: which day it is for the office.

Production: the calendar day in China. Demonstration and tests: HUIMIN_TODAY, or the later
day that the demonstration has been moved to. `now()` is the instant of record and never moves.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from offices.errors import NotAllowed

CHINA = ZoneInfo("Asia/Shanghai")


_told: ContextVar[datetime.date | None] = ContextVar("told_day", default=None)


@contextmanager
def demonstration_day(day: datetime.date) -> Iterator[None]:
    """Let the office work on a day of the past, while a demonstration's cases are made by its services.

    Raises NotAllowed outside a demonstration.
    """
    if not settings.HUIMIN_DEMO or settings.HUIMIN_PRODUCTION:
        raise NotAllowed()
    with held(day):
        yield


@contextmanager
def held(day: datetime.date) -> Iterator[None]:
    """Let every question for the day have this answer: a page that is read does not change it."""
    before = _told.set(day)
    try:
        yield
    finally:
        _told.reset(before)


def today() -> datetime.date:
    """The business day; needs an open context in a demonstration."""
    if settings.HUIMIN_PRODUCTION or not (settings.HUIMIN_TODAY or settings.HUIMIN_DEMO):
        return timezone.now().astimezone(CHINA).date()
    told = _told.get()
    if told is not None:
        return told
    moved = _moved_to()
    start = datetime.date.fromisoformat(settings.HUIMIN_TODAY) if settings.HUIMIN_TODAY else None
    if moved and (start is None or moved > start):
        return moved
    return start or timezone.now().astimezone(CHINA).date()


def _moved_to() -> datetime.date | None:
    """The day a demonstration has been moved to; plain SQL, since every deed of a service asks for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM offices_businessday WHERE id = 1")
        row = cursor.fetchone()
    return row[0] if row else None


def now() -> datetime.datetime:
    """The instant of record."""
    return timezone.now()


def end_of(day: datetime.date) -> datetime.datetime:
    """The instant at which a calendar day of China is over."""
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), CHINA)
