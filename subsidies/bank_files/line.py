"""A payment in clear, as a file for the bank says it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A payee and her amount (yuan), as they were frozen; held only while a file is written."""

    serial: int
    name: str
    number: str
    bank: str
    account: str
    amount: Decimal
    township: str
    village: str
    phone: str
    is_reissue: bool
