"""The beat process, which also says that it lives."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django_celery_beat.schedulers import DatabaseScheduler
from redis.exceptions import RedisError

ALIVE = "beat-is-alive"
_ALIVE_SECONDS = 60


class LivingScheduler(DatabaseScheduler):
    """The schedule in the database; every look at it, some seconds apart, leaves a sign in the cache."""

    def tick(self, *words: Any, **options: Any) -> float:
        with suppress(RedisError):
            # A broker that is away for a moment is no reason to end.
            cache.set(ALIVE, True, timeout=_ALIVE_SECONDS)
        return float(super().tick(*words, **options))
