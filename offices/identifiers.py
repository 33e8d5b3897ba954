"""Numbers that stand for a person or an organisation, and what they tell.

Sources: GB 11643-1999 (citizen number), GB 32100-2015 (unified social credit
code), ISO/IEC 7812 (bank cards). `stdnum` is used where its rule is the standard's.
It refuses citizen numbers of abolished or unlisted counties and credit codes whose
issuer is a letter (village collectives: N), so those two checks are made here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Literal

from django.utils.translation import gettext_lazy as _
from stdnum import numdb
from stdnum.cn import uscc

from offices.errors import DomainError

# As stored: M male, F female.
Sex = Literal["M", "F"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# The sum is taken over the ASCII codes of the digits, 48 too much in each place.
_ASCII_EXCESS = 48 * sum(_WEIGHTS)

# Every second digit counts double, 9 less where that has two digits (ISO/IEC 7812).
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")

# 3.70406E+17 as a spreadsheet shows it, 3.7040619700101E17 as it stores it.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
# What cells carry around a number: typed quotation marks, zero-width characters.
_NUMBER_WRAPPING = re.compile(r"[\s'`’‘\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
# Country code and what separates groups of digits.
_PHONE_NOISE = re.compile(r"^(?:\+|00)86|[-()（）]")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")

# Residents of Hong Kong, Macao and Taiwan with a mainland residence permit.
_RESIDENCE_PERMIT_PREFIXES = frozenset({"810000", "820000", "830000"})


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A valid 18-digit citizen number and the two facts it states."""

    number: str
    sex: Sex
    born_on: date


def clean_number(text: str) -> str:
    """The characters of a number as meant: no blanks or quotes, half width, capital X."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _NUMBER_WRAPPING.sub("", unicodedata.normalize("NFKC", text)).upper()


def clean_phone(text: str) -> str:
    """The digits of a phone number as meant: without blanks, separators and the country's own code."""
    return _PHONE_NOISE.sub("", clean_number(text))


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet turned the number into scientific notation."""
    return ("E" in text or "e" in text) and _SCIENTIFIC.fullmatch(text) is not None


def check_character(number: str) -> str:
    """The eighteenth character that the first seventeen digits ask for (GB 11643, mod 11-2)."""
    return _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, number.encode())) - _ASCII_EXCESS) % 11]


def read_citizen_number(text: str) -> CitizenNumber:
    """Read a citizen number of 18 characters, or of 15 as on old cards.

    An old number gets 19 before its year and a check character. A county prefix
    is not looked at: many were abolished (see `is_known_county_prefix`).

    Raises DomainError: `number_rounded`, `number_length`, `number_characters`,
    `number_birth_date`, `number_check_character`.
    """
    number = clean_number(text)
    if is_rounded(number):
        raise rounded_number()
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = f"{number[:6]}19{number[6:]}"
        number += check_character(number)
    elif len(number) != 18:
        raise DomainError(
            "number_length",
            _(
                "An identity number has 18 characters, or 15 on old cards; this one has %(length)d. "
                "Copy it again from the card."
            ),
            length=len(number),
        )
    first = number[:17]
    if not (first.isascii() and first.isdigit()) or number[17] not in "0123456789X":
        raise DomainError(
            "number_characters",
            _(
                "An identity number is made of 17 digits and a last digit or X; this one has other characters. "
                "Copy it again from the card."
            ),
        )
    if check_character(number) != number[17]:
        if number.endswith("000"):
            raise rounded_number()
        raise DomainError(
            "number_check_character",
            _(
                "The last character of the identity number does not fit the others: one was mistyped. Compare it with the card."
            ),
        )
    born_on = _date_from_digits(number[6:14])
    if born_on is None:
        raise DomainError(
            "number_birth_date",
            _(
                "Characters 7 to 14 of the identity number are not a day of the calendar. Compare it with the card."
            ),
        )
    return CitizenNumber(number, "M" if number[16] in "13579" else "F", born_on)


def rounded_number() -> DomainError:
    """The refusal of a number that a spreadsheet has rounded."""
    return DomainError(
        "number_rounded",
        _(
            "A spreadsheet has rounded this number and its last digits are lost. "
            "Set the column to text and enter the number again."
        ),
    )


@lru_cache(maxsize=65536)
def _date_from_digits(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def is_known_county_prefix(prefix: str) -> bool:
    """Whether the first six digits name a county of today or of the past.

    The lists are not complete: an unknown prefix is worth a warning, never a refusal.
    """
    if prefix in _RESIDENCE_PERMIT_PREFIXES:
        return True
    return any(properties for _part, properties in numdb.get("cn/loc").info(prefix))


def mask_citizen_number(number: str) -> str:
    """First three and last two characters; nothing of it if there are fewer than eight.

    With the birth date and the village beside it, more would give it away.
    """
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def passes_luhn(account: str) -> bool:
    """Whether a card number's last digit fits. A warning only: credit unions' passbooks fail it."""
    if not (account.isascii() and account.isdigit()):
        return False
    digits = account.encode()
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(digits[-1::-2]) + sum(doubled) - 48 * len(digits)) % 10 == 0


@lru_cache(maxsize=4096)
def read_credit_code(text: str) -> str:
    """Read an organisation's unified social credit code (18 characters, GB 32100).

    Raises DomainError: `credit_code_characters`, `credit_code_check_character`.
    """
    code = clean_number(text)
    if _CREDIT_CODE.fullmatch(code) is None:
        raise DomainError(
            "credit_code_characters",
            _(
                "A unified social credit code has 18 characters: digits and capital letters without I, O, S, V and Z, "
                "the third to the eighth digits. Copy it again from the licence."
            ),
        )
    if uscc.calc_check_digit(code[:17]) != code[17]:
        raise DomainError(
            "credit_code_check_character",
            _(
                "The last character of the unified social credit code does not fit the others: one was mistyped. Compare it with the licence."
            ),
        )
    return code
