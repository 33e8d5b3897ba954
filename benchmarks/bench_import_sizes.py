"""The import of ever longer resident files, each in a process of its own: seconds and memory, up to a million rows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.database import empty, settle
from benchmarks.measures import Limit, Measure, Result, Took
from benchmarks.resident_files import write_file
from config import installation

_SIZES = (20_000, 100_000, 995_000)
"""Residents; with the faulty rows the longest file is as long as a command may bring."""
_QUICK_SIZES = (500, 2_000, 4_000)
_FLAT = 1.35


def main(*, quick: bool) -> Result:
    """Each size once, into an empty registry; quick: thousands."""
    sizes = _QUICK_SIZES if quick else _SIZES
    with tempfile.TemporaryDirectory() as folder:
        found = [_in_own_process(Path(folder), size) for size in sizes]
    least = found[0][2]
    return Result(
        title=f"Resident import, up to {found[-1][0]:,} rows",
        words=(
            "As `import_residents` does it, with all that an import does for an office, into an empty registry, by a "
            "process that does nothing else. Work is the time on processors of this process and the server."
        ),
        measures=tuple(
            measure
            for rows, took, peak in found
            for measure in (
                Measure(f"{rows:,} rows", (took.seconds,)),
                Measure(f"{rows:,} rows: work", (took.worked,)),
                Measure(f"{rows:,} rows: peak memory", (peak,), "MB"),
            )
        ),
        limits=tuple(
            Limit(
                f"memory is flat in the file's size: {rows:,} rows beside {found[0][0]:,}",
                f"{peak / least:.2f} ×",
                f"at most {_FLAT} ×",
                peak <= _FLAT * least,
            )
            for rows, _took, peak in found[1:]
        ),
    )


def _in_own_process(folder: Path, residents: int) -> tuple[int, Took, float]:
    """The rows of the file, what their import took, and the peak memory in MB of the process that did it."""
    path = folder / f"{residents}.csv"
    rows = write_file(path, residents=residents, seed=7)
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
    seconds, worked, peak = map(float, answer.stdout.split())
    return rows, Took(seconds, worked), peak
