"""What is wrong or remarkable about one row, in words for the clerk who corrects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from offices.errors import DomainError
from offices.identifiers import mask_citizen_number
from offices.sealing import Purpose, mask

_LONGEST_SHOWN = 60
_IDENTITY_COLUMNS = frozenset({"公民身份号码", "配偶身份号码", "父亲身份号码", "母亲身份号码"})
_SENSITIVE_COLUMNS = {"手机号": Purpose.PHONE, "银行账号": Purpose.BANK_ACCOUNT}


@dataclass(frozen=True, slots=True)
class RowNote:
    """A remark about one cell; `value_masked` is what stood there, hidden where it is sensitive."""

    column: str
    code: str
    value_masked: str
    message: str | Promise
    params: Mapping[str, Any]

    @property
    def explanation(self) -> str:
        """What happened and what to do next, in the language of the day."""
        return str(self.message) % self.params if self.params else str(self.message)


class RowError(RowNote):
    """A reason to refuse the row, and only this row."""

    __slots__ = ()


class RowWarning(RowNote):
    """Worth a look; the row is taken in."""

    __slots__ = ()


class Notes:
    """The remarks on one row, gathered while it is read."""

    __slots__ = ("errors", "warnings")

    def __init__(self) -> None:
        self.errors: list[RowError] = []
        self.warnings: list[RowWarning] = []

    def refuse(self, column: str, value: str, code: str, message: str | Promise, **params: Any) -> None:
        self.errors.append(RowError(column, code, masked(column, value), message, params))

    def refuse_for(self, column: str, value: str, refusal: DomainError) -> None:
        self.errors.append(
            RowError(column, refusal.code, masked(column, value), refusal.message, refusal.params)
        )

    def warn(self, column: str, value: str, code: str, message: str | Promise, **params: Any) -> None:
        self.warnings.append(RowWarning(column, code, masked(column, value), message, params))


def masked(column: str, value: str) -> str:
    """A cell as an error file may show it: sensitive ones masked, long ones cut."""
    if column in _IDENTITY_COLUMNS:
        value = mask_citizen_number(value)
    elif column in _SENSITIVE_COLUMNS:
        value = mask(value, _SENSITIVE_COLUMNS[column])
    return value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…"
