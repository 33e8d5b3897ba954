"""Who may do what with which table: declared on the model, applied after every migration.

A table without a declaration gives the serving roles no right at all. Scoped tables have
row-level security enabled and forced. Source: docs/adr/0001.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, models
from psycopg import sql

from offices.database.context import default_county, schema_of


@dataclass(frozen=True, slots=True)
class Access:
    """Rights of the serving role on one table; `scoped` adds the row-level policy."""

    rights: tuple[str, ...]
    scoped: bool = True
    role: str = "app"


CASE = Access(("SELECT", "INSERT", "UPDATE"))
"""Case data: rows are corrected, never deleted."""
DERIVED = Access(("SELECT", "INSERT", "UPDATE", "DELETE"))
"""Recomputable or short-lived case data."""
LOG = Access(("SELECT", "INSERT"))
"""Append-only case data: acts, reads, ledger."""
HISTORY = Access(("SELECT",))
"""Written by triggers of the owner alone."""
REFERENCE = Access(("SELECT", "INSERT", "UPDATE"), scoped=False)
"""Divisions, programmes, policies, calendars."""
APPEND_ONLY_REFERENCE = Access(("SELECT", "INSERT"), scoped=False)
STAFF = Access(("SELECT", "INSERT", "UPDATE", "DELETE"), scoped=False)
"""Staff, roles, sessions, schedules: read before a scope exists."""
PUBLIC = Access(("SELECT", "INSERT", "UPDATE", "DELETE"), scoped=False)
"""Made for the public; holds nothing that may not be read by anybody."""
CLINICAL = Access(("SELECT", "DELETE"), role="clinical")
"""Behind the wall: the clinical role alone."""

_PACKAGES = {
    "contenttypes": Access(("SELECT",), scoped=False),
    "auth": Access(("SELECT",), scoped=False),
    "pghistory": Access(("SELECT",), scoped=False),
    "sessions": STAFF,
    "account": STAFF,
    "mfa": STAFF,
    "django_celery_beat": STAFF,
}

_FUNCTIONS = (
    "clinical_deposit",
    "households_is_own_family",
    "households_take_back",
    "households_undo_import",
    "offices_refresh_statistics",
    "subsidies_amounts_on",
    "subsidies_arrear_due",
    "subsidies_arrear_to_end",
    "subsidies_arrears_of_share",
    "subsidies_due_until_death",
    "subsidies_end_after",
    "subsidies_grant_ends",
    "subsidies_heir_part",
    "subsidies_steps_follow",
    "subsidies_stop_rule",
    "subsidies_twelfths",
)
"""Functions that the application role may execute, also the owner's; every other one it may not."""

SCOPE_CONDITION = (
    "division_code >= nullif(current_setting('huimin.scope', true), '') "
    "AND division_code < nullif(current_setting('huimin.scope', true), '') || '~'"
)


class UndeclaredAccess(RuntimeError):
    """A model says not who may do what with its table."""


def access_of(model: type[models.Model]) -> Access:
    """The declared access of a model. Raises UndeclaredAccess when there is none."""
    declared = model.__dict__.get("access")
    if isinstance(declared, Access):
        return declared
    label = model._meta.app_label
    if label in _PACKAGES:
        return _PACKAGES[label]
    if any(base.__module__ == "pghistory.models" for base in model.__mro__):
        return HISTORY
    raise UndeclaredAccess(f"{model._meta.label} declares no access")


def tables_with_access() -> Iterator[tuple[type[models.Model], Access]]:
    """Every managed table of the installation with its access, many-to-many tables included."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            # Django's stubs call it a flag; of a many-to-many table it is the model that made it.
            maker: Any = model._meta.auto_created
            yield model, access_of(maker or model)


def apply_access_after_migrate(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Grant the declared rights and force the policies; signal receiver of post_migrate."""
    apply_access(using=using)


def apply_access(*, using: str, county: str | None = None) -> None:
    """Make the database's rights and policies equal to the declarations. Idempotent."""
    schema = sql.Identifier(schema_of(county or default_county()))
    roles = {name: sql.Identifier(role) for name, role in settings.HUIMIN_DATABASE_ROLES.items()}
    serving = sql.SQL(", ").join([roles["app"], roles["clinical"]])
    connection = connections[using]
    present = set(connection.introspection.table_names())
    statements: list[sql.Composable] = [
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(schema, serving),
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, serving),
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(schema, serving),
    ]
    for model, access in tables_with_access():
        if model._meta.db_table not in present:
            continue
        table = sql.SQL("{}.{}").format(schema, sql.Identifier(model._meta.db_table))
        rights = sql.SQL(", ").join(sql.SQL(right) for right in access.rights)
        statements.append(sql.SQL("GRANT {} ON {} TO {}").format(rights, table, roles[access.role]))
        if access.scoped:
            condition = sql.SQL(SCOPE_CONDITION)
            statements += [
                sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table),
                sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(table),
                sql.SQL("DROP POLICY IF EXISTS within_scope ON {}").format(table),
                sql.SQL("CREATE POLICY within_scope ON {} TO {} USING ({}) WITH CHECK ({})").format(
                    table, roles[access.role], condition, condition
                ),
            ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.as_string(cursor.connection))
        _pin_trigger_functions(cursor, schema_of(county or default_county()))
        _grant_functions(cursor, schema_of(county or default_county()))


def _grant_functions(cursor: Any, schema: str) -> None:
    """Take every function from PUBLIC and give the declared ones to the application role."""
    app = settings.HUIMIN_DATABASE_ROLES["app"]
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text, p.proname
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = %s AND p.prorettype <> 'trigger'::regtype
        """,
        [schema],
    )
    for signature, name in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        if name in _FUNCTIONS:
            cursor.execute(f'GRANT EXECUTE ON FUNCTION {signature} TO "{app}"')


def _pin_trigger_functions(cursor: Any, schema: str) -> None:
    """Let triggers run as the owner with a fixed path: history cannot be forged, checks see every row.

    They find rows by key: a plan is kept with the session, and one made while a table was small would read
    all of it for every row as it grows.
    """
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = %s AND p.prorettype = 'trigger'::regtype
        """,
        [schema],
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(
            f"ALTER FUNCTION {signature} SECURITY DEFINER "
            f'SET search_path = "{schema}", public, pg_temp SET enable_seqscan = off'
        )


def prepare_schema(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Make the county's schema and the extensions before the first table; receiver of pre_migrate."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")
        cursor.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}")
            .format(sql.Identifier(schema_of(default_county())))
            .as_string(cursor.connection)
        )
