"""Whom the arrived rows speak of: by set, at county scope.

The outcome is `taken`, one line for each row that is taken in: the person it speaks of, her
household, and whether she is new (`created`), known as she stands (`unchanged`) or to be compared
(`known`). All else is in `remarks` with its reason.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import Household, Membership, Person
from households.rows import RowError
from households.services.import_staging import refuse_lines

PERSON = Person._meta.db_table
HOUSEHOLD = Household._meta.db_table
MEMBERSHIP = Membership._meta.db_table

# UUIDv7 (RFC 9562) in SQL: 48 bits of milliseconds before the random ones, version 7. PostgreSQL has
# it from 18 on; rows that are inserted by set cannot get their keys from the application.
NEW_KEY = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing "
    "substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) "
    "FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid"
)


def match_rows(cursor: Any, *, scope: str, as_of: date) -> None:
    """Fill `taken`; refuse what is repeated, ambiguous, or served by another township than `scope`."""
    cursor.execute("CREATE TEMPORARY TABLE refused_lines (line integer) ON COMMIT DROP")
    _refuse_repeated(cursor)
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE taken ON COMMIT DROP AS
        SELECT a.line, p.id AS known_id, p.id AS person_id, NULL::uuid AS household_id,
               CASE WHEN p.id IS NULL THEN 'created' WHEN a.is_known THEN 'unchanged' ELSE 'known' END
               AS outcome
          FROM arriving a LEFT JOIN {PERSON} p ON p.id_number_digest = a.id_digest
         WHERE NOT EXISTS (SELECT FROM refused_lines r WHERE r.line = a.line)
        """
    )
    _match_by_name(cursor, as_of)
    _refuse_served_elsewhere(cursor, scope)
    cursor.execute(f"UPDATE taken SET person_id = {NEW_KEY} WHERE person_id IS NULL")
    _find_households(cursor)
    cursor.execute("CREATE UNIQUE INDEX ON taken (person_id)")
    cursor.execute("ANALYZE taken")


def _refuse_repeated(cursor: Any) -> None:
    """One identity on several rows: alike, the first is taken; different, none is."""
    cursor.execute(
        """
        CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
        SELECT person_key, min(line) AS first_line, count(DISTINCT row_digest) > 1 AS differ
          FROM arriving GROUP BY person_key HAVING count(*) > 1
        """
    )
    if not cursor.rowcount:
        return
    alike = RowError(
        "公民身份号码",
        "repeated",
        "",
        _("The same row stands further up in this file. Delete one of them."),
        {},
    )
    different = RowError(
        "公民身份号码",
        "repeated_differently",
        "",
        _(
            "Several rows of this file have this person's number and say different things, so none was taken. "
            "Keep the right one."
        ),
        {},
    )
    rows = "SELECT a.line, a.name FROM arriving a JOIN repeated r USING (person_key) WHERE "
    _refuse(cursor, rows + "NOT r.differ AND a.line > r.first_line", alike)
    _refuse(cursor, rows + "r.differ", different)


def _match_by_name(cursor: Any, as_of: date) -> None:
    """Without a number on either side: name, birth, sex and household; never a guess among several."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE candidates ON COMMIT DROP AS
        SELECT t.line, count(DISTINCT p.id) AS found, min(p.id::text)::uuid AS person_id
          FROM taken t
          JOIN arriving a ON a.line = t.line
          JOIN {HOUSEHOLD} h ON h.division_code = a.household_village AND h.number = a.household_number
          JOIN {MEMBERSHIP} m ON m.household_id = h.id
          JOIN {PERSON} p ON p.id = m.person_id
               AND p.name = a.name AND p.birth_date = a.birth_date AND p.sex = a.sex
               AND (a.id_digest IS NULL OR p.id_number_digest IS NULL)
         WHERE t.known_id IS NULL
         GROUP BY t.line
        """
    )
    if cursor.rowcount:
        cursor.execute(
            f"""
            UPDATE taken t SET known_id = c.person_id, person_id = c.person_id,
                   outcome = CASE WHEN p.row_digest = a.row_digest AND p.row_as_of <= %s
                                  THEN 'unchanged' ELSE 'known' END
              FROM candidates c, {PERSON} p, arriving a
             WHERE t.line = c.line AND c.found = 1 AND p.id = c.person_id AND a.line = c.line
            """,
            [as_of],
        )
        ambiguous = RowError(
            "姓名",
            "ambiguous_person",
            "",
            _("Several people of this household have this name and birth date. Add the identity number."),
            {},
        )
        _refuse_taken(cursor, "SELECT line FROM candidates WHERE found > 1", ambiguous)
    _refuse_unnumbered_twins(cursor)


