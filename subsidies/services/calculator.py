"""The count of the public calculator, and its politeness."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError
from subsidies.models import CalculatorDay

MOST_A_MINUTE = 40
"""Answers a minute for one address: a whole village hall behind one is served, a program is slowed."""


class TooMany(DomainError):
    """The calculator was asked too often from one address within a minute."""


def count_question(*, actor: Actor | None) -> None:
    """Count one question of today. Whoever asks is nobody: `actor` is not kept."""
    if not CalculatorDay.objects.filter(day=clock.today()).update(count=F("count") + 1):
        day, made = CalculatorDay.objects.get_or_create(day=clock.today(), defaults={"count": 1})
        if not made:
            CalculatorDay.objects.filter(pk=day.pk).update(count=F("count") + 1)


def check_pace(*, actor: Actor | None, address: str) -> None:
    """Refuse an address that asks too fast. Its digest is kept for one minute. Raises TooMany."""
    key = "calculator:" + hashlib.sha256(f"{settings.SECRET_KEY}{address}".encode()).hexdigest()[:32]
    cache.add(key, 0, timeout=60)
    try:
        asked = cache.incr(key)
    except ValueError:
        # Its minute ended in between.
        return
    if asked > MOST_A_MINUTE:
        raise TooMany(
            "too_many", _("The calculator was asked very often just now. Wait a minute, then send it again.")
        )
