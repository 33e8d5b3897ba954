"""How the registry follows a change of divisions: families, facts of place, open work, units.

All by set. What held before the day stays as it was; what holds on it ends there and goes on under the
new code; what begins later is only named anew. So a family of an old day still lives in the old village.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from households.enums import FactSource
from households.models import (
    AmbiguousRow,
    DepartmentFile,
    DisputedEntry,
    DivisionChange,
    DivisionChangeLine,
    DivisionMove,
    DuplicatePair,
    EventProposal,
    FormerPlace,
    HeaderMapping,
    Household,
    Hukou,
    LifeEvent,
    Membership,
    NameToken,
    OutreachEvent,
    Person,
    PersonMerge,
    RegistryTask,
    Residence,
    ResidentImport,
    RowChange,
    SplitChoice,
    TakenRows,
    Unit,
    Visit,
)
from households.services.division_changes.numbers import new_numbers
from households.services.homes import GOES_ALONG, bring_all_along
from households.succession import Following
from offices import clock
from offices.database.new_keys import NEW_KEY
from offices.models import Act, Export, Job, Read, StoredFile

KINDS = {
    "households": _("Households"),
    "people": _("People"),
    "visits": _("Visits with something promised"),
    "tasks": _("Households to put in order"),
    "units": _("Employers and units"),
    "reports": _("Reports of other departments of whom nobody has said whom they mean"),
    "past_visits": _("Visits that are settled"),
}
FOLLOWS: tuple[type[models.Model], ...] = (
    Person,
    Household,
    *(part.model for part in GOES_ALONG),
    AmbiguousRow,
    DisputedEntry,
    DuplicatePair,
    EventProposal,
    FormerPlace,
    NameToken,
    RegistryTask,
    Unit,
    Visit,
)
"""Names in pieces, and reports about a person, follow by their trigger."""
STAYS: tuple[type[models.Model], ...] = (
    Act,
    DepartmentFile,
    DivisionChange,
    DivisionChangeLine,
    DivisionMove,
    Export,
    HeaderMapping,
    Job,
    LifeEvent,
    OutreachEvent,
    PersonMerge,
    Read,
    ResidentImport,
    RowChange,
    SplitChoice,
    StoredFile,
    TakenRows,
)
"""What was done, read, brought or held stays where it was."""
_PERSON, _HOUSEHOLD = Person._meta.db_table, Household._meta.db_table
_MEMBERSHIP = Membership._meta.db_table
_PLACED: tuple[tuple[type[Any], str], ...] = ((Residence, ""), (Hukou, ", hukou_type"))
"""Facts that name a village, and what else they say."""
# What a file's own work writes bears the file's own time, so that it is taken back with it.
_NOW = "coalesce(nullif(current_setting('huimin.written_at', true), '')::timestamptz, now())"
_HOLDS = "(t.from_on IS NULL OR t.from_on <= {day}) AND (t.to_on IS NULL OR t.to_on > {day})"


def follow_in_registry(following: Following) -> None:
    """Bring families and everything about them to the villages that follow; part of a change being done."""
    with connection.cursor() as cursor:
        _say_who_goes(cursor, following)
        _cut_facts(cursor, following)
        _say_where_people_go(cursor)
        _begin_facts(cursor, following)
    _move_households(following)
    _move_people(following)
    following.move(
        Visit,
        where="t.settled_on IS NULL AND t.next_on IS NOT NULL AND t.state = 'recorded'",
        kind="visits",
    )
    following.move(RegistryTask, where="t.closed_on IS NULL", kind="tasks")
    following.move(
        Unit, where="t.to_on IS NULL OR t.to_on > %s", parameters=[following.effective_on], kind="units"
    )
    following.move(EventProposal, where="t.person_id IS NULL", kind="reports")
    _follow_tasks()
    _follow_pairs()
    following.staying(Visit, "past_visits")


def prepare(following: Following, choices: dict[Any, str], pairs: set[tuple[str, str]]) -> None:
    """Make the temporary tables of a change: where each old village goes, and which households were chosen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS old_villages, followers, chosen_households, going_households, going_people, "
            "cut_residence, cut_hukou"
        )
        cursor.execute(
            'CREATE TEMPORARY TABLE old_villages (old_code text COLLATE "C" PRIMARY KEY, '
            'new_code text COLLATE "C") ON COMMIT DROP'
        )
        cursor.executemany("INSERT INTO old_villages VALUES (%s, %s)", list(following.defaults.items()))
        cursor.execute(
            'CREATE TEMPORARY TABLE followers (old_code text COLLATE "C", new_code text COLLATE "C") ON COMMIT DROP'
        )
        cursor.executemany("INSERT INTO followers VALUES (%s, %s)", sorted(pairs))
        cursor.execute(
            'CREATE TEMPORARY TABLE chosen_households (household_id uuid PRIMARY KEY, new_code text COLLATE "C") '
            "ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO chosen_households VALUES (%s, %s)", list(choices.items()))
        cursor.execute("ANALYZE old_villages, chosen_households")


