"""The import of a resident file beside a bare COPY and beside a tuned django-import-export."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.bare_copy import CopyOfTables
from benchmarks.database import empty, settle
from benchmarks.import_export_rival import bring_by_import_export
from benchmarks.measures import ROUNDS, Limit, Measure, Result, at_least, at_most, interleaved
from benchmarks.resident_files import write_file
from config import installation
from households.models import ResidentImport
from households.services.imports import import_file
from offices import clock
from offices.database.context import keep_context, open_context
from offices.services.staff import system_actor

OURS, AGAIN, COPY, RIVAL = "import", "the unchanged file again", "bare COPY", "django-import-export, tuned"
_FLAT = 1.35


def main(*, quick: bool) -> Result:
    """100,000 rows against both, memory at two sizes, a million rows once; quick: a fiftieth of it."""
    rows, rounds = (2_000, 1) if quick else (100_000, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residents.csv"
        count = write_file(path, residents=rows)
        empty("households")
        bring(path)
        copy = CopyOfTables.of_app("households", Path(folder))
        found = interleaved(
            {
                OURS: _clean(lambda: timed(lambda: bring(path))),
                AGAIN: lambda: timed(lambda: bring(path)),
                COPY: _clean(copy.bring),
                RIVAL: _clean(lambda: timed(lambda: bring_by_import_export(path))),
            },
            rounds=rounds,
        )
        sizes = (500, 2_000) if quick else (20_000, rows)
        memory = [_in_own_process(folder, size)[1] for size in sizes]
        million = 4_000 if quick else 1_000_000
        large = _in_own_process(folder, million)
    ours, again, bare, rival = (found[name].median for name in (OURS, AGAIN, COPY, RIVAL))
    return Result(
        title=f"Resident import, {count:,} rows",
        words=(
            "The import reads a CSV file and does all it does for an office: every check of a row and between "
            "rows, encryption and digests, matching, kinship, heads of households, audit, error file, statistics. "
            f"The bare COPY brings the same {copy.rows:,} final rows, ready made, into the same tables with the same "
            "indexes and constraints, in one transaction. The django-import-export resource reads the same file "
            "with the same row checks and encryption, cached lookups, bulk_create by thousands and no diffs, and "
            "writes the same tables; it does without matching by name, tasks, audit and error file."
        ),
        measures=(
            *found.values(),
            *(
                Measure(f"peak memory, {size:,} rows", (peak,), "MB")
                for size, peak in zip(sizes, memory, strict=True)
            ),
            Measure(f"import of {million:,} rows, once", (large[0],)),
            Measure(f"peak memory, {million:,} rows", (large[1],), "MB"),
        ),
        limits=(
            at_most("import", ratio=ours / bare, limit=2.5, of="a bare COPY"),
            at_least("import", ratio=rival / ours, limit=3, of="django-import-export"),
            at_most("unchanged file again", ratio=again / bare, limit=1.25, of="a bare COPY"),
            Limit(
                "memory is flat in the file's size",
                f"{memory[1] / memory[0]:.2f} × for {sizes[1] / sizes[0]:g} × the rows",
                f"at most {_FLAT} ×",
                memory[1] <= _FLAT * memory[0],
            ),
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


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _clean(run: Callable[[], float]) -> Callable[[], float]:
    def from_nothing() -> float:
        empty("households")
        settle()
        return run()

    return from_nothing


def _in_own_process(folder: str, residents: int) -> tuple[float, float]:
    """Seconds of the import and peak memory in MB, measured by a process that does nothing else."""
    path = Path(folder) / f"{residents}.csv"
    write_file(path, residents=residents, seed=7)
    empty("households")
    settle()
    answer = subprocess.run(  # noqa: S603 # our own module
        [sys.executable, "-m", "benchmarks.one_import", str(path)],
        cwd=installation.REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    path.unlink()
    seconds, peak = answer.stdout.split()
    return float(seconds), float(peak)
