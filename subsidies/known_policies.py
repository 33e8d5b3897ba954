"""Published policies as they were known at a moment: a version's only change is its end."""

from __future__ import annotations

from offices.database.known import AT, columns_of
from subsidies.enums import PolicyState
from subsidies.models import PolicyVersion


def policies_as_known(schema: str) -> str:
    """Versions published by then; the end that a successor published since has set is not known yet.

    That is exact: the database lets a published version's end be set once, from open, and to the
    successor's first day alone.
    """
    table = f'{schema}."{PolicyVersion._meta.db_table}"'
    names = columns_of(PolicyVersion)
    not_yet = f"""CASE WHEN EXISTS (
            SELECT FROM {table} successor
             WHERE successor.programme_id = version.programme_id AND successor.from_on = version.to_on
               AND successor.state = '{PolicyState.PUBLISHED.value}' AND successor.published_at >= {AT}
        ) THEN NULL ELSE version.to_on END AS to_on"""
    told = ", ".join(not_yet if name == '"to_on"' else f"version.{name}" for name in names)
    return f"""
        SELECT {told} FROM {table} version
         WHERE version.state = '{PolicyState.PUBLISHED.value}' AND version.published_at < {AT}"""
