"""Who a row speaks of: name, number, sex, birth and death, and whether they agree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from households.rows.dates import on_birthday, read_day
from households.rows.notes import Notes
from households.rows.words import SEXES, refuse_empty, refuse_word
from offices.errors import DomainError
from offices.identifiers import CitizenNumber, is_known_county_prefix, read_citizen_number

NAME_LENGTH = 60
# Children under six may be registered without a number.
_NUMBER_FROM_AGE = 6
_OLDEST_BIRTH = date(1850, 1, 1)
_REMARKABLE_AGE = 115

_DOTS = re.compile("[•‧∙⋅・･．.]")
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# What programs write in place of a character they could not save.
_LOST = re.compile("[?？\ufffd□]")

# A family's rows stand together, so the numbers of a row were mostly just read.
citizen_number = lru_cache(maxsize=4096)(read_citizen_number)


@dataclass(frozen=True, slots=True)
class Identity:
    """The person of a row; `number` is empty where she may have none."""

    number: str
    sex: str
    birth_date: date
    died_on: date | None


def read_name(text: str, notes: Notes) -> str:
    """A name without blanks between its characters, with one kind of middle dot.

    Characters outside the basic plane and formula-like text are kept.
    """
    if text.isalpha() and len(text) <= NAME_LENGTH:
        return text
    name = _BLANKS.sub(" ", text).strip()
    if any(character >= "\u2e80" for character in name):
        name = _DOTS.sub("·", name.replace(" ", ""))
    if not name:
        refuse_empty(notes, "姓名")
    elif len(name) > NAME_LENGTH:
        notes.refuse(
            "姓名",
            name,
            "value_too_long",
            _("At most %(limit)s characters fit here. Shorten the text."),
            limit=NAME_LENGTH,
        )
    elif _LOST.search(name):
        notes.refuse(
            "姓名",
            name,
            "name_character_lost",
            _(
                "A character of the name was lost when the file was saved. "
                "Enter the name again and save the file as an Excel workbook or as CSV UTF-8."
            ),
        )
    elif odd := _odd_kinds(name):
        if "control" in odd:
            notes.refuse(
                "姓名", name, "name_characters", _("The name contains invisible characters. Type it again.")
            )
        elif "private" in odd:
            notes.warn(
                "姓名",
                name,
                "name_private_character",
                _("The name contains a character that only some computers show. Compare it with the card."),
            )
        else:
            notes.warn(
                "姓名",
                name,
                "name_unusual",
                _("The name contains characters that are unusual in names. Compare it with the card."),
            )
    return name


def _odd_kinds(name: str) -> set[str]:
    odd = set()
    for character in name:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs"):
            odd.add("control")
        elif category == "Co":
            odd.add("private")
        # Letters, marks, 〇, blanks; Cn: characters newer than this Python's tables.
        elif category[0] not in "LM" and category not in ("Nl", "Zs", "Cn") and character != "·":
            odd.add("unusual")
    return odd


def read_identity(
    *, number: str, sex: str, birth: str, death: str, as_of: date, notes: Notes
) -> Identity | None:
    """Number, sex, birth and death of a row; None if they are refused.

    Sex and birth come from the number where their cells are empty, and must agree with it
    where they are not. The number may be missing for the dead and for children under six.
    """
    before = len(notes.errors)
    citizen = read_number(number, notes)
    sex_code = _read_sex(sex, citizen, needed=not number, notes=notes)
    birth_date = read_birth(birth, citizen, needed=not number, as_of=as_of, notes=notes)
    died_on = read_past_day("死亡日期", death, as_of=as_of, born_on=birth_date, notes=notes)
    if not number and not death and birth_date and on_birthday(birth_date, _NUMBER_FROM_AGE) <= as_of:
        notes.refuse(
            "公民身份号码",
            "",
            "number_missing",
            _("Only the dead and children under six may be without an identity number. Enter the number."),
        )
    if len(notes.errors) > before or sex_code is None or birth_date is None:
        return None
    if died_on is None and on_birthday(birth_date, _REMARKABLE_AGE) <= as_of:
        notes.warn(
            "出生日期",
            birth,
            "very_old",
            _("This person would be %(age)s years old or more. Ask whether she has died."),
            age=_REMARKABLE_AGE,
        )
    return Identity(citizen.number if citizen else "", sex_code, birth_date, died_on)


def read_number(text: str, notes: Notes) -> CitizenNumber | None:
    """The number of a row; None if empty or refused."""
    if not text:
        return None
    try:
        citizen = citizen_number(text)
    except DomainError as refusal:
        notes.refuse_for("公民身份号码", text, refusal)
        return None
    if not is_known_county_prefix(citizen.number[:6]):
        notes.warn(
            "公民身份号码",
            text,
            "number_prefix_unknown",
            _("The first six digits are not those of a known county. Compare the number with the card."),
        )
    return citizen


def _read_sex(text: str, citizen: CitizenNumber | None, *, needed: bool, notes: Notes) -> str | None:
    if not text:
        if needed:
            notes.refuse(
                "性别", "", "sex_missing", _("Without an identity number the sex must be given. Fill it in.")
            )
        return citizen.sex if citizen else None
    sex = SEXES.get(text)
    if sex is None:
        refuse_word(notes, "性别", text, SEXES)
    elif citizen and citizen.sex != sex:
        notes.refuse(
            "性别",
            text,
            "sex_contradiction",
            _("The identity number says the other sex. Compare both with the card."),
        )
    return sex


def read_birth(
    text: str, citizen: CitizenNumber | None, *, needed: bool, as_of: date, notes: Notes
) -> date | None:
    """The birth date of a row, from the number where its cell is empty; None if refused."""
    if not text:
        if needed:
            notes.refuse(
                "出生日期",
                "",
                "birth_date_missing",
                _("Without an identity number the birth date must be given. Fill it in."),
            )
        if citizen is None:
            return None
        born_on = citizen.born_on
    else:
        try:
            born_on = read_day(text)
        except DomainError as refusal:
            notes.refuse_for("出生日期", text, refusal)
            return None
        if citizen and citizen.born_on != born_on:
            notes.refuse(
                "出生日期",
                text,
                "birth_date_contradiction",
                _("The identity number says another birth date. Compare both with the card."),
            )
            return None
    if born_on > as_of:
        _refuse_future("出生日期", text, as_of, notes)
    elif born_on < _OLDEST_BIRTH:
        notes.refuse(
            "出生日期",
            text,
            "birth_date_too_early",
            _("The birth date is before %(year)s. Correct the date or the identity number."),
            year=_OLDEST_BIRTH.year,
        )
    else:
        return born_on
    return None


def _refuse_future(column: str, text: str, as_of: date, notes: Notes) -> None:
    notes.refuse(
        column,
        text,
        "date_in_future",
        _("This day is after %(as_of)s, the day for which the file speaks. Correct the date."),
        as_of=as_of.isoformat(),
    )


def read_past_day(column: str, text: str, *, as_of: date, born_on: date | None, notes: Notes) -> date | None:
    """A day between a person's birth and the day of the file; None if empty or refused."""
    if not text:
        return None
    try:
        day = read_day(text)
    except DomainError as refusal:
        notes.refuse_for(column, text, refusal)
        return None
    if day > as_of:
        _refuse_future(column, text, as_of, notes)
    elif born_on and day < born_on:
        notes.refuse(
            column,
            text,
            "date_before_birth",
            _("This day is before the person's birth. Correct one of the two dates."),
        )
    else:
        return day
    return None