def _refuse_unnumbered_twins(cursor: Any) -> None:
    """A row without a number beside one with it, both of the same person."""
    said_twice = RowError(
        "公民身份号码",
        "repeated_without_number",
        "",
        _("Another row of this file has this person with her identity number. Delete this one."),
        {},
    )
    _refuse_taken(
        cursor,
        """
        SELECT a.line FROM arriving a
          JOIN taken t ON t.line = a.line
          JOIN taken other ON other.known_id = t.known_id AND other.line <> t.line
          JOIN arriving b ON b.line = other.line AND b.id_digest IS NOT NULL
         WHERE a.id_digest IS NULL
        UNION
        SELECT a.line FROM arriving a
          JOIN arriving b ON b.id_digest IS NOT NULL
               AND b.household_village = a.household_village AND b.household_number = a.household_number
               AND b.name = a.name AND b.birth_date = a.birth_date AND b.sex = a.sex
          JOIN taken other ON other.line = b.line
         WHERE a.id_digest IS NULL
        """,
        said_twice,
    )
    several = RowError(
        "姓名",
        "repeated_differently",
        "",
        _(
            "Several rows of this file have this person's number and say different things, so none was taken. "
            "Keep the right one."
        ),
        {},
    )
    _refuse_taken(
        cursor,
        "SELECT line FROM (SELECT line, count(*) OVER (PARTITION BY known_id) AS rows FROM taken "
        "WHERE known_id IN (SELECT person_id FROM candidates WHERE found = 1)) AS same WHERE rows > 1",
        several,
    )


def _refuse_served_elsewhere(cursor: Any, scope: str) -> None:
    """A township's file may not take a person over from another township."""
    elsewhere = RowError(
        "公民身份号码",
        "served_elsewhere",
        "",
        _(
            "This person is registered in another township. "
            "Ask that township or the county office to record the move."
        ),
        {},
    )
    _refuse_taken(
        cursor,
        f"SELECT t.line FROM taken t JOIN {PERSON} p ON p.id = t.known_id "
        "WHERE NOT (p.division_code >= %s AND p.division_code < %s)",
        elsewhere,
        [scope, scope + "~"],
    )


def _find_households(cursor: Any) -> None:
    """Open the households that are new; note for each row which one it is."""
    cursor.execute(
        f"""
        INSERT INTO {HOUSEHOLD} (id, number, division_code, recorded_at)
        SELECT {NEW_KEY}, s.household_number, s.household_village, now()
          FROM (SELECT DISTINCT a.household_village, a.household_number
                  FROM arriving a JOIN taken t USING (line) WHERE t.outcome <> 'unchanged') AS s
         WHERE NOT EXISTS (SELECT FROM {HOUSEHOLD} h
                            WHERE h.division_code = s.household_village AND h.number = s.household_number)
        """
    )
    cursor.execute(
        f"""
        UPDATE taken t SET household_id = h.id
          FROM arriving a, {HOUSEHOLD} h
         WHERE a.line = t.line AND t.outcome <> 'unchanged'
           AND h.division_code = a.household_village AND h.number = a.household_number
        """
    )


def _refuse_taken(cursor: Any, lines: str, error: RowError, parameters: list[Any] | None = None) -> None:
    _refuse(
        cursor,
        f"SELECT a.line, a.name FROM arriving a WHERE a.line IN ({lines})",
        error,
        parameters,
    )
    cursor.execute("DELETE FROM taken t USING refused_lines r WHERE r.line = t.line")


def _refuse(cursor: Any, selection: str, error: RowError, parameters: list[Any] | None = None) -> None:
    cursor.execute(
        f"WITH picked(line, name) AS ({selection}) INSERT INTO refused_lines SELECT line FROM picked",
        parameters or [],
    )
    if cursor.rowcount:
        refuse_lines(cursor, selection, error, parameters or [])
