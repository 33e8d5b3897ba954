"""Change sets: what an event, a merge or a division's change wrote, so that it can be taken back.

Whoever changes rows of the registry in a change set says so before (`touch`) and after making new
ones (`made`). At its end the images before and after stand in `RowChange`. Taking a set back
restores the exact rows, and only while every one of them still is as the set left it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from households.models import RowChange
from households.services.import_sql import NEW_KEY, PERSON
from offices.errors import DomainError

_CHANGED_SINCE = frozenset({"HM001", "23505", "23P01"})
"""A row is another than it was left, or what it was has since been taken: a number, a period."""
_STILL_NEEDED = "23503"


class ChangeSet:
    """The rows that one set is about to change or has made; see `change_set`."""

    def __init__(self, *, set_id: UUID) -> None:
        self._set_id = set_id

    def touch(self, *rows: models.Model) -> None:
        """Keep how these rows are in the database now; the first image of a row counts."""
        for row in rows:
            self.touch_rows(type(row), "t.id = %s", [row.pk])

    def touch_rows(self, model: type[models.Model], where: str, parameters: Sequence[Any] = ()) -> int:
        """As `touch`, by set: `where` speaks of the table as `t`. Returns how many rows it found.

        Rows that this set has touched before are among them.
        """
        return self._keep(model, "to_jsonb(t)", where, parameters)

    def made(self, *rows: models.Model) -> None:
        """Say that these rows were made by this set."""
        for row in rows:
            self.made_rows(type(row), "t.id = %s", [row.pk])

    def made_rows(self, model: type[models.Model], where: str, parameters: Sequence[Any] = ()) -> int:
        """As `made`, by set."""
        return self._keep(model, "NULL::jsonb", where, parameters)

    def _keep(self, model: type[models.Model], image: str, where: str, parameters: Sequence[Any]) -> int:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO images_before SELECT %s, %s, t.id, {image} FROM {table} t WHERE {where} "
                # The first image stays; a row that is there already is still counted.
                "ON CONFLICT (change_set, row_table, row_id) DO UPDATE SET row_id = EXCLUDED.row_id",
                [self._set_id, table, *parameters],
            )
            return int(cursor.rowcount)


@contextmanager
def change_set(set_id: UUID) -> Iterator[ChangeSet]:
    """Remember what the block changes under the key `set_id`, in one transaction, at the open scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS images_before (change_set uuid, row_table text, row_id uuid, "
            "before jsonb, PRIMARY KEY (change_set, row_table, row_id)) ON COMMIT DROP"
        )
        yield ChangeSet(set_id=set_id)
        _settle(cursor, set_id)


def take_back(*, set_id: UUID) -> int:
    """Restore every row of a change set as it was; the number of rows. At county scope, in a service.

    For which day a resident file has spoken of a person since is no part of the set, and stays.

    Raises DomainError `changed_since` when a row was changed by something later, and
    `built_upon` when something later refers to a row that would go.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            spoken_since = _spoken_since(cursor, set_id)
            cursor.execute("SELECT households_take_back(%s)", [set_id])
            restored = int(cursor.fetchone()[0])
            cursor.executemany(
                f"UPDATE {PERSON} SET row_digest = NULL, row_as_of = %s WHERE id = %s", spoken_since
            )
            # What refers to a row that went is found here, not at the end of whoever called.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return restored
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state in _CHANGED_SINCE:
            raise changed_since() from error
        if state == _STILL_NEEDED:
            raise DomainError(
                "built_upon",
                _(
                    "Something entered later rests on this, such as an application. It cannot be taken back "
                    "any more; record the correction as a new event."
                ),
            ) from error
        raise


def changed_since() -> DomainError:
    """What a later entry has changed, or rests on, is not taken back before it."""
    return DomainError(
        "changed_since",
        _(
            "Something entered later has changed the same record, so this cannot be taken back. "
            "Take back the later entry first, or record the correction as a new event."
        ),
    )


def _spoken_since(cursor: Any, set_id: UUID) -> list[tuple[date, UUID]]:
    """Of whom of a set a resident file has spoken since, and for which day: that stays when it is taken back."""
    cursor.execute(
        f"""
        SELECT p.row_as_of, p.id FROM {RowChange._meta.db_table} c JOIN {PERSON} p ON p.id = c.row_id
         WHERE c.change_set = %s AND c.row_table = %s AND c.before IS NOT NULL
           AND (to_jsonb(p) -> 'row_digest', to_jsonb(p) -> 'row_as_of')
               IS DISTINCT FROM (c.after -> 'row_digest', c.after -> 'row_as_of')
        """,
        [set_id, PERSON],
    )
    return cursor.fetchall()


def rows_of_set(set_id: UUID) -> dict[str, int]:
    """How many rows of each table a set changed or made, within the open scope."""
    counted = (
        RowChange.objects.filter(change_set=set_id).values_list("row_table").annotate(models.Count("id"))
    )
    return dict(counted)


def _settle(cursor: Any, set_id: UUID) -> None:
    cursor.execute("SELECT DISTINCT row_table FROM images_before WHERE change_set = %s", [set_id])
    for (table,) in cursor.fetchall():
        cursor.execute(
            f"""
            INSERT INTO {RowChange._meta.db_table}
                   (id, change_set, row_table, row_id, before, after, recorded_at, division_code)
            SELECT {NEW_KEY}, b.change_set, b.row_table, b.row_id, b.before, to_jsonb(t), now(), t.division_code
              FROM images_before b JOIN {connection.ops.quote_name(table)} t ON t.id = b.row_id
             WHERE b.change_set = %s AND b.row_table = %s AND b.before IS DISTINCT FROM to_jsonb(t)
            """,
            [set_id, table],
        )
    cursor.execute("DELETE FROM images_before WHERE change_set = %s", [set_id])
