"""How alike two records are: pure reckoning on clear values that never leave the service that asks.

The rules and their weights: a slip of the pen in the number of somebody with the same name, or the
same name and birth date with something else in common. Names and birth dates alone are not enough:
two 王秀英 of one day are two persons until something says otherwise.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from households.enums import DuplicateReason
from offices.pinyin import spelled

WEIGHTS: dict[DuplicateReason, int] = {
    DuplicateReason.OLD_FORM: 95,
    DuplicateReason.SWAPPED_DIGITS: 90,
    DuplicateReason.ONE_DIGIT: 85,
    DuplicateReason.SAME_PARENT: 80,
    DuplicateReason.SAME_TAIL: 75,
    DuplicateReason.TEMPORARY_NUMBER: 60,
    DuplicateReason.SAME_PHONE: 50,
}
"""What each reason weighs of 100; each further one adds five."""
MOST = 99
_FURTHER = 5
_DEDUCTED_FOR_SEX = 30
_BODY = 17
_SERIAL = slice(14, 17)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two numbers beside each other: why they are alike, and the places (from 1) that differ."""

    reason: DuplicateReason | None
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies one record, in clear, and what it has in common with the other."""

    name: str
    sex: str
    birth_date: datetime.date
    number: str


def compare_numbers(first: str, second: str) -> Compared:
    """Why two citizen numbers of 18 characters may be of one person.

    The check digit follows from the others, so it is neither a likeness nor a difference of its own.
    """
    places = tuple(
        place for place, (one, two) in enumerate(zip(first, second, strict=True), start=1) if one != two
    )
    body = [place - 1 for place in places if place <= _BODY]
    if first[:6] + first[8:_BODY] == second[:6] + second[8:_BODY]:
        return Compared(DuplicateReason.OLD_FORM, places)
    if len(body) == 1:
        return Compared(DuplicateReason.ONE_DIGIT, places)
    if len(body) == 2 and all(
        first[place] == second[other] for place, other in zip(body, body[::-1], strict=True)
    ):
        return Compared(DuplicateReason.SWAPPED_DIGITS, places)
    return Compared(None, places)


def is_temporary(number: str) -> bool:
    """No number, or one with the serial 000, which the police never issue."""
    return not number or number[_SERIAL] == "000"


def reasons_of(
    first: Identity,
    second: Identity,
    *,
    has_parent_in_common: bool,
    has_phone_in_common: bool,
    has_tail_in_common: bool,
) -> list[DuplicateReason]:
    """Every rule that finds the two, the heaviest first; none: nothing speaks for one person."""
    has_name = first.name == second.name
    is_same_day = first.birth_date == second.birth_date
    found: set[DuplicateReason] = set()
    if has_name and first.number and second.number:
        reason = compare_numbers(first.number, second.number).reason
        if reason:
            found.add(reason)
    if has_name and is_same_day:
        if has_parent_in_common:
            found.add(DuplicateReason.SAME_PARENT)
        if is_temporary(first.number) or is_temporary(second.number):
            found.add(DuplicateReason.TEMPORARY_NUMBER)
    if has_name and has_phone_in_common:
        found.add(DuplicateReason.SAME_PHONE)
    if is_same_day and has_tail_in_common and sounds_alike(first.name, second.name):
        found.add(DuplicateReason.SAME_TAIL)
    return [reason for reason in WEIGHTS if reason in found]


def score_of(reasons: Iterable[DuplicateReason], *, has_same_sex: bool) -> int:
    """How alike of 100: the heaviest reason, a little for each further one, less where the sex differs."""
    weights = sorted((WEIGHTS[reason] for reason in reasons), reverse=True)
    if not weights:
        return 0
    score = weights[0] + _FURTHER * (len(weights) - 1) - (0 if has_same_sex else _DEDUCTED_FOR_SEX)
    return max(1, min(MOST, score))


def sounds_alike(first: str, second: str) -> bool:
    """Whether two names are read alike, or one character of three or more differs."""
    if spelled(first) == spelled(second):
        return True
    return (
        len(first) == len(second) > 2
        and first[0] == second[0]
        and sum(one != two for one, two in zip(first, second, strict=True)) == 1
    )


def near_dates(day: datetime.date) -> list[datetime.date]:
    """Days whose eight digits differ from a day's in one place, by one swap, or by a century."""
    digits = f"{day:%Y%m%d}"
    written = {
        digits[:place] + digit + digits[place + 1 :] for place in range(2, 8) for digit in "0123456789"
    }
    for one in range(2, 8):
        for two in range(one + 1, 8):
            swapped = list(digits)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            written.add("".join(swapped))
    written |= {f"{int(digits[:4]) + century}{digits[4:]}" for century in (-100, 100)}
    days = {_day(text) for text in written - {digits}}
    return sorted(near for near in days if near is not None)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
