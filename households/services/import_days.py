"""For which days resident files have spoken of somebody, and by which rows.

The day of the last one stands with the person; all of them, said again or late, in `TakenRows`. Whoever
writes something by another door voids what the last row notes of her, never the days.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from households.models import ResidentImport, TakenRows
from households.services.import_sql import NEW_KEY, PERSON

_IMPORT, _TAKEN = ResidentImport._meta.db_table, TakenRows._meta.db_table
_AT_ONCE = 1000
_SPOKEN = f"""
    SELECT coalesce(p.merged_into_id, p.id) AS person_id, w.row_digest, b.as_of, b.written_at
      FROM {_IMPORT} b JOIN {_TAKEN} r ON r.brought_id = b.id
           CROSS JOIN LATERAL unnest(r.people, r.digests) AS w(person_id, row_digest)
           JOIN {PERSON} p ON p.id = w.person_id
     WHERE b.as_of"""
"""Of whom files have spoken; the day is to follow."""
_IS_KEPT = "g.person_id IS NULL OR w.row_digest IS DISTINCT FROM g.row_digest"


def find_said_again(cursor: Any, *, as_of: date) -> None:
    """Rows that say what a file last said of this person for this very day: nothing new, whatever was entered since."""
    cursor.execute("SELECT EXISTS (SELECT FROM taken WHERE outcome = 'known')")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(
        f"""
        WITH last AS (SELECT *, rank() OVER (PARTITION BY person_id ORDER BY written_at DESC) AS place
                        FROM ({_SPOKEN} = %s) AS s)
        UPDATE taken t SET outcome = 'unchanged' FROM arriving a, last
         WHERE a.line = t.line AND t.outcome = 'known'
           AND last.person_id = t.person_id AND last.place = 1 AND last.row_digest = a.row_digest
        """,
        [as_of],
    )


def note_day(cursor: Any, *, as_of: date) -> None:
    """Who was said again as she stands: a late file changes nothing from this day on either."""
    cursor.execute(
        f"UPDATE {PERSON} p SET row_as_of = %s FROM taken t "
        "WHERE t.outcome = 'unchanged' AND p.id = t.person_id AND p.row_as_of < %s",
        [as_of, as_of],
    )


def note_rows(cursor: Any, *, brought: ResidentImport) -> None:
    """Of whom this file has spoken, by which rows."""
    cursor.execute(
        f"""
        INSERT INTO {_TAKEN} (id, brought_id, people, digests, compared, division_code)
        SELECT {NEW_KEY}, %s, s.people, s.digests, s.compared, %s
          FROM (SELECT array_agg(t.person_id) AS people, array_agg(a.row_digest) AS digests,
                       array_agg(t.outcome <> 'unchanged') AS compared
                  FROM taken t JOIN arriving a USING (line) GROUP BY t.line / {_AT_ONCE}) AS s
        """,
        [brought.pk, brought.division_code],
    )


def gather_resuming(cursor: Any, *, as_of: date) -> None:
    """Of whom later files have spoken, the day of the next one: from there on holds what did before."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE resuming ON COMMIT DROP AS
        SELECT t.person_id, least(p.row_as_of, s.day) AS day
          FROM taken t JOIN {PERSON} p ON p.id = t.person_id
               LEFT JOIN (SELECT person_id, min(as_of) AS day FROM ({_SPOKEN} > %s) AS later GROUP BY person_id) AS s
                    ON s.person_id = t.person_id
         WHERE t.outcome = 'known' AND p.row_as_of > %s
        """,
        [as_of, as_of],
    )


def note_what_goes(cursor: Any, brought: ResidentImport) -> None:
    """Before a file is taken back: of whom it may have written something (`going`), and by which row."""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE going ON COMMIT DROP AS
        SELECT p.id AS person_id, w.row_digest, p.row_digest IS NULL AS is_void
          FROM {_TAKEN} r CROSS JOIN LATERAL unnest(r.people, r.digests, r.compared)
                                     AS w(person_id, row_digest, is_compared)
               JOIN {PERSON} p ON p.id = w.person_id
         WHERE r.brought_id = %s AND w.is_compared
        """,
        [brought.pk],
    )


def forget_rows(cursor: Any, brought: ResidentImport) -> None:
    """What a file said is not said when it is taken back; nor what later ones only repeated of whom it had changed.

    What a later one said otherwise of her speaks for its day, and is compared when it is said again.
    """
    cursor.execute(
        f"""
        UPDATE {_TAKEN} r SET people = s.people, digests = s.digests, compared = s.compared
          FROM (SELECT r.id, coalesce(array_agg(w.person_id) FILTER (WHERE {_IS_KEPT}), '{{}}') AS people,
                       coalesce(array_agg(CASE WHEN g.person_id IS NULL THEN w.row_digest END)
                                FILTER (WHERE {_IS_KEPT}), '{{}}') AS digests,
                       coalesce(array_agg(w.is_compared) FILTER (WHERE {_IS_KEPT}), '{{}}') AS compared
                  FROM {_IMPORT} b JOIN {_TAKEN} r ON r.brought_id = b.id
                       CROSS JOIN LATERAL unnest(r.people, r.digests, r.compared)
                                          AS w(person_id, row_digest, is_compared)
                       LEFT JOIN going g USING (person_id)
                 WHERE b.written_at > %s
                 GROUP BY r.id HAVING count(g.person_id) > 0) AS s
         WHERE s.id = r.id
        """,
        [brought.written_at],
    )
    cursor.execute(
        f"""
        WITH gone AS (DELETE FROM {_TAKEN} WHERE brought_id = %(brought)s RETURNING people)
        UPDATE {PERSON} p SET row_as_of = s.day
          FROM (SELECT g.person_id, max(d.as_of) AS day
                  FROM (SELECT unnest(people) AS person_id FROM gone) AS g
                       LEFT JOIN ({_SPOKEN} > '-infinity' AND b.id <> %(brought)s) AS d USING (person_id)
                 GROUP BY g.person_id) AS s
         WHERE p.id = s.person_id AND p.row_as_of IS DISTINCT FROM s.day
        """,
        {"brought": brought.pk},
    )
