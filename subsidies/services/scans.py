"""Papers of an application on file: taken in at the counter, removed before the review, read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock, virus_scanner
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import StoredFile
from offices.paper_files import SUFFIXES, CleanPaper
from offices.services.acts import record_act
from offices.services.files import content_of, delete_file, store_file
from offices.services.papers import SentFile, checked_paper
from offices.services.states import locked
from subsidies import policies
from subsidies.documents import names_of, papers_of
from subsidies.enums import Step, StepResult
from subsidies.models import Application, Scan
from subsidies.services.steps import constraint_of

PURPOSE = "subsidies.scan"


@transaction.atomic
def take_scans(*, application: Application, kind: str, sent: Sequence[SentFile], actor: Actor) -> list[Scan]:
    """Take in one or more files of one paper, all or none: read, scanned, written anew, sealed on disk.

    The counters may, until the decision. Nothing is written before every file was read and, where a
    virus scanner is configured, found clean. Raises NotAllowed, Stale, DomainError `own_family`,
    `scan_kind`, `scan_missing`, `scan_infected`, `scan_there_already`, `scanner_unreachable`, or what
    clean_paper raises.
    """
    _check_counter(application, actor)
    if kind not in papers_of(application):
        raise DomainError("scan_kind", _("Choose which paper of the list this is."))
    if not sent:
        raise DomainError("scan_missing", _("Choose at least one file, or take a photo."))
    papers = [(checked_paper(one), one.name) for one in sent]
    current = locked(application)
    if not current.is_open:
        raise _decided(current)
    return [_keep(current, kind, paper, name, actor) for paper, name in papers]


def _check_counter(application: Application, actor: Actor) -> None:
    if not policies.may_take(actor, step=Step.ENTRY, division_code=application.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=application.person_id)


def _keep(application: Application, kind: str, paper: CleanPaper, name: str, actor: Actor) -> Scan:
    stored = store_file(
        actor=actor,
        purpose=PURPOSE,
        name=f"{application.file_number} {kind}{SUFFIXES[paper.media_type]}",
        media_type=paper.media_type,
        content=[paper.content],
        division_code=application.division_code,
    )
    try:
        with transaction.atomic():
            scan = Scan.objects.create(
                application=application,
                kind=kind,
                pages=paper.pages,
                file=stored,
                media_type=paper.media_type,
                sent_sha256=paper.sent_sha256,
                is_virus_checked=virus_scanner.is_configured(),
                taken_on=clock.today(),
                taken_by_id=actor.staff_id,
                division_code=application.division_code,
            )
    except IntegrityError as error:
        delete_file(stored=stored)
        if constraint_of(error) != "same_file_is_taken_in_once":
            raise
        raise DomainError(
            "scan_there_already", _("%(name)s is in the case already: this very file."), name=name
        ) from error
    record_act(
        actor=actor,
        verb="subsidies.take_scans",
        record=application,
        kind=kind,
        pages=paper.pages,
        sha256=stored.sha256,
        sent_sha256=paper.sent_sha256,
    )
    return scan


@transaction.atomic
def remove_scan(*, scan: Scan, actor: Actor) -> Scan:
    """Take a paper that was scanned wrongly out of the case, before anybody has reviewed it.

    Its file is deleted, who removed it stays. Raises NotAllowed, Stale, DomainError `own_family`,
    `scan_was_reviewed`.
    """
    application = locked(scan.application)
    _check_counter(application, actor)
    current = locked(scan)
    if current.removed_on is not None or current.file_id is None:
        raise Stale("scan_removed", _("This paper has been removed already."))
    if not may_be_removed(application):
        raise DomainError(
            "scan_was_reviewed",
            _("The village has reviewed this case, so what it saw stays. Add the right paper beside it."),
        )
    stored = file_of(current)
    current.file = None
    current.removed_on = clock.today()
    current.removed_by_id = actor.staff_id
    current.save(update_fields=["file", "removed_on", "removed_by"])
    with county_scope():
        delete_file(stored=stored)
    record_act(
        actor=actor,
        verb="subsidies.remove_scan",
        record=application,
        kind=current.kind,
        sent_sha256=current.sent_sha256,
    )
    return current


def may_be_removed(application: Application) -> bool:
    """Whether nobody has reviewed the case yet."""
    reviewed = application.steps.filter(result=StepResult.PASSED).exclude(step=Step.ENTRY)
    return application.is_open and not reviewed.exists()


def file_of(scan: Scan) -> StoredFile:
    """The stored file of a scan that the reader may see; it stays where it was when villages change."""
    kept: Any = scan.file_id  # of a scan that was not removed there is one, which the database holds
    with county_scope():
        return StoredFile.objects.get(pk=kept)


def content_of_scan(scan: Scan) -> bytes:
    """The clear content of a scan that the reader may see. Raises DomainError `file_missing`, `file_altered`."""
    return b"".join(content_of(file_of(scan)))


def download_name(scan: Scan, taken_on: datetime.date) -> str:
    """What the file is called on the reader's machine."""
    (paper,) = names_of([scan.kind])
    return f"{scan.application.file_number} {paper} {taken_on:%Y%m%d}{SUFFIXES.get(scan.media_type, '')}"


def _decided(application: Application) -> Stale:
    return Stale(
        "state_changed",
        _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
        state=application.get_state_display(),
    )
