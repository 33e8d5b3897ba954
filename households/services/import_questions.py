"""Rows of a file that fit several people: asked about in the review queue, never guessed.

`candidates` holds the lines without a number on one side, how many people of the household fit,
and one of them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from households.models import AmbiguousRow, RegistryTask, ResidentImport
from households.services.import_sql import NEW_KEY

_ROW = AmbiguousRow._meta.db_table
_TASK = RegistryTask._meta.db_table


def follow_decisions(cursor: Any) -> None:
    """Where a clerk has said whom a row means, it fits that person alone."""
    cursor.execute(
        f"""
        UPDATE candidates c SET found = 1, person_id = q.chosen_id
          FROM arriving a JOIN {_ROW} q ON q.row_key = a.person_key
         WHERE a.line = c.line AND c.found > 1 AND q.chosen_id IS NOT NULL
           AND EXISTS (SELECT FROM households_person p WHERE p.id = q.chosen_id AND p.name = a.name
                                AND p.birth_date = a.birth_date AND p.sex = a.sex)
        """
    )


def ask_about_rows(cursor: Any, *, brought: ResidentImport, today: date) -> None:
    """Put the rows that still fit several people into the review queue, each once.

    A row that a clerk has decided to leave out is not asked about again.
    """
    asked = (
        "FROM candidates c JOIN arriving a ON a.line = c.line "
        "JOIN households_household h ON h.id = c.household_id "
        f"LEFT JOIN {_ROW} q ON q.row_key = a.person_key "
        "WHERE c.found > 1 AND (q.id IS NULL OR q.settled_on IS NULL OR q.chosen_id IS NOT NULL)"
    )
    cursor.execute(
        f"""
        INSERT INTO {_TASK} (id, kind, household_id, opened_on, division_code)
        SELECT {NEW_KEY}, %s, s.id, %s, s.division_code
          FROM (SELECT DISTINCT h.id, h.division_code {asked}) AS s
         WHERE NOT EXISTS (SELECT FROM {_TASK} k
                            WHERE k.household_id = s.id AND k.kind = %s AND k.closed_on IS NULL)
        """,
        [RegistryTask.Kind.AMBIGUOUS, today, RegistryTask.Kind.AMBIGUOUS],
    )
    cursor.execute(
        f"""
        INSERT INTO {_ROW} (id, task_id, brought_id, line, row_key, name, birth_date, sex, division_code)
        SELECT {NEW_KEY}, k.id, %s, a.line, a.person_key, a.name, a.birth_date, a.sex, k.division_code
          FROM candidates c JOIN arriving a ON a.line = c.line
          JOIN {_TASK} k ON k.household_id = c.household_id AND k.kind = %s AND k.closed_on IS NULL
          LEFT JOIN {_ROW} q ON q.row_key = a.person_key
         WHERE c.found > 1 AND (q.id IS NULL OR q.settled_on IS NULL OR q.chosen_id IS NOT NULL)
        ON CONFLICT (row_key) DO UPDATE
           SET task_id = excluded.task_id, brought_id = excluded.brought_id, line = excluded.line,
               chosen_id = NULL, settled_by_id = NULL, settled_on = NULL
        """,
        [brought.pk, RegistryTask.Kind.AMBIGUOUS],
    )
