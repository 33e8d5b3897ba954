"""Work on batches that a worker does."""

from __future__ import annotations

from django.db.models import QuerySet

from offices.actors import Actor
from offices.models import Job

BATCH_TASK = "subsidies.work_on_batch"


def unfinished_jobs(actor: Actor) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, the newest first."""
    return Job.objects.filter(kind=BATCH_TASK, finished_at=None, requested_by_id=actor.staff_id)
