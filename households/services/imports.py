"""Resident files: brought by a page or a command, taken in as a whole or not at all.

One import is one transaction: a worker that dies leaves nothing, and the task that comes again
starts anew or finds the import done. Imports of a county go one after another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from households.enums import ImportState
from households.models import ResidentImport
from households.models.imports import TRANSITIONS
from households.policies import may_import
from households.readers import COMMAND_LIMITS, PAGE_LIMITS, ReadingLimits, Table, open_table
from households.rows import ResidentRows
from households.services.import_facts import (
    end_absences,
    follow_moves,
    link_named_kin,
    write_changed_facts,
    write_first_facts,
)
from households.services.import_findings import check_heads, remark_file, warn_of_unknown_kin
from households.services.import_matching import match_rows
from households.services.import_people import write_changed_people, write_new_people
from households.services.import_staging import Staging
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed
from offices.models import Division, StoredFile
from offices.services.files import (
    PIECE,
    SealedContent,
    discard_content,
    keep_content,
    open_file,
    seal_content,
    store_file,
)
from offices.services.jobs import finish_job, report_progress, request_job
from offices.services.states import locked, move

TASK = "households.run_import"
_COUNTS = ("rows", "created", "updated", "unchanged", "refused", "warnings")


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows came to what; `warnings` are rows taken in with one or more."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0


def request_import(
    *, actor: Actor, upload: BinaryIO, file_name: str, as_of: date, is_dry_run: bool
) -> ResidentImport:
    """Seal an uploaded resident file and queue its import.

    Counters bring files for their own township, the county office for all. Raises NotAllowed,
    and DomainError `day_in_future` for a file that speaks for a day to come.
    """
    _check_request(actor, as_of)
    stored = store_file(
        actor=actor,
        purpose="households.resident_file",
        name=file_name,
        media_type="application/octet-stream",
        content=_content(upload),
    )
    brought = _register(actor, file_name, stored.sha256, as_of, is_dry_run=is_dry_run, file=stored)
    brought.job = request_job(actor=actor, kind=TASK, task=TASK, import_id=str(brought.pk))
    brought.save(update_fields=["job"])
    return brought


def import_file(
    *, actor: Actor, source: BinaryIO, file_name: str, as_of: date, is_dry_run: bool
) -> ResidentImport:
    """Take in a file that lies on this server at once, in the open transaction.

    Raises as `request_import`; a file that is refused as a whole is so in the result's state.
    """
    _check_request(actor, as_of)
    digest = hashlib.sha256()
    for piece in _content(source):
        digest.update(piece)
    brought = _register(actor, file_name, digest.hexdigest(), as_of, is_dry_run=is_dry_run)
    return _take_in(brought, source, COMMAND_LIMITS, lambda _done, _total: None)


def run_import(*, import_id: UUID) -> ResidentImport:
    """Do a queued import, once: a second worker waits for the first and finds it done."""
    brought = locked(ResidentImport.objects.get(pk=import_id))
    if brought.state != ImportState.WAITING or brought.job_id is None:
        return brought
    job_id = brought.job_id
    if brought.file is None:
        return _refuse(brought, _missing_file())

    def on_progress(done: int, total: int) -> None:
        report_progress(job_id=job_id, done=done, total=total)

    try:
        source = open_file(brought.file)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    with source:
        return _take_in(brought, source, PAGE_LIMITS, on_progress)


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
        requested_by_id=actor.staff_id,
        requested_role=actor.role,
        division_code=actor.division_code,
    )


def _take_in(
    brought: ResidentImport,
    source: BinaryIO,
    limits: ReadingLimits,
    on_progress: Callable[[int, int], None],
) -> ResidentImport:
    began = monotonic()
    try:
        table = open_table(source, limits=limits)
    except DomainError as refusal:
        return _refuse(brought, refusal)
    with county_scope():
        counts, errors, warnings = _write(brought, table, on_progress)
    return _finish(brought, counts, errors, warnings, seconds=monotonic() - began)


def _write(
    brought: ResidentImport, table: Table, on_progress: Callable[[int, int], None]
) -> tuple[ImportCounts, SealedContent | None, SealedContent | None]:
    """Write everything, or with a dry run everything and take it back."""
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_turn(cursor)
        # Tables that were filled in this transaction, or emptied by a killed one, have no true
        # statistics; taken for nearly empty they would be gone through once for every row.
        cursor.execute("SET LOCAL enable_nestloop = off")
        counts = _resolve(cursor, brought, table, on_progress)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        if counts.created + counts.updated:
            cursor.execute("SELECT households_refresh_statistics()")
        errors = seal_content(remark_file(is_refusal=True)) if counts.refused else None
        warnings = seal_content(remark_file(is_refusal=False)) if counts.warnings else None
        if brought.is_dry_run:
            transaction.set_rollback(True)
        else:
            # What deferred checks find belongs to this import, not to whatever commits it.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            _drop_temporary(cursor)
    return counts, errors, warnings


def _wait_for_turn(cursor: Any) -> None:
    """One import of a county at a time, until its transaction ends."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"households.import:{current_context().county}"],
    )


