"""Work on batches that a worker does."""

from __future__ import annotations

import datetime

from django.db.models import Q, QuerySet

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.models import Job
from subsidies.models import Grant, PaymentBatch, Programme

BATCH_TASK = "subsidies.work_on_batch"
AT_ONCE = 2_000
"""So many lines are done while the page is awaited; more are a worker's."""
MAKE, APPROVE, SEND = "make", "approve", "send"
_TOLD_FOR = datetime.timedelta(days=1)


def may_be_large(programme: Programme) -> bool:
    """Whether a batch of the programme may have more lines than are done at once."""
    return Grant.objects.filter(programme=programme).count() > AT_ONCE


def unfinished_jobs(actor: Actor) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, the newest first."""
    return Job.objects.filter(kind=BATCH_TASK, finished_at=None, requested_by_id=actor.staff_id)


def jobs_to_tell(actor: Actor) -> QuerySet[Job]:
    """What the actor asked for and a worker still does, or could not do since yesterday."""
    refused = Q(state=JobState.FAILED, finished_at__gte=clock.now() - _TOLD_FOR)
    return Job.objects.filter(Q(finished_at=None) | refused, kind=BATCH_TASK, requested_by_id=actor.staff_id)


def job_at_batch(batch: PaymentBatch) -> Job | None:
    """The unfinished work on a batch, whoever asked for it."""
    return Job.objects.filter(kind=BATCH_TASK, finished_at=None, result__batch=str(batch.pk)).first()
