"""What the counter has put right is not undone by a file: the registry keeps it and asks.

`put_right` holds one line for each standing correction of a person herself, with what stood before;
`kept` one for each person. Both are as few as corrections are, and rows are compared with them alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import Disputed, DisputeDecision, EventKind, EventState
from households.models import DisputedEntry, LifeEvent, RegistryTask, ResidentImport, RowChange
from households.rows import RowError
from households.rows.notes import RowWarning
from households.services.import_sql import HOUSEHOLD, MEMBERSHIP, NEW_KEY, PERSON
from households.services.import_staging import refuse_selected, warn_lines

_EVENT, _CHANGE = LifeEvent._meta.db_table, RowChange._meta.db_table
_DISPUTED, _TASK = DisputedEntry._meta.db_table, RegistryTask._meta.db_table
_DIFFERS = {
    Disputed.NAME: ("姓名", "name <> known_name", "name", "NULL::bytea"),
    Disputed.SEX: ("性别", "sex <> known_sex", "sex", "NULL::bytea"),
    Disputed.BORN: ("出生日期", "birth_date <> known_birth_date", "birth_date::text", "NULL::bytea"),
    Disputed.NUMBER: (
        "公民身份号码",
        "number IS DISTINCT FROM known_number AND number = ANY(numbers)",
        "encode(number, 'hex')",
        "id_number",
    ),
}
"""Of each value: the file's column, when a row of `disputable` says otherwise, and what it says."""


def gather_put_right(cursor: Any) -> None:
    """Who was put right at the counter, in what, and what the registry said before."""
    words = ", ".join(f"e.detail -> 'corrected' @> '\"{word}\"' AS of_{word}" for word in Disputed.values)
    corrections = (
        f"SELECT id FROM {_EVENT} WHERE kind = '{EventKind.CORRECTION.value}' "
        f"AND state = '{EventState.RECORDED.value}'"
    )
    # Named by their keys, so that neither all images nor all people are read for a few.
    images = (
        f"SELECT * FROM {_CHANGE} WHERE row_table = '{PERSON}' AND change_set = ANY(ARRAY({corrections}))"
    )
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE put_right ON COMMIT DROP AS
        WITH image AS MATERIALIZED ({images}),
        owner AS MATERIALIZED (
            SELECT id, merged_into_id FROM {PERSON} WHERE id = ANY(ARRAY(SELECT row_id FROM image)))
        SELECT e.person_id, e.id AS event_id, e.recorded_at, e.recorded_by_id, {words},
               c.before ->> 'name' AS name, (c.before ->> 'birth_date')::date AS birth_date,
               c.before ->> 'sex' AS sex, decode(substr(c.before ->> 'id_number_digest', 3), 'hex') AS number
          FROM {_EVENT} e
          LEFT JOIN (image c JOIN owner x ON x.id = c.row_id)
                 ON c.change_set = e.id AND e.person_id IN (x.id, x.merged_into_id)
         WHERE e.kind = '{EventKind.CORRECTION.value}' AND e.state = '{EventState.RECORDED.value}'
           AND e.detail -> 'corrected' ?| ARRAY[{", ".join(f"'{word}'" for word in Disputed.values)}]
        """
    )
    last = "(array_agg(%s ORDER BY recorded_at DESC) FILTER (WHERE of_%s))[1]"
    newest = ", ".join(
        f"{last % (column, word)} AS {word}_{column}"
        for word in Disputed.values
        for column in ("event_id", "recorded_by_id")
    )
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
        SELECT person_id, {", ".join(f"bool_or(of_{word}) AS of_{word}" for word in Disputed.values)},
               array_agg(number) FILTER (WHERE of_number AND number IS NOT NULL) AS numbers, {newest}
          FROM put_right GROUP BY person_id
        """
    )
    cursor.execute("ANALYZE put_right; ANALYZE kept")


