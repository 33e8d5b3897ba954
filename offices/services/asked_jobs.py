"""Long work that a person asks for: a worker does it as her and in her language, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Job, Staff
from offices.services.jobs import FILE, TOLD, finish_job, job_at_work, request_job
from offices.services.staff import actors_of, system_actor


def request_asked_job(*, actor: Actor, kind: str, **wanted: Any) -> Job:
    """Queue work for a worker that does it as `actor`, in the language of the page where it was asked for.

    The task has the job's kind as its name. Whether she may, its service asks when it is done.
    """
    return request_job(
        actor=actor,
        kind=kind,
        task=kind,
        role=actor.role,
        language=translation.get_language(),
        **wanted,
    )


def do_asked_job(*, county: str, job_id: UUID, work: Callable[..., None]) -> None:
    """Do queued work as the person who asked for it; a refusal ends its job with the sentence.

    `work(actor=…, job_id=…)` writes and ends the job in one transaction (`end_asked_job`): killed at any
    moment it has written nothing and is done anew; done, it is not done again.
    """
    with open_context(county=county, scope="", channel="task"):
        system = system_actor(county)
    with job_at_work(county=county, actor=system, job_id=job_id) as is_mine:
        if not is_mine:
            return
        with open_context(county=county, actor=system, channel="task"):
            language = str(Job.objects.get(pk=job_id).result["language"])
        with translation.override(language):
            try:
                with open_context(county=county, actor=system, channel="task"):
                    asker = asker_of(job_id=job_id)
                with open_context(county=county, actor=asker, channel="task"):
                    work(actor=asker, job_id=job_id)
            except DomainError as refusal:
                with open_context(county=county, actor=system, channel="task"):
                    _refuse(job_id, refusal)


def asker_of(*, job_id: UUID) -> Actor:
    """Who asked for the work, if she still holds the role in which she did. Raises NotAllowed."""
    job = Job.objects.get(pk=job_id)
    for actor in actors_of(Staff.objects.get(pk=job.requested_by_id), on=clock.today()):
        if (actor.role, actor.division_code) == (job.result["role"], job.division_code):
            return actor
    raise NotAllowed()


def end_asked_job(*, job: Job, state: JobState = JobState.DONE, message: str = "", **brought: Any) -> None:
    """End a job with what was asked for and what it brought. Raises Stale where it was ended meanwhile."""
    if not finish_job(job_id=job.pk, state=state, message=message, **_asked(job), **brought):
        raise Stale("job_ended", _("This work was ended meanwhile. Nothing was done."))


def _refuse(job_id: UUID, refusal: DomainError) -> None:
    job = Job.objects.get(pk=job_id)
    finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal), **_asked(job))


def _asked(job: Job) -> dict[str, Any]:
    """What was asked for, without what was for the work alone."""
    return {name: value for name, value in job.result.items() if name not in (FILE, TOLD)}
