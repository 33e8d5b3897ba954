"""Shapes of banks' files: what stands where, how it is written and how an answer is read.

A bank (subsidies.models.Bank) names its shape. Whatever a file looks like, its lines are read into
the same cells: the serial first, amounts in yuan, the result last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from subsidies.bank_files import records, writing_pipe
from subsidies.bank_files.layout import AMOUNT, COLUMN_LABELS, SENSITIVE, Header, read_result
from subsidies.bank_files.line import Line
from subsidies.bank_files.reading import AnswerFile, read_answer
from subsidies.enums import BankLayout, FileFormat, ReturnReason

PAID = "paid"
Write = Callable[[Header, Sequence[Sequence[str]]], bytes]


_REASONS: dict[str | None, ReturnReason] = {reason.value: reason for reason in ReturnReason}


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its columns, the files that are made of it, and how an answer is read back.

    `codes_of_its_own`: results are only those that the bank's record names.
    """

    labels: tuple[str | Promise, ...]
    amount: int
    sensitive: frozenset[int]
    cells: Callable[[Line], list[str]]
    write: Mapping[FileFormat, Write]
    endings: Mapping[FileFormat, str]
    read: Callable[[bytes], AnswerFile]
    codes_of_its_own: bool = False

    def result(self, text: str, codes: Mapping[str, str]) -> ReturnReason | str | None:
        """`"paid"`, the reason of a return, or None for what this bank's list does not have."""
        code = text.strip().split(maxsplit=1)[0] if text.strip() else ""
        named = codes.get(code)
        if named == PAID:
            return PAID
        if named in _REASONS:
            return _REASONS[named]
        return None if self.codes_of_its_own else read_result(text)


PIPE = Shape(
    labels=COLUMN_LABELS,
    amount=AMOUNT,
    sensitive=SENSITIVE,
    cells=writing_pipe.cells_of,
    write={FileFormat.TEXT: writing_pipe.as_text, FileFormat.WORKBOOK: writing_pipe.as_workbook},
    endings={FileFormat.TEXT: "txt", FileFormat.WORKBOOK: "xlsx"},
    read=read_answer,
)
RECORDS = Shape(
    labels=records.LABELS,
    amount=records.AMOUNT,
    sensitive=records.SENSITIVE,
    cells=records.cells_of,
    write={FileFormat.TEXT: records.as_records},
    endings={FileFormat.TEXT: "csv"},
    read=records.read_records,
    codes_of_its_own=True,
)
SHAPES: Mapping[str, Shape] = {BankLayout.PIPE: PIPE, BankLayout.RECORDS: RECORDS}
