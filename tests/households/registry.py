"""What the registry's tests share: small resident files and what came of them."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from households.models import ResidentImport
from households.services.imports import import_file
from offices.actors import Actor
from tests.households.resident_files import GOOD, as_csv, number

SAMPLE = Path(__file__).parent.parent / "samples" / "residents-sample.csv"
TODAY = datetime.date(2014, 1, 6)

HEAD, WIFE, SON = number("19530201", 487), number("19551002", 482), number("19800311", 481)


def row(**cells: str) -> dict[str, str]:
    """A good row with some cells set."""
    return {**GOOD, "公民身份号码": HEAD, **cells}


def family() -> list[dict[str, str]]:
    """A couple and their son, linked to each other."""
    return [
        row(姓名="王建国", 配偶身份号码=WIFE, 婚姻状况="已婚"),
        row(姓名="李秀英", 公民身份号码=WIFE, 户主关系="配偶", 配偶身份号码=HEAD, 婚姻状况="已婚"),
        row(姓名="王小明", 公民身份号码=SON, 户主关系="子", 父亲身份号码=HEAD, 母亲身份号码=WIFE),
    ]


def bring(
    actor: Actor,
    rows: Sequence[Mapping[str, str]] | Path,
    *,
    as_of: str | datetime.date = TODAY,
    dry_run: bool = False,
    columns: Sequence[str] | None = None,
) -> ResidentImport:
    """Take in rows (or a file) speaking for a day. All columns of the rows are in the file."""
    day = datetime.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if isinstance(rows, Path):
        source: io.BufferedIOBase = io.BytesIO(rows.read_bytes())
    else:
        header = list(columns or dict.fromkeys(name for cells in rows for name in cells))
        source = as_csv([header, *([cells.get(name, "") for name in header] for cells in rows)])  # type: ignore[assignment] # bytes in memory
    return import_file(
        actor=actor,
        source=source,  # type: ignore[arg-type] # bytes in memory
        file_name="residents.csv",
        as_of=day,
        is_dry_run=dry_run,
    )


def counts(brought: ResidentImport) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused; they add up to the rows."""
    found = (brought.created, brought.updated, brought.unchanged, brought.refused)
    assert sum(found) == brought.rows
    return found


def remarks(brought: ResidentImport, kind: str = "errors") -> list[list[str]]:
    """The lines of the error file, or of the one of warnings, without the header."""
    import csv

    from offices.services.files import content_of

    stored = brought.error_file if kind == "errors" else brought.warning_file
    if stored is None:
        return []
    text = b"".join(content_of(stored)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def codes(brought: ResidentImport, kind: str = "errors") -> list[tuple[int, str]]:
    """Line and code of every remark."""
    return [(int(line[0]), line[4]) for line in remarks(brought, kind)]
