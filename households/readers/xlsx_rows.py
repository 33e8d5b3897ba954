"""Rows of a workbook's first sheet, parsed as the bytes come: memory does not grow with the file.

A reader that loads the sheet needs 1.4 GB for a million rows, and one stray cell in the last
corner of a sheet makes it ask for hundreds; this one sees cells only where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from households.readers.limits import ReadingLimits, refuse_cell, refuse_rows
from households.readers.xlsx_package import DEEPEST, SheetXml, new_parser, opened, parsed, workbook_of
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

Cells = dict[int, str]
NumberedCells = tuple[int, Cells]


def sheet_rows(source: BinaryIO, limits: ReadingLimits) -> Iterator[NumberedCells]:
    """Row numbers as the spreadsheet shows them, and the cells that hold something by column.

    Raises DomainError: `cell_too_long`, `cells_merged`, `too_many_rows`, and as `opened`.
    """
    with opened(source, limits) as package:
        workbook = workbook_of(package, limits)
        done: list[NumberedCells] = []
        parser = new_parser()
        parser.buffer_text = True
        _listen(
            parser,
            done,
            limits,
            texts=shared_texts(package, workbook.strings, limits),
            date_styles=date_styles(package, workbook.styles, limits),
            day=date_reader(counts_from_1904=workbook.counts_from_1904),
        )
        for _chunk in parsed(package, workbook.sheet, parser, limits):
            yield from done
            done.clear()


def _qualified(local: str) -> frozenset[str]:
    return frozenset(f"{namespace} {local}" for namespace in _NAMESPACES)


def _merged(cells: str) -> DomainError:
    return DomainError(
        "cells_merged",
        _(
            "Cells are merged (%(cells)s). Undo the merging, fill in each row by itself and choose the file again."
        ),
        cells=cells[:30],
    )


def _listen(
    parser: expat.XMLParserType,
    done: list[NumberedCells],
    limits: ReadingLimits,
    *,
    texts: SharedTexts,
    date_styles: frozenset[str],
    day: Callable[[str], str],
) -> None:
    """Set the parser's handlers so that finished rows gather in `done`.

    A sheet of a hundred thousand rows makes some ten million calls of these: hence closures,
    one comparison per name, and text collected by the list itself.
    """
    cell_names, value_names, row_names, text_names, merged_names = map(
        _qualified, ("c", "v", "row", "t", "mergeCell")
    )
    dropped_names = _qualified("f") | _qualified("rPh")
    columns: dict[str, int] = {}
    seen: dict[str, str] = {}
    pieces: list[str] = []
    longest = limits.cell_characters
    rows_left = limits.rows + 1
    mark = depth = number = 0
    place = -1
    kind: str | None = None
    style: str | None = None
    cells: Cells = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, place, kind, style, cells, mark, depth, rows_left
        depth += 1
        if depth > DEEPEST:
            raise SheetXml
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
            rows_left -= 1
            if rows_left < 0:
                raise refuse_rows(limits)
        elif name in dropped_names:
            mark = len(pieces)
        elif name in text_names and pieces and not "".join(pieces).strip():
            # Indentation between the elements of a sheet that was written to be looked at.
            pieces.clear()
        elif name in merged_names:
            raise _merged(attributes.get("ref", ""))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
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
            if len(text) > longest:
                raise refuse_cell(limits, number)
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
