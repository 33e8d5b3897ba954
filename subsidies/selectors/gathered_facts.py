"""Everybody's facts of a day gathered once, so that all programmes are decided from one table.

Joining children, homes and certificates is what costs; the conditions themselves cost nothing. The
gathered table has a column for each fact, and `source` gives it back under the names that the
conditions use: the same text decides over the registry and over what was gathered from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from households.models import Absence
from subsidies.predicates import Bindings
from subsidies.predicates.relations import columns_of, joins, resting_on, subject, tables_of_everybody
from subsidies.predicates.sql import holds, table

TABLE = "gathered_facts"
_SUBJECT = ("id", "division_code", "sex", "birth_date", "died_on")


def is_away(alias: str) -> str:
    """Has left the county: assessed no more, and reviewed while she receives."""
    return f"EXISTS (SELECT FROM {table(Absence)} away WHERE away.person_id = {alias}.id AND {holds('away')})"


def gather(relations: Iterable[str], values: Bindings, *, among: Sequence[str], of_everybody: bool) -> None:
    """Fill the transaction's own table with the facts of the chosen people.

    `among`: conditions on `subject`'s columns. What was gathered before is replaced. Of everybody:
    each family is counted once for all who read of it, instead of by each of them.
    """
    wanted = resting_on(relations)
    columns = [*(f"subject.{name}" for name in _SUBJECT), f"{is_away('subject')} AS is_away"]
    columns += [f"{relation}.{name} AS {relation}_{name}" for relation, name in columns_of(wanted)]
    with connection.cursor() as cursor:
        if of_everybody:
            for name, statement, key in tables_of_everybody():
                _fill(cursor, name, statement, values, key)
        _fill(
            cursor,
            TABLE,
            f"WITH {subject(*among)} SELECT {', '.join(columns)} FROM subject{joins(wanted, of_everybody=of_everybody)}",
            values,
            "id, birth_date",
        )
        if of_everybody:
            for name, _statement, _key in tables_of_everybody():
                cursor.execute(f"DROP TABLE {name}")


def _fill(cursor: Any, name: str, statement: str, values: Bindings, analyzed: str) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {statement}", values.values)
    cursor.execute(f"ANALYZE {name} ({analyzed})")


def source(relations: Iterable[str]) -> str:
    """What stands after FROM in place of the registry: `subject` and the relations, from the table."""
    told: dict[str, list[str]] = {"subject": [f"gathered.{name}" for name in (*_SUBJECT, "is_away")]}
    for relation, name in columns_of(resting_on(relations)):
        told.setdefault(relation, []).append(f"gathered.{relation}_{name} AS {name}")
    parts = (f"CROSS JOIN LATERAL (SELECT {', '.join(columns)}) {name}" for name, columns in told.items())
    return f"{TABLE} gathered {' '.join(parts)}"
