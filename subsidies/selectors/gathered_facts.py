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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from households.models import Absence
from subsidies.predicates import Bindings
from subsidies.predicates.relations import Step, columns_of, joins, resting_on, steps, subjects
from subsidies.predicates.sql import holds, table

TABLE = "gathered_facts"
_SUBJECT = ("id", "division_code", "sex", "birth_date", "died_on")
WORK_MEMORY = "96MB"
"""For each sort or hash of an assessment of everybody: a county's children fit."""


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
    with joining_whole_tables() if of_everybody else looking_rows_up(), connection.cursor() as cursor:
        for step in (*made, facts):
            _fill(cursor, step, values, is_looked_up=not of_everybody)
        cursor.execute(f"DROP TABLE {', '.join(step.name for step in made)}")


@contextmanager
def joining_whole_tables() -> Iterator[None]:
    """Have everybody's facts joined in one pass each, in memory, whatever the planner believes.

    Before the tables have statistics (a registry just taken in) it takes them for tiny and counts
    each person's children anew by reading everybody's: minutes for a county instead of seconds.
    """
    with _planning(enable_nestloop="off", work_mem=WORK_MEMORY):
        yield


@contextmanager
def looking_rows_up() -> Iterator[None]:
    """Have some people's facts found by keys, whatever the planner believes: never by reading whole tables.

    Tables are joined in the order in which they are written, the people first: planning costs little.
    """
    with _planning(enable_seqscan="off", enable_mergejoin="off", join_collapse_limit="1", jit="off"):
        yield


@contextmanager
def _planning(**settings: str) -> Iterator[None]:
    """The settings within the transaction, and what they were before again afterwards."""
    former = _put(settings)
    yield
    _put(former)


def _put(settings: Mapping[str, str]) -> dict[str, str]:
    """Have them hold until the transaction ends; the values they had."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name), set_config(name, value, true) "
            "FROM unnest(%s::text[], %s::text[]) AS setting (name, value)",
            [list(settings), list(settings.values())],
        )
        return {name: former for name, former, _set in cursor.fetchall()}


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
