"""The reference data of the tests' database, kept beside it: what a test that commits has changed is undone from there."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from psycopg import sql

_BESIDE = "kept_for_tests"
_KEPT = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
_COLUMNS = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
 WHERE table_schema = current_schema() AND table_name = ANY (%s) AND is_generated = 'NEVER' GROUP BY table_name
"""
_IS_FILLED = "SELECT {0} WHERE EXISTS (TABLE {1})"
_DIFFERS = "SELECT {0} WHERE EXISTS (TABLE {1} EXCEPT ALL TABLE {2}.{1}) OR EXISTS (TABLE {2}.{1} EXCEPT ALL TABLE {1})"
_EMPTY = "DELETE FROM {1}"
_TAKE_AWAY = "DELETE FROM {1} AS now WHERE now::text NOT IN (SELECT kept::text FROM {2}.{1} AS kept)"
_PUT_BACK = """
INSERT INTO {1} ({3}) SELECT {3} FROM {2}.{1} AS kept WHERE kept::text NOT IN (SELECT now::text FROM {1} AS now)
"""


def keep() -> None:
    """Copy every table of a model that has rows by now, as the owner."""
    with transaction.atomic():
        _run("DROP SCHEMA IF EXISTS {2} CASCADE; CREATE SCHEMA {2}")
        for table in _asked(_IS_FILLED, _tables()):
            _run("CREATE TABLE {2}.{1} AS TABLE {1}", table)


def restore() -> None:
    """Have each table as it was kept, as the owner: triggers of ours are neither asked nor write anything down.

    Only rows that differ are taken away and put back: truncating every table takes the server ten times as long.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEPT, [_BESIDE])
        kept = {table for (table,) in cursor.fetchall()}
        changed = [*_asked(_IS_FILLED, _tables() - kept), *_asked(_DIFFERS, kept)]
        cursor.execute(_COLUMNS, [[table for table in changed if table in kept]])
        columns = dict(cursor.fetchall())
        for table in changed:
            _run("ALTER TABLE {1} DISABLE TRIGGER USER", table)
        for table in changed:
            _run(_TAKE_AWAY if table in kept else _EMPTY, table)
        for table, names in columns.items():
            _run(_PUT_BACK, table, names)
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in changed:
            _run("ALTER TABLE {1} ENABLE TRIGGER USER", table)


def _tables() -> set[str]:
    return set(connection.introspection.django_table_names(only_existing=True, include_views=False))


def _asked(question: str, tables: set[str]) -> list[str]:
    """The tables of which it is so."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_about(table, question) for table in sorted(tables)))
        return [table for (table,) in cursor.fetchall()]


def _run(statement: str, table: str = "", columns: Sequence[str] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_about(table, statement, columns))


def _about(table: str, statement: str, columns: Sequence[str] = ()) -> str:
    """The statement with the table as a word {0} and as a name {1}, where copies are {2}, and its columns {3}."""
    composed = sql.SQL(statement).format(
        sql.Literal(table),
        sql.Identifier(table or "none"),
        sql.Identifier(_BESIDE),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
    )
    return composed.as_string(connection.connection)
