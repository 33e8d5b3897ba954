"""Background work of programmes and cases; each task is a door to a service."""

from __future__ import annotations

from celery import shared_task

from offices.database.context import open_context
from offices.services.staff import system_actor
from subsidies.services.notices import remove_ended_notices


@shared_task(name="subsidies.remove_ended_notices")
def remove_ended_notices_nightly(county: str) -> int:
    """Take the lines of ended notices off the public page's table; returns how many."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return remove_ended_notices(actor=actor)
