"""Background work of programmes and cases; each task is a door to a service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from offices import clock
from offices.database.context import open_context
from offices.services.asked_jobs import do_asked_job
from offices.services.jobs import job_at_work
from offices.services.staff import system_actor
from subsidies.selectors.batch_jobs import BATCH_TASK
from subsidies.selectors.letters import document_of, letters_to_print, print_letter
from subsidies.selectors.list_jobs import LIST_TASK
from subsidies.selectors.review_jobs import REVIEW_TASK
from subsidies.services import batch_jobs, list_jobs, review_jobs
from subsidies.services.letters import PRINT_TASK, keep_letter_file
from subsidies.services.notices import ENDED_TASK, remove_ended_notices
from subsidies.services.overdue import OVERDUE_TASK, raise_overdue
from subsidies.services.recoveries import FORCE_TASK, bring_recoveries_into_force
from subsidies.services.simulation import SIMULATION_TASK
from subsidies.services.simulation import run_simulation as simulate_for_job
from subsidies.services.sweep import sweep
from subsidies.services.sweep_jobs import NIGHTLY_TASK, SWEEP_TASK
from subsidies.services.sweep_jobs import run_sweep as assess_for_job


@shared_task(name=ENDED_TASK)
def remove_ended_notices_nightly(county: str) -> int:
    """Take the lines of ended notices off the public page's table; returns how many."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return remove_ended_notices(actor=actor)


@shared_task(name=OVERDUE_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def raise_overdue_nightly(county: str) -> int:
    """Raise what was not done in time to the next level; returns how many."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return raise_overdue(actor=actor)


@shared_task(name=FORCE_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def bring_recoveries_into_force_nightly(county: str) -> int:
    """Write of decisions to recover that they are in force since today; returns how many."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return bring_recoveries_into_force(actor=actor)


@shared_task(name=PRINT_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def print_letters(county: str, letter_id: str = "") -> int:
    """Print one letter, or at night all that have no file yet; returns how many.

    The printing itself runs in no transaction. Killed, it goes on with the next message; a letter that is
    printed twice keeps its first file.
    """
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        waiting = letters_to_print(UUID(letter_id) if letter_id else None)
    for letter in waiting:
        with open_context(county=county, actor=actor, channel="task"):
            document = document_of(letter)
        content = print_letter(document)
        with open_context(county=county, actor=actor, channel="task"):
            keep_letter_file(letter_id=letter, content=content, actor=actor)
    return len(waiting)


@shared_task(name=SWEEP_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_sweep(county: str, job_id: str) -> None:
    """Assess everybody for a job that somebody asked for."""
    with open_context(county=county, scope="", channel="task"):
        system = system_actor(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if not is_mine:
            return
        with open_context(county=county, actor=system, channel="task"):
            assess_for_job(actor=system, job_id=UUID(job_id))


@shared_task(name=BATCH_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def work_on_batch(county: str, job_id: str) -> None:
    """Make, approve or send a batch, or take an answer to it, as the person who asked for it."""
    do_asked_job(county=county, job_id=UUID(job_id), work=batch_jobs.work_on_batch)


@shared_task(name=LIST_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def act_by_list(county: str, job_id: str) -> None:
    """Take a step for a list of cases, as the person who asked for it."""
    do_asked_job(county=county, job_id=UUID(job_id), work=list_jobs.work_on_list)


@shared_task(name=REVIEW_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def open_review(county: str, job_id: str) -> None:
    """Open an annual review, as the person who asked for it."""
    do_asked_job(county=county, job_id=UUID(job_id), work=review_jobs.work_on_review)


@shared_task(name=SIMULATION_TASK, autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_simulation(county: str, job_id: str) -> None:
    """Count what a draft would change, for a job that somebody asked for."""
    with open_context(county=county, scope="", channel="task"):
        system = system_actor(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if not is_mine:
            return
        with open_context(county=county, actor=system, channel="task"):
            simulate_for_job(actor=system, job_id=UUID(job_id))


@shared_task(name=NIGHTLY_TASK, autoretry_for=(OperationalError,), retry_backoff=60, max_retries=5)
def sweep_nightly(county: str) -> int:
    """Assess everybody for the day that begins; returns how many people."""
    with open_context(county=county, scope="", channel="task"):
        actor = system_actor(county)
    with open_context(county=county, actor=actor, channel="task"):
        return sweep(actor=actor, as_of=clock.today()).persons
