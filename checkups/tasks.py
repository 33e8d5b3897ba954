"""Background work of health checks."""

from __future__ import annotations

from celery import shared_task

from checkups.clinical.reception import forget_people
from checkups.services.bookings import FORGET_TASK
from offices import clock
from offices.database.context import open_context
from offices.services.staff import system_actor


@shared_task(name=FORGET_TASK)
def forget_people_of_old_sessions(county: str) -> int:
    """Delete the names of sessions more than a year ago."""
    with open_context(county=county, scope=county, channel="task"):
        actor, today = system_actor(county), clock.today()
    with open_context(county=county, actor=actor, channel="task"):
        return forget_people(actor=actor, before=today)
