"""How an exported table is written, so that no cell of it is ever computed.

A workbook keeps every text as text: a cell that looks like a formula is of the type string and bears the
quote prefix, so that it stays text when somebody edits it. A CSV file has no types: such a cell begins
with an apostrophe, which a spreadsheet program shows as part of the text.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import io
from typing import Any

from import_export.formats.base_formats import Format

from offices.enums import ExportFormat
from offices.exports import Mark
from offices.spreadsheets import harmless_cell, looks_computed, one_line

_MOST_IN_CELL = 32_767
_MOST_IN_PRINTED_HEAD = 200
_WIDEST = 40
_ROWS_MEASURED = 200


class MarkedXlsx(Format):
    """A workbook: the table from its first row on, the mark below it, on every printed page, and in its properties."""

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def export_data(self, dataset: Any, *, mark: Mark, sheets: tuple[str, str]) -> bytes:
        """The file's bytes; `sheets` names the table's sheet and the one that says what the file is."""
        import xlsxwriter

        written = io.BytesIO()
        never_computed = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(written, {"in_memory": True, **never_computed}) as book:
            book.set_properties(
                {
                    "title": one_line(mark.title),
                    "author": one_line(mark.by),
                    "keywords": mark.code,
                    "comments": one_line(mark.sentence),
                    # No clock but the business one.
                    "created": datetime.datetime.combine(mark.day, datetime.time(), datetime.UTC),
                }
            )
            write = _CellWriter(book, book.add_worksheet(sheets[0]))
            for place, heading in enumerate(dataset.headers):
                write.cell(0, place, heading, write.heading)
            for number, row in enumerate(dataset, start=1):
                for place, value in enumerate(row):
                    write.cell(number, place, value)
            write.arrange(dataset)
            write.cell(len(dataset) + 2, 0, mark.sentence, write.note)
            write.mark_pages(mark)
            about = _CellWriter(book, book.add_worksheet(sheets[1]))
            about.sheet.set_column(0, 0, 16)
            about.sheet.set_column(1, 1, 70)
            about.mark_pages(mark)
            about.cell(0, 0, mark.sentence, about.note)
            for number, (label, value) in enumerate(mark.filters, start=2):
                about.cell(number, 0, label)
                about.cell(number, 1, value)
        return written.getvalue()


class _CellWriter:
    """Writes cells of a sheet by the kind of their value, texts always as texts."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.sheet = sheet
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.note = book.add_format({"italic": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._quoted = book.add_format({"quote_prefix": True})

    def cell(self, row: int, place: int, value: Any, look: Any = None) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime.date):
            self.sheet.write_datetime(
                row, place, datetime.datetime.combine(value, datetime.time()), look or self._day
            )
        elif isinstance(value, int) and not isinstance(value, bool):
            self.sheet.write_number(row, place, value, look)
        else:
            text = one_line(str(value))[:_MOST_IN_CELL]
            self.sheet.write_string(row, place, text, self._quoted if looks_computed(text) else look)

    def arrange(self, dataset: Any) -> None:
        """Columns as wide as their first texts, the headings always in sight, filters above them."""
        for place, heading in enumerate(dataset.headers):
            texts = [heading, *(str(row[place]) for row in dataset[:_ROWS_MEASURED])]
            widest = max(sum(2 if letter > "\u2e7f" else 1 for letter in text) for text in texts)
            self.sheet.set_column(place, place, min(widest, _WIDEST) + 2)
        self.sheet.freeze_panes(1, 0)
        if len(dataset):
            self.sheet.autofilter(0, 0, len(dataset), len(dataset.headers) - 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)

    def mark_pages(self, mark: Mark) -> None:
        """The mark in the head and foot of every printed page."""
        self.sheet.set_header(f"&L&9{_printed(mark.title)}&R&9{mark.code}")
        self.sheet.set_footer(f"&L&8{_printed(mark.sentence)}&R&8&P / &N")


def _printed(text: str) -> str:
    """For a head or foot, where an ampersand begins a code and a digit would belong to the size before it."""
    return f" {one_line(text)}".replace("&", "＆")[:_MOST_IN_PRINTED_HEAD]


class MarkedCsv(Format):
    """Text with commas in UTF-8 with its mark (BOM), lines ended as RFC 4180 has them; the last line begins with #."""

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def export_data(self, dataset: Any, *, mark: Mark, sheets: tuple[str, str]) -> bytes:
        """The file's bytes; `sheets` has no use here."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([harmless_cell(heading) for heading in dataset.headers])
        writer.writerows([harmless_cell(_said(value)) for value in row] for row in dataset)
        writer.writerow([f"# {one_line(mark.sentence)}"])
        return codecs.BOM_UTF8 + text.getvalue().encode()


def _said(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


FORMATS: dict[str, type[MarkedXlsx | MarkedCsv]] = {
    ExportFormat.XLSX: MarkedXlsx,
    ExportFormat.CSV: MarkedCsv,
}
