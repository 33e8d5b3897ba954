"""The taking in of a resident file: everything in one transaction, or with a dry run nothing.

Rows bear the import's own time, and the keys of the history tables before and after are kept: so
an import can be taken back (import_undo.py).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from households.models import Household, Person, ResidentImport
from households.readers import Table
from households.rows import ResidentRows
from households.services.division_changes.applying import gather_stragglers
from households.services.homes import FACTS
from households.services.import_days import gather_resuming, note_day, note_rows
from households.services.import_facts import (
    end_absences,
    link_named_kin,
    write_changed_facts,
    write_first_facts,
)
from households.services.import_findings import (
    check_heads,
    look_for_duplicates,
    remark_file,
    warn_of_unknown_kin,
)
from households.services.import_matching import match_rows
from households.services.import_people import settle_homes, write_changed_people, write_new_people
from households.services.import_staging import Staging
from households.services.import_villages import former_villages
from offices import clock
from offices.database.context import current_context
from offices.database.planning import refresh_statistics
from offices.models import Division
from offices.services.files import SealedContent, seal_content


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows came to what; `warnings` are rows taken in with one or more."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What an import came to; the last two fields say where to find what it wrote."""

    counts: ImportCounts
    errors: SealedContent | None
    warnings: SealedContent | None
    written_at: datetime.datetime | None = None
    history_bounds: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How the work speaks to the outside: `report` rows done of all, `look_up` between two steps.

    Either may raise to stop the work; nothing of it stays.
    """

    report: Callable[[int, int], None] = lambda _done, _total: None
    look_up: Callable[[], None] = lambda: None


def write_table(*, brought: ResidentImport, table: Table, progress: Progress) -> Written:
    """Write everything, or with a dry run everything and take it back. At county scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        wait_for_turn(cursor)
        # Tables that were filled in this transaction, or emptied by a killed one, have no true
        # statistics; taken for nearly empty they would be gone through once for every row.
        cursor.execute("SET LOCAL enable_nestloop = off")
        # One import at a time: its rows are joined in memory where they fit, and not by way of the disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        written_at, before = _begin(cursor), history_keys(cursor)
        counts = _resolve(cursor, brought, table, progress)
        after = history_keys(cursor)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
        if counts.created + counts.updated:
            refresh_statistics("households")
        errors = seal_content(remark_file(is_refusal=True)) if counts.refused else None
        warnings = seal_content(remark_file(is_refusal=False)) if counts.warnings else None
        if brought.is_dry_run:
            transaction.set_rollback(True)
            return Written(counts, errors, warnings)
        # What deferred checks find belongs to this import, not to whatever commits it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT now()")
        bounds = {
            "began": cursor.fetchone()[0].isoformat(),
            "keys": {name: [first, after[name]] for name, first in before.items()},
        }
        _drop_temporary(cursor)
    return Written(counts, errors, warnings, written_at, bounds)


def wait_for_turn(cursor: Any) -> None:
    """One import of a county at a time, until its transaction ends."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"households.import:{current_context().county}"],
    )


def history_keys(cursor: Any) -> dict[str, int]:
    """The last key in the history of each table that an import writes."""
    written: list[type[models.Model]] = [Person, Household, *FACTS]
    tables = [model._meta.db_table for model in written]
    cursor.execute(
        "SELECT " + ", ".join(f"(SELECT coalesce(max(pgh_id), 0) FROM {table}event)" for table in tables)
    )
    return dict(zip(tables, cursor.fetchone(), strict=True))


def _begin(cursor: Any) -> datetime.datetime:
    """The import's own time, which every row that it makes bears; no two imports share one."""
    cursor.execute("SELECT clock_timestamp()")
    (written_at,) = cursor.fetchone()
    cursor.execute("SELECT set_config('huimin.written_at', %s, true)", [written_at.isoformat()])
    return written_at


def _drop_temporary(cursor: Any) -> None:
    """A second import in one transaction, as in commands and tests, starts with none of these."""
    cursor.execute(
        "DROP TABLE IF EXISTS arriving, remarks, refused_lines, repeated, taken, candidates, "
        "changed, newest, resuming, away, moved, heads, put_right, kept"
    )


def _resolve(cursor: Any, brought: ResidentImport, table: Table, progress: Progress) -> ImportCounts:
    as_of = brought.as_of
    county = current_context().county
    villages = frozenset(Division.objects.villages().within(county).values_list("code", flat=True))
    staging = Staging(
        rows=ResidentRows(
            county=county,
            villages=villages,
            as_of=as_of,
            former=former_villages(county=county, as_of=as_of, today=clock.today()),
        ),
        county=county,
        scope=brought.scope,
        as_of=as_of,
        columns=table.columns,
        on_progress=lambda done: progress.report(done, max(table.row_count, done)),
    )
    staging.bring(table.lines())
    match_rows(cursor, brought=brought, today=clock.today(), columns=table.columns)
    progress.look_up()
    cursor.execute("CREATE TEMPORARY TABLE changed (line integer) ON COMMIT DROP")
    note_day(cursor, as_of=as_of)
    write_new_people(cursor, as_of=as_of)
    progress.look_up()
    write_first_facts(cursor)
    progress.look_up()
    write_changed_people(cursor, brought=brought, today=clock.today())
    gather_resuming(cursor, as_of=as_of)
    write_changed_facts(cursor, as_of=as_of, columns=table.columns)
    progress.look_up()
    end_absences(cursor, as_of=as_of)
    gather_stragglers()
    settle_homes(cursor)
    link_named_kin(cursor)
    warn_of_unknown_kin(cursor, as_of=as_of)
    check_heads(cursor, as_of=as_of, today=clock.today())
    progress.look_up()
    note_rows(cursor, brought=brought)
    look_for_duplicates(cursor, is_dry_run=brought.is_dry_run)
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
