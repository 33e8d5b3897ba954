"""The one business clock: which day it is for the office.

Production: the calendar day in China. Demonstration and tests: HUIMIN_TODAY, or the later
day that the demonstration has been moved to. `now()` is the instant of record and never moves.
"""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")


def today() -> datetime.date:
    """The business day; needs an open context in a demonstration."""
    if settings.HUIMIN_PRODUCTION or not (settings.HUIMIN_TODAY or settings.HUIMIN_DEMO):
        return timezone.now().astimezone(CHINA).date()
    from offices.models import BusinessDay

    moved = BusinessDay.objects.filter(pk=1).values_list("day", flat=True).first()
    start = datetime.date.fromisoformat(settings.HUIMIN_TODAY) if settings.HUIMIN_TODAY else None
    if moved and (start is None or moved > start):
        return moved
    return start or timezone.now().astimezone(CHINA).date()


def now() -> datetime.datetime:
    """The instant of record."""
    return timezone.now()
