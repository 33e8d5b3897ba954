"""A file of rows, opened: proved readable to its end, then read row by row."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import BinaryIO, NamedTuple

from households.readers.columns import RESIDENTS, ColumnSet, HeaderMap, clean_headers, map_headers
from households.readers.csv_rows import csv_rows, find_encoding, survey_csv
from households.readers.limits import ReadingLimits, refuse_columns, refuse_size
from households.readers.packing import Pack
from households.readers.sniffing import FileKind, sniff
from households.readers.xlsx_rows import sheet_rows


class Line(NamedTuple):
    """One row as it stands in the file: nothing is interpreted yet.

    `number` is the row number that a spreadsheet shows (the header is row 1); `cells` are in
    the order of the columns of its kind, without outer blanks, empty where the file has none;
    `surplus` is what a CSV row has beyond the last column of the header: a comma too many has
    moved its cells. In a sheet nothing moves, and notes beside the table are left out.
    """

    number: int
    cells: tuple[str, ...]
    surplus: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file that has passed every check of form; `row_count` rows hold something.

    `columns` are the known ones that the file has: an empty cell says something, a column that
    is not there says nothing.
    """

    kind: FileKind
    encoding: str
    row_count: int
    unknown_headers: tuple[str, ...]
    columns: frozenset[str]
    _lines: Callable[[], Iterator[Line]]

    def lines(self, *, after: int = 1) -> Iterator[Line]:
        """The rows that hold something, below row `after`: an interrupted import goes on there."""
        for line in self._lines():
            if line.number > after:
                yield line


def read_headers(source: BinaryIO, *, limits: ReadingLimits, of: ColumnSet = RESIDENTS) -> tuple[str, ...]:
    """The headers of a file as meant, without reading what stands below them.

    Raises DomainError as `open_table` for a file that cannot be read that far.
    """
    if source.seek(0, io.SEEK_END) > limits.file_bytes:
        raise refuse_size(limits)
    if sniff(source) is FileKind.XLSX:
        number, cells = next(sheet_rows(source, limits), (0, {}))
        header = [cells.get(place, "") for place in range(max(cells) + 1)] if number == 1 else []
    else:
        header = next(csv_rows(source, encoding=find_encoding(source, of=of), limits=limits), [])
    if len(header) > limits.columns:
        raise refuse_columns(limits, len(header))
    return tuple(clean_headers(header))


def open_table(
    source: BinaryIO,
    *,
    limits: ReadingLimits,
    renamed: Mapping[str, str] | None = None,
    of: ColumnSet = RESIDENTS,
) -> Table:
    """Read the whole file once and refuse what cannot be taken in, before anything is written.

    `of` says which columns the file may have, `renamed` what the sender's own headers stand for, as
    `map_headers` takes it. `source` is
    a seekable file of bytes and must stay open while the table is read. A CSV file
    is read twice and never held; of a workbook the texts of known columns are kept, packed:
    some 5 MB for a hundred thousand rows.

    Raises DomainError with a sentence for the clerk: `file_too_large`, `file_empty`, `file_kind`,
    `file_encrypted`, `file_old_excel`, `file_macros`, `file_not_workbook`, `file_bomb`,
    `file_truncated`, `file_damaged`, `file_not_text`, `encoding_damaged`, `quotes_damaged`,
    `cells_merged`, `cell_too_long`, `too_many_columns`, `too_many_rows`, `header_missing`,
    `columns_missing`, `columns_repeated`.
    """
    if source.seek(0, io.SEEK_END) > limits.file_bytes:
        raise refuse_size(limits)
    if sniff(source) is FileKind.XLSX:
        return _open_sheet(source, limits, renamed, of)
    encoding = find_encoding(source, renamed or (), of)
    header, count = survey_csv(source, encoding=encoding, limits=limits)
    headers = map_headers(header, renamed, of)
    return Table(
        FileKind.CSV,
        encoding,
        count,
        headers.unknown,
        headers.columns,
        lambda: _csv_lines(csv_rows(source, encoding=encoding, limits=limits), headers),
    )


def _csv_lines(rows: Iterator[list[str]], headers: HeaderMap) -> Iterator[Line]:
    pick = headers.picker()
    width = headers.width
    next(rows)
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue
        surplus = ""
        if len(row) > width:
            surplus = " ".join(filter(None, row[width:]))
            del row[width:]
        else:
            row.extend([""] * (width - len(row)))
        row.append("")
        yield Line(number, pick(row), surplus)


def _open_sheet(
    source: BinaryIO, limits: ReadingLimits, renamed: Mapping[str, str] | None, of: ColumnSet
) -> Table:
    rows = sheet_rows(source, limits)
    number, cells = next(rows, (0, {}))
    width = max(cells) + 1 if number == 1 else 0
    if width > limits.columns:
        raise refuse_columns(limits, width)
    headers = map_headers([cells.get(place, "") for place in range(width)], renamed, of)
    pick = headers.picker()
    width = headers.width
    pack = Pack()
    for number, cells in rows:
        row = [""] * (width + 1)
        for place, text in cells.items():
            if place < width:
                row[place] = text
        if any(picked := pick(row)):
            pack.append(number, picked)
    return Table(
        FileKind.XLSX,
        "",
        len(pack),
        headers.unknown,
        headers.columns,
        lambda: starmap(_packed_line, pack.rows()),
    )


def _packed_line(number: int, cells: tuple[str, ...]) -> Line:
    return Line(number, cells, "")
