"""The village that serves a person, and what goes with her to it.

One rule and one list for every way there: an event, a file, a merge, a change of divisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from households.enums import CorrectionState
from households.models import (
    Absence,
    AccountCorrection,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    Lodging,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Representation,
    Representative,
    Residence,
    RowChange,
)
from households.models.facts import DatedFact
from households.services.changes import ChangeSet
from households.services.import_sql import HOUSEHOLD, PERSON
from offices import clock
from offices.database.context import current_context

FACTS: tuple[type[DatedFact], ...] = (
    Absence,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    Lodging,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Residence,
)


@dataclass(frozen=True, slots=True)
class GoesAlong:
    """Rows `t` of a table that are where their person is served; `which` of hers, in SQL.

    They name her, or a row of the table `through`, which does.
    """

    model: type[models.Model]
    which: str = "TRUE"
    through: type[models.Model] | None = None

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def of_one(self) -> str:
        """SQL: whether `t` is a row of the person whose key is the parameter."""
        if self.through is None:
            return f"t.person_id = %s AND {self.which}"
        rows = f"SELECT r.id FROM {self.through._meta.db_table} r WHERE r.person_id = %s"
        return f"t.{self.through._meta.model_name}_id = ANY(ARRAY({rows})) AND {self.which}"

    def bring(self, cursor: Any, people: str) -> None:
        """By set: `people` selects `person_id` and the `division_code` of whoever's rows go where."""
        own, join = "m.person_id = t.person_id", ""
        if self.through is not None:
            own = f"r.id = t.{self.through._meta.model_name}_id"
            join = f"JOIN {self.through._meta.db_table} r ON r.person_id = m.person_id"
        cursor.execute(
            f"UPDATE {self.table} t SET division_code = m.division_code FROM ({people}) AS m {join} "
            f"WHERE {own} AND t.division_code <> m.division_code AND {self.which}"
        )


BESIDE_FACTS = (
    GoesAlong(AccountCorrection, which=f"t.state = '{CorrectionState.PROPOSED.value}'"),
    GoesAlong(Representation),
    GoesAlong(Representative, through=Representation),
)
"""An account that waits to be confirmed there, and who stands for her."""
GOES_ALONG = (*map(GoesAlong, FACTS), *BESIDE_FACTS)
"""What goes with a person to the village that serves her now; all else stays where it was done."""


def bring_along(changes: ChangeSet, person: Person) -> None:
    """Have everything that goes with a person be where her record is, as a part of a change set."""
    with connection.cursor() as cursor:
        for part in GOES_ALONG:
            where = f"{part.of_one} AND t.division_code <> %s"
            parameters: list[Any] = [person.pk, person.division_code]
            if changes.touch_rows(part.model, where, parameters):
                cursor.execute(
                    f"UPDATE {part.table} t SET division_code = %s WHERE {where}",
                    [person.division_code, *parameters],
                )


def bring_all_along(cursor: Any, people: str) -> None:
    """As `bring_along`, by set: `people` selects `person_id` and `division_code`."""
    for part in GOES_ALONG:
        part.bring(cursor, people)


def bring_back(*, set_id: UUID) -> None:
    """Whose record has gone back with a change set: what was written of her since goes where she is now."""
    changes = RowChange._meta.db_table
    with connection.cursor() as cursor:
        bring_all_along(
            cursor,
            f"SELECT p.id AS person_id, p.division_code FROM {PERSON} p JOIN {changes} c ON c.row_id = p.id "
            f"WHERE c.change_set = '{set_id}'::uuid AND c.row_table = '{PERSON}'",
        )


def serving_village(person: Person) -> str:
    """The village that serves a person today: where she lives, else her hukou's, else her household's.

    Empty if none of them lies in the county: then whoever served her last goes on.
    """
    with connection.cursor() as cursor:
        cursor.execute(*served_today("SELECT %s::uuid AS person_id", person.pk))
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def served_today(people: str, *parameters: UUID) -> tuple[str, list[Any]]:
    """SQL and its parameters: `division_code`, as `serving_village`, and `person_id` of whom `people` selects.

    Whom no village of the county serves is left out.
    """
    held_in: list[Any] = [clock.today(), clock.today(), f"{current_context().county}%"]
    held = "f.person_id = w.person_id AND (f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s)"
    sql = " UNION ALL ".join(
        f"SELECT w.person_id, {place} AS division_code, {rank} AS rank FROM w JOIN {table} f ON {held} {join} "
        f"WHERE {place} LIKE %s"
        for rank, (table, join, place) in enumerate(_SERVES)
    )
    return (
        f"WITH w AS ({people}) SELECT DISTINCT ON (person_id) division_code, person_id FROM ({sql}) AS s "
        "ORDER BY person_id, rank",
        [*parameters, *(held_in * len(_SERVES))],
    )


_SERVES = (
    (Residence._meta.db_table, "", "f.place_code"),
    (Hukou._meta.db_table, "", "f.place_code"),
    (Membership._meta.db_table, f"JOIN {HOUSEHOLD} h ON h.id = f.household_id", "h.division_code"),
)
"""Where a village that serves somebody is found, in this order: table, what it is joined with, the village."""
