"""Rows of a workbook's first sheet, parsed as the bytes come: memory does not grow with the file.

A reader that loads the sheet needs 1.4 GB for a million rows, and one stray cell in the last
corner of a sheet makes it ask for hundreds; this one sees cells only where they are.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from households.readers.limits import ReadingLimits, refuse_cell, refuse_columns, refuse_rows
from households.readers.xlsx_package import SheetXml, Workbook, chunks_of, new_parser, opened, workbook_of
from households.readers.xlsx_values import (
    SharedTexts,
    date_reader,
    date_styles,
    number_text,
    shared_texts,
    unescape,
)
from offices.errors import DomainError

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_DIGITS = "0123456789"
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_WORDS_KEPT = 10_000
_ROW_TAG = re.compile(rb"<(?:[A-Za-z]\w*:)?row[\s>/]")
_MERGED_TAG = re.compile(rb"<(?:[A-Za-z]\w*:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:]{1,30})")

Cells = dict[int, str]
NumberedCells = tuple[int, Cells]


class Sheet:
    """The first sheet of a workbook, surveyed: `row_count` rows below the header at most."""

    def __init__(self, source: BinaryIO, limits: ReadingLimits) -> None:
        self._source = source
        self._limits = limits
        with opened(source, limits) as package:
            self._workbook: Workbook = workbook_of(package)
            self._texts: SharedTexts = shared_texts(package, self._workbook.strings, limits)
            self._date_styles = date_styles(package, self._workbook.styles)
            self.row_count = _survey(package, self._workbook.sheet, limits)

    def header(self) -> list[str]:
        """The cells of the first row. Raises DomainError `too_many_columns`."""
        number, cells = next(self.rows(), (1, {}))
        if number != 1 or not cells:
            return []
        width = max(cells) + 1
        if width > self._limits.columns:
            raise refuse_columns(self._limits, width)
        return [cells.get(place, "") for place in range(width)]

    def rows(self) -> Iterator[NumberedCells]:
        """Row numbers as the spreadsheet shows them, and the cells that hold something by column."""
        with opened(self._source, self._limits) as package:
            done: list[NumberedCells] = []
            parser = new_parser()
            _listen(
                parser,
                done,
                texts=self._texts,
                date_styles=self._date_styles,
                day=date_reader(counts_from_1904=self._workbook.counts_from_1904),
            )
            for chunk in chunks_of(package, self._workbook.sheet):
                parser.Parse(chunk, False)
                yield from done
                done.clear()
            parser.Parse(b"", True)
            yield from done


def _survey(package: zipfile.ZipFile, path: str, limits: ReadingLimits) -> int:
    """Prove the sheet readable to its end, and count its rows.

    Tags are counted in the bytes: a call for every element would take three times as long.
    """
    parser = new_parser()
    parser.XmlDeclHandler = _only_utf8
    rows = 0
    rest = b""
    for chunk in chunks_of(package, path):
        parser.Parse(chunk, False)
        head, bracket, tail = (rest + chunk).rpartition(b"<")
        rest = bracket + tail
        if len(rest) > 2 * limits.cell_characters:
            raise refuse_cell(limits, rows)
        rows += len(_ROW_TAG.findall(head))
        if merged := _MERGED_TAG.search(head):
            raise _merged(merged[1].decode())
        if rows > limits.rows + 1:
            raise refuse_rows(limits)
    parser.Parse(b"", True)
    return max(rows - 1, 0)


def _only_utf8(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise SheetXml


def _merged(cells: str) -> DomainError:
    return DomainError(
        "cells_merged",
        _(
            "Cells are merged (%(cells)s). Undo the merging, fill in each row by itself and choose the file again."
        ),
        cells=cells,
    )


def _listen(
    parser: expat.XMLParserType,
    done: list[NumberedCells],
    *,
    texts: SharedTexts,
    date_styles: frozenset[str],
    day: Callable[[str], str],
) -> None:
    """Set the parser's handlers so that finished rows gather in `done`.

    A sheet of a hundred thousand rows makes some ten million calls of these: hence closures,
    one comparison per name, and text collected by the list itself.
    """
    cell_names, value_names, row_names = (
        frozenset(f"{namespace} {local}" for namespace in _NAMESPACES) for local in ("c", "v", "row")
    )
    text_names = frozenset(f"{namespace} t" for namespace in _NAMESPACES)
    dropped_names = frozenset(f"{namespace} {local}" for namespace in _NAMESPACES for local in ("f", "rPh"))
    columns: dict[str, int] = {}
    seen: dict[str, str] = {}
    pieces: list[str] = []
    mark = 0
    number = 0
    place = -1
    kind: str | None = None
    style: str | None = None
    cells: Cells = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, place, kind, style, cells, mark
        if name in value_names:
            return
        if name in cell_names:
            reference = attributes.get("r")
            if reference is None:
                place += 1
            else:
                letters = reference.rstrip(_DIGITS)
                found = columns.get(letters)
                place = _column(letters, columns) if found is None else found
            kind = attributes.get("t")
            style = attributes.get("s")
            pieces.clear()
        elif name in row_names:
            written = attributes.get("r")
            number = number + 1 if written is None else _row_number(written)
            place = -1
            cells = {}
        elif name in dropped_names:
            mark = len(pieces)
        elif name in text_names and pieces and not "".join(pieces).strip():
            # Indentation between the elements of a sheet that was written to be looked at.
            pieces.clear()

    def end(name: str) -> None:
        if name in value_names:
            return
        if name in cell_names:
            if not pieces:
                return
            written = "".join(pieces).strip()
            pieces.clear()
            if not written:
                return
            if kind == "s":
                text = seen.get(written) or _shared_text(written, texts, seen)
                if not text:
                    return
            elif kind is None or kind == "n":
                text = day(written) if style in date_styles else number_text(written)
            elif kind == "d":
                text = written.partition("T")[0]
            elif kind == "b":
                text = "TRUE" if written == "1" else "FALSE"
            else:
                text = unescape(written)
            cells[place] = text
        elif name in row_names:
            if cells:
                done.append((number, cells))
        elif name in dropped_names:
            del pieces[mark:]

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append


def _shared_text(written: str, texts: SharedTexts, seen: dict[str, str]) -> str:
    if not written.isdecimal() or len(written) > 9:
        raise SheetXml
    text = texts[int(written)]
    # Words that recur in every row come first in the table of texts.
    if len(seen) < _WORDS_KEPT:
        seen[written] = text
    return text


def _row_number(written: str) -> int:
    if not written.isdecimal() or not 1 <= (number := int(written[:8])) <= _LAST_ROW:
        raise SheetXml
    return number


def _column(letters: str, columns: dict[str, int]) -> int:
    place = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or place > _LAST_COLUMN:
            raise SheetXml
        place = place * 26 + ord(letter) - 64
    if not 1 <= place <= _LAST_COLUMN:
        raise SheetXml
    columns[letters] = place - 1
    return place - 1
