"""What only the owner of the database may do between rounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from config import installation
from offices.database.context import default_county, schema_of


@contextmanager
def owner() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner in the county's schema; committed at the end."""
    address = installation.database_address("owner")
    with psycopg.connect(
        host=address.host,
        port=address.port,
        dbname=address.name,
        user=address.user,
        password=address.password,
        options=f"-c search_path={schema_of(default_county())},public",
    ) as connection:
        yield connection


def tables_of(app: str) -> list[str]:
    """The tables of an app in the county's schema, by name."""
    with owner() as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE %s "
            "ORDER BY tablename",
            [app.replace("_", r"\_") + r"\_%"],
        ).fetchall()
    return [name for (name,) in found]


def empty(*apps: str) -> None:
    """Take every row of these apps out, with what refers to them."""
    tables = ", ".join(f'"{table}"' for app in apps for table in tables_of(app))
    with owner() as connection:
        connection.execute(f"TRUNCATE {tables} CASCADE")


def settle() -> None:
    """Let every round begin alike: nothing left to write or to analyse."""
    with owner() as connection:
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
        if _may_checkpoint(connection):
            connection.execute("CHECKPOINT")


def _may_checkpoint(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'member')").fetchone()
    return bool(row and row[0])
