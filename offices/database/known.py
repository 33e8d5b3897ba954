"""The registry as it was known at an earlier moment: views over its rows and their history.

Beside the county's schema stands another with one view for each table whose history is kept: under
the table's name, the rows as they were at the moment that `huimin.known_at` names. With that schema
first on the path (`as_known_at`) every query, hand-written or not, reads the past, through the same
row-level policies (the views run as who asks). The views are dropped before a migration and made
anew after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql

from offices.database.context import MOMENT, default_county, schema_of, schema_of_the_past

Body = Callable[[str], str]
"""Given the county's schema (quoted), the SELECT that says a table's rows as they were known."""

AT = f"current_setting('{MOMENT}')::timestamptz"
_bodies: dict[type[models.Model], Body] = {}


def register_known(model: type[models.Model], body: Body) -> None:
    """Say how the former rows of a table are known that has no row history."""
    _bodies[model] = body


def columns_of(model: type[models.Model]) -> list[str]:
    """The quoted columns of a table."""
    return [f'"{field.column}"' for field in model._meta.concrete_fields if field.column]


def models_of_the_past() -> Iterator[type[models.Model]]:
    """Every model whose rows can be read as they were known."""
    for model in apps.get_models():
        has_history = hasattr(model, "pgh_event_model")
        if model in _bodies or (has_history and any(f.name == "recorded_at" for f in model._meta.fields)):
            yield model


def _from_history(model: Any, schema: str) -> str:
    """Of each row the oldest version that was replaced since, else the row itself; no row written since."""
    table = f'{schema}."{model._meta.db_table}"'
    history = f'{schema}."{model.pgh_event_model._meta.db_table}"'
    names = columns_of(model)
    then, now = (", ".join(f"{alias}.{name}" for name in names) for alias in ("former", "present"))
    return f"""
        SELECT {now} FROM {table} present
         WHERE present.recorded_at < {AT}
           AND NOT EXISTS (SELECT FROM {history} later
                            WHERE later.pgh_obj_id = present.id AND later.pgh_created_at >= {AT})
         UNION ALL
        SELECT {then} FROM {history} former
         WHERE former.recorded_at < {AT} AND former.pgh_created_at >= {AT}
           AND NOT EXISTS (SELECT FROM {history} earlier
                            WHERE earlier.pgh_obj_id = former.pgh_obj_id AND earlier.pgh_created_at >= {AT}
                              AND (earlier.pgh_created_at, earlier.pgh_id) < (former.pgh_created_at, former.pgh_id))"""


def drop_views_before_migrate(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Receiver of pre_migrate."""
    if using == DEFAULT_DB_ALIAS:
        drop_views_of_the_past(using=using)


def make_views_after_migrate(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Receiver of post_migrate."""
    if using == DEFAULT_DB_ALIAS:
        make_views_of_the_past(using=using)


def make_views_of_the_past(*, using: str) -> None:
    """Make every view, readable by the application role alone. As the owner."""
    connection = connections[using]
    county, past = schema_of(default_county()), schema_of_the_past(default_county())
    app = settings.HUIMIN_DATABASE_ROLES["app"]
    present = set(connection.introspection.table_names())
    drop_views_of_the_past(using=using)
    with connection.cursor() as cursor:
        quoted = sql.Identifier(past).as_string(cursor.connection)
        schema = sql.Identifier(county).as_string(cursor.connection)
        role = sql.Identifier(app).as_string(cursor.connection)
        cursor.execute(f"CREATE SCHEMA {quoted}")
        for model in models_of_the_past():
            if model._meta.db_table in present:
                body = _bodies[model](schema) if model in _bodies else _from_history(model, schema)
                cursor.execute(
                    f'CREATE VIEW {quoted}."{model._meta.db_table}" WITH (security_invoker = true) AS {body}'
                )
        cursor.execute(f"GRANT USAGE ON SCHEMA {quoted} TO {role}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted} TO {role}")


def drop_views_of_the_past(*, using: str) -> None:
    """Take the views away, which would keep a migration from changing their tables. As the owner."""
    connection = connections[using]
    with connection.cursor() as cursor:
        past = sql.Identifier(schema_of_the_past(default_county())).as_string(cursor.connection)
        cursor.execute(f"DROP SCHEMA IF EXISTS {past} CASCADE")
