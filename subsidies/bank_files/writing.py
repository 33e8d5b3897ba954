"""Files for the bank, made from the lines of a batch."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter

from offices.divisions import full_code
from offices.models import Division
from offices.sealing import Purpose, seal_bytes
from offices.spreadsheets import harmless_cell
from subsidies.bank_files.layout import COLUMNS, ENCODING, ROWS_A_FILE, SEPARATOR, Header, amount_text
from subsidies.enums import FileFormat, ReturnReason
from subsidies.models import BankFile, Payment, PaymentBatch

MEDIA_TYPES = {
    FileFormat.TEXT: "text/plain; charset=gb18030",
    FileFormat.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ENDINGS = {FileFormat.TEXT: "txt", FileFormat.WORKBOOK: "xlsx"}
_WIDTHS = (8, 12, 22, 28, 26, 12, 14, 16, 15, 20)


def bank_files_of(batch: PaymentBatch) -> list[BankFile]:
    """The unsaved files of a batch: a text and a workbook for every 5,000 lines, in order of serials."""
    lines = list(batch.payments.select_related("person").order_by("serial"))
    parts = [lines[start : start + ROWS_A_FILE] for start in range(0, len(lines), ROWS_A_FILE)]
    places = dict(Division.objects.values_list("code", "name"))
    files = []
    for part, part_lines in enumerate(parts, 1):
        number = batch.number if len(parts) == 1 else f"{batch.number}-{part:02d}"
        rows = [_row(line, places) for line in part_lines]
        total = sum((line.amount for line in part_lines), Decimal())
        header = Header(number, programme_text(batch), batch.period, len(rows), total)
        for file_format, content in (
            (FileFormat.TEXT, as_text(header, rows)),
            (FileFormat.WORKBOOK, as_workbook(header, rows)),
        ):
            files.append(
                BankFile(
                    batch=batch,
                    part=part,
                    format=file_format,
                    number=number,
                    name=f"{number}.{_ENDINGS[file_format]}",
                    count=len(rows),
                    total_amount=total,
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    content=seal_bytes(content, Purpose.FILE),
                    division_code=batch.division_code,
                )
            )
    return files


def programme_text(batch: PaymentBatch) -> str:
    """How the header names the programme, whatever the language of the page."""
    return cell(f"{batch.programme_id} {batch.programme.name_zh}")


def cell(text: str) -> str:
    """A text as a field: on one line, without the separator, never taken for a formula."""
    return harmless_cell(text.replace(SEPARATOR, "｜"))


def _row(line: Payment, places: dict[str, str]) -> list[str]:
    township, village = full_code(line.division_code[:9]), line.division_code
    number, account, phone = line.payee_id_number, line.payee_account, line.person.phone
    return [
        str(line.serial),
        cell(line.payee_name),
        number.reveal() if number else "",
        cell(line.payee_bank),
        account.reveal(),
        amount_text(line.amount),
        cell(places.get(township, township)),
        cell(places.get(village, village)),
        phone.reveal() if phone else "",
        "重发" if line.supersedes_id else "",
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
        *((reason.value, _REASONS_ZH[reason]) for reason in ReturnReason),
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
