"""What else a row tells: certificate, employment, examination, phone and account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from households.rows.identity import read_past_day
from households.rows.notes import Notes
from households.rows.words import refuse_empty
from offices.errors import DomainError
from offices.identifiers import (
    clean_number,
    clean_phone,
    is_rounded,
    passes_luhn,
    read_credit_code,
    rounded_number,
)

_FIRST_EXAMINATION_YEAR = 1977
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")
_ACCOUNT = re.compile(r"[0-9A-Z]{6,32}")
_CARD = re.compile(r"[0-9]{16,19}")
_BANK_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Certificate:
    """An only-child certificate: number and day of issue."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Where money for the person goes: both or neither."""

    bank: str
    number: str


NO_ACCOUNT = Account("", "")


def read_short_text(column: str, text: str, limit: int, notes: Notes) -> str:
    """Text of a cell that holds a number or a name given by somebody else."""
    if len(text) > limit:
        notes.refuse(
            column,
            text,
            "value_too_long",
            _("At most %(limit)s characters fit here. Shorten the text."),
            limit=limit,
        )
    elif is_rounded(text):
        notes.refuse_for(column, text, rounded_number())
    elif not text.isprintable():
        notes.refuse(
            column, text, "value_characters", _("This cell contains invisible characters. Type it again.")
        )
    return text


def read_certificate(
    *, number: str, issued: str, as_of: date, born_on: date | None, notes: Notes
) -> Certificate | None:
    """The certificate of a parent; its number and its date are given together or not at all."""
    if not number and not issued:
        return None
    if not number or not issued:
        notes.refuse(
            "光荣证发证日期" if number else "光荣证号",
            "",
            "certificate_incomplete",
            _("Number and date of the only-child certificate belong together. Fill in both or neither."),
        )
        return None
    read_short_text("光荣证号", number, 40, notes)
    issued_on = read_past_day("光荣证发证日期", issued, as_of=as_of, born_on=born_on, notes=notes)
    return Certificate(number, issued_on) if issued_on else None


def read_employer(text: str, notes: Notes) -> str:
    """An employer's unified social credit code."""
    if not text:
        return ""
    try:
        return read_credit_code(text)
    except DomainError as refusal:
        notes.refuse_for("用人单位代码", text, refusal)
        return ""


def read_examination_year(text: str, *, as_of: date, born_on: date | None, notes: Notes) -> int | None:
    """The year of an entrance examination: next year's are registered in this one."""
    if not text:
        return None
    digits = text.removesuffix("年")
    first = max(_FIRST_EXAMINATION_YEAR, born_on.year + 1 if born_on else 0)
    last = as_of.year + 1
    if len(digits) == 4 and digits.isascii() and digits.isdigit() and first <= int(digits) <= last:
        return int(digits)
    notes.refuse(
        "考试年度",
        text,
        "examination_year",
        _("The examination year must be a year from %(first)s to %(last)s. Correct it."),
        first=first,
        last=last,
    )
    return None


def read_phone(text: str, notes: Notes) -> str:
    """A mobile or landline number; one that nobody can ring is not stored."""
    if not text:
        return ""
    number = clean_phone(text)
    if _PHONE.fullmatch(number):
        return number
    if is_rounded(number):
        notes.refuse_for("手机号", text, rounded_number())
    else:
        notes.warn(
            "手机号",
            text,
            "phone_unusable",
            _("This is not a phone number that can be rung, so it was not stored. Ask for the number."),
        )
    return ""


def read_account(*, bank: str, account: str, notes: Notes) -> Account:
    """Bank and account; an incomplete or impossible pair is not stored, so that no money goes astray."""
    if not bank and not account:
        return NO_ACCOUNT
    number = clean_number(account).replace("-", "")
    if is_rounded(number):
        notes.refuse_for("银行账号", account, rounded_number())
    elif not bank or not number:
        notes.warn(
            "银行账号" if bank else "开户银行",
            "",
            "account_incomplete",
            _("Bank and account belong together, so neither was stored. Fill in both."),
        )
    elif not _ACCOUNT.fullmatch(number):
        notes.warn(
            "银行账号",
            account,
            "account_unusable",
            _(
                "This is not an account number, so it was not stored. Copy it again from the card or passbook."
            ),
        )
    else:
        if _CARD.fullmatch(number) and not passes_luhn(number):
            notes.warn(
                "银行账号",
                account,
                "account_check_digit",
                _("If this is a bank card, one digit is wrong (passbooks may look like this). Compare it."),
            )
        return Account(read_short_text("开户银行", bank, _BANK_LENGTH, notes), number)
    return NO_ACCOUNT


def read_household_number(text: str, notes: Notes) -> str:
    """The number of a household within its village."""
    if not text:
        refuse_empty(notes, "户编号")
    return read_short_text("户编号", text, 40, notes)
