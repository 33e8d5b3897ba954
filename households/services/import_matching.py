"""Whom the arrived rows speak of: by set, at county scope.

The outcome is `taken`, one line for each row that is taken in: the person it speaks of, her
household, and whether she is new (`created`), known as she stands (`unchanged`) or to be compared
(`known`). All else is in `remarks` with its reason.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.models import ResidentImport
from households.rows import RowError
from households.services.import_days import find_said_again
from households.services.import_disputes import gather_put_right, match_put_right
from households.services.import_kin import refuse_impossible_kin
from households.services.import_questions import ask_about_rows, follow_decisions
from households.services.import_sql import HOUSEHOLD, MEMBERSHIP, NEW_KEY, PERSON, WRITTEN_AT
from households.services.import_staging import refuse_selected


def match_rows(cursor: Any, *, brought: ResidentImport, today: date, columns: frozenset[str]) -> None:
    """Fill `taken`; refuse what is repeated, impossible, ambiguous, or served by another township.

    Rows that fit several people go to the review queue besides, and are matched as it was decided.
    """
    cursor.execute("CREATE TEMPORARY TABLE refused_lines (line integer) ON COMMIT DROP")
    _refuse_repeated(cursor)
    refuse_impossible_kin(cursor, columns=columns)
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
    _refuse_merged(cursor)
    gather_put_right(cursor)
    match_put_right(cursor, as_of=brought.as_of)
    _refuse_other_households(cursor, brought)
    _match_by_name(cursor, brought=brought, today=today)
    _refuse_served_elsewhere(cursor, brought.scope)
    find_said_again(cursor, as_of=brought.as_of)
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
    refuse_selected(cursor, rows + "NOT r.differ AND a.line > r.first_line", alike)
    refuse_selected(cursor, rows + "r.differ", different)


def _refuse_merged(cursor: Any) -> None:
    """A number that stayed with a record which went into another: the person is known by another one."""
    merged = RowError(
        "公民身份号码",
        "merged_number",
        "",
        _(
            "Two records of this person were made one, which has another identity number. "
            "Correct the number in this row, or have the merge undone."
        ),
        {},
    )
    _refuse_taken(
        cursor,
        f"SELECT t.line FROM taken t JOIN {PERSON} p ON p.id = t.known_id WHERE p.merged_into_id IS NOT NULL",
        merged,
    )


def _refuse_other_households(cursor: Any, brought: ResidentImport) -> None:
    """No township's file writes who belongs to a household that another one keeps; the county's does.

    Whoever lives apart from her household is brought by the township that serves her, as long as the
    row says of the household what the registry says. Without a number nobody is looked for in it.
    """
    elsewhere = RowError(
        "户编号",
        "household_elsewhere",
        "",
        _(
            "This household is kept by another township, and on the day of the file the registry does not have "
            "this person in it with this relation. Leave the row to the county office, whose file may say so."
        ),
        {},
    )
    scope = [brought.scope, brought.scope + "~"]
    _refuse_taken(
        cursor,
        f"""
        SELECT t.line FROM taken t JOIN arriving a USING (line) LEFT JOIN {PERSON} p ON p.id = t.known_id
         WHERE NOT (a.household_village >= %s AND a.household_village < %s)
           AND (p.id IS NULL OR (p.division_code >= %s AND p.division_code < %s))
           AND NOT EXISTS (
               SELECT FROM {MEMBERSHIP} m JOIN {HOUSEHOLD} h ON h.id = m.household_id
                WHERE m.person_id = t.known_id AND m.relation = a.relation
                  AND h.division_code = a.household_village AND h.number = a.household_number
                  AND (m.from_on IS NULL OR m.from_on <= %s) AND (m.to_on IS NULL OR m.to_on > %s))
        """,
        elsewhere,
        [*scope, *scope, brought.as_of, brought.as_of],
    )


def _match_by_name(cursor: Any, *, brought: ResidentImport, today: date) -> None:
    """Without a number on either side: name, birth, sex and household; never a guess among several."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE candidates ON COMMIT DROP AS
        SELECT t.line, count(DISTINCT p.id) AS found, min(p.id::text)::uuid AS person_id,
               min(h.id::text)::uuid AS household_id
          FROM taken t
          JOIN arriving a ON a.line = t.line
          JOIN {HOUSEHOLD} h ON h.division_code = a.household_village AND h.number = a.household_number
          JOIN {MEMBERSHIP} m ON m.household_id = h.id
          JOIN {PERSON} p ON p.id = m.person_id
               AND p.name = a.name AND p.birth_date = a.birth_date AND p.sex = a.sex
               AND (a.id_digest IS NULL OR p.id_number_digest IS NULL) AND p.merged_into_id IS NULL
         WHERE t.known_id IS NULL
         GROUP BY t.line
        """
    )
    if cursor.rowcount:
        follow_decisions(cursor)
        cursor.execute(
            f"""
            UPDATE taken t SET known_id = c.person_id, person_id = c.person_id,
                   outcome = CASE WHEN p.row_digest = a.row_digest AND p.row_as_of <= %s
                                  THEN 'unchanged' ELSE 'known' END
              FROM candidates c, {PERSON} p, arriving a
             WHERE t.line = c.line AND c.found = 1 AND p.id = c.person_id AND a.line = c.line
            """,
            [brought.as_of],
        )
        ambiguous = RowError(
            "姓名",
            "ambiguous_person",
            "",
            _(
                "Several people of this household have this name and birth date. Add the identity number, "
                "or say in the review queue whom the row means and bring the file again."
            ),
            {},
        )
        ask_about_rows(cursor, brought=brought, today=today)
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
            "This person is served by another township. Ask that township to record the move, "
            "or the county office to bring this row in a file of its own."
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
        SELECT {NEW_KEY}, s.household_number, s.household_village, {WRITTEN_AT}
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
    refuse_selected(
        cursor,
        f"SELECT a.line, a.name FROM arriving a WHERE a.line IN ({lines})",
        error,
        parameters or (),
    )
    cursor.execute("DELETE FROM taken t USING refused_lines r WHERE r.line = t.line")
