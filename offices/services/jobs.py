"""Long work: queued after commit, done by a worker, its progress shown on a page.

A task carries the county and ids only. Progress is kept in the cache, because the work's own
transaction is open while it goes on; how it ended is in the database.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import transaction

from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.enums import JobState
from offices.models import Job


def enqueue(task: str, *ids: UUID | str) -> None:
    """Send a task by name with the county first, once this transaction has committed."""
    county = current_context().county
    arguments = [county, *(str(item) for item in ids)]
    transaction.on_commit(lambda: current_app.send_task(task, args=arguments))


def request_job(*, actor: Actor, kind: str, task: str, steps_total: int | None = None, **result: Any) -> Job:
    """Make a waiting job and queue its task with `(county, job id)`."""
    job = Job.objects.create(
        kind=kind,
        requested_by_id=actor.staff_id,
        division_code=actor.division_code,
        steps_total=steps_total,
        result=result,
    )
    enqueue(task, job.pk)
    return job


def report_progress(*, job_id: UUID, done: int, total: int | None = None) -> None:
    """Say how far the work is; seen at once, though the work's own transaction is still open."""
    cache.set(_progress_key(job_id), (done, total), timeout=24 * 3600)


def progress_of(job: Job) -> tuple[int, int | None]:
    """Steps done and steps in all, as last reported."""
    reported = None if job.finished_at else cache.get(_progress_key(job.pk))
    return reported or (job.steps_done, job.steps_total)


def start_job(*, job_id: UUID) -> bool:
    """Take a job to do; False when it is finished already (a message delivered twice)."""
    return bool(Job.objects.filter(pk=job_id, finished_at=None).update(state=JobState.RUNNING))


def _progress_key(job_id: UUID) -> str:
    return f"{current_context().county}:job:{job_id}"


def finish_job(*, job_id: UUID, state: JobState, message: str = "", **result: Any) -> None:
    """End a job once: later calls change nothing."""
    Job.objects.filter(pk=job_id, finished_at=None).update(
        state=state, message=message, result=result, finished_at=clock.now()
    )
