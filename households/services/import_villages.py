"""What a resident file means by villages that have ended and by former household numbers."""

from __future__ import annotations

import datetime

from django.db import connection

from households.models import FormerPlace, Household
from households.rows.places import FormerVillages, Home
from offices.models import DivisionSuccession
from offices.selectors.divisions import successors

_HOMES = f"""
SELECT DISTINCT ON (f.place_code, f.number) f.place_code, f.number, h.division_code, h.number, f.until_on
  FROM {FormerPlace._meta.db_table} f JOIN {Household._meta.db_table} h ON h.id = f.household_id
 WHERE NOT EXISTS (SELECT FROM {Household._meta.db_table} other
                    WHERE other.division_code = f.place_code AND other.number = f.number)
 ORDER BY f.place_code, f.number, f.until_on DESC, f.id DESC
"""
_TAKEN = f"""
SELECT DISTINCT h.division_code, h.number
  FROM {Household._meta.db_table} h JOIN {DivisionSuccession._meta.db_table} s
       ON s.new_code = h.division_code AND s.old_code = ANY(%s) AND h.recorded_at < s.recorded_at
"""


def former_villages(*, county: str, as_of: datetime.date, today: datetime.date) -> FormerVillages:
    """The villages of a county that have ended by today, and the households by their former numbers.

    At county scope: families may have come to another township.
    """
    found = successors(county, today)
    with connection.cursor() as cursor:
        cursor.execute(_HOMES)
        homes = {
            (village, number): Home(now, now_number, until_on)
            for village, number, now, now_number, until_on in cursor.fetchall()
        }
        taken: frozenset[tuple[str, str]] = frozenset()
        if found.ended:
            cursor.execute(_TAKEN, [list(found.ended)])
            taken = frozenset(cursor.fetchall())
    return FormerVillages(
        ended={code: found.unique(code) for code in found.ended},
        then=frozenset(code for code, to_on in found.ended.items() if as_of < to_on),
        homes=homes,
        taken=taken,
    )
