"""The facts of a day gathered once, so that all programmes are decided from one table.

Joining children, homes and certificates is what costs; the conditions themselves cost nothing. The
gathered table has a column for each fact, and `source` gives it back under the names that the
conditions use: the same text decides over the registry and over what was gathered from it.

It is filled step by step, for everybody and for some people alike: the people themselves, their
relatives, children, families, certificates, each in a small table of the transaction's own that is
analysed before it is joined. So nothing is reckoned twice, and what the planner believes of tables
whose statistics are old or none decides how fast one step is, never how often it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from households.models import Absence
from offices.database.planning import joining_whole_tables, looking_rows_up
from subsidies.predicates import Bindings
from subsidies.predicates.relations import Step, columns_of, joins, resting_on, steps, subjects
from subsidies.predicates.sql import holds, table

TABLE = "gathered_facts"
_SUBJECT = ("id", "division_code", "sex", "birth_date", "died_on")


def is_away(alias: str) -> str:
    """Has left the county: assessed no more, and reviewed while she receives."""
    return f"EXISTS (SELECT FROM {table(Absence)} away WHERE away.person_id = {alias}.id AND {holds('away')})"


def gather(relations: Iterable[str], values: Bindings, *, among: Sequence[str], of_everybody: bool) -> None:
    """Fill the transaction's own table with the facts of the chosen people.

    `among`: conditions on `subject`'s columns. What was gathered before is replaced. Of everybody,
    or nearly: tables are read whole and joined in one pass each; else each row by its key.
    """
    wanted = resting_on(relations)
    columns = [*(f"subject.{name}" for name in _SUBJECT), f"{is_away('subject')} AS is_away"]
    columns += [f"{relation}.{name} AS {relation}_{name}" for relation, name in columns_of(wanted)]
    made = [Step("subject", subjects(*among), "id"), *steps(wanted, of_everybody=of_everybody)]
    facts = Step(TABLE, f"SELECT {', '.join(columns)} FROM subject{joins(wanted)}", "id")
    planned = joining_whole_tables() if of_everybody else looking_rows_up(has_keys=True)
    with planned, connection.cursor() as cursor:
        for step in (*made, facts):
            _fill(cursor, step, values, is_looked_up=not of_everybody)
        cursor.execute(f"DROP TABLE {', '.join(step.name for step in made)}")


def _fill(cursor: Any, step: Step, values: Bindings, *, is_looked_up: bool) -> None:
    cursor.execute(f"DROP TABLE IF EXISTS {step.name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {step.name} ON COMMIT DROP AS {step.rows}", values.values)
    if is_looked_up:
        cursor.execute(f"CREATE INDEX ON {step.name} ({step.key})")
    cursor.execute(f"ANALYZE {step.name}" + ("" if is_looked_up else f" ({step.key})"))


def source(relations: Iterable[str]) -> str:
    """What stands after FROM in place of the registry: `subject` and the relations, from the table."""
    told: dict[str, list[str]] = {"subject": [f"gathered.{name}" for name in (*_SUBJECT, "is_away")]}
    for relation, name in columns_of(resting_on(relations)):
        told.setdefault(relation, []).append(f"gathered.{relation}_{name} AS {name}")
    parts = (f"CROSS JOIN LATERAL (SELECT {', '.join(columns)}) {name}" for name, columns in told.items())
    return f"{TABLE} gathered {' '.join(parts)}"
