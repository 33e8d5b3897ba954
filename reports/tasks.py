"""Periodic and long work of reports; each task is a door to a service."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError
from django.utils import translation

from offices.actors import Actor
from offices.database.context import open_context
from offices.errors import DomainError
from offices.models import Job
from offices.services.jobs import job_at_work
from offices.services.staff import system_actor
from reports.models import Edition
from reports.pdf.monthly import render_monthly
from reports.services.editions import summarise_last_month
from reports.services.printing import Sheet, asker_of, fail_print, keep_print, prepare_print


@shared_task(
    name="reports.summarise_month", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5
)
def summarise_month(county: str, month: str = "") -> str:
    """Summarise the month before the business day's, or the one named (2013-12); returns the edition's id.

    Everything is one transaction: killed at any moment it leaves nothing, run again it changes nothing.
    """
    actor = _installation(county)
    with open_context(county=county, actor=actor, channel="task"):
        found: UUID = summarise_last_month(actor=actor, month=month).edition.pk
        return str(found)


@shared_task(name="reports.print_edition", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def print_edition(county: str, job_id: str) -> None:
    """Print the edition of a job. The printing itself runs in no transaction; killed, it starts anew."""
    system = _installation(county)
    with job_at_work(county=county, actor=system, job_id=UUID(job_id)) as is_mine:
        if is_mine:
            _print(county, system, UUID(job_id))


def _print(county: str, system: Actor, job_id: UUID) -> None:
    with open_context(county=county, actor=system, channel="task"):
        job = Job.objects.get(pk=job_id)
    edition = str(job.result["edition"])
    with translation.override(str(job.result["language"])):
        try:
            actor, sheet = _prepared(county, job)
            content = render_monthly(sheet.document, language=sheet.language)
            with open_context(county=county, actor=actor, channel="task"):
                keep_print(actor=actor, sheet=sheet, content=content, job_id=job.pk)
        except DomainError as refusal:
            with open_context(county=county, actor=system, channel="task"):
                fail_print(job_id=job.pk, refusal=refusal, edition=edition)


def _prepared(county: str, job: Job) -> tuple[Actor, Sheet]:
    """What is to be printed, read as the person who asked and within her scope."""
    with open_context(county=county, scope="", channel="task"):
        actor = asker_of(job=job)
    with open_context(county=county, actor=actor, channel="task"):
        sheet = prepare_print(
            actor=actor,
            edition=Edition.objects.get(pk=job.result["edition"]),
            language=str(job.result["language"]),
            has_roster=bool(job.result["has_roster"]),
        )
    return actor, sheet


def _installation(county: str) -> Actor:
    with open_context(county=county, scope="", channel="task"):
        return system_actor(county)
