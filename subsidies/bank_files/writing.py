"""Files for the bank, made from the lines of a batch in the shape of its bank."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal

from offices.divisions import full_code
from offices.models import Division
from offices.sealing import Purpose, seal_bytes
from subsidies.bank_files.layout import Header
from subsidies.bank_files.line import Line
from subsidies.bank_files.shapes import SHAPES
from subsidies.bank_files.writing_pipe import cell
from subsidies.enums import FileFormat
from subsidies.models import BankFile, Payment, PaymentBatch

MEDIA_TYPES = {
    FileFormat.TEXT: "text/plain; charset=gb18030",
    FileFormat.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.ROSTER: "text/csv; charset=gb18030",
    FileFormat.ROSTER_BOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def bank_files_of(batch: PaymentBatch, progress: Callable[[int], None] | None = None) -> list[BankFile]:
    """The unsaved files of a batch, every format of its bank's shape for every part, in order of serials.

    `progress` hears after each part how many lines are written.
    """
    shape, size = SHAPES[batch.bank.layout], batch.bank.rows_a_file
    lines = list(batch.payments.select_related("person").order_by("serial"))
    parts = [lines[start : start + size] for start in range(0, len(lines), size)]
    places = dict(Division.objects.values_list("code", "name"))
    files = []
    for part, part_lines in enumerate(parts, 1):
        number = batch.number if len(parts) == 1 else f"{batch.number}-{part:02d}"
        rows = [shape.cells(in_clear(line, places)) for line in part_lines]
        total = sum((line.amount for line in part_lines), Decimal())
        header = Header(number, programme_text(batch), batch.period, len(rows), total)
        for file_format, write in shape.write.items():
            content = write(header, rows)
            files.append(
                BankFile(
                    batch=batch,
                    part=part,
                    format=file_format,
                    number=number,
                    name=f"{number}.{shape.endings[file_format]}",
                    count=len(rows),
                    total_amount=total,
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    content=seal_bytes(content, Purpose.FILE),
                    division_code=batch.division_code,
                )
            )
        if progress:
            progress(part_lines[-1].serial)
    return files


def programme_text(batch: PaymentBatch) -> str:
    """How the header names the programme, whatever the language of the page."""
    return cell(f"{batch.programme_id} {batch.programme.name_zh}")


def in_clear(line: Payment, places: dict[str, str]) -> Line:
    """A line of a batch in clear, for as long as a file is written; `places` names every division."""
    township, village = full_code(line.division_code[:9]), line.division_code
    number, account = line.payee_id_number, line.payee_account
    phone = None if line.representative_id else line.person.phone
    return Line(
        serial=line.serial,
        name=line.payee_name,
        number=number.reveal() if number else "",
        bank=line.payee_bank,
        account=account.reveal(),
        amount=line.amount,
        township=places.get(township, township),
        village=places.get(village, village),
        phone=phone.reveal() if phone else "",
        is_reissue=line.supersedes_id is not None,
    )
