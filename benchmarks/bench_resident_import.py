"""The import of a resident file beside a bare COPY and beside a tuned django-import-export."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.bare_copy import CopyOfTables
from benchmarks.database import empty, settle
from benchmarks.import_export_rival import bring_by_import_export
from benchmarks.measures import (
    ROUNDS,
    ROUNDS_ASKED,
    Result,
    Took,
    at_least_over,
    at_most_over,
    compared,
    timed,
)
from benchmarks.resident_files import write_file
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.database.context import keep_context, open_context
from offices.services.staff import system_actor

OURS, AGAIN, COPY, RIVAL = "import", "the unchanged file again", "bare COPY", "django-import-export, tuned"


def main(*, quick: bool) -> Result:
    """100,000 rows against both; quick: a fiftieth of it, and a fifth with fewer rounds than are asked for."""
    rows, rounds = (2_000, 1) if quick else (100_000 if ROUNDS >= ROUNDS_ASKED else 20_000, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residents.csv"
        count = write_file(path, residents=rows)
        copies: list[CopyOfTables] = []

        def first_import() -> Took:
            took = timed(lambda: bring(path))
            if not copies:
                copies.append(CopyOfTables.of_app("households", Path(folder)))
            return took

        found = compared(
            {
                OURS: _clean(first_import),
                AGAIN: lambda: timed(lambda: bring(path)),
                COPY: _clean(lambda: copies[0].bring()),
                RIVAL: _clean(lambda: timed(lambda: bring_by_import_export(path))),
            },
            rounds=rounds,
        )
    ours, again, bare, rival = (found[name] for name in (OURS, AGAIN, COPY, RIVAL))
    return Result(
        title=f"Resident import, {count:,} rows",
        words=(
            "The import reads a CSV file and does all it does for an office: every check of a row and between "
            "rows, encryption and digests, matching, kinship, heads of households, audit, error file, statistics. "
            f"The bare COPY brings the same {copies[0].rows:,} final rows, ready made, into the same tables with the same "
            "indexes and constraints, in one transaction. The django-import-export resource reads the same file "
            "with the same row checks and encryption, cached lookups, bulk_create by thousands and no diffs, and "
            "writes the same tables; it does without matching by name, tasks, audit and error file. Work is the time "
            "on processors of the reading process and the server; a limit holds if it does by the clock and in work."
        ),
        measures=tuple(measure for one in found.values() for measure in (one.clock, one.work)),
        limits=(
            at_most_over("import", ratios=ours.over(bare), limit=2.5, of="a bare COPY"),
            at_least_over("import", ratios=rival.over(ours), limit=3, of="django-import-export"),
            at_most_over("unchanged file again", ratios=again.over(bare), limit=1.25, of="a bare COPY"),
            at_most_over("unchanged file again", ratios=again.over(ours), limit=0.5, of="the first import"),
        ),
    )


def bring(path: Path) -> ResidentImport:
    """Take a file in as the installation does by command."""
    with keep_context():
        actor = system_actor()
    with open_context(actor=actor, channel="command"), path.open("rb") as source:
        brought = import_file(
            actor=actor, source=source, file_name=path.name, as_of=clock.today(), is_dry_run=False
        )
    if brought.refusal:
        raise RuntimeError(brought.refusal)
    return brought


def _clean(run: Callable[[], Took]) -> Callable[[], Took]:
    def from_nothing() -> Took:
        empty("households")
        settle()
        return run()

    return from_nothing
