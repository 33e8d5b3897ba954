"""A second shape: records in CSV, amounts in fen, results by the bank's own codes.

GB18030, fields separated by commas and quoted where need be, lines ended by CR LF. `H` is the head
(number, programme, period, count, total), `D` a payment (serial in six digits, account, name, amount,
identity number, note), `T` the trailer (count, total). The answer has the same records; every `D`
has the result's code added, and may have the bank's own reference after it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError
from offices.spreadsheets import harmless_cell
from subsidies.bank_files.layout import COLUMN_LABELS, ENCODING, Header, amount_text, read_amount
from subsidies.bank_files.line import Line
from subsidies.bank_files.reading import MOST_BYTES, AnswerFile, AnswerRow, too_large, unreadable

LABELS = (
    COLUMN_LABELS[0],
    COLUMN_LABELS[4],
    COLUMN_LABELS[1],
    COLUMN_LABELS[5],
    COLUMN_LABELS[2],
    COLUMN_LABELS[9],
)
AMOUNT = 3
SENSITIVE = frozenset({1, 4})
_HEAD, _DETAIL, _TRAILER = "H", "D", "T"
_COUNT = re.compile(r"[0-9]{1,9}")
_FEN = re.compile(r"[0-9]{1,14}")


def cells_of(line: Line) -> list[str]:
    """A payment as cells; the amount still in yuan."""
    note = "重发" if line.is_reissue else ""
    return [
        str(line.serial),
        line.account,
        harmless_cell(line.name),
        amount_text(line.amount),
        line.number,
        note,
    ]


def as_records(header: Header, rows: Sequence[Sequence[str]]) -> bytes:
    """The file for the bank."""
    target = io.StringIO(newline="")
    out = csv.writer(target, lineterminator="\r\n")
    total = _to_fen(header.total)
    out.writerow([_HEAD, header.number, header.programme, header.period, header.count, total])
    for cells in rows:
        serial, account, name, amount, *rest = cells
        out.writerow([_DETAIL, serial.zfill(6), account, name, _to_fen(Decimal(amount)), *rest])
    out.writerow([_TRAILER, header.count, total])
    return target.getvalue().encode(ENCODING)


def _to_fen(yuan: Decimal) -> str:
    return str(int(yuan * 100))


def read_records(content: bytes) -> AnswerFile:
    """Cells of an answer in this shape, amounts in yuan again.

    Raises DomainError `answer_unreadable`, `answer_too_large`, `answer_empty`, `answer_header`,
    `answer_trailer`.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    try:
        text = content.decode(ENCODING)
        lines = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise unreadable() from error
    numbered = [(number, row) for number, row in enumerate(lines, 1) if any(row)]
    if not numbered:
        raise DomainError("answer_empty", _("The file is empty."))
    header = _header_of(numbered[0][1])
    _check_trailer(numbered[-1][1], header)
    return AnswerFile(header, [AnswerRow(number, _cells(row)) for number, row in numbered[1:-1]])


def _cells(row: list[str]) -> list[str]:
    """A detail as it was before it was written; another kind of record is a line that we never sent."""
    if row[0] != _DETAIL or len(row) < 5:
        return [row[0]]
    serial = row[1].lstrip("0") if _COUNT.fullmatch(row[1]) else row[1]
    return [serial, *row[2:4], _to_yuan(row[4]), *row[5:8]]


def _to_yuan(fen: str) -> str:
    return amount_text(Decimal(fen) / 100) if _FEN.fullmatch(fen) else fen


def _header_of(row: list[str]) -> Header:
    total = read_amount(_to_yuan(row[5])) if len(row) > 5 else None
    if row[0] != _HEAD or total is None or not _COUNT.fullmatch(row[4]):
        raise DomainError(
            "answer_header",
            _(
                "The first line is not the header of one of our files: number, programme, period, count and "
                "total. Bring the answer with the header as it was sent."
            ),
        )
    return Header(row[1], row[2], row[3], int(row[4]), total)


def _check_trailer(row: list[str], header: Header) -> None:
    told = (row[1], row[2]) if len(row) > 2 and row[0] == _TRAILER else ("", "")
    if told != (str(header.count), _to_fen(header.total)):
        raise DomainError(
            "answer_trailer",
            _(
                "The last line does not repeat the count and the total of the first: the file was cut off or "
                "altered. Ask the bank for it again."
            ),
        )