def match_put_right(cursor: Any, *, as_of: date) -> None:
    """Rows that know somebody by what she was put right from: still she, and nobody new.

    By the former number with her name, or without a number in her household by what stood before.
    Where another row of the file is hers already, this one is refused.
    """
    cursor.execute("SELECT EXISTS (SELECT FROM put_right)")
    if not cursor.fetchone()[0]:
        return
    few = "ANY(ARRAY(SELECT person_id FROM put_right))"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE found_again ON COMMIT DROP AS
        WITH p AS MATERIALIZED (SELECT * FROM {PERSON} WHERE id = {few} AND merged_into_id IS NULL)
        SELECT line, min(person_id::text)::uuid AS person_id FROM (
            SELECT a.line, p.id AS person_id
              FROM put_right r JOIN p ON p.id = r.person_id
              JOIN arriving a ON a.id_digest = r.number AND a.name IN (p.name, r.name)
             WHERE r.of_number
            UNION
            SELECT a.line, p.id
              FROM put_right r JOIN p ON p.id = r.person_id
              JOIN (SELECT * FROM {MEMBERSHIP} WHERE person_id = {few}) m ON m.person_id = p.id
              JOIN {HOUSEHOLD} h ON h.id = m.household_id
              JOIN arriving a ON a.household_village = h.division_code AND a.household_number = h.number
             WHERE a.id_digest IS NULL AND a.name IN (p.name, r.name)
               AND a.birth_date IN (p.birth_date, r.birth_date) AND a.sex IN (p.sex, r.sex)
        ) AS fits WHERE line IN (SELECT line FROM taken WHERE known_id IS NULL)
         GROUP BY line HAVING count(DISTINCT person_id) = 1
        """
    )
    if cursor.rowcount:
        _refuse_said_twice(cursor)
        cursor.execute(
            f"""
            UPDATE taken t SET known_id = f.person_id, person_id = f.person_id,
                   outcome = CASE WHEN p.row_digest = a.row_digest AND p.row_as_of <= %s
                                  THEN 'unchanged' ELSE 'known' END
              FROM found_again f, {PERSON} p, arriving a
             WHERE t.line = f.line AND p.id = f.person_id AND a.line = f.line
            """,
            [as_of],
        )
    cursor.execute("DROP TABLE found_again")


def _refuse_said_twice(cursor: Any) -> None:
    refuse_selected(
        cursor,
        """
        SELECT a.line, a.name FROM arriving a JOIN found_again f USING (line)
         WHERE EXISTS (SELECT FROM taken o WHERE o.known_id = f.person_id)
            OR EXISTS (SELECT FROM found_again o WHERE o.person_id = f.person_id AND o.line < f.line)
        """,
        RowError(
            "公民身份号码",
            "repeated_as_before",
            "",
            _("Another row of this file has this person as she was put right. Delete this one."),
            {},
        ),
    )
    cursor.execute("DELETE FROM taken t USING refused_lines r WHERE r.line = t.line")
    cursor.execute("DELETE FROM found_again f USING refused_lines r WHERE r.line = f.line")


def kept(column: str, word: Disputed, said: str) -> str:
    """What stays of a person (`p`) whom `kept` (`k`) names, and else what the row (`a`) says."""
    return f"CASE WHEN k.of_{word} THEN p.{column} ELSE {said} END"


def ask_about_disputes(cursor: Any, *, brought: ResidentImport, today: date) -> None:
    """Ask about each value of the rows in `newest` that is not taken: once, and not again when it was kept."""
    few = "ANY(ARRAY(SELECT n.person_id FROM newest n JOIN kept USING (person_id)))"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE disputable ON COMMIT DROP AS
        SELECT n.line, k.*, a.name, a.sex, a.birth_date, a.id_digest AS number, a.id_number,
               p.name AS known_name, p.sex AS known_sex, p.birth_date AS known_birth_date,
               p.id_number_digest AS known_number, p.division_code
          FROM newest n JOIN kept k USING (person_id) JOIN arriving a ON a.line = n.line
          JOIN (SELECT * FROM {PERSON} WHERE id = {few}) p ON p.id = n.person_id
        """
    )
    disputable = cursor.rowcount
    for word, (header, differs, said, number) in _DIFFERS.items() if disputable else ():
        rows = f"FROM disputable WHERE of_{word} AND {differs}"
        warn_lines(
            cursor,
            f"SELECT line, name {rows}",
            RowWarning(
                header,
                "put_right",
                "",
                _(
                    "The counter has put this right, by a document, so the row's was not taken. "
                    "Somebody else decides in the review queue; what is decided holds for the next file."
                ),
                {},
            ),
        )
        if cursor.rowcount:
            _ask(cursor, rows, word, said, number, brought, today)
    cursor.execute("DROP TABLE disputable")


def _ask(
    cursor: Any, rows: str, word: Disputed, said: str, number: str, brought: ResidentImport, today: date
) -> None:
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE asked ON COMMIT DROP AS
        SELECT line, person_id, division_code, {said} AS said, {number} AS said_number,
               {word}_event_id AS event_id, {word}_recorded_by_id AS put_right_by_id,
               coalesce((SELECT m.household_id FROM {MEMBERSHIP} m WHERE m.person_id = disputable.person_id
                           AND (m.from_on IS NULL OR m.from_on <= %(today)s)
                           AND (m.to_on IS NULL OR m.to_on > %(today)s)),
                        (SELECT t.household_id FROM taken t WHERE t.person_id = disputable.person_id)) AS household_id
        {rows} AND NOT EXISTS (
               SELECT FROM {_DISPUTED} d WHERE d.person_id = disputable.person_id AND d.word = %(word)s
                  AND d.said = {said} AND d.decision = %(keep)s AND d.event_id = {word}_event_id)
        """,
        {"today": today, "word": word, "keep": DisputeDecision.KEEP},
    )
    kind = RegistryTask.Kind.DISPUTED
    cursor.execute(
        f"""
        INSERT INTO {_TASK} (id, kind, household_id, opened_on, division_code)
        SELECT {NEW_KEY}, %s, s.household_id, %s, s.division_code
          FROM (SELECT DISTINCT h.id AS household_id, h.division_code
                  FROM asked JOIN {HOUSEHOLD} h ON h.id = asked.household_id) AS s
         WHERE NOT EXISTS (SELECT FROM {_TASK} k
                            WHERE k.household_id = s.household_id AND k.kind = %s AND k.closed_on IS NULL)
        """,
        [kind, today, kind],
    )
    cursor.execute(
        f"""
        INSERT INTO {_DISPUTED} (id, task_id, brought_id, line, person_id, event_id, put_right_by_id, word,
                                 said, said_number, decision, division_code)
        SELECT {NEW_KEY}, k.id, %s, s.line, s.person_id, s.event_id, s.put_right_by_id, %s,
               s.said, s.said_number, '', k.division_code
          FROM asked s JOIN {_TASK} k ON k.household_id = s.household_id AND k.kind = %s AND k.closed_on IS NULL
        ON CONFLICT (person_id, word, said) DO UPDATE
           SET task_id = excluded.task_id, brought_id = excluded.brought_id, line = excluded.line,
               event_id = excluded.event_id, put_right_by_id = excluded.put_right_by_id,
               decision = '', settled_by_id = NULL, settled_on = NULL
        """,
        [brought.pk, word, kind],
    )
    cursor.execute("DROP TABLE asked")
