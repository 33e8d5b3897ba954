"""An answer compared, cell by cell, with what was sent: anything altered is found and said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subsidies.bank_files.layout import RESULT_LABEL, Header, read_amount
from subsidies.bank_files.reading import AnswerFile, AnswerRow
from subsidies.bank_files.shapes import PIPE, Shape
from subsidies.enums import ReturnReason

_SERIAL = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a line, for the person who sends the file back to the bank.

    `line` 0 is the file as a whole. Sensitive values are not repeated in the sentence.
    """

    line: int
    column: str | Promise
    code: str
    message: str | Promise
    params: tuple[tuple[str, Any], ...] = ()

    @property
    def sentence(self) -> str:
        return str(self.message) % dict(self.params) if self.params else str(self.message)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A sound line: which serial, and paid or why it came back."""

    serial: int
    amount: Decimal
    return_reason: ReturnReason | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing: the sound lines, and everything that is wrong."""

    lines: list[AnswerLine]
    errors: list[RowError]


def compare(
    answer: AnswerFile,
    *,
    sent_header: Header,
    sent_rows: Mapping[int, list[str]],
    answered: frozenset[int],
    shape: Shape = PIPE,
    codes: Mapping[str, str] | None = None,
) -> Compared:
    """Go through an answer. `answered` are the serials that an earlier answer has settled.

    `shape` says what stands where, `codes` what this bank calls its results.

    An answer may cover a part of the lines when its header counts that part; the order is the
    order sent.
    """
    errors = _header_errors(answer, sent_header, shape)
    label = shape.labels[0]
    lines: list[AnswerLine] = []
    seen: set[int] = set()
    last = 0
    for row in answer.rows:
        serial = int(row.cells[0]) if _SERIAL.fullmatch(row.cells[0]) else None
        if serial is None or serial not in sent_rows:
            errors.append(
                RowError(
                    row.line,
                    label,
                    "unknown_line",
                    _("Our file has no line “%(serial)s”. Ask the bank where it comes from."),
                    (("serial", row.cells[0][:20]),),
                )
            )
            continue
        if serial in seen:
            errors.append(
                _line_error(
                    row, label, serial, "doubled_line", _("Line %(serial)s stands twice in the file.")
                )
            )
            continue
        if serial in answered:
            errors.append(
                _line_error(
                    row,
                    label,
                    serial,
                    "answered_line",
                    _("Line %(serial)s has been answered before, by another file."),
                )
            )
        if serial < last:
            errors.append(
                _line_error(
                    row,
                    label,
                    serial,
                    "shuffled_line",
                    _(
                        "Line %(serial)s is not in the order in which it was sent. Somebody has sorted the file."
                    ),
                )
            )
        seen.add(serial)
        last = serial
        found, line = _compare_row(row, sent_rows[serial], shape, codes or {}, serial)
        errors += found
        if line is not None:
            lines.append(line)
    return Compared(lines, errors)


def _line_error(row: AnswerRow, label: str | Promise, serial: int, code: str, message: Promise) -> RowError:
    return RowError(row.line, label, code, message, (("serial", serial),))


def _header_errors(answer: AnswerFile, sent: Header, shape: Shape) -> list[RowError]:
    header = answer.header
    errors = []
    if header.programme != sent.programme:
        errors.append(
            RowError(
                1,
                _("Programme"),
                "other_programme",
                _("The header names another programme than the file that was sent."),
            )
        )
    if header.period != sent.period:
        errors.append(
            RowError(
                1,
                _("Period"),
                "other_period",
                _("The header names the period %(found)s, our file is for %(sent)s."),
                (("found", header.period[:20]), ("sent", sent.period)),
            )
        )
    if header.count != len(answer.rows):
        errors.append(
            RowError(
                1,
                _("Count"),
                "header_count",
                _("The header counts %(header)s lines, the file has %(rows)s. A line is lost or was added."),
                (("header", header.count), ("rows", len(answer.rows))),
            )
        )
    total = sum(
        (
            read_amount(row.cells[shape.amount]) or Decimal()
            for row in answer.rows
            if len(row.cells) > shape.amount
        ),
        Decimal(),
    )
    if header.total != total:
        errors.append(
            RowError(
                1,
                _("Total"),
                "header_total",
                _("The header's total is %(header)s yuan, the lines add up to %(rows)s yuan."),
                (("header", header.total), ("rows", total)),
            )
        )
    return errors


def _compare_row(
    row: AnswerRow, sent: list[str], shape: Shape, codes: Mapping[str, str], serial: int
) -> tuple[list[RowError], AnswerLine | None]:
    width = len(shape.labels)
    if len(row.cells) < width + 1:
        return [
            RowError(
                row.line,
                RESULT_LABEL,
                "short_line",
                _("The line has %(found)s fields instead of %(needed)s: the same fields and the result."),
                (("found", len(row.cells)), ("needed", width + 1)),
            )
        ], None
    errors = []
    for place, expected in enumerate(sent):
        found = row.cells[place]
        if place == shape.amount:
            if read_amount(found) != read_amount(expected):
                errors.append(
                    RowError(
                        row.line,
                        shape.labels[place],
                        "amount_mismatch",
                        _("The answer has %(found)s yuan, %(sent)s yuan were sent."),
                        (("found", found[:20]), ("sent", expected)),
                    )
                )
        elif place and found != expected:
            errors.append(_altered(row, place, shape))
    result = shape.result(row.cells[width], codes)
    if result is None:
        errors.append(
            RowError(
                row.line,
                RESULT_LABEL,
                "unknown_result",
                _("The result “%(found)s” is not in the bank's list: 00 for paid, or the code of a return."),
                (("found", row.cells[width][:20]),),
            )
        )
    amount = read_amount(sent[shape.amount])
    if errors or result is None or amount is None:
        return errors, None
    return [], AnswerLine(serial, amount, result if isinstance(result, ReturnReason) else None)


def _altered(row: AnswerRow, place: int, shape: Shape) -> RowError:
    found = row.cells[place]
    if place in shape.sensitive and ("E+" in found.upper() or found.endswith("000")):
        return RowError(
            row.line,
            shape.labels[place],
            "rounded_value",
            _(
                "A spreadsheet has rounded this number. Ask the bank for the answer as it came from its system."
            ),
        )
    return RowError(
        row.line, shape.labels[place], "altered_value", _("The value is not the one that was sent.")
    )
