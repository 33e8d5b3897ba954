"""Household numbers where villages are merged: unique in the new village, as like the old ones as can be."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from households.models import Household

_LONGEST = 40


def new_numbers() -> None:
    """Give a household whose number is taken in its new village another, in `going_households`.

    Who is in the village already keeps hers, then who comes from the village with the lowest code. The
    new number is the old one with the last digits of the old village's code, such as 17-203.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.division_code, h.number FROM {Household._meta.db_table} h "
            "WHERE h.division_code IN (SELECT new_code FROM going_households) "
            "AND h.id NOT IN (SELECT household_id FROM going_households)"
        )
        taken = set(cursor.fetchall())
        cursor.execute(
            "SELECT household_id, old_code, new_code, old_number FROM going_households "
            "ORDER BY new_code, old_code, old_number"
        )
        rows = cursor.fetchall()
        # A number that nobody else has is never given to somebody else.
        colliding = []
        for row in rows:
            place = (row[2], row[3])
            if place in taken:
                colliding.append(row)
            taken.add(place)
        changed = []
        for key, old_code, new_code, number in colliding:
            found = next(one for one in _candidates(number, old_code) if (new_code, one) not in taken)
            taken.add((new_code, found))
            changed.append((found, key))
        cursor.executemany("UPDATE going_households SET new_number = %s WHERE household_id = %s", changed)


def _candidates(number: str, old_code: str) -> Iterator[str]:
    for digits in (old_code[9:], old_code[6:], old_code[6:] + "-2"):
        yield f"{number[: _LONGEST - len(digits) - 1]}-{digits}"
    turn = 3
    while True:
        ending = f"{old_code[6:]}-{turn}"
        yield f"{number[: _LONGEST - len(ending) - 1]}-{ending}"
        turn += 1


def renumbered() -> list[dict[str, str]]:
    """The households of `going_households` that get another number: village, number, new village, new number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT old_code, old_number, new_code, new_number FROM going_households "
            "WHERE new_number <> old_number ORDER BY new_code, old_code, old_number"
        )
        names = ("old_code", "old_number", "new_code", "new_number")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
