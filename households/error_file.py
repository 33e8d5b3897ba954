"""The file of refused rows that a clerk downloads, corrects her own file by, and brings back."""

from __future__ import annotations

import csv
from typing import TextIO

from households.rows import RefusedRow, RowNote
from offices.spreadsheets import harmless_cell

ERROR_COLUMNS = ("行号", "姓名", "列", "原值", "代码", "说明")
_BYTE_ORDER_MARK = "\ufeff"


class ErrorFile:
    """Writes the error file as rows are refused: CSV with a byte order mark, one line for a reason.

    `行号` is the row number that a spreadsheet shows; values are masked where they are
    sensitive; no cell can be taken for a formula. `target` is opened with `newline=""`
    and UTF-8.
    """

    def __init__(self, target: TextIO) -> None:
        target.write(_BYTE_ORDER_MARK)
        self._writer = csv.writer(target)
        self._writer.writerow(ERROR_COLUMNS)
        self.lines = 0

    def write(self, row: RefusedRow) -> None:
        """Every reason for which one row was refused."""
        for error in row.errors:
            self.write_note(line=row.line, name=row.name, note=error)

    def write_note(self, *, line: int, name: str, note: RowNote) -> None:
        """One remark; also for what only the end of the file shows, such as a repeated number."""
        cells = (name, note.column, note.value_masked, note.code, note.explanation)
        self._writer.writerow([line, *map(harmless_cell, cells)])
        self.lines += 1