def _say_who_goes(cursor: Any, following: Following) -> None:
    """Households that leave their village, locked with their people so that counters wait."""
    cursor.execute(
        f"CREATE TEMPORARY TABLE going_households ON COMMIT DROP AS "
        f"SELECT t.id AS household_id, t.division_code AS old_code, coalesce(c.new_code, d.new_code) AS new_code, "
        f"t.number AS old_number, t.number AS new_number "
        f"FROM {_HOUSEHOLD} t JOIN old_villages d ON d.old_code = t.division_code "
        f"LEFT JOIN chosen_households c ON c.household_id = t.id "
        f"WHERE coalesce(c.new_code, d.new_code) <> t.division_code FOR UPDATE OF t"
    )
    cursor.execute("CREATE UNIQUE INDEX ON going_households (household_id)")
    cursor.execute(
        f"SELECT count(*) FROM (SELECT t.id FROM {_PERSON} t JOIN old_villages d ON d.old_code = t.division_code "
        "ORDER BY t.id FOR UPDATE OF t) locked"
    )
    cursor.execute("ANALYZE going_households")


def _cut_facts(cursor: Any, following: Following) -> None:
    """End what held before the day on it, and name what begins later anew."""
    day = following.effective_on
    for model, further in _PLACED:
        table, cut = model._meta.db_table, f"cut_{model._meta.model_name}"
        cursor.execute(
            f"CREATE TEMPORARY TABLE {cut} ON COMMIT DROP AS "
            f"SELECT t.id, t.person_id, t.from_on, t.to_on, t.place_code AS old_code, "
            f"coalesce((SELECT g.new_code FROM {_MEMBERSHIP} m JOIN going_households g ON g.household_id = m.household_id "
            f"  WHERE m.person_id = t.person_id AND g.old_code = t.place_code "
            f"    AND (m.from_on IS NULL OR m.from_on <= greatest(t.from_on, %s)) "
            f"    AND (m.to_on IS NULL OR m.to_on > greatest(t.from_on, %s)) LIMIT 1), d.new_code) AS new_code{further} "
            f"FROM {table} t JOIN old_villages d ON d.old_code = t.place_code "
            f"WHERE t.to_on IS NULL OR t.to_on > %s",
            [day, day, day],
        )
        cursor.execute(f"DELETE FROM {cut} WHERE new_code = old_code")
        cursor.execute(
            f"UPDATE {table} t SET to_on = %s FROM {cut} c WHERE c.id = t.id AND (c.from_on IS NULL OR c.from_on < %s)",
            [day, day],
        )
        cursor.execute(
            f"UPDATE {table} t SET place_code = c.new_code FROM {cut} c WHERE c.id = t.id AND c.from_on >= %s",
            [day],
        )
        cursor.execute(f"DELETE FROM {cut} WHERE from_on >= %s", [day])


def _say_where_people_go(cursor: Any) -> None:
    """The village that serves each person now: her home, else her hukou's, else her household's.

    Only a village that follows hers comes into question: where a village goes on, others stay in it.
    """
    homes = {
        model: f"coalesce((SELECT c.new_code FROM cut_{model._meta.model_name} c WHERE c.person_id = p.id "
        f"AND c.old_code = p.division_code AND (c.to_on IS NULL OR c.to_on > %(today)s) LIMIT 1), "
        f"(SELECT t.place_code FROM {model._meta.db_table} t WHERE t.person_id = p.id "
        f"AND {_HOLDS.format(day='%(today)s')} LIMIT 1))"
        for model, _further in _PLACED
    }
    household = (
        f"(SELECT g.new_code FROM {_MEMBERSHIP} t JOIN going_households g ON g.household_id = t.household_id "
        f"WHERE t.person_id = p.id AND g.old_code = p.division_code AND {_HOLDS.format(day='%(today)s')} LIMIT 1)"
    )
    cursor.execute(
        f"CREATE TEMPORARY TABLE going_people ON COMMIT DROP AS "
        f"SELECT person_id, old_code, CASE WHEN home IN (SELECT new_code FROM followers f WHERE f.old_code = s.old_code) "
        f"THEN home WHEN registered IN (SELECT new_code FROM followers f WHERE f.old_code = s.old_code) THEN registered "
        f"ELSE coalesce(by_household, default_code) END AS new_code "
        f"FROM (SELECT p.id AS person_id, p.division_code AS old_code, d.new_code AS default_code, "
        f"{homes[Residence]} AS home, {homes[Hukou]} AS registered, {household} AS by_household "
        f"FROM {_PERSON} p JOIN old_villages d ON d.old_code = p.division_code) s",
        {"today": clock.today()},
    )
    cursor.execute("DELETE FROM going_people WHERE new_code = old_code")
    cursor.execute("CREATE UNIQUE INDEX ON going_people (person_id)")
    cursor.execute("ANALYZE going_people")


