"""What stands where in a file for the bank.

The first line is the header: number of the batch, programme, period, count of lines, total. Every
further line is a payment of ten fields; the answer is the same with the result as the eleventh.
Text is GB18030, separated by `|`, lines ended by CR LF; the workbook's first sheet has the same
cells. Source: docs of the county's benefit-card banks, from memory, so a parameter of each bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from subsidies.enums import BANK_REASONS, ReturnReason

ENCODING = "gb18030"
SEPARATOR = "|"
COLUMNS = ("序号", "姓名", "身份证号", "开户银行", "账号", "金额", "乡镇", "村", "联系电话", "备注")
COLUMN_LABELS = (
    _("Serial"),
    _("Name"),
    _("Identity number"),
    _("Bank"),
    _("Account"),
    _("Amount"),
    _("Township"),
    _("Village"),
    _("Phone"),
    _("Note"),
)
RESULT_LABEL = _("Result")
AMOUNT = COLUMNS.index("金额")
SENSITIVE = frozenset({COLUMNS.index("身份证号"), COLUMNS.index("账号"), COLUMNS.index("联系电话")})
PAID = frozenset({"00", "0", "0000", "成功", "已发放", "PAID", "OK", "SUCCESS"})


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a file: which batch (or part of one), for what, how many lines and how much."""

    number: str
    programme: str
    period: str
    count: int
    total: Decimal

    def cells(self) -> list[str]:
        return [self.number, self.programme, self.period, str(self.count), amount_text(self.total)]


def amount_text(amount: Decimal) -> str:
    """Yuan with two places and nothing else: 960.00."""
    return f"{amount:.2f}"


def read_amount(text: str) -> Decimal | None:
    """Yuan as a bank may write them back: 960, 960.0, 960.00; None when it is no amount to the cent."""
    try:
        amount = Decimal(text.replace(",", ""))
        in_cents = amount.quantize(Decimal("0.01"))
    except InvalidOperation:  # no number, an infinite one, or more digits than any amount has
        return None
    return in_cents if amount == in_cents else None


def read_result(text: str) -> ReturnReason | str | None:
    """`"paid"`, the reason of a return, or None for a result that this bank's list does not have.

    A code may be followed by its words: `02 户名不符`.
    """
    stripped = text.strip()
    if stripped.upper() in PAID:
        return "paid"
    code = stripped.split(maxsplit=1)[0] if stripped else ""
    if code in ("00", "0000"):
        return "paid"
    code = code.zfill(2) if code.isdigit() else code
    return ReturnReason(code) if code in BANK_REASONS else None
