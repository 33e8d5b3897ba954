"""Printing an edition: asked for on a page, made by a worker, kept sealed and verifiable."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed
from offices.models import Division, Job, Staff, Verification
from offices.services.acts import record_act
from offices.services.files import store_file
from offices.services.jobs import finish_job, request_job
from offices.services.numbers import new_code
from offices.services.staff import actors_of
from offices.services.states import locked
from reports import policies
from reports.models import Edition, PrintedReport
from reports.pdf.monthly import MonthlyDocument
from reports.pdf.of_edition import document_of
from reports.selectors.editions import division_then

LANGUAGES = ("zh-hans", "en")
KIND = "reports.print_edition"


@dataclass(frozen=True, slots=True)
class Sheet:
    """An edition ready to be printed: everything the printer needs, nothing of it in the database yet."""

    edition: Edition
    document: MonthlyDocument
    code: str
    language: str
    has_roster: bool


def request_print(*, actor: Actor, edition: Edition, language: str, has_roster: bool) -> Job:
    """Ask for the PDF of an edition; a worker makes it. Raises NotAllowed."""
    _check(actor, edition)
    return request_job(
        actor=actor,
        kind=KIND,
        task=KIND,
        edition=str(edition.pk),
        language=language if language in LANGUAGES else LANGUAGES[0],
        has_roster=has_roster,
        role=actor.role,
        division=actor.division_code,
    )


def asker_of(*, job: Job) -> Actor:
    """Who asked for a print, if she still holds that role. Raises NotAllowed."""
    staff = Staff.objects.get(pk=job.requested_by_id)
    for actor in actors_of(staff, on=clock.today()):
        if (actor.role, actor.division_code) == (job.result["role"], job.result["division"]):
            return actor
    raise NotAllowed()


def prepare_print(*, actor: Actor, edition: Edition, language: str, has_roster: bool) -> Sheet:
    """Read everything that is printed, so that the printer needs no transaction. Raises NotAllowed,
    DomainError `report_does_not_balance`.
    """
    _check(actor, edition)
    code = new_code()
    document = document_of(edition, code=code, has_roster=has_roster, language=language)
    return Sheet(edition, document, code, language, has_roster)


@transaction.atomic
def keep_print(
    *, actor: Actor, sheet: Sheet, content: bytes, job_id: UUID | None = None
) -> PrintedReport | None:
    """Keep a print sealed, make it verifiable, and end its job; an act.

    None when the job was ended by another worker meanwhile: then nothing is kept.
    """
    _check(actor, sheet.edition)
    if job_id is not None and locked(Job(pk=job_id)).finished_at is not None:
        return None
    edition = sheet.edition
    division = division_then(edition)
    stored = store_file(
        actor=actor,
        purpose="report",
        name=_file_name(sheet, division),
        media_type="application/pdf",
        content=[content],
        division_code=edition.division_code,
    )
    printed = PrintedReport(
        edition=edition,
        file=stored,
        language=sheet.language,
        has_roster=sheet.has_roster,
        printed_on=clock.today(),
        printed_by_id=actor.staff_id,
        division_code=edition.division_code,
    )
    printed.verification = Verification.objects.create(
        code=sheet.code,
        kind=Verification.Kind.REPORT,
        title=_file_name(sheet, division).removesuffix(".pdf"),
        division_name=sheet.document.issuer[:60],
        issued_on=clock.today(),
        figures_digest=edition.figures_digest,
        file_digest=stored.sha256,
        record_id=printed.pk,
    )
    printed.save(force_insert=True)
    record_act(
        actor=actor,
        verb="reports.print_edition",
        record=edition,
        number=edition.number,
        language=sheet.language,
        has_roster=sheet.has_roster,
        sha256=stored.sha256,
    )
    if job_id is not None:
        finish_job(job_id=job_id, state=JobState.DONE, printed=str(printed.pk), edition=str(edition.pk))
    return printed


def fail_print(*, job_id: UUID, refusal: DomainError, edition: str) -> None:
    """End a print that was refused, with the sentence that says why."""
    finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal), edition=edition)


def _check(actor: Actor, edition: Edition) -> None:
    if not policies.may_print_reports(actor) or not actor.covers(edition.division_code):
        raise NotAllowed()


def _file_name(sheet: Sheet, division: Division) -> str:
    edition = sheet.edition
    return _("Monthly report %(period)s %(place)s, edition %(number)s.pdf") % {
        "period": edition.period,
        "place": division.name,
        "number": edition.number,
    }
