"""Long work as the person who asked for it finds it again."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.models import Job

_TOLD_FOR = datetime.timedelta(days=1)


def asked_jobs(actor: Actor, kind: str) -> QuerySet[Job]:
    """Everything of a kind that the actor asked for, the newest first."""
    return Job.objects.filter(kind=kind, requested_by_id=actor.staff_id)


def unfinished_jobs(actor: Actor, kind: str) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, the newest first."""
    return asked_jobs(actor, kind).filter(finished_at=None)


def jobs_to_tell(actor: Actor, kind: str) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, or could not do since yesterday."""
    refused = Q(state=JobState.FAILED, finished_at__gte=clock.now() - _TOLD_FOR)
    return asked_jobs(actor, kind).filter(Q(finished_at=None) | refused)


def is_to_be_told(job: Job) -> bool:
    """Whether the work could not be done, since yesterday."""
    if job.state != JobState.FAILED or job.finished_at is None:
        return False
    return job.finished_at >= clock.now() - _TOLD_FOR
