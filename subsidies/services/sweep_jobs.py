"""Assessing everybody in the background: asked for on a page, or every night."""

from __future__ import annotations

from uuid import UUID

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.errors import NotAllowed
from offices.models import Job
from offices.services.acts import record_act
from offices.services.jobs import finish_job, report_progress, request_job
from offices.services.schedule import schedule
from subsidies.policies import may_sweep
from subsidies.services.sweep import sweep

SWEEP_TASK = "subsidies.run_sweep"
NIGHTLY_TASK = "subsidies.sweep_nightly"


def request_sweep(*, actor: Actor) -> Job:
    """Queue the assessment of everybody for today. Raises NotAllowed."""
    if not may_sweep(actor):
        raise NotAllowed()
    job = request_job(actor=actor, kind=SWEEP_TASK, task=SWEEP_TASK)
    record_act(actor=actor, verb="subsidies.request_sweep", record=job)
    return job


def run_sweep(*, actor: Actor, job_id: UUID) -> None:
    """Do a queued sweep. Killed, it has written nothing and starts anew; twice, it finds the same."""
    record = sweep(
        actor=actor,
        as_of=clock.today(),
        progress=lambda done, total: report_progress(job_id=job_id, done=done, total=total),
    )
    finish_job(job_id=job_id, state=JobState.DONE, persons=record.persons, seconds=record.seconds)


def load_schedule(*, actor: Actor, county: str) -> int:
    """Have everybody assessed every night, before the office opens."""
    return schedule(task=NIGHTLY_TASK, county=county, hour=3, minute=30)
