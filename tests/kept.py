"""The reference data of the tests' database, kept beside it: a test that commits is undone by taking it from there."""

from __future__ import annotations

from django.db import connection, transaction
from psycopg import sql

_BESIDE = "kept_for_tests"
_COLUMNS = """
SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position)
  FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema = {} AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
 GROUP BY c.table_name ORDER BY c.table_name
"""


def keep() -> None:
    """Copy every table of a model that has rows by now, as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_said("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}", _BESIDE))
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(_said("SELECT EXISTS (SELECT FROM {})", table))
            if cursor.fetchone()[0]:
                cursor.execute(_said("CREATE TABLE {}.{} AS TABLE {}", _BESIDE, table, table))


def restore() -> None:
    """Put the copies into tables that are empty, as the owner: nothing is asked or written down by triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(_COLUMNS).format(sql.Literal(_BESIDE)).as_string(cursor.connection))
        kept = cursor.fetchall()
        for table, _columns in kept:
            cursor.execute(_said("ALTER TABLE {} DISABLE TRIGGER USER", table))
        for table, columns in kept:
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("INSERT INTO {0} ({2}) SELECT {2} FROM {1}.{0}")
            cursor.execute(
                statement.format(sql.Identifier(table), sql.Identifier(_BESIDE), names).as_string(
                    cursor.connection
                )
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, _columns in kept:
            cursor.execute(_said("ALTER TABLE {} ENABLE TRIGGER USER", table))


def _said(statement: str, *names: str) -> str:
    return sql.SQL(statement).format(*map(sql.Identifier, names)).as_string(connection.connection)
