"""The persons themselves: new ones written, known ones brought up to date."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import Disputed, EventKind, EventState
from households.models import LifeEvent, ResidentImport
from households.rows.notes import RowWarning
from households.services.homes import FACTS, bring_all_along, served_today
from households.services.import_disputes import ask_about_disputes, kept
from households.services.import_sql import PERSON, WRITTEN_AT
from households.services.import_staging import warn_lines

_COLUMNS = {
    "name": "a.name",
    "name_sort": "a.name_sort",
    "sex": "a.sex",
    "birth_date": "a.birth_date",
    "died_on": "a.died_on",
    "id_number": "a.id_number",
    "id_number_digest": "a.id_digest",
    "id_number_tail_digest": "a.id_tail_digest",
    "phone": "a.phone",
    "phone_digest": "a.phone_digest",
    "phone_tail_digest": "a.phone_tail_digest",
    "division_code": "a.division_code",
    "row_digest": "a.row_digest",
}

_IS_PUT_RIGHT = f"""(a.died_on IS NOT NULL AND EXISTS (
    SELECT FROM {LifeEvent._meta.db_table} e
     WHERE e.person_id = p.id AND e.kind = '{EventKind.CORRECTION.value}' AND e.state = '{EventState.RECORDED.value}'
       AND e.detail ->> 'former_death' = a.died_on::text))"""
"""Whether a row says the very death that the counter has put right since, by a document."""
_DIED_ON = f"CASE WHEN {_IS_PUT_RIGHT} THEN p.died_on ELSE coalesce(a.died_on, p.died_on) END"


_NAME = kept("name", Disputed.NAME, "a.name")
_SEX = kept("sex", Disputed.SEX, "a.sex")
_BORN = kept("birth_date", Disputed.BORN, "a.birth_date")
_GIVES_NUMBER = (
    "p.id_number_digest IS NULL AND a.id_digest IS NOT NULL AND (a.id_digest = ANY(k.numbers)) IS NOT TRUE"
)


def write_new_people(cursor: Any, *, as_of: date) -> None:
    """Everybody whom no row or clerk named before."""
    cursor.execute(
        f"""
        INSERT INTO {PERSON} (id, recorded_at, row_as_of, {", ".join(_COLUMNS)})
        SELECT t.person_id, {WRITTEN_AT}, %s, {", ".join(_COLUMNS.values())}
          FROM taken t JOIN arriving a USING (line)
         WHERE t.outcome = 'created'
        """,
        [as_of],
    )


def write_changed_people(cursor: Any, *, brought: ResidentImport, today: date) -> None:
    """Known persons as the file says, unless a later file spoke of them already.

    A phone is replaced by another one, never by silence; so is a death: whoever is recorded as
    dead stays so, with a warning, because a careless file must not bring the dead onto a list of
    payments. A death that the counter put right is not brought back by a file that repeats it, and
    who a person is, once put right, is not replaced by a file: that is asked about.
    Lines of persons who changed gather in `changed`; who is served where is settled once the facts
    are written (`settle_homes`).
    """
    as_of = brought.as_of
    overtaken, days = _overtaken(as_of, today)
    _warn_of_recorded_deaths(cursor, as_of)
    _warn_of_corrected_deaths(cursor)
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE newest ON COMMIT DROP AS
        SELECT t.line, t.person_id,
               (p.name, p.sex, p.birth_date, p.died_on)
                   IS DISTINCT FROM ({_NAME}, {_SEX}, {_BORN}, {_DIED_ON})
                   OR (a.phone IS NOT NULL AND a.phone_digest IS DISTINCT FROM p.phone_digest)
                   OR ({_GIVES_NUMBER}) AS has_changed,
               p.division_code <> a.division_code AS says_other_village,
               o.person_id IS NOT NULL AS is_overtaken
          FROM taken t
          JOIN arriving a ON a.line = t.line
          JOIN {PERSON} p ON p.id = t.person_id
          LEFT JOIN kept k ON k.person_id = p.id
          LEFT JOIN ({overtaken}) AS o ON o.person_id = p.id
         WHERE t.outcome = 'known' AND (p.row_as_of IS NULL OR p.row_as_of <= %s)
        """,
        [*days, as_of],
    )
    cursor.execute("INSERT INTO changed SELECT line FROM newest WHERE has_changed")
    ask_about_disputes(cursor, brought=brought, today=today)
    cursor.execute(
        f"""
        UPDATE {PERSON} p
           SET name = {_NAME}, name_sort = {kept("name_sort", Disputed.NAME, "a.name_sort")},
               sex = {_SEX}, birth_date = {_BORN},
               died_on = {_DIED_ON},
               id_number = CASE WHEN {_GIVES_NUMBER} THEN a.id_number ELSE p.id_number END,
               id_number_digest = CASE WHEN {_GIVES_NUMBER} THEN a.id_digest ELSE p.id_number_digest END,
               id_number_tail_digest =
                   CASE WHEN {_GIVES_NUMBER} THEN a.id_tail_digest ELSE p.id_number_tail_digest END,
               {_taken_if_other("phone", "phone_digest")}, {_taken_if_other("phone_tail_digest", "phone_digest")},
               phone_digest = coalesce(a.phone_digest, p.phone_digest),
               row_digest = CASE WHEN n.is_overtaken THEN NULL ELSE a.row_digest END, row_as_of = %s
          FROM newest n JOIN arriving a USING (line) LEFT JOIN kept k ON k.person_id = n.person_id
         WHERE p.id = n.person_id
        """,
        [as_of],
    )


