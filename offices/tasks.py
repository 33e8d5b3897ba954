"""Work of the office itself; each task is a door to a service."""

from __future__ import annotations

from celery import shared_task

from offices.database.context import open_context
from offices.services.jobs import RESUME_TASK
from offices.services.jobs import resume_jobs as queue_again
from offices.services.staff import system_actor


@shared_task(name=RESUME_TASK)
def resume_jobs(county: str) -> int:
    """Queue again the jobs that nobody works on; returns how many."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return queue_again(actor=actor)
