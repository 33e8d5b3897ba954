"""The roster that goes with a transfer of premiums (代缴保费花名册), and the fund's answer to it.

A header (number of the batch, programme, year covered, count of persons, total, digest of the
roster), a row of titles, then a row a person. The answer is the same with the result as the eighth
field: 00 taken in, 21 insured already, 22 not found, 23 stands twice. CSV in GB18030 with CR LF,
or XLSX with the same cells. Funds take files of other shapes by their own import: from memory, so
the results are a list that a county may write in words too.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from offices.spreadsheets import harmless_cell
from subsidies.bank_files.layout import COLUMN_LABELS, ENCODING, Header, amount_text
from subsidies.bank_files.line import Line
from subsidies.bank_files.reading import (
    ENCRYPTED,
    MOST_BYTES,
    WORKBOOK,
    AnswerFile,
    AnswerRow,
    header_of,
    too_large,
    unreadable,
    workbook_rows,
)
from subsidies.bank_files.shapes import PAID, Shape
from subsidies.enums import FUND_REASONS, FileFormat, ReturnReason

COLUMNS = ("序号", "姓名", "身份证号", "乡镇", "村", "代缴金额", "备注")
_RESULT = "结果"
_LABELS = (*COLUMN_LABELS[:3], *COLUMN_LABELS[6:8], _("Premium (yuan)"), COLUMN_LABELS[9])
_AMOUNT = COLUMNS.index("代缴金额")
_WIDTHS = (8, 12, 22, 14, 16, 12, 10, 12)
RESULTS_ZH = {
    ReturnReason.INSURED_ALREADY: "已参保",
    ReturnReason.NOT_FOUND: "查无此人",
    ReturnReason.DOUBLE: "重复参保",
}
CODES = {
    **dict.fromkeys(("00", "0", "参保成功", "已登记", "成功"), PAID),
    **{reason.value: reason.value for reason in FUND_REASONS},
    **{words: reason.value for reason, words in RESULTS_ZH.items()},
}
"""What a fund may write in the last field, to our results."""


def cells_of(line: Line) -> list[str]:
    """A person as cells."""
    return [
        str(line.serial),
        harmless_cell(line.name),
        line.number,
        harmless_cell(line.township),
        harmless_cell(line.village),
        amount_text(line.amount),
        "补缴" if line.is_reissue else "",
    ]


def digest_of(header: Header, rows: Sequence[Sequence[str]]) -> str:
    """SHA-256 over the canonical roster: header and rows, fields parted by tabs, in UTF-8."""
    lines = ["\t".join(cells) for cells in (header.cells(), *rows)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def as_csv(header: Header, rows: Sequence[Sequence[str]]) -> bytes:
    """The roster as text for the fund's own program."""
    target = io.StringIO(newline="")
    out = csv.writer(target, lineterminator="\r\n")
    out.writerow([*header.cells(), digest_of(header, rows)])
    out.writerow([*COLUMNS, _RESULT])
    out.writerows([*cells, ""] for cells in rows)
    return target.getvalue().encode(ENCODING)


def as_workbook(header: Header, rows: Sequence[Sequence[str]]) -> bytes:
    """The same cells as the first sheet of a workbook, all of them text; the second explains them."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    text = workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet("代缴花名册")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, text)
    titles = [*COLUMNS, _RESULT]
    for place, cells in enumerate(([*header.cells(), digest_of(header, rows)], titles, *rows)):
        for column, value in enumerate(cells):
            sheet.write_string(place, column, value, text)
    notes = workbook.add_worksheet("说明")
    notes.set_column(0, 0, 14)
    notes.set_column(1, 1, 70)
    explained = [
        ("第1行", "批次号、项目、保障年度、人数、合计金额、花名册摘要（SHA-256）"),
        ("结果", "由经办机构逐人填写：00 参保成功；21 已参保；22 查无此人；23 重复参保"),
        ("未参保的", "其保费请按原路退回，退款金额须与未参保人员的合计一致"),
    ]
    for place, (name, meaning) in enumerate(explained):
        notes.write_string(place, 0, name)
        notes.write_string(place, 1, meaning)
    workbook.close()
    return target.getvalue()


def read_roster(content: bytes) -> AnswerFile:
    """Cells of the fund's answer, CSV (GB18030 or UTF-8) or XLSX; the row of titles is passed over.

    Raises DomainError `answer_unreadable`, `answer_too_large`, `answer_header`.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    rows = workbook_rows(content) if content.startswith(WORKBOOK) else _csv_rows(content)
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise unreadable()
    return AnswerFile(header_of(rows[0]), [row for row in rows[1:] if row.cells[0] != COLUMNS[0]])


def _csv_rows(content: bytes) -> list[AnswerRow]:
    if content.startswith(ENCRYPTED) or b"\x00" in content:
        raise unreadable()
    for encoding in ("utf-8-sig", ENCODING):
        try:
            text = content.decode(encoding)
            cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise unreadable() from error
        return [AnswerRow(number, [cell.strip() for cell in row]) for number, row in enumerate(cells, 1)]
    raise unreadable()


ROSTER = Shape(
    labels=_LABELS,
    amount=_AMOUNT,
    sensitive=frozenset({2}),
    cells=cells_of,
    write={FileFormat.ROSTER: as_csv, FileFormat.ROSTER_BOOK: as_workbook},
    endings={FileFormat.ROSTER: "csv", FileFormat.ROSTER_BOOK: "xlsx"},
    read=read_roster,
    codes_of_its_own=True,
)
