"""Long work: queued after commit, done by a worker, its progress shown on a page.

A task carries the county and ids only. Progress is kept in the cache, because the work's own
transaction is open while it goes on; how it ended is in the database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.db import Error, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from offices import clock
from offices.actors import Actor
from offices.database.context import current_context, open_context
from offices.enums import JobState
from offices.models import Job, StoredFile
from offices.services.files import delete_file
from offices.services.schedule import schedule

RESUME_TASK = "offices.resume_jobs"
_LEFT_ALONE = datetime.timedelta(minutes=1)
"""A job this young has its message on the way."""
_SECONDS_IN_QUEUE = 600
"""A waiting job may stand behind others: so long it is not queued a second time."""
_MOST_RESUMPTIONS = 5
"""A job that ends its worker so often would do it again."""
FILE = "file"
"""In what a job is asked for: the key of a stored file that is its work's alone, and goes when the job ends."""
TOLD = "told"
"""The key of what is for its work alone too, sealed: it may name people."""
_LAST = 9
"""The lowest of the broker's priorities; 0 is the highest, and what a task has unless said."""


def enqueue(task: str, *ids: UUID | str, waits_for_others: bool = False) -> None:
    """Send a task by name with the county first, once this transaction has committed.

    `waits_for_others`: nobody sits before it; whatever else is queued, then or later, goes first.
    """
    county = current_context().county
    arguments = [county, *(str(item) for item in ids)]
    options: dict[str, Any] = {"priority": _LAST} if waits_for_others else {}
    transaction.on_commit(lambda: current_app.send_task(task, args=arguments, **options))


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


@contextmanager
def job_at_work(*, county: str, actor: Actor, job_id: UUID) -> Iterator[bool]:
    """Hold a job while a task does its work; False when it is finished or another worker holds it.

    The hold is the database session's: it ends with the worker, however that ends, so that
    `resume_jobs` sees whom nobody serves any more. What no service took up as a refusal ends the
    job with a sentence, so that nobody waits for it; a lost connection leaves it to be tried again.
    """
    name = f"{county}:job:{job_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (is_held,) = cursor.fetchone()
    if not is_held:
        yield False
        return
    try:
        with open_context(county=county, actor=actor, channel="task"):
            is_unfinished = start_job(job_id=job_id)
        yield is_unfinished
    except OperationalError:
        raise
    except Exception:
        with open_context(county=county, actor=actor, channel="task"):
            _give_up(job_id)
        raise
    finally:
        # With the connection lost the hold is lost too.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def resume_jobs(*, actor: Actor) -> int:
    """Queue again every unfinished job that nobody works on; returns how many.

    A worker that was killed gives no message back, and a broker that was away took none. Harmless
    when a message is on its way after all: a job is done once. Runs within the whole county.
    """
    resumed = 0
    for job in Job.objects.filter(finished_at=None, requested_at__lt=clock.now() - _LEFT_ALONE):
        if _is_held(job.pk) or not cache.add(f"{_progress_key(job.pk)}:queued", 1, timeout=_patience(job)):
            continue
        tries = f"{_progress_key(job.pk)}:resumed"
        cache.add(tries, 0, timeout=24 * 3600)
        if job.state == JobState.RUNNING and cache.incr(tries) > _MOST_RESUMPTIONS:
            _give_up(job.pk)
            continue
        enqueue(job.kind, job.pk)
        resumed += 1
    return resumed


def _patience(job: Job) -> int:
    return _SECONDS_IN_QUEUE if job.state == JobState.WAITING else 50


def _is_held(job_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_progress_key(job_id)]
        )
        return bool(cursor.fetchone()[0])


def _give_up(job_id: UUID) -> None:
    _end(
        job_id,
        state=JobState.FAILED,
        message=_(
            "The work broke off and nothing was written. Start it again; if it breaks off again, "
            "tell the system administrator."
        ),
    )


def load_schedule(*, actor: Actor, county: str) -> int:
    """Have jobs that were left by a killed worker looked for every minute."""
    return schedule(task=RESUME_TASK, county=county, hour="*", minute="*", expires_after=50)


def _progress_key(job_id: UUID) -> str:
    return f"{current_context().county}:job:{job_id}"


def finish_job(*, job_id: UUID, state: JobState, message: str = "", **result: Any) -> bool:
    """End a job once: later calls change nothing. False when it has ended already."""
    return _end(job_id, state=state, message=message, result=result)


def _end(job_id: UUID, **fields: Any) -> bool:
    """However a job ends, the file that it was handed goes with the same transaction."""
    unfinished = Job.objects.filter(pk=job_id, finished_at=None)
    handed = unfinished.values_list(f"result__{FILE}", flat=True).first()
    has_ended = bool(unfinished.update(finished_at=clock.now(), **fields))
    if has_ended and handed:
        for stored in StoredFile.objects.filter(pk=handed):
            delete_file(stored=stored)
    return has_ended


def cancel_job(*, job_id: UUID) -> bool:
    """End a job before its work does; False when it has ended already.

    A worker that has it in hand sees it by `is_cancelled`, and at the latest when `finish_job`
    answers False: it takes back what it did.
    """
    return finish_job(job_id=job_id, state=JobState.CANCELLED)


def is_cancelled(*, job_id: UUID) -> bool:
    """Whether somebody has cancelled a job, seen also while the work's own transaction is open."""
    return Job.objects.filter(pk=job_id, state=JobState.CANCELLED).exists()
