"""Lists of other departments: brought by a page or by this server, read as a whole or not at all.

Reading one is one transaction: a worker that dies leaves nothing, and the task that comes again
starts anew or finds it done. What is decided about a file is in department_file_decisions.py,
about its rows in proposals.py.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from households.enums import DepartmentFileKind, FactSource, ImportState
from households.models import DepartmentFile
from households.models.departments import FILE_TRANSITIONS
from households.policies import may_bring_department_files
from households.readers import DEPARTMENT_COLUMNS, PAGE_LIMITS, open_table
from households.services.header_mappings import HeaderProposal, propose_headers, renamed_by
from households.services.imports import ImportCancelled
from households.services.proposal_writing import Outcome, write_proposals
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed
from offices.models import StoredFile
from offices.services.files import PIECE, open_file, store_file
from offices.services.jobs import finish_job, is_cancelled, report_progress, request_job
from offices.services.staff import system_actor
from offices.services.states import locked, move

TASK = "households.read_department_file"
SENDERS = {
    DepartmentFileKind.DEATHS: (FactSource.CIVIL, FactSource.HOSPITAL, FactSource.POLICE),
    DepartmentFileKind.HUKOU: (FactSource.POLICE,),
    DepartmentFileKind.INSURED: (FactSource.INSURANCE,),
    DepartmentFileKind.EXAMINATIONS: (FactSource.EDUCATION,),
}
"""Which departments know it at first hand; what others pass on has another letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a list tells, which department it comes from, who sent it, and its number and day."""

    kind: DepartmentFileKind
    source: FactSource
    sender: str
    document: str
    dated_on: date


def request_department_file(
    *, actor: Actor, upload: BinaryIO, file_name: str, letter: Letter
) -> DepartmentFile:
    """Seal an uploaded list and queue its reading, or ask first what its columns stand for.

    By a township's counter or the county office; whom it speaks of is found in the whole county.
    Raises NotAllowed, DomainError `letter_of_the_future`, `letter_incomplete`, `department_unfit`.
    """
    _check_request(actor, letter)
    stored = store_file(
        actor=actor,
        purpose="households.department_file",
        name=file_name,
        media_type="application/octet-stream",
        content=_content(upload),
    )
    columns = DEPARTMENT_COLUMNS[letter.kind]
    proposal = propose_headers(actor=actor, source=upload, sender=letter.sender, of=columns)
    brought = _register(actor, file_name, stored.sha256, letter, proposal, file=stored)
    if not proposal.must_ask:
        queue_reading(actor=actor, brought=brought)
    return brought


def queue_reading(*, actor: Actor, brought: DepartmentFile) -> None:
    """Give a registered list to the workers, as `actor`; called by services that have asked the policy."""
    brought.job = request_job(actor=actor, kind=TASK, task=TASK)
    brought.save(update_fields=["job"])


def read_file_here(*, actor: Actor, source: BinaryIO, file_name: str, letter: Letter) -> DepartmentFile:
    """Read a list that lies on this server at once, in the open transaction.

    Raises as `request_department_file`; a list that is refused as a whole is so in the result's state.
    """
    _check_request(actor, letter)
    digest = hashlib.sha256()
    for piece in _content(source):
        digest.update(piece)
    renamed = renamed_by(actor=actor, sender=letter.sender, of=DEPARTMENT_COLUMNS[letter.kind])
    known = HeaderProposal(renamed=renamed, must_ask=False)
    brought = _register(actor, file_name, digest.hexdigest(), letter, known)
    return _read(brought, source, lambda _done, _total: None)


def read_department_file(*, file_id: UUID) -> DepartmentFile:
    """Do a queued reading, once: a second worker waits for the first and finds it done.

    Raises ImportCancelled when somebody cancels it meanwhile; the caller lets the transaction go
    and calls `settle_cancelled_reading` in another.
    """
    brought = locked(DepartmentFile.objects.get(pk=file_id))
    if brought.state != ImportState.WAITING or brought.job_id is None:
        return brought
    job_id = brought.job_id
    if brought.file is None:
        missing = DomainError("file_dropped", _("The file of this import is no longer kept. Bring it again."))
        return _refuse(brought, missing)

    def report(done: int, total: int) -> None:
        if is_cancelled(job_id=job_id):
            raise ImportCancelled
        report_progress(job_id=job_id, done=done, total=total)

    try:
        source = open_file(brought.file)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    with source:
        return _read(brought, source, report)


def settle_cancelled_reading(*, job_id: UUID) -> None:
    """Say of a list whose job was cancelled that it is, once no worker has it in hand."""
    if not is_cancelled(job_id=job_id):
        return
    brought = DepartmentFile.objects.select_for_update(of=("self",)).filter(job_id=job_id).first()
    if brought and brought.state == ImportState.WAITING:
        move(
            record=brought,
            to=ImportState.CANCELLED,
            transitions=FILE_TRANSITIONS,
            actor=system_actor(),
            verb="households.cancel_department_file",
        )


def _check_request(actor: Actor, letter: Letter) -> None:
    if not may_bring_department_files(actor):
        raise NotAllowed
    if letter.dated_on > clock.today():
        raise DomainError(
            "letter_of_the_future", _("The day of the letter is still to come. Copy it from the letter.")
        )
    if not (letter.sender.strip() and letter.document.strip()):
        raise DomainError(
            "letter_incomplete",
            _("Say who sent the list and by which letter: what is entered from it names both."),
        )
    if letter.source not in SENDERS[letter.kind]:
        raise DomainError(
            "department_unfit",
            _(
                "This department does not keep such a list. Choose what the list tells, or the other department."
            ),
        )


def _content(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(PIECE):
        yield piece


def _register(
    actor: Actor,
    file_name: str,
    sha256: str,
    letter: Letter,
    proposal: HeaderProposal,
    *,
    file: StoredFile | None = None,
) -> DepartmentFile:
    return DepartmentFile.objects.create(
        file=file,
        file_name=file_name[-200:],
        sha256=sha256,
        kind=letter.kind,
        source=letter.source,
        sender=letter.sender.strip(),
        document=letter.document.strip(),
        dated_on=letter.dated_on,
        state=ImportState.HEADERS if proposal.must_ask else ImportState.WAITING,
        headers=dict(proposal.renamed),
        brought_by_id=actor.staff_id,
        brought_role=actor.role,
        division_code=actor.division_code,
    )


def _read(brought: DepartmentFile, source: BinaryIO, report: Callable[[int, int], None]) -> DepartmentFile:
    columns = DEPARTMENT_COLUMNS[DepartmentFileKind(brought.kind)]
    try:
        table = open_table(source, limits=PAGE_LIMITS, renamed=brought.headers, of=columns)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    report(0, table.row_count)
    with county_scope():
        told = write_proposals(
            brought=brought, table=table, on_progress=lambda done: report(done, table.row_count)
        )
    return _finish(brought, told, table.unknown_headers)


def _finish(brought: DepartmentFile, told: Outcome, unknown_headers: tuple[str, ...]) -> DepartmentFile:
    counts: dict[str, Any] = told.counts
    done = move(
        record=brought,
        to=ImportState.DONE,
        transitions=FILE_TRANSITIONS,
        actor=brought.bringer(),
        verb="households.read_department_file",
        detail={**counts, "kind": brought.kind, "sha256": brought.sha256},
        **counts,
        unknown_headers=list(unknown_headers),
        error_file=_keep_list(told.refused, told.refused_text, brought, "errors"),
        unmatched_file=_keep_list(told.unmatched, told.unmatched_text, brought, "unmatched"),
    )
    if done.job_id and not finish_job(job_id=done.job_id, state=JobState.DONE, **counts):
        raise ImportCancelled
    return done


def _keep_list(count: int, text: io.StringIO, brought: DepartmentFile, kind: str) -> StoredFile | None:
    if not count:
        return None
    stem = brought.file_name.rsplit(".", 1)[0]
    return store_file(
        actor=brought.bringer(),
        purpose=f"households.department_{kind}",
        name=f"{stem}-{kind}.csv",
        media_type="text/csv; charset=utf-8",
        content=[text.getvalue().encode()],
    )


def _refuse(brought: DepartmentFile, refusal: DomainError) -> DepartmentFile:
    refused = move(
        record=brought,
        to=ImportState.REFUSED,
        transitions=FILE_TRANSITIONS,
        actor=brought.bringer(),
        verb="households.refuse_department_file",
        detail={"code": refusal.code, "sha256": brought.sha256},
        refusal=str(refusal),
    )
    if refused.job_id and not finish_job(job_id=refused.job_id, state=JobState.FAILED, message=str(refusal)):
        raise ImportCancelled
    return refused
