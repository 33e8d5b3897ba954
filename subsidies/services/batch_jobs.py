"""Steps of a batch of thousands of lines, done by a worker: asked for on a page that shows how far they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Job, Staff
from offices.services.jobs import finish_job, report_progress, request_job
from offices.services.staff import actors_of
from subsidies.models import Bank, PaymentBatch, Programme
from subsidies.selectors.batch_jobs import APPROVE, BATCH_TASK, MAKE, unfinished_jobs
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
    waiting = unfinished_jobs(actor).filter(result__programme=programme.pk, result__period=period).first()
    return waiting or _request(
        actor,
        MAKE,
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
    waiting = unfinished_jobs(actor).filter(result__batch=str(batch.pk)).first()
    return waiting or _request(actor, step, batch=str(batch.pk))


def _request(actor: Actor, step: str, **wanted: Any) -> Job:
    return request_job(
        actor=actor,
        kind=BATCH_TASK,
        task=BATCH_TASK,
        step=step,
        role=actor.role,
        language=translation.get_language(),
        **wanted,
    )


def language_of(*, job_id: UUID) -> str:
    """The language in which the work was asked for, and in which a refusal is told."""
    return str(Job.objects.get(pk=job_id).result["language"])


def asker_of(*, job_id: UUID) -> Actor:
    """Who asked for the work, if she still holds the role in which she did. Raises NotAllowed."""
    job = Job.objects.get(pk=job_id)
    for actor in actors_of(Staff.objects.get(pk=job.requested_by_id), on=clock.today()):
        if (actor.role, actor.division_code) == (job.result["role"], job.division_code):
            return actor
    raise NotAllowed()


@transaction.atomic
def work_on_batch(*, actor: Actor, job_id: UUID) -> None:
    """Do a queued step, with the job's end in the same transaction.

    Killed at any moment it has written nothing and is done anew; done, it is not done again. Raises
    as the step.
    """
    wanted = Job.objects.get(pk=job_id).result
    if wanted["step"] == MAKE:
        batch = create_batch(
            actor=actor,
            programme=Programme.objects.get(pk=wanted["programme"]),
            period=wanted["period"],
            budget_year=wanted["budget_year"],
            bank=Bank.objects.get(pk=wanted["bank"]) if wanted["bank"] else None,
        )
    else:
        batch = PaymentBatch.objects.visible_to(actor).get(pk=wanted["batch"])
        if wanted["step"] == APPROVE:
            batch = approve_batch(actor=actor, batch=batch)
        else:
            batch = send_batch(
                actor=actor,
                batch=batch,
                progress=lambda done: report_progress(job_id=job_id, done=done, total=batch.count),
            )
    if not finish_job(job_id=job_id, state=JobState.DONE, step=wanted["step"], batch=str(batch.pk)):
        raise Stale("job_ended", _("This work was ended meanwhile. Nothing was done."))


def refuse_batch_job(*, job_id: UUID, refusal: DomainError) -> None:
    """End a job with the sentence that refused it, and what was asked for."""
    wanted = Job.objects.get(pk=job_id).result
    kept = {name: wanted.get(name) for name in ("step", "batch")}
    finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal), **kept)
