"""Work on batches that a worker does."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.models import Job
from offices.sealing import Purpose, seal, unseal_bytes
from subsidies.bank_files.comparing import RowError
from subsidies.models import Grant, PaymentBatch, Programme

BATCH_TASK = "subsidies.work_on_batch"
AT_ONCE = 2_000
"""So many lines are done while the page is awaited; more are a worker's."""
MAKE, APPROVE, SEND = "make", "approve", "send"
ANSWER, TRANSFER_ANSWER, FUND_ANSWER = "answer", "transfer_answer", "fund_answer"
ANSWERS = (ANSWER, TRANSFER_ANSWER, FUND_ANSWER)
SHOWN_ERRORS = 50
_TOLD_FOR = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownError:
    """What is wrong with a line of an answer, in the words of the language in which it was brought."""

    line: int
    column: str
    sentence: str


def may_be_large(programme: Programme) -> bool:
    """Whether a batch of the programme may have more lines than are done at once."""
    return Grant.objects.filter(programme=programme).count() > AT_ONCE


def is_large(batch: PaymentBatch) -> bool:
    """Whether the batch has more lines than are done at once."""
    return batch.count > AT_ONCE


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


def refusal_at_batch(batch: PaymentBatch, actor: Actor) -> Job | None:
    """The last work on a batch that the actor asked for, if it could not be done since yesterday."""
    asked = Job.objects.filter(kind=BATCH_TASK, requested_by_id=actor.staff_id, result__batch=str(batch.pk))
    last = asked.first()
    if last is None or last.state != JobState.FAILED or last.finished_at is None:
        return None
    return last if last.finished_at >= clock.now() - _TOLD_FOR else None


def first_errors(errors: Sequence[RowError]) -> list[ShownError]:
    """So many errors as a page shows."""
    return [ShownError(one.line, str(one.column), one.sentence) for one in errors[:SHOWN_ERRORS]]


def sealed_errors(errors: Sequence[RowError]) -> str:
    """The first errors as they are kept with a job: sealed, as they may repeat what stands in a file."""
    shown = [[one.line, one.column, one.sentence] for one in first_errors(errors)]
    return base64.b64encode(seal(json.dumps(shown), Purpose.FILE)).decode()


def errors_of(job: Job) -> list[ShownError]:
    """The first errors of the file that a job refused."""
    kept = job.result.get("errors")
    if not kept:
        return []
    return [ShownError(*one) for one in json.loads(unseal_bytes(base64.b64decode(kept), Purpose.FILE))]
