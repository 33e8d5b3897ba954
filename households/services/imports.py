"""Resident files: brought by a page or a command, taken in as a whole or not at all.

One import is one transaction: a worker that dies leaves nothing, and the task that comes again
starts anew or finds the import done. Imports of a county go one after another. What may be decided
about an import meanwhile and afterwards is in import_decisions.py and import_undo.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from time import monotonic
from typing import BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from households.enums import ImportState
from households.models import ResidentImport
from households.models.imports import TRANSITIONS
from households.policies import may_import
from households.readers import COMMAND_LIMITS, PAGE_LIMITS, ReadingLimits, open_table
from households.services.header_mappings import HeaderProposal, propose_headers, renamed_by
from households.services.import_writing import Progress, Written, write_table
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed
from offices.models import StoredFile
from offices.services.files import (
    PIECE,
    SealedContent,
    discard_content,
    keep_content,
    open_file,
    store_file,
)
from offices.services.jobs import finish_job, is_cancelled, report_progress, request_job
from offices.services.staff import system_actor
from offices.services.states import locked, move

TASK = "households.run_import"
_COUNTS = ("rows", "created", "updated", "unchanged", "refused", "warnings")


class ImportCancelled(Exception):
    """Somebody has cancelled the import that is under way: what it wrote is taken back."""


def request_import(
    *,
    actor: Actor,
    upload: BinaryIO,
    file_name: str,
    as_of: date,
    is_dry_run: bool,
    sender: str = "",
) -> ResidentImport:
    """Seal an uploaded resident file and queue its import, or ask first what its columns stand for.

    Counters bring files for their own township, the county office for all. Where the file has
    column names of the sender's own that nobody has assigned yet, the import waits in the state
    `headers` for `assign_headers`. Raises NotAllowed, and DomainError `day_in_future` for a file
    that speaks for a day to come.
    """
    _check_request(actor, as_of)
    stored = store_file(
        actor=actor,
        purpose="households.resident_file",
        name=file_name,
        media_type="application/octet-stream",
        content=_content(upload),
    )
    proposal = propose_headers(actor=actor, source=upload, sender=sender)
    brought = _register(
        actor, file_name, stored.sha256, as_of, proposal, sender, is_dry_run=is_dry_run, file=stored
    )
    if not proposal.must_ask:
        queue_import(actor=actor, brought=brought)
    return brought


def queue_import(*, actor: Actor, brought: ResidentImport) -> None:
    """Give a registered import to the workers, as `actor`; called by services that have asked the policy."""
    brought.job = request_job(actor=actor, kind=TASK, task=TASK, import_id=str(brought.pk))
    brought.save(update_fields=["job"])


def import_file(
    *,
    actor: Actor,
    source: BinaryIO,
    file_name: str,
    as_of: date,
    is_dry_run: bool,
    sender: str = "",
) -> ResidentImport:
    """Take in a file that lies on this server at once, in the open transaction.

    Column names of the sender's own are read as a clerk assigned them before. Raises as
    `request_import`; a file that is refused as a whole is so in the result's state.
    """
    _check_request(actor, as_of)
    digest = hashlib.sha256()
    for piece in _content(source):
        digest.update(piece)
    known = HeaderProposal(renamed=renamed_by(actor=actor, sender=sender), must_ask=False)
    brought = _register(actor, file_name, digest.hexdigest(), as_of, known, sender, is_dry_run=is_dry_run)
    return _take_in(brought, source, COMMAND_LIMITS, Progress())


def run_import(*, import_id: UUID) -> ResidentImport:
    """Do a queued import, once: a second worker waits for the first and finds it done.

    Raises ImportCancelled when somebody cancels it meanwhile; the caller lets the transaction go
    and calls `settle_cancelled` in another.
    """
    brought = locked(ResidentImport.objects.get(pk=import_id))
    if brought.state != ImportState.WAITING or brought.job_id is None:
        return brought
    job_id = brought.job_id
    if brought.file is None:
        return _refuse(brought, _missing_file())

    def look_up() -> None:
        if is_cancelled(job_id=job_id):
            raise ImportCancelled

    def report(done: int, total: int) -> None:
        look_up()
        report_progress(job_id=job_id, done=done, total=total)

    try:
        source = open_file(brought.file)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    with source:
        return _take_in(brought, source, PAGE_LIMITS, Progress(report, look_up))


def settle_cancelled(*, job_id: UUID) -> None:
    """Say of an import whose job was cancelled that it is, once no worker has it in hand."""
    if not is_cancelled(job_id=job_id):
        return
    brought = ResidentImport.objects.select_for_update(of=("self",)).filter(job_id=job_id).first()
    if brought and brought.state == ImportState.WAITING:
        move(
            record=brought,
            to=ImportState.CANCELLED,
            transitions=TRANSITIONS,
            actor=system_actor(),
            verb="households.cancel_import",
        )


def _check_request(actor: Actor, as_of: date) -> None:
    if not may_import(actor):
        raise NotAllowed
    if as_of > clock.today():
        raise DomainError(
            "day_in_future",
            _("The file cannot speak for a day to come. Choose today or an earlier day."),
        )


def _missing_file() -> DomainError:
    return DomainError("file_dropped", _("The file of this import is no longer kept. Bring it again."))


def _content(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(PIECE):
        yield piece


def _register(
    actor: Actor,
    file_name: str,
    sha256: str,
    as_of: date,
    proposal: HeaderProposal,
    sender: str,
    *,
    is_dry_run: bool,
    file: StoredFile | None = None,
) -> ResidentImport:
    return ResidentImport.objects.create(
        file=file,
        file_name=file_name[-200:],
        sha256=sha256,
        as_of=as_of,
        is_dry_run=is_dry_run,
        state=ImportState.HEADERS if proposal.must_ask else ImportState.WAITING,
        sender=sender.strip(),
        headers=dict(proposal.renamed),
        requested_by_id=actor.staff_id,
        requested_role=actor.role,
        division_code=actor.division_code,
    )


def _take_in(
    brought: ResidentImport, source: BinaryIO, limits: ReadingLimits, progress: Progress
) -> ResidentImport:
    began = monotonic()
    try:
        table = open_table(source, limits=limits, renamed=brought.headers)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    progress.look_up()
    with county_scope():
        written = write_table(brought=brought, table=table, progress=progress)
    return _finish(brought, written, table.unknown_headers, seconds=monotonic() - began)


def _finish(
    brought: ResidentImport, written: Written, unknown_headers: tuple[str, ...], *, seconds: float
) -> ResidentImport:
    requester = brought.requester()
    numbers = {name: getattr(written.counts, name) for name in _COUNTS}
    try:
        done = move(
            record=brought,
            to=ImportState.DONE,
            transitions=TRANSITIONS,
            actor=requester,
            verb="households.import_residents",
            detail={
                **numbers,
                "as_of": brought.as_of,
                "is_dry_run": brought.is_dry_run,
                "sha256": brought.sha256,
            },
            **numbers,
            seconds=round(seconds, 3),
            unknown_headers=list(unknown_headers),
            written_at=written.written_at,
            history_bounds=written.history_bounds,
            error_file=_keep_remarks(written.errors, brought, "errors"),
            warning_file=_keep_remarks(written.warnings, brought, "warnings"),
        )
        if done.job_id and not finish_job(job_id=done.job_id, state=JobState.DONE, **numbers):
            raise ImportCancelled
    except BaseException:
        for sealed in filter(None, (written.errors, written.warnings)):
            discard_content(sealed)
        raise
    return done


def _keep_remarks(sealed: SealedContent | None, brought: ResidentImport, kind: str) -> StoredFile | None:
    if sealed is None:
        return None
    stem = brought.file_name.rsplit(".", 1)[0]
    return keep_content(
        sealed,
        actor=brought.requester(),
        purpose=f"households.import_{kind}",
        name=f"{stem}-{kind}.csv",
        media_type="text/csv; charset=utf-8",
    )


def _refuse(brought: ResidentImport, refusal: DomainError) -> ResidentImport:
    refused = move(
        record=brought,
        to=ImportState.REFUSED,
        transitions=TRANSITIONS,
        actor=brought.requester(),
        verb="households.refuse_import",
        detail={"code": refusal.code, "sha256": brought.sha256},
        refusal=str(refusal),
    )
    if refused.job_id and not finish_job(job_id=refused.job_id, state=JobState.FAILED, message=str(refusal)):
        raise ImportCancelled
    return refused
