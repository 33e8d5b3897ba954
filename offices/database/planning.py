"""How the database joins: for statements whose tables may have no statistics yet, or old ones.

What was written a minute ago the planner takes for nothing, and compares every row with every other:
minutes for a county instead of seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection

WORK_MEMORY = "96MB"
"""For each sort or hash over whole tables: a county's children fit."""
_THOUSANDS = 3000
"""From so many rows on whole tables are joined sooner than rows are looked up one by one."""


@contextmanager
def joining_whole_tables() -> Iterator[None]:
    """Have whole tables joined in one pass each, in memory, whatever the planner believes.

    Of what is made on the way the planner looks at three thousand rows: it has to know how many there are.
    """
    with _planning(enable_nestloop="off", work_mem=WORK_MEMORY, default_statistics_target="10"):
        yield


def joining_thousands(count: int) -> AbstractContextManager[None]:
    """As `joining_whole_tables` if a statement goes through thousands of rows, of which only the caller knows."""
    return joining_whole_tables() if count >= _THOUSANDS else nullcontext()


@contextmanager
def looking_rows_up(*, has_keys: bool = False) -> Iterator[None]:
    """Have some rows found by keys, whatever the planner believes: never by reading whole tables.

    Tables are joined in the order in which they are written, the few rows first: planning costs little.
    `has_keys`: everything that is joined has an index on its key, what was made for the statement too, so
    that nothing is hashed whole.
    """
    hashing = {"enable_hashjoin": "off"} if has_keys else {}
    with _planning(
        enable_seqscan="off", enable_mergejoin="off", join_collapse_limit="1", jit="off", **hashing
    ):
        yield


def refresh_statistics(app: str) -> None:
    """Have the planner know the tables of an app as they are by now, kept plans too.

    Until the transaction ends nobody else can: not within the work of a page.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT offices_refresh_statistics(%s)", [app])


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