def _overtaken(as_of: date, today: date) -> tuple[str, list[date]]:
    """SQL and its parameters: of whom something else holds after the day of the file, by another door.

    Her row says not all that is known: said again of a later day, it is to be compared again.
    """
    if as_of >= today:
        return "SELECT NULL::uuid AS person_id WHERE FALSE", []
    tables = [model._meta.db_table for model in FACTS]
    later = " UNION ".join(
        f"SELECT person_id FROM {table} WHERE from_on > %s OR to_on > %s" for table in tables
    )
    return later, [as_of, as_of] * len(tables)


def settle_homes(cursor: Any) -> None:
    """Known persons of whom the file says another village: they are served by that of their facts of today.

    That may be the one they have, where the counter entered a later move. What goes with them goes there.
    """
    village, parameters = served_today("SELECT person_id FROM newest WHERE says_other_village")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
        SELECT n.line, n.person_id, s.division_code
          FROM newest n JOIN ({village}) AS s USING (person_id) JOIN {PERSON} p ON p.id = n.person_id
         WHERE p.division_code <> s.division_code
        """,
        parameters,
    )
    if cursor.rowcount:
        cursor.execute("INSERT INTO changed SELECT line FROM moved")
        cursor.execute(
            f"UPDATE {PERSON} p SET division_code = m.division_code FROM moved m WHERE p.id = m.person_id"
        )
        bring_all_along(cursor, "SELECT person_id, division_code FROM moved")


def _taken_if_other(column: str, digest: str) -> str:
    """A sealed value is rewritten only where it differs: each sealing of the same value looks new."""
    return (
        f"{column} = CASE WHEN a.{digest} IS NULL OR a.{digest} IS NOT DISTINCT FROM p.{digest} "
        f"THEN p.{column} ELSE a.{column} END"
    )


def _warn_of_recorded_deaths(cursor: Any, as_of: date) -> None:
    warn_lines(
        cursor,
        f"SELECT a.line, a.name FROM taken t JOIN arriving a ON a.line = t.line "
        f"JOIN {PERSON} p ON p.id = t.person_id "
        "WHERE t.outcome = 'known' AND a.died_on IS NULL AND p.died_on <= %s",
        RowWarning(
            "死亡日期",
            "death_recorded",
            "",
            _(
                "The registry has recorded this person's death, the row does not. The death was kept; "
                "correct the row, or have the record corrected at the counter."
            ),
            {},
        ),
        [as_of],
    )


def _warn_of_corrected_deaths(cursor: Any) -> None:
    warn_lines(
        cursor,
        f"SELECT a.line, a.name FROM taken t JOIN arriving a ON a.line = t.line "
        f"JOIN {PERSON} p ON p.id = t.person_id WHERE t.outcome = 'known' AND {_IS_PUT_RIGHT}",
        RowWarning(
            "死亡日期",
            "death_put_right",
            "",
            _(
                "The counter has put this death right since, by a document, so the row's was not taken. "
                "Tell the sender, so that the next file is right."
            ),
            {},
        ),
    )
