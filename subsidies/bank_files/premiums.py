"""What leaves with a batch of premiums: one order for the bank, and the roster for the fund."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from offices.models import Division
from offices.sealing import Purpose, seal_bytes
from subsidies.bank_files.layout import Header
from subsidies.bank_files.line import Line
from subsidies.bank_files.roster import ROSTER, digest_of
from subsidies.bank_files.shapes import SHAPES
from subsidies.bank_files.writing import in_clear, programme_text
from subsidies.enums import FileFormat
from subsidies.models import BankFile, PaymentBatch, PremiumTransfer


@dataclass(frozen=True, slots=True)
class PremiumFiles:
    """The unsaved files of a batch of premiums, and the digest that both rosters carry."""

    files: list[BankFile]
    roster_digest: str


def premium_files_of(batch: PaymentBatch, transfer: PremiumTransfer) -> PremiumFiles:
    """The order with its one line, and the roster of all persons in both its forms.

    The files of the order count the persons it pays for, so that approved = roster = transfer.
    """
    files = []
    fund = transfer.fund
    order_header = Header(batch.number, programme_text(batch), batch.period, 1, batch.total_amount)
    order = Line(
        serial=1,
        name=fund.institution,
        number="",
        bank=fund.bank,
        account=fund.account.reveal(),
        amount=batch.total_amount,
        township="",
        village="",
        phone="",
        is_reissue=False,
    )
    shape = SHAPES[batch.bank.layout]
    for file_format, write in shape.write.items():
        name = f"{batch.number}.{shape.endings[file_format]}"
        files.append(_file(batch, file_format, name, write(order_header, [shape.cells(order)])))
    places = dict(Division.objects.values_list("code", "name"))
    lines = batch.payments.select_related("person").order_by("serial")
    rows = [ROSTER.cells(in_clear(line, places)) for line in lines]
    header = Header(batch.number, programme_text(batch), batch.period, len(rows), batch.total_amount)
    for file_format, write in ROSTER.write.items():
        name = f"{batch.number}-roster.{ROSTER.endings[file_format]}"
        files.append(_file(batch, file_format, name, write(header, rows)))
    return PremiumFiles(files, digest_of(header, rows))


def _file(batch: PaymentBatch, file_format: FileFormat, name: str, content: bytes) -> BankFile:
    return BankFile(
        batch=batch,
        part=1,
        format=file_format,
        number=batch.number,
        name=name,
        count=batch.count,
        total_amount=batch.total_amount,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=seal_bytes(content, Purpose.FILE),
        division_code=batch.division_code,
    )
