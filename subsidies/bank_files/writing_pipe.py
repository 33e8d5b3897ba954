"""The default shape: text separated by |, and a workbook with the same cells."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from offices.spreadsheets import harmless_cell
from subsidies.bank_files.layout import COLUMNS, ENCODING, SEPARATOR, Header, amount_text
from subsidies.bank_files.line import Line
from subsidies.enums import BANK_REASONS, ReturnReason

_WIDTHS = (8, 12, 22, 28, 26, 12, 14, 16, 15, 20)


def cell(text: str) -> str:
    """A text as a field: on one line, without the separator, never taken for a formula."""
    return harmless_cell(text.replace(SEPARATOR, "｜"))


def cells_of(line: Line) -> list[str]:
    """A payment as cells."""
    return [
        str(line.serial),
        cell(line.name),
        line.number,
        cell(line.bank),
        line.account,
        amount_text(line.amount),
        cell(line.township),
        cell(line.village),
        line.phone,
        "重发" if line.is_reissue else "",
    ]


def as_text(header: Header, rows: Sequence[Sequence[str]]) -> bytes:
    """The file as text: GB18030 has every character, those outside the basic plane too."""
    lines = [SEPARATOR.join(cells) for cells in (header.cells(), *rows)]
    return "".join(f"{line}\r\n" for line in lines).encode(ENCODING)


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
    sheet = workbook.add_worksheet("发放明细")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width, text)
    for place, cells in enumerate((header.cells(), *rows)):
        for column, value in enumerate(cells):
            sheet.write_string(place, column, value, text)
    notes = workbook.add_worksheet("说明")
    notes.set_column(0, 0, 12)
    notes.set_column(1, 1, 60)
    explained = [
        ("第1行", "批次号、项目、所属期、笔数、合计金额"),
        *((f"第{place}列", name) for place, name in enumerate(COLUMNS, 1)),
        (f"第{len(COLUMNS) + 1}列", "银行回盘填写：00 成功，其余为退票代码"),
        *((reason.value, _REASONS_ZH[reason]) for reason in BANK_REASONS),
    ]
    for place, (name, meaning) in enumerate(explained):
        notes.write_string(place, 0, name)
        notes.write_string(place, 1, meaning)
    workbook.close()
    return target.getvalue()


_REASONS_ZH = {
    ReturnReason.NO_ACCOUNT: "账号不存在",
    ReturnReason.NAME_DIFFERS: "户名不符",
    ReturnReason.CLOSED: "账户已销户",
    ReturnReason.FROZEN: "账户已冻结",
    ReturnReason.DORMANT: "账户已睡眠",
    ReturnReason.DOCUMENT_EXPIRED: "证件过期",
    ReturnReason.LIMIT: "超过账户类别限额",
    ReturnReason.WRONG_BANK: "开户行错误",
    ReturnReason.DUPLICATE: "重复发放",
    ReturnReason.HOLDER_DECEASED: "户主已死亡",
    ReturnReason.BANK_FAILURE: "银行处理失败",
    ReturnReason.OTHER: "其他原因",
}
