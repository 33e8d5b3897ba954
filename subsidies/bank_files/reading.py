"""Answer files of the bank: read into cells, whatever the bank's program made of them."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import python_calamine
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from subsidies.bank_files.layout import COLUMNS, ENCODING, SEPARATOR, Header, read_amount

MOST_BYTES = 20 * 1024 * 1024
_MOST_UNPACKED = 200 * 1024 * 1024
WORKBOOK = b"PK\x03\x04"
ENCRYPTED = b"\xd0\xcf\x11\xe0"
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A line of an answer, `line` as the spreadsheet or editor counts it."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """An answer as it was read: its header and its lines."""

    header: Header
    rows: list[AnswerRow]


def read_answer(content: bytes) -> AnswerFile:
    """Cells of an answer in text (GB18030 or UTF-8) or XLSX.

    A row of column titles is passed over. Raises DomainError `answer_unreadable`,
    `answer_too_large`, `answer_empty`, `answer_header`.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    rows = workbook_rows(content) if content.startswith(WORKBOOK) else _text_rows(content)
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise DomainError("answer_empty", _("The file is empty."))
    header = header_of(rows[0])
    return AnswerFile(header, [row for row in rows[1:] if row.cells[0] != COLUMNS[0]])


def too_large() -> DomainError:
    """The refusal of a file that is larger than any answer."""
    return DomainError(
        "answer_too_large",
        _("The file is larger than %(limit)s MB, so it is no answer to one of our files."),
        limit=MOST_BYTES // (1024 * 1024),
    )


def unreadable() -> DomainError:
    """The refusal of a file that is no text and no workbook."""
    return DomainError(
        "answer_unreadable",
        _(
            "The file cannot be read. Bring the bank's answer as text separated by “|”, or as an XLSX workbook."
        ),
    )


def _text_rows(content: bytes) -> list[AnswerRow]:
    if content.startswith(ENCRYPTED) or b"\x00" in content:
        raise unreadable()
    for encoding in ("utf-8-sig", ENCODING):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [
            AnswerRow(number, [cell.strip() for cell in line.split(SEPARATOR)])
            for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1)
        ]
    raise unreadable()


def workbook_rows(content: bytes) -> list[AnswerRow]:
    """The rows of a workbook's first sheet. Raises `answer_too_large`, `answer_unreadable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise too_large()
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
        raise unreadable() from error
    return [AnswerRow(number, [_text_of(value) for value in row]) for number, row in enumerate(cells, 1)]


def _text_of(value: Any) -> str:
    """A cell as text; whole numbers without the fraction that spreadsheets give them."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(Decimal(repr(value)))
    return str(value).strip()


def header_of(row: AnswerRow) -> Header:
    """The header in the first row. Raises `answer_header`."""
    cells = [*row.cells, *[""] * 5][:5]
    total = read_amount(cells[4])
    if not cells[0] or not _COUNT.fullmatch(cells[3]) or total is None:
        raise DomainError(
            "answer_header",
            _(
                "The first line is not the header of one of our files: number, programme, period, count and "
                "total. Bring the answer with the header as it was sent."
            ),
        )
    return Header(cells[0], cells[1], cells[2], int(cells[3]), total)