def _drop_temporary(cursor: Any) -> None:
    """A second import in one transaction, as in commands and tests, starts with none of these."""
    cursor.execute(
        "DROP TABLE IF EXISTS arriving, remarks, refused_lines, repeated, taken, candidates, "
        "changed, newest, moved, heads"
    )


def _resolve(
    cursor: Any, brought: ResidentImport, table: Table, on_progress: Callable[[int, int], None]
) -> ImportCounts:
    as_of = brought.as_of
    county = current_context().county
    villages = frozenset(Division.objects.villages().within(county).values_list("code", flat=True))
    staging = Staging(
        rows=ResidentRows(county=county, villages=villages, as_of=as_of),
        county=county,
        scope=brought.scope,
        as_of=as_of,
        columns=table.columns,
        on_progress=lambda done: on_progress(done, max(table.row_count, done)),
    )
    staging.bring(table.lines())
    match_rows(cursor, scope=brought.scope, as_of=as_of)
    cursor.execute("CREATE TEMPORARY TABLE changed (line integer) ON COMMIT DROP")
    write_new_people(cursor, as_of=as_of)
    write_first_facts(cursor)
    write_changed_people(cursor, as_of=as_of)
    write_changed_facts(cursor, as_of=as_of, columns=table.columns)
    end_absences(cursor, as_of=as_of)
    follow_moves(cursor)
    link_named_kin(cursor)
    warn_of_unknown_kin(cursor, as_of=as_of)
    check_heads(cursor, as_of=as_of, today=clock.today())
    return _count(cursor, staging.count)


def _count(cursor: Any, rows: int) -> ImportCounts:
    cursor.execute(
        """
        SELECT count(*) FILTER (WHERE outcome = 'created'),
               count(*) FILTER (WHERE outcome <> 'created' AND line IN (SELECT line FROM changed)),
               count(*),
               (SELECT count(DISTINCT r.line) FROM remarks r JOIN taken t ON t.line = r.line
                 WHERE NOT r.is_refusal)
          FROM taken
        """
    )
    created, updated, taken, warnings = cursor.fetchone()
    return ImportCounts(
        rows=rows,
        created=created,
        updated=updated,
        unchanged=taken - created - updated,
        refused=rows - taken,
        warnings=warnings,
    )


def _finish(
    brought: ResidentImport,
    counts: ImportCounts,
    errors: SealedContent | None,
    warnings: SealedContent | None,
    *,
    seconds: float,
) -> ResidentImport:
    requester = brought.requester()
    numbers = {name: getattr(counts, name) for name in _COUNTS}
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
            error_file=_keep_remarks(errors, brought, "errors"),
            warning_file=_keep_remarks(warnings, brought, "warnings"),
        )
    except BaseException:
        for sealed in filter(None, (errors, warnings)):
            discard_content(sealed)
        raise
    if done.job_id:
        finish_job(job_id=done.job_id, state=JobState.DONE, **numbers)
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
    if refused.job_id:
        finish_job(job_id=refused.job_id, state=JobState.FAILED, message=str(refusal))
    return refused
