"""Rows of a CSV file, line by line; whether it is UTF-8 or GB18030 is found out, not asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from households.readers.columns import RESIDENTS, ColumnSet, count_known
from households.readers.limits import ReadingLimits, refuse_cell, refuse_columns, refuse_rows
from offices.errors import DomainError

# A physical line; a quoted cell may run over several.
_LINE_BYTES = 1024 * 1024
_UTF8_MARK = b"\xef\xbb\xbf"


def find_encoding(source: BinaryIO, renamed: Collection[str] = (), of: ColumnSet = RESIDENTS) -> str:
    """The encoding in which the header row makes sense; UTF-8 where both do (plain ASCII).

    Where no header is known in either, the one in which the row can be read at all.
    """
    source.seek(0)
    start = source.read(_LINE_BYTES)
    if start.startswith(_UTF8_MARK):
        return "utf-8"
    header = start.split(b"\n", 1)[0]
    understood = {
        encoding: count_known(
            header.decode(encoding, errors="replace").replace('"', "").split(","), renamed, of
        )
        for encoding in ("utf-8", "gb18030")
    }
    if not any(understood.values()):
        return "utf-8" if _can_be_read(header, "utf-8") or not _can_be_read(header, "gb18030") else "gb18030"
    return "gb18030" if understood["gb18030"] > understood["utf-8"] else "utf-8"


def _can_be_read(header: bytes, encoding: str) -> bool:
    try:
        header.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def csv_rows(source: BinaryIO, *, encoding: str, limits: ReadingLimits) -> Iterator[list[str]]:
    """All rows of the file, the header and blank ones among them; cells without outer blanks.

    Raises DomainError: `cell_too_long`, `encoding_damaged`, `file_not_text`, `quotes_damaged`.
    """
    rows = csv.reader(_lines(source, encoding=encoding, limits=limits), strict=True)
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise refuse_cell(limits, number + 1) from error
            raise DomainError(
                "quotes_damaged",
                _(
                    "From row %(line)s on the quotation marks do not match. "
                    "A cell that contains a comma or a line break stands between two of them. "
                    "Save the table again from the spreadsheet program."
                ),
                line=number + 1,
            ) from error
        number += 1
        yield list(map(str.strip, row))


def _lines(source: BinaryIO, *, encoding: str, limits: ReadingLimits) -> Iterator[str]:
    source.seek(0)
    number = 0
    while line := source.readline(_LINE_BYTES):
        number += 1
        if len(line) == _LINE_BYTES:
            raise refuse_cell(limits, number)
        if b"\x00" in line:
            raise DomainError(
                "file_not_text",
                _(
                    "Line %(line)s of the file is not text. Save the table again from the spreadsheet program."
                ),
                line=number,
            )
        # Neither encoding uses the byte of a line break inside a character, so a line can be decoded alone.
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError as error:
            raise DomainError(
                "encoding_damaged",
                _(
                    "Line %(line)s of the file cannot be read as %(encoding)s: the file is damaged or cut off. "
                    "Save the table again from the spreadsheet program, as CSV UTF-8 if it offers that."
                ),
                line=number,
                encoding=encoding.upper(),
            ) from error
        yield text.removeprefix("\ufeff") if number == 1 else text


def survey_csv(source: BinaryIO, *, encoding: str, limits: ReadingLimits) -> tuple[list[str], int]:
    """Read the whole file once: its header row, and how many rows below it hold something.

    Raises DomainError as `csv_rows`, and `too_many_columns`, `too_many_rows`, `file_truncated`.
    """
    rows = csv_rows(source, encoding=encoding, limits=limits)
    header = next(rows, [])
    if len(header) > limits.columns:
        raise refuse_columns(limits, len(header))
    count = short = number = width = 0
    for number, row in enumerate(rows, start=2):
        width = len(row)
        if width < len(header):
            short += 1
        if not any(row):
            continue
        count += 1
        if count > limits.rows:
            raise refuse_rows(limits)
        if max(map(len, row)) > limits.cell_characters:
            raise refuse_cell(limits, number)
    if short == 1 and 0 < width < len(header) and not _ends_with_line_break(source):
        raise truncated()
    return header, count


def _ends_with_line_break(source: BinaryIO) -> bool:
    source.seek(-1, io.SEEK_END)
    return source.read(1) in (b"\n", b"\r")


def truncated() -> DomainError:
    """The refusal of a file whose end is missing."""
    return DomainError(
        "file_truncated",
        _("The end of the file is missing: it was cut off when it was copied or sent. Ask for it again."),
    )
