"""What only the end of a file shows: relatives who are unknown, households without one living head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import Relation
from households.error_file import ErrorFile
from households.models import MaritalFact, Parentage, RegistryTask
from households.rows.notes import RowNote, RowWarning
from households.services.duplicate_search import FEW, find_duplicates_of
from households.services.import_sql import HOUSEHOLD, MEMBERSHIP, NEW_KEY, PERSON
from households.services.import_staging import warn_lines
from offices.services.jobs import enqueue

_NO_HEAD, _TWO_HEADS = "h.living > 0 AND h.heads = 0", "h.heads > 1"
_NO_HEAD_THEN, _TWO_HEADS_THEN = "h.living_then > 0 AND h.heads_then = 0", "h.heads_then > 1"
_TASK = RegistryTask._meta.db_table
_LINES_AT_ONCE = 2000


def warn_of_unknown_kin(cursor: Any, *, as_of: date) -> None:
    """Relatives named by a number that nobody in the registry has: kept, found when they arrive."""
    holds = "(f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s)"
    for table, column, header, among in (
        (MaritalFact._meta.db_table, "spouse", "配偶身份号码", ""),
        (Parentage._meta.db_table, "parent", "父亲身份号码", "AND f.role = 'father'"),
        (Parentage._meta.db_table, "parent", "母亲身份号码", "AND f.role = 'mother'"),
    ):
        warn_lines(
            cursor,
            f"SELECT a.line, a.name FROM {table} f JOIN taken t ON t.person_id = f.person_id "
            f"JOIN arriving a ON a.line = t.line WHERE f.{column}_id IS NULL "
            f"AND f.{column}_digest IS NOT NULL AND {holds} {among}",
            RowWarning(
                header,
                "kin_unknown",
                "",
                _(
                    "Nobody in the registry has this number yet. It is kept, and the two are linked "
                    "when that person arrives."
                ),
                {},
            ),
            [as_of, as_of],
        )


def check_heads(cursor: Any, *, as_of: date, today: date) -> None:
    """A household whose members live and which has no living head, or several: a warning and a task.

    The warning speaks of the day that the file speaks for; the task of today, since the office acts
    today: a file for an earlier day opens none for what is in order now, and closes none that is not.
    """
    find_heads(
        cursor,
        f"SELECT DISTINCT m.household_id FROM taken t JOIN {MEMBERSHIP} m USING (person_id)",
        as_of=as_of,
        today=today,
    )
    keep_head_tasks(cursor, today=today)
    for kind, condition, words in _head_warnings(is_late=as_of < today):
        warn_lines(
            cursor,
            f"SELECT a.line, a.name FROM (SELECT min(t.line) AS line FROM heads h "
            f"JOIN {MEMBERSHIP} m USING (household_id) JOIN taken t USING (person_id) "
            f"WHERE {condition} GROUP BY h.household_id) AS first JOIN arriving a USING (line)",
            RowWarning("户主关系", f"household_{kind}", "", words, {}),
        )


def _head_warnings(*, is_late: bool) -> tuple[tuple[RegistryTask.Kind, str, str | Promise], ...]:
    no_head, two_heads = RegistryTask.Kind.NO_HEAD, RegistryTask.Kind.TWO_HEADS
    if is_late:
        return (
            (
                no_head,
                _NO_HEAD_THEN,
                _(
                    "On the day the file speaks for, the household has no living head. If it has none "
                    "today either, a task is open: ask the family who its head is."
                ),
            ),
            (
                two_heads,
                _TWO_HEADS_THEN,
                _(
                    "On the day the file speaks for, the household has more than one living head. If it "
                    "has today as well, a task is open: ask the family which is right."
                ),
            ),
        )
    return (
        (
            no_head,
            _NO_HEAD_THEN,
            _("The household has no living head. A task was opened: ask the family who its head is."),
        ),
        (
            two_heads,
            _TWO_HEADS_THEN,
            _(
                "The household has more than one living head. A task was opened: ask the family which is right."
            ),
        ),
    )


def find_heads(cursor: Any, touched: str, *, as_of: date, today: date) -> None:
    """Count living members and heads of the households that `touched` (SQL) gives, into `heads`.

    Of today, and (`_then`) of the day that a file speaks for. Nobody has two memberships on a day.
    """
    on = (
        "(m.from_on IS NULL OR m.from_on <= %({day})s) AND (m.to_on IS NULL OR m.to_on > %({day})s) "
        "AND p.id IS NOT NULL AND (p.died_on IS NULL OR p.died_on > %({day})s)"
    )
    then, now = on.format(day="as_of"), on.format(day="today")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE heads ON COMMIT DROP AS
        SELECT h.id AS household_id, h.division_code,
               count(*) FILTER (WHERE {now}) AS living,
               count(*) FILTER (WHERE {now} AND m.relation = %(head)s) AS heads,
               count(*) FILTER (WHERE {then}) AS living_then,
               count(*) FILTER (WHERE {then} AND m.relation = %(head)s) AS heads_then
          FROM ({touched}) AS touched
          JOIN {HOUSEHOLD} h ON h.id = touched.household_id
          LEFT JOIN {MEMBERSHIP} m ON m.household_id = h.id
          LEFT JOIN {PERSON} p ON p.id = m.person_id
         GROUP BY h.id, h.division_code
        """,
        {"head": Relation.HEAD, "as_of": as_of, "today": today},
    )


def keep_head_tasks(cursor: Any, *, today: date) -> None:
    """Open what `heads` lacks, and close what is in order again."""
    for kind, condition in (
        (RegistryTask.Kind.NO_HEAD, _NO_HEAD),
        (RegistryTask.Kind.TWO_HEADS, _TWO_HEADS),
    ):
        cursor.execute(
            f"""
            INSERT INTO {_TASK} (id, kind, household_id, opened_on, division_code)
            SELECT {NEW_KEY}, %s, h.household_id, %s, h.division_code FROM heads h
             WHERE {condition} AND NOT EXISTS (
                   SELECT FROM {_TASK} k
                    WHERE k.household_id = h.household_id AND k.kind = %s AND k.closed_on IS NULL)
            """,
            [kind, today, kind],
        )
        cursor.execute(
            f"UPDATE {_TASK} k SET closed_on = %s FROM heads h "
            f"WHERE k.household_id = h.household_id AND k.kind = %s AND k.closed_on IS NULL AND NOT ({condition})",
            [today, kind],
        )


def look_for_duplicates(cursor: Any, *, is_dry_run: bool) -> None:
    """Compare whom the file made or changed with the county: few at once, many by a task after the commit."""
    if is_dry_run:
        return
    cursor.execute(
        "SELECT person_id FROM taken WHERE outcome = 'created' OR line IN (SELECT line FROM changed) LIMIT %s",
        [FEW + 1],
    )
    people = [person for (person,) in cursor.fetchall()]
    if len(people) > FEW:
        enqueue("households.find_duplicates")
    elif people:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        find_duplicates_of(people=people)


def remark_file(*, is_refusal: bool) -> Iterator[bytes]:
    """The error file, or the one of warnings, in pieces: CSV in the order of the lines."""
    piece = StringIO(newline="")
    writer = ErrorFile(piece)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT line, name, column_name, value, code, explanation FROM remarks "
            "WHERE is_refusal = %s ORDER BY line, column_name, code",
            [is_refusal],
        )
        while rows := cursor.fetchmany(_LINES_AT_ONCE):
            for line, name, column, value, code, explanation in rows:
                note = RowNote(column, code, value, explanation, {})
                writer.write_note(line=line, name=name, note=note)
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
