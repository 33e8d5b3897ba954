"""Work on batches that a worker does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from offices.actors import Actor
from offices.models import Job
from offices.sealing import Purpose, seal_json, unseal_json
from offices.selectors.asked_jobs import asked_jobs, is_to_be_told
from subsidies.bank_files.comparing import RowError
from subsidies.models import Grant, PaymentBatch, Programme

BATCH_TASK = "subsidies.work_on_batch"
AT_ONCE = 2_000
"""So many lines are done while the page is awaited; more are a worker's."""
MAKE, APPROVE, SEND = "make", "approve", "send"
ANSWER, TRANSFER_ANSWER, FUND_ANSWER = "answer", "transfer_answer", "fund_answer"
ANSWERS = (ANSWER, TRANSFER_ANSWER, FUND_ANSWER)
SHOWN_ERRORS = 50


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


def job_at_batch(batch: PaymentBatch) -> Job | None:
    """The unfinished work on a batch, whoever asked for it."""
    return Job.objects.filter(kind=BATCH_TASK, finished_at=None, result__batch=str(batch.pk)).first()


def refusal_at_batch(batch: PaymentBatch, actor: Actor) -> Job | None:
    """The last work on a batch that the actor asked for, if it could not be done since yesterday."""
    last = asked_jobs(actor, BATCH_TASK).filter(result__batch=str(batch.pk)).first()
    return last if last is not None and is_to_be_told(last) else None


def first_errors(errors: Sequence[RowError]) -> list[ShownError]:
    """So many errors as a page shows."""
    return [ShownError(one.line, str(one.column), one.sentence) for one in errors[:SHOWN_ERRORS]]


def sealed_errors(errors: Sequence[RowError]) -> str:
    """The first errors as they are kept with a job: sealed, as they may repeat what stands in a file."""
    return seal_json([astuple(one) for one in first_errors(errors)], Purpose.FILE)


def errors_of(job: Job) -> list[ShownError]:
    """The first errors of the file that a job refused."""
    kept = job.result.get("errors")
    return [ShownError(*one) for one in unseal_json(kept, Purpose.FILE)] if kept else []
