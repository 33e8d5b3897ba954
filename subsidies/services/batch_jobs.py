"""Steps of a batch of thousands of lines, done by a worker: asked for on a page that shows how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from offices.actors import Actor
from offices.models import Job
from offices.selectors.asked_jobs import unfinished_jobs
from offices.services.asked_jobs import end_asked_job, request_asked_job
from offices.services.jobs import report_progress
from subsidies.models import Bank, PaymentBatch, Programme
from subsidies.selectors.batch_jobs import ANSWERS, APPROVE, BATCH_TASK, MAKE
from subsidies.services.answer_jobs import take_asked_answer
from subsidies.services.batches import approve_batch, check_making, check_step, create_batch, send_batch


def request_making(
    *,
    actor: Actor,
    programme: Programme,
    period: str,
    budget_year: int | None = None,
    bank: Bank | None = None,
) -> Job:
    """Have a batch made by a worker, as `create_batch` makes it; who asks again gets the same job.

    Raises NotAllowed, DomainError as `check_making`.
    """
    check_making(actor=actor, programme=programme, period=period, budget_year=budget_year, bank=bank)
    waiting = (
        unfinished_jobs(actor, BATCH_TASK)
        .filter(result__programme=programme.pk, result__period=period)
        .first()
    )
    return waiting or request_asked_job(
        actor=actor,
        kind=BATCH_TASK,
        step=MAKE,
        programme=programme.pk,
        period=period,
        budget_year=budget_year,
        bank=bank.pk if bank else None,
    )


def request_step(*, actor: Actor, batch: PaymentBatch, step: str) -> Job:
    """Have a batch approved or sent by a worker; who asks again gets the same job.

    Raises NotAllowed, Stale as `check_step`.
    """
    check_step(actor=actor, batch=batch, step=step)
    waiting = unfinished_jobs(actor, BATCH_TASK).filter(result__batch=str(batch.pk)).first()
    return waiting or request_asked_job(actor=actor, kind=BATCH_TASK, step=step, batch=str(batch.pk))


@transaction.atomic
def work_on_batch(*, actor: Actor, job_id: UUID) -> None:
    """Do a queued step, with the job's end in the same transaction.

    Killed at any moment it has written nothing and is done anew; done, it is not done again. Raises
    as the step.
    """
    job = Job.objects.get(pk=job_id)
    step = job.result["step"]
    if step == MAKE:
        end_asked_job(job=job, batch=str(_make(actor, job.result).pk))
        return
    batch = PaymentBatch.objects.visible_to(actor).get(pk=job.result["batch"])
    if step in ANSWERS:
        take_asked_answer(actor=actor, job=job, batch=batch)
        return
    if step == APPROVE:
        approve_batch(actor=actor, batch=batch)
    else:
        send_batch(
            actor=actor,
            batch=batch,
            progress=lambda done: report_progress(job_id=job_id, done=done, total=batch.count),
        )
    end_asked_job(job=job)


def _make(actor: Actor, wanted: dict[str, Any]) -> PaymentBatch:
    return create_batch(
        actor=actor,
        programme=Programme.objects.get(pk=wanted["programme"]),
        period=wanted["period"],
        budget_year=wanted["budget_year"],
        bank=Bank.objects.get(pk=wanted["bank"]) if wanted["bank"] else None,
    )
