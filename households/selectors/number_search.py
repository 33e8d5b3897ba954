"""People by the numbers on their cards and telephones, households by their own, within the open scope."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Subquery
from django.db.models.functions import Coalesce

from households.models import Household, Person
from households.models.people import PersonQuerySet
from offices.actors import Actor
from offices.errors import DomainError
from offices.identifiers import clean_number, clean_phone, read_citizen_number
from offices.models import Division
from offices.sealing import Purpose, digest

_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_PHONE = re.compile(r"[0-9]{7,12}")
_NUMBER = re.compile(r"[0-9]{14}(?:[0-9X]|[0-9]{2,3}[0-9X])")
_HOUSEHOLD = Household._meta.db_table
_DIVISION = Division._meta.db_table
_LAST = "\U0010ffff"


def is_identity_number(text: str) -> bool:
    """Whether a question has the length and characters of a whole identity number, right or not."""
    return _NUMBER.fullmatch(clean_number(text)) is not None


def people_numbered(people: PersonQuerySet, text: str) -> PersonQuerySet:
    """Those whose identity number or phone it is, whole or by its last four; the living first."""
    number, phone = clean_number(text), clean_phone(text)
    if _NUMBER.fullmatch(number):
        try:
            number = read_citizen_number(number).number
        except DomainError:
            return people.none()
        return whose_number(people, number)
    if _TAIL.fullmatch(number):
        tails = Q(id_number_tail_digest=digest(number, Purpose.IDENTITY_NUMBER_TAIL))
        return _ordered(people.filter(tails | Q(phone_tail_digest=digest(number, Purpose.PHONE_TAIL))))
    if _PHONE.fullmatch(phone):
        return _ordered(people.filter(phone_digest=digest(phone, Purpose.PHONE)))
    return people.none()


def whose_number(people: PersonQuerySet, number: str) -> PersonQuerySet:
    """Who has a number: if it stayed with a record that was merged into another, whose that one is.

    A number belongs to one record, so the key is one value and not a list to be joined with.
    """
    held = Person.objects.filter(id_number_digest=digest(number, Purpose.IDENTITY_NUMBER))
    return people.filter(pk=Subquery(held.order_by().values(whose=Coalesce("merged_into_id", "pk"))))


def _ordered(people: PersonQuerySet) -> PersonQuerySet:
    return people.alias(is_dead=Q(died_on__isnull=False)).order_by("is_dead", "name_sort", "id")


# As for names: a county reads one index of all numbers, a smaller place that of each of its villages.
_WHOLE = f"""
    SELECT h.id, 0 AS rank, h.number, h.division_code FROM {_HOUSEHOLD} h
     WHERE h.number = ANY(%(numbers)s) AND h.division_code >= %(scope)s AND h.division_code < %(end)s
     ORDER BY 3, 4 LIMIT %(most)s
"""
_BEGUN = f"""
    SELECT found.id, 1 AS rank, found.number, found.division_code
      FROM unnest(%(numbers)s::text[], %(ends)s::text[]) AS asked (number, upto) {{places}}
     CROSS JOIN LATERAL (
           SELECT h.id, h.number, h.division_code FROM {_HOUSEHOLD} h
            WHERE h.number > asked.number COLLATE "C" AND h.number < asked.upto COLLATE "C" AND {{within}}
            ORDER BY h.number, h.division_code LIMIT %(most)s) AS found
     WHERE (SELECT count(*) FROM wholes) < %(most)s
     ORDER BY 3, 4 LIMIT %(most)s
"""


def households_numbered(*, actor: Actor, text: str, most: int) -> list[tuple[UUID, bool]]:
    """Keys of households with this number, then of those whose number begins so; whether it is the whole."""
    if not any(character.isdigit() for character in text):
        return []
    statement, parameters = household_query(actor=actor, text=text, most=most)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [(key, rank == 0) for key, rank in cursor.fetchall()]


def household_query(*, actor: Actor, text: str, most: int) -> tuple[str, dict[str, Any]]:
    """The query behind `households_numbered`, for it and for whoever measures it."""
    numbers = sorted({text, text.upper(), clean_number(text)})
    if len(actor.scope) == 6:
        places, within = "", "h.division_code >= %(scope)s AND h.division_code < %(end)s"
    else:
        places = (
            f"CROSS JOIN (SELECT code FROM {_DIVISION} WHERE code >= %(scope)s AND code < %(end)s) AS place"
        )
        within = "h.division_code = place.code"
    begun = _BEGUN.replace("{places}", places).replace("{within}", within)
    statement = (
        f"WITH wholes AS MATERIALIZED ({_WHOLE}), begun AS MATERIALIZED ({begun}) "
        "SELECT id, min(rank) FROM (SELECT * FROM wholes UNION ALL SELECT * FROM begun) AS found "
        "GROUP BY id, number, division_code ORDER BY 2, number, division_code LIMIT %(most)s"
    )
    return statement, {
        "scope": actor.scope,
        "end": actor.scope + "~",
        "most": most,
        "numbers": numbers,
        "ends": [number + _LAST for number in numbers],
    }
