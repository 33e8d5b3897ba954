"""Work on batches that a worker does."""

from __future__ import annotations

from django.db.models import QuerySet

from offices.actors import Actor
from offices.models import Job
from subsidies.models import Grant, Programme

BATCH_TASK = "subsidies.work_on_batch"
AT_ONCE = 2_000
"""So many lines are done while the page is awaited; more are a worker's."""


def may_be_large(programme: Programme) -> bool:
    """Whether a batch of the programme may have more lines than are done at once."""
    return Grant.objects.filter(programme=programme).count() > AT_ONCE


def unfinished_jobs(actor: Actor) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, the newest first."""
    return Job.objects.filter(kind=BATCH_TASK, finished_at=None, requested_by_id=actor.staff_id)
