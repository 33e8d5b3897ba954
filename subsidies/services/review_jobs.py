"""Annual reviews of thousands of grants, opened by a worker."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.models import Job
from offices.selectors.asked_jobs import unfinished_jobs
from offices.services.asked_jobs import end_asked_job, request_asked_job
from subsidies.models import Programme, ReviewRound
from subsidies.selectors.review_jobs import REVIEW_TASK
from subsidies.services.annual_reviews import check_opening, open_review


def request_review(
    *, actor: Actor, programme: Programme, year: int, due_on: datetime.date, document: str
) -> Job:
    """Have a review opened by a worker, as `open_review`; who asks again gets the same job.

    Raises NotAllowed, DomainError as `check_opening`.
    """
    check_opening(actor=actor, programme=programme, year=year, due_on=due_on)
    wanted = {"programme": programme.pk, "year": year}
    waiting = unfinished_jobs(actor, REVIEW_TASK).filter(result__contains=wanted).first()
    return waiting or request_asked_job(
        actor=actor, kind=REVIEW_TASK, due_on=due_on.isoformat(), document=document, **wanted
    )


@transaction.atomic
def work_on_review(*, actor: Actor, job_id: UUID) -> None:
    """Open a queued review, with the job's end in the same transaction. Raises as `open_review`."""
    job = Job.objects.get(pk=job_id)
    wanted = job.result
    opened = open_review(
        actor=actor,
        programme=Programme.objects.get(pk=wanted["programme"]),
        year=wanted["year"],
        due_on=datetime.date.fromisoformat(wanted["due_on"]),
        document=wanted["document"],
    )
    end_asked_job(job=job, message=said(opened), review=str(opened.pk))


def said(opened: ReviewRound) -> str:
    """What opening a review did, in a sentence."""
    return _("The roster of %(count)s grants is frozen and checked.") % {"count": opened.count}