def _begin_facts(cursor: Any, following: Following) -> None:
    """What was cut goes on from the day under the new code, by the document of the change."""
    for model, further in _PLACED:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} (id, person_id, from_on, to_on, source, document, recorded_at, "
            f"division_code, place_code{further}) "
            f"SELECT {NEW_KEY}, c.person_id, %s, c.to_on, %s, %s, {_NOW}, coalesce(g.new_code, p.division_code), "
            f"c.new_code{further} FROM cut_{model._meta.model_name} c JOIN {_PERSON} p ON p.id = c.person_id "
            f"LEFT JOIN going_people g ON g.person_id = c.person_id",
            [following.effective_on, FactSource.DOCUMENT, following.document],
        )


def _move_households(following: Following) -> None:
    new_numbers()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {FormerPlace._meta.db_table} "
            f"(id, household_id, change_id, place_code, number, until_on, division_code) "
            f"SELECT {NEW_KEY}, household_id, %s, old_code, old_number, %s, new_code FROM going_households "
            f"ON CONFLICT (change_id, household_id) DO NOTHING",
            [following.change, following.effective_on],
        )
        # In one step with the village: the number may be taken in the one and free in the other.
        cursor.execute(
            f"UPDATE {_HOUSEHOLD} t SET division_code = g.new_code, number = g.new_number "
            f"FROM going_households g WHERE g.household_id = t.id"
        )
        cursor.execute(
            f"UPDATE {FormerPlace._meta.db_table} t SET division_code = g.new_code "
            f"FROM going_households g WHERE g.household_id = t.household_id AND t.division_code <> g.new_code"
        )
        cursor.execute(
            "SELECT old_code, new_code, count(*) FROM going_households GROUP BY 1, 2 ORDER BY 1, 2"
        )
        following.count("households", cursor.fetchall())


def _move_people(following: Following) -> None:
    """The record, and everything known of her: a file's note on her is void."""
    following.move(Person, kind="people")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_PERSON} t SET row_digest = NULL WHERE t.row_digest IS NOT NULL AND t.id IN ("
            "SELECT person_id FROM going_people UNION SELECT person_id FROM cut_residence "
            "UNION SELECT person_id FROM cut_hukou)"
        )
        bring_all_along(cursor, "SELECT person_id, new_code AS division_code FROM going_people")


def _follow_tasks() -> None:
    """Rows of files that wait at a household's task go where the task has gone."""
    with connection.cursor() as cursor:
        for model in (AmbiguousRow, DisputedEntry):
            cursor.execute(
                f"UPDATE {model._meta.db_table} t SET division_code = r.division_code "
                f"FROM {RegistryTask._meta.db_table} r JOIN old_villages d ON true "
                "WHERE r.id = t.task_id AND t.settled_on IS NULL AND t.division_code = d.old_code "
                "AND r.division_code <> t.division_code"
            )


def _follow_pairs() -> None:
    """A pair of records belongs to the smallest division that has both."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {DuplicatePair._meta.db_table} t SET division_code = CASE "
            "WHEN one.division_code = other.division_code THEN one.division_code "
            "WHEN left(one.division_code, 9) = left(other.division_code, 9) THEN left(one.division_code, 9) || '000' "
            "ELSE left(one.division_code, 6) || '000000' END "
            f"FROM {_PERSON} one, {_PERSON} other WHERE one.id = t.first_id AND other.id = t.second_id "
            "AND (t.first_id IN (SELECT person_id FROM going_people) "
            "OR t.second_id IN (SELECT person_id FROM going_people))"
        )
