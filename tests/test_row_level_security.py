"""Row-level security by generator over the catalogue: every table with case data, both ways."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, models, transaction

from offices.database.access import access_of, tables_with_access
from offices.database.context import open_context
from tests.conftest import as_owner, sql
from tests.factories import OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db

SCOPED = [
    pytest.param(model, id=model._meta.db_table) for model, access in tables_with_access() if access.scoped
]
APPLICATION = [
    pytest.param(model, id=model._meta.db_table)
    for model, access in tables_with_access()
    if access.scoped and access.role == "app"
]


def _value(field: models.Field[Any, Any]) -> Any:
    """Some value of the column's type: constraints are switched off where the row is planted."""
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.ForeignKey):
        return _value(field.target_field)
    if isinstance(field, models.DateTimeField):
        return datetime.datetime(2014, 1, 6, tzinfo=datetime.UTC)
    if isinstance(field, models.DateField):
        return datetime.date(2014, 1, 6)
    if isinstance(field, models.TimeField):
        return datetime.time(8, 30)
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField):
        return 1
    if isinstance(field, models.BinaryField):
        return b"x" * 32
    if isinstance(field, models.JSONField):
        return "{}"
    if type(field).__name__ == "ArrayField":
        return []
    if isinstance(field, models.GenericIPAddressField):
        return "127.0.0.1"
    return "x"


def _plant(model: type[models.Model], division_code: str) -> None:
    """Put a row in as the owner, past keys and checks, so that only its division matters."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField):
            continue
        columns.append(connection.ops.quote_name(field.column))
        values.append(division_code if field.name == "division_code" else _value(field))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(values))})", values
        )


@pytest.fixture
def planted(request: pytest.FixtureRequest, db: None) -> type[models.Model]:
    """One row of each of two townships in a table, without its keys and checks."""
    model: type[models.Model] = request.param
    table = connection.ops.quote_name(model._meta.db_table)
    with open_context(scope=settings.HUIMIN_COUNTY), as_owner():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f', 'x', 'u')",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = %s::regclass "
                "AND i.indisunique AND NOT i.indisprimary",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
        _plant(model, VILLAGE)
        _plant(model, OTHER_VILLAGE)
    return model


def _count(model: type[models.Model]) -> int:
    return sql(f"SELECT count(*) FROM {connection.ops.quote_name(model._meta.db_table)}")[0][0]


@pytest.mark.parametrize("planted", APPLICATION, indirect=True)
def test_a_session_sees_and_changes_its_own_township_only(planted: type[models.Model]) -> None:
    table = connection.ops.quote_name(planted._meta.db_table)
    with open_context(scope="370406101"):
        assert _count(planted) == 1
        access = access_of(planted)
        if "UPDATE" in access.rights:
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET division_code = division_code")
                assert cursor.rowcount == 1
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                sql(f"UPDATE {table} SET division_code = '{OTHER_VILLAGE}'")
        else:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                sql(f"UPDATE {table} SET division_code = division_code")
        if "DELETE" in access.rights:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")
                assert cursor.rowcount == 1
        else:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                sql(f"DELETE FROM {table}")
        if "INSERT" in access.rights:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                _plant(planted, OTHER_VILLAGE)
            _plant(planted, VILLAGE)


@pytest.mark.parametrize("planted", APPLICATION, indirect=True)
def test_unset_empty_or_reset_scope_sees_nothing(planted: type[models.Model]) -> None:
    with open_context(scope="370406101"):
        assert _count(planted) == 1
    with open_context(scope=""):
        assert _count(planted) == 0
    sql(f"SET LOCAL search_path = county_{settings.HUIMIN_COUNTY}, public")
    assert _count(planted) == 0
    sql("RESET huimin.scope")
    assert _count(planted) == 0
    sql("SET LOCAL huimin.scope = ''")
    assert _count(planted) == 0


@pytest.mark.parametrize("model", SCOPED)
def test_row_level_security_is_forced(model: type[models.Model]) -> None:
    assert sql(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        [connection.ops.quote_name(model._meta.db_table)],
    ) == [(True, True)]


def test_every_table_with_a_division_is_scoped_or_says_why() -> None:
    open_to_all = {
        # Reference and staff data: read before a scope exists, and no case of a family in them.
        "enforcement_officercertificate",
        "checkups_station",
        "checkups_checkupsession",
    }
    for model in apps.get_models():
        if "division_code" in {field.name for field in model._meta.fields} and not access_of(model).scoped:
            assert model._meta.db_table in open_to_all, model


def test_the_serving_roles_own_nothing_and_bypass_nothing() -> None:
    roles = [settings.HUIMIN_DATABASE_ROLES["app"], settings.HUIMIN_DATABASE_ROLES["clinical"]]
    assert sql(
        "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls)", [roles]
    ) == [(0,)]
    assert sql(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY(%s)",
        [roles],
    ) == [(0,)]


def test_no_table_is_without_a_declaration() -> None:
    declared = {model._meta.db_table for model, _access in tables_with_access()}
    present = {
        name
        for (name,) in sql(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE relkind IN ('r', 'p') AND nspname = %s",
            [f"county_{settings.HUIMIN_COUNTY}"],
        )
    }
    assert present - declared == {"django_migrations"}


def test_the_application_cannot_reach_clinical_tables(db: None) -> None:
    with open_context(scope=settings.HUIMIN_COUNTY):
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            assert sql("SELECT has_table_privilege(current_user, 'checkups_bookedperson', %s)", [right]) == [
                (False,)
            ]
