"""Resident files in the forms in which offices save them, and in the forms they must not have."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from households.readers import PAGE_LIMITS, RESIDENT_COLUMNS, Line, Table, open_table
from households.rows import RefusedRow, ResidentRow, ResidentRows
from offices.identifiers import check_character

SAMPLE = Path(__file__).parent.parent / "samples" / "residents-sample.csv"
COUNTY = "370406"
VILLAGE, OTHER_VILLAGE = "370406001001", "370406105205"
AS_OF = date(2013, 12, 31)


def number(born: str, serial: int, prefix: str = COUNTY) -> str:
    """A citizen number with the right check character: an odd serial is a man's."""
    first = f"{prefix}{born}{serial:03d}"
    return first + check_character(first)


GOOD = {
    "户编号": "000001",
    "户籍地代码": VILLAGE,
    "户主关系": "户主",
    "姓名": "曾静伟",
    "公民身份号码": number("19530201", 486),
    "户口性质": "农业",
}


@cache
def sample_table() -> tuple[tuple[str, ...], ...]:
    """The reference file: header and 1,507 rows, the last twelve faulty."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        return tuple(tuple(row) for row in csv.reader(file))


@cache
def villages() -> frozenset[str]:
    """The village codes that the good rows of the reference file name."""
    table = sample_table()
    place = table[0].index("户籍地代码")
    return frozenset(row[place] for row in table[1:-12]) | {VILLAGE}


def as_csv(table: Iterable[Sequence[str]], encoding: str = "utf-8-sig") -> BinaryIO:
    """A CSV file in memory."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return io.BytesIO(text.getvalue().encode(encoding))


def as_xlsx(table: Iterable[Sequence[object]], **options: object) -> BinaryIO:
    """A workbook in memory whose cells are of the kinds given: text, numbers, dates."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"default_date_format": "yyyy-mm-dd", **options}) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                elif cell is not None:
                    sheet.write(place, column, cell)
    packed.seek(0)
    return packed


def repacked(workbook: BinaryIO, changed: Mapping[str, bytes | None]) -> BinaryIO:
    """A workbook with some parts replaced, added or (None) taken out."""
    target = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in changed if name not in old.namelist())]:
            content = changed[name] if name in changed else old.read(name)
            if content is not None:
                new.writestr(name, content)
    target.seek(0)
    return target


def table_of(rows: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """A header and rows over the columns that the rows use."""
    rows = list(rows)
    header = [column for column in RESIDENT_COLUMNS if any(column in row for row in rows)]
    return [header, *([row.get(column, "") for column in header] for row in rows)]


def opened(source: BinaryIO) -> Table:
    return open_table(source, limits=PAGE_LIMITS)


def line_of(row: Mapping[str, str], *, surplus: str = "") -> Line:
    """One line as a reader hands it on."""
    return Line(2, tuple(row.get(column, "") for column in RESIDENT_COLUMNS), surplus)


def read_row(row: Mapping[str, str], *, as_of: date = AS_OF) -> ResidentRow | RefusedRow:
    """What a good row with these cells changed is read as."""
    rows = ResidentRows(county=COUNTY, villages=villages() | {OTHER_VILLAGE}, as_of=as_of)
    return rows.read(line_of({**GOOD, **row}))
