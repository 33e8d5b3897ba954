"""What an assessment finds, kept first in a table of the transaction's own, then in the day's sweep.

The table has statistics, which the rows of the day's sweep do not have yet; and what the sweep holds
already is written only where it has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from offices.database.new_keys import beginning_of_keys, numbered_key
from subsidies.models import Assessment, Sweep
from subsidies.predicates.sql import table

TABLE = "sweep_finding"
PEOPLE = "assessed_again"
"""Where some people are assessed: who they are, for all steps of the assessment and what follows it."""
_KEY = ("programme_id", "person_id")
_FOUND = ("policy_version_id", "outcome", "standing", "amount", "annual_amount", "reasons", "division_code")
_ANALYZED = (*_KEY, "standing", "division_code")
"""What it is joined and chosen by; measuring the others would cost more than it tells."""
COLUMNS = ", ".join((*_KEY, *_FOUND))


def begin_findings(people: Sequence[UUID] | None) -> None:
    """An empty table for what is found, and one of the people, unless everybody; they go with the transaction."""
    with connection.cursor() as cursor:
        if people is not None:
            cursor.execute(f"DROP TABLE IF EXISTS {PEOPLE}")
            cursor.execute(f"CREATE TEMPORARY TABLE {PEOPLE} (person_id uuid PRIMARY KEY) ON COMMIT DROP")
            cursor.execute(f"INSERT INTO {PEOPLE} SELECT DISTINCT unnest(%s::uuid[])", [list(people)])
            cursor.execute(f"ANALYZE {PEOPLE}")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TABLE} ON COMMIT DROP AS SELECT {COLUMNS} FROM {table(Assessment)} WITH NO DATA"
        )


def is_chosen(column: str) -> str:
    """Whether a person is one of those who are assessed again."""
    return f"{column} IN (SELECT person_id FROM {PEOPLE})"


def write_findings(record: Sweep, *, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
    """Have the sweep hold exactly what was found, of these programmes and people (None: of all)."""
    values = {
        "sweep": record.pk,
        "programmes": None if programmes is None else list(programmes),
        "keys": beginning_of_keys(),
    }
    among = "a.sweep_id = %(sweep)s"
    if programmes is not None:
        among += " AND a.programme_id = ANY(%(programmes)s)"
    if people is not None:
        among += f" AND {is_chosen('a.person_id')}"
    same = " AND ".join(f"f.{name} = a.{name}" for name in _KEY)
    kept = ", ".join(f"a.{name}" for name in _FOUND)
    found = ", ".join(f"f.{name}" for name in _FOUND)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE} ({', '.join(_ANALYZED)})")
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table(Assessment)} a WHERE {among})", values)
        is_new = cursor.fetchone() == (False,)
        if not is_new:
            cursor.execute(
                f"DELETE FROM {table(Assessment)} a WHERE {among} AND NOT EXISTS (SELECT FROM {TABLE} f "
                f"WHERE {same} AND ({found}) IS NOT DISTINCT FROM ({kept}))",
                values,
            )
        cursor.execute(
            f"INSERT INTO {table(Assessment)} (id, sweep_id, {COLUMNS}) "
            f"SELECT {numbered_key('keys', 'row_number() OVER ()')}, %(sweep)s, {COLUMNS} FROM {TABLE} f"
            + (
                ""
                if is_new
                else f" WHERE NOT EXISTS (SELECT FROM {table(Assessment)} a WHERE {among} AND {same})"
            ),
            values,
        )
