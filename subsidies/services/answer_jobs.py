"""Answers to a batch: taken while the page is awaited, or brought for a worker that takes thousands of lines."""

from __future__ import annotations

import datetime
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.enums import JobState
from offices.errors import NotAllowed
from offices.models import Job, StoredFile
from offices.selectors.asked_jobs import unfinished_jobs
from offices.services.asked_jobs import end_asked_job, request_asked_job
from offices.services.files import open_file, store_file
from subsidies import policies
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch
from subsidies.selectors.batch_jobs import (
    ANSWER,
    BATCH_TASK,
    TRANSFER_ANSWER,
    sealed_errors,
)
from subsidies.services.bank_answers import AnswerRefused, check_awaited, check_unread, import_answer
from subsidies.services.premium_answers import import_fund_answer, import_transfer_answer

_PURPOSE = "subsidies.bank_answer"


def take_answer(
    *, actor: Actor, batch: PaymentBatch, kind: str, content: bytes, paid_on: datetime.date | None = None
) -> str:
    """Take an answer of the bank or the fund; what it brought, in a sentence. Raises as the service of its kind."""
    if kind == ANSWER:
        taken = import_answer(actor=actor, batch=batch, content=content, paid_on=paid_on)
        return _("%(paid)s lines arrived, %(returned)s came back, %(open)s are still awaited.") % {
            "paid": taken.paid_count,
            "returned": taken.returned_count,
            "open": taken.open_count,
        }
    if kind == TRANSFER_ANSWER:
        answered = import_transfer_answer(actor=actor, batch=batch, content=content, paid_on=paid_on)
        if answered.state == BatchState.ANSWERED:
            return _("The transfer came back whole: nobody's premium is paid by it.")
        return _("The transfer arrived. Hand the roster to the fund and read its answer here.")
    told = import_fund_answer(actor=actor, batch=batch, content=content)
    return _("%(taken)s were taken in, %(refused)s were not, %(open)s are still awaited.") % {
        "taken": told.taken_in,
        "refused": told.refused,
        "open": told.open_count,
    }


@transaction.atomic
def request_answer(
    *,
    actor: Actor,
    batch: PaymentBatch,
    kind: str,
    content: bytes,
    file_name: str,
    paid_on: datetime.date | None = None,
) -> Job:
    """Seal an answer for a worker, which takes it as `take_answer`; who brings it again gets the same job.

    The file is kept until the work has ended. The cashier may, and the installation. Raises NotAllowed,
    Stale `no_answer_awaited`, DomainError `answer_read_already`.
    """
    if not policies.may_read_answers(actor):
        raise NotAllowed()
    digest = hashlib.sha256(content).hexdigest()
    wanted = {"step": kind, "batch": str(batch.pk), "sha256": digest}
    waiting = unfinished_jobs(actor, BATCH_TASK).filter(result__contains=wanted).first()
    if waiting is not None:
        return waiting
    check_unread(digest)
    check_awaited(batch)
    stored = store_file(
        actor=actor,
        purpose=_PURPOSE,
        name=file_name,
        media_type="application/octet-stream",
        content=[content],
    )
    return request_asked_job(
        actor=actor,
        kind=BATCH_TASK,
        file=str(stored.pk),
        paid_on=paid_on.isoformat() if paid_on else None,
        **wanted,
    )


def take_asked_answer(*, actor: Actor, job: Job, batch: PaymentBatch) -> None:
    """Take the answer that a job was handed, with the job's end; refused, what is wrong is kept with it.

    Raises as `take_answer` but AnswerRefused, and Stale where the job was ended meanwhile.
    """
    wanted = job.result
    paid_on = datetime.date.fromisoformat(wanted["paid_on"]) if wanted["paid_on"] else None
    with open_file(StoredFile.objects.get(pk=wanted["file"])) as source:
        content = source.read()
    try:
        said = take_answer(actor=actor, batch=batch, kind=wanted["step"], content=content, paid_on=paid_on)
    except AnswerRefused as refusal:
        end_asked_job(
            job=job,
            state=JobState.FAILED,
            message=_("Nothing of the file was taken: %(count)s things are wrong with it.")
            % {"count": len(refusal.errors)},
            errors=sealed_errors(refusal.errors),
            error_count=len(refusal.errors),
        )
    else:
        end_asked_job(job=job, message=said)
