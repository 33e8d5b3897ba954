"""What the arrived rows say, written as dated facts.

What is known of a person for the first time holds from an open past. A file that speaks for a
day is compared with what holds on that day: what differs ends there, and what the file says
holds from there until the next entry that is known already. A file that comes late, for a day
before one that has spoken of the person since, changes nothing from that later day on. An entry that
began on the very day is corrected in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import ParentageKind
from households.models import (
    Absence,
    BankAccount,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Residence,
)
from households.models.facts import DatedFact
from households.rows.notes import RowWarning
from households.services.import_sql import NEW_KEY, PERSON, WRITTEN_AT
from households.services.import_staging import warn_lines


@dataclass(frozen=True, slots=True)
class Sort:
    """Facts of a kind that exclude each other: which rows `a` state one, which facts `f` are of it.

    `concerned`: the rows to be looked at, where they are few.
    """

    of_row: str = "TRUE"
    of_fact: str = "TRUE"
    concerned: str = "TRUE"


@dataclass(frozen=True, slots=True)
class Kept:
    """Which facts `f` a file does not replace, and the warning that says so."""

    facts: str
    warning: RowWarning


@dataclass(frozen=True, slots=True)
class FactOfRow:
    """How a row states a fact: `a` is the arrived row, `t` its line in `taken`.

    `values` are written and, where named in `compared`, tell one fact from another. An empty
    cell ends the fact if the file has the column `ended_by` (silence never ends one without). One
    that is `kept`, entered from a document, is not replaced by a file, with a warning.
    `headers` names the columns behind a value: where the file has none of them, what is known stays.
    What holds side by side is of several `sorts`: a row speaks of one, and of another only where it
    has the same value in the column `whose`, or an empty cell.
    """

    model: type[DatedFact]
    values: Mapping[str, str]
    stated: str = "TRUE"
    compared: tuple[str, ...] = ()
    ended_by: str = ""
    joins: str = ""
    among: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: Kept | None = None
    sorts: tuple[Sort, ...] = ()
    sort: Sort = Sort()
    whose: str = ""

    def by_sort(self) -> list[FactOfRow]:
        """Facts that hold side by side, each to be compared with what is on record of its own sort."""
        return [
            replace(self, stated=f"({self.stated} AND {sort.of_row})", sort=sort, sorts=())
            for sort in self.sorts
        ] or [self]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def says(self, value: str, columns: frozenset[str]) -> bool:
        """Whether a file with these columns says anything about a value."""
        return value not in self.headers or not columns.isdisjoint(self.headers[value])


def _kin(number: str) -> str:
    """Whom a number names, by whichever record of hers is kept."""
    return (
        f"LEFT JOIN (SELECT coalesce(merged_into_id, id) AS id, id_number_digest FROM {PERSON}) kin "
        f"ON kin.id_number_digest = {number} AND kin.id <> t.person_id"
    )


def _parentage(role: str, header: str, kind_header: str) -> FactOfRow:
    return FactOfRow(
        Parentage,
        {"parent_id": "kin.id", "parent_digest": f"a.{role}_digest", "kind": f"a.{role}_kind"},
        stated=f"a.{role}_digest IS NOT NULL",
        compared=("parent_digest", "kind"),
        ended_by=header,
        joins=_kin(f"a.{role}_digest"),
        among={"role": role},
        headers={"kind": ("亲子关系", kind_header)},
        kept=Kept(
            "f.source <> 'file' AND f.document <> ''",
            RowWarning(
                header,
                "kin_by_document",
                "",
                _(
                    "The counter entered this parent from a document, so that entry was kept. "
                    "If it is no longer right, record it at the counter."
                ),
                {},
            ),
        ),
        sorts=_beside_each_other(role),
        whose="parent_digest",
    )


def _beside_each_other(role: str) -> tuple[Sort, Sort]:
    """A father and a step-father; few children have one of these."""
    step = f"kind = '{ParentageKind.STEP.value}'"
    known = f"SELECT f.person_id FROM {Parentage._meta.db_table} f WHERE f.{step} AND f.role = '{role}'"
    return (
        Sort(f"a.{role}_kind <> '{ParentageKind.STEP.value}'", f"NOT f.{step}"),
        Sort(f"a.{role}_{step}", f"f.{step}", f"(a.{role}_{step} OR t.person_id IN ({known}))"),
    )


_OF_WHO_IS_HERE: tuple[type[DatedFact], ...] = (Membership, Residence)
FACTS = (
    FactOfRow(
        Membership,
        {"household_id": "t.household_id", "relation": "a.relation"},
        compared=("household_id", "relation"),
    ),
    FactOfRow(Residence, {"place_code": "a.residence_place"}, compared=("place_code",)),
    FactOfRow(
        Hukou,
        {"hukou_type": "a.hukou_type", "place_code": "a.hukou_place"},
        compared=("hukou_type", "place_code"),
    ),
    FactOfRow(
        MaritalFact,
        {"state": "a.marital_state", "spouse_id": "kin.id", "spouse_digest": "a.spouse_digest"},
        stated="(a.marital_state IS NOT NULL OR a.spouse_digest IS NOT NULL)",
        compared=("state", "spouse_digest"),
        ended_by="婚姻状况",
        joins=_kin("a.spouse_digest"),
        headers={
            "state": ("婚姻状况",),
            "spouse_id": ("配偶身份号码",),
            "spouse_digest": ("配偶身份号码",),
        },
    ),
    _parentage("father", "父亲身份号码", "父子关系"),
    _parentage("mother", "母亲身份号码", "母子关系"),
    FactOfRow(
        Disability,
        {"grade": "a.grade"},
        stated="a.grade IS NOT NULL",
        compared=("grade",),
        ended_by="残疾等级",
    ),
    FactOfRow(
        OnlyChildCertificate,
        {"number": "a.certificate_number", "issued_on": "a.certificate_issued_on"},
        stated="a.certificate_number IS NOT NULL",
        compared=("number", "issued_on"),
        ended_by="光荣证号",
    ),
    FactOfRow(
        Employment,
        {"state": "a.employment_state", "retired_on": "a.retired_on", "employer_code": "a.employer_code"},
        stated="(a.employment_state <> '' OR a.retired_on IS NOT NULL OR a.employer_code <> '')",
        compared=("state", "retired_on", "employer_code"),
        ended_by="就业状况",
        headers={
            "state": ("就业状况",),
            "retired_on": ("退休日期",),
            "employer_code": ("用人单位代码",),
        },
    ),
    FactOfRow(
        ExaminationYear,
        {"year": "a.examination_year"},
        stated="a.examination_year IS NOT NULL",
        compared=("year",),
        ended_by="考试年度",
    ),
    # An account is replaced by another one, never by silence: money would have nowhere to go.
    FactOfRow(
        BankAccount,
        {"bank": "a.bank", "account": "a.account", "account_digest": "a.account_digest"},
        stated="a.account IS NOT NULL",
        compared=("bank", "account_digest"),
        kept=Kept(
            "f.source = 'document'",
            RowWarning(
                "银行账号",
                "confirmed_by_document",
                "",
                _(
                    "Two people confirmed another account from its document, so that one was kept. "
                    "If it is no longer right, have it corrected at the counter."
                ),
                {},
            ),
        ),
    ),
)


def write_first_facts(cursor: Any) -> None:
    """Everything that the rows of new persons say, from an open past."""
    for fact in FACTS:
        names = [*fact.values, *fact.among]
        values = [*fact.values.values(), *("%s" for _name in fact.among)]
        cursor.execute(
            f"""
            INSERT INTO {fact.table}
                   (id, person_id, source, document, recorded_at, division_code, {", ".join(names)})
            SELECT {NEW_KEY}, t.person_id, 'file', '', {WRITTEN_AT}, a.division_code, {", ".join(values)}
              FROM taken t JOIN arriving a ON a.line = t.line {fact.joins}
             WHERE t.outcome = 'created' AND {fact.stated}
            """,
            list(fact.among.values()),
        )


def write_changed_facts(cursor: Any, *, as_of: date, columns: frozenset[str]) -> None:
    """Compare the rows of known persons, fact by fact; their lines gather in `changed`."""
    _know_step_parents(cursor, as_of, columns)
    for fact in (part for every in FACTS for part in every.by_sort()):
        if _find_differences(cursor, fact, as_of, columns):
            if fact.kept:
                _keep(cursor, fact, fact.kept, as_of)
            _resume_after_late_file(cursor, fact)
            _correct_same_day(cursor, fact)
            _end_former(cursor, fact, as_of)
            _begin_new(cursor, fact, as_of)
            cursor.execute("INSERT INTO changed SELECT line FROM differing")
        cursor.execute("DROP TABLE differing")


def _know_step_parents(cursor: Any, as_of: date, columns: frozenset[str]) -> None:
    """A file without the column for it says nothing else of whom the registry has as a step-parent."""
    for role, header in (("father", "父子关系"), ("mother", "母子关系")):
        if columns.isdisjoint(("亲子关系", header)):
            cursor.execute(
                f"UPDATE arriving a SET {role}_kind = f.kind "
                f"FROM taken t JOIN {Parentage._meta.db_table} f ON f.person_id = t.person_id "
                "WHERE t.line = a.line AND t.outcome = 'known' AND f.role = %s AND f.kind = %s "
                f"AND f.parent_digest = a.{role}_digest "
                "AND (f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s)",
                [role, ParentageKind.STEP, as_of, as_of],
            )


def _find_differences(cursor: Any, fact: FactOfRow, as_of: date, columns: frozenset[str]) -> int:
    stated = ", ".join(f"{value} AS {name}" for name, value in fact.values.items())
    result = ", ".join(
        f"s.{name}" if fact.says(name, columns) else f"coalesce(f.{name}, s.{name}) AS {name}"
        for name in fact.values
    )
    compared = [name for name in fact.compared if fact.says(name, columns)]
    differs = " OR ".join(f"f.{name} IS DISTINCT FROM s.{name}" for name in compared) or "FALSE"
    among = "".join(f" AND f.{name} = %s" for name in fact.among)
    is_spoken_of = f"(s.{fact.whose} IS NULL OR s.{fact.whose} = f.{fact.whose})" if fact.whose else "TRUE"
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
        WITH s AS (
            SELECT t.line, t.person_id, p.division_code, {fact.stated} AS is_stated, {stated},
                   u.day AS resumes_on
              FROM taken t
              JOIN arriving a ON a.line = t.line
              JOIN {PERSON} p ON p.id = t.person_id {fact.joins}
              LEFT JOIN resuming u ON u.person_id = t.person_id
             WHERE t.outcome = 'known' AND {fact.sort.concerned}
        )
        SELECT s.line, s.person_id, s.division_code, s.is_stated, s.resumes_on, {result},
               f.id AS fact_id, f.from_on, f.to_on,
               s.is_stated AND f.from_on IS NOT DISTINCT FROM %s AS is_correction
          FROM s LEFT JOIN {fact.table} f
                 ON f.person_id = s.person_id {among} AND {fact.sort.of_fact}
                AND (f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s)
         WHERE (s.is_stated AND (f.id IS NULL OR {differs}))
            OR (NOT s.is_stated AND f.id IS NOT NULL AND %s AND {is_spoken_of})
        """,
        [as_of, *fact.among.values(), as_of, as_of, fact.ended_by in columns],
    )
    return int(cursor.rowcount)


def _keep(cursor: Any, fact: FactOfRow, kept: Kept, as_of: date) -> None:
    """What was entered from a document stays: a file is nobody's signature.

    The same relative is then not said to be another sort of relative beside it.
    """
    among = "".join(f" AND f.{name} = '{value}'" for name, value in fact.among.items())
    same = f"f.{fact.whose} = d.{fact.whose}" if fact.whose else "FALSE"
    by_document = f"EXISTS (SELECT FROM {fact.table} f WHERE f.person_id = d.person_id AND {kept.facts} AND "
    warn_lines(
        cursor,
        f"SELECT a.line, a.name FROM differing d JOIN arriving a USING (line) "
        f"WHERE {by_document} f.id = d.fact_id)",
        kept.warning,
    )
    cursor.execute(
        f"DELETE FROM differing d WHERE {by_document} (f.id = d.fact_id OR ({same} {among} "
        "AND (f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s))))",
        [as_of, as_of],
    )


def _resume_after_late_file(cursor: Any, fact: FactOfRow) -> None:
    """Cut what a late file changes at the day of the later file; the former entry goes on from there."""
    late = (
        "d.resumes_on IS NOT NULL AND d.fact_id IS NOT NULL AND (d.to_on IS NULL OR d.to_on > d.resumes_on)"
    )
    cursor.execute(
        f"UPDATE {fact.table} f SET to_on = d.resumes_on FROM differing d WHERE {late} AND f.id = d.fact_id"
    )
    if not cursor.rowcount:
        return
    kept = [*fact.values, *fact.among, "person_id", "source", "document", "division_code"]
    names, values = ", ".join(kept), ", ".join(f"f.{name}" for name in kept)
    cursor.execute(
        f"INSERT INTO {fact.table} (id, recorded_at, from_on, to_on, {names}) "
        f"SELECT {NEW_KEY}, {WRITTEN_AT}, d.resumes_on, d.to_on, {values} "
        f"FROM {fact.table} f JOIN differing d ON f.id = d.fact_id WHERE {late}"
    )
    cursor.execute(f"UPDATE differing d SET to_on = d.resumes_on WHERE {late}")


def _correct_same_day(cursor: Any, fact: FactOfRow) -> None:
    assigned = ", ".join(f"{name} = d.{name}" for name in fact.values)
    cursor.execute(
        f"UPDATE {fact.table} f SET {assigned}, source = 'file', document = '' FROM differing d "
        "WHERE d.is_correction AND f.id = d.fact_id"
    )


def _end_former(cursor: Any, fact: FactOfRow, as_of: date) -> None:
    cursor.execute(
        f"UPDATE {fact.table} f SET to_on = %s FROM differing d "
        "WHERE NOT d.is_correction AND f.id = d.fact_id",
        [as_of],
    )


def _begin_new(cursor: Any, fact: FactOfRow, as_of: date) -> None:
    names = [*fact.values, *fact.among]
    values = [*(f"d.{name}" for name in fact.values), *("%s" for _name in fact.among)]
    among = "".join(f" AND f.{name} = %s" for name in fact.among)
    whose = f"f.{fact.whose} = d.{fact.whose}" if fact.whose else "FALSE"
    own = list(fact.among.values())
    away, while_away = "", list[date]()
    if fact.model in _OF_WHO_IS_HERE:
        # Known to be away on the day, as before an arrival: here from this day, not from an open past.
        away = (
            f"AND NOT EXISTS (SELECT FROM {Absence._meta.db_table} w WHERE w.person_id = d.person_id "
            "AND (w.from_on IS NULL OR w.from_on <= %s) AND (w.to_on IS NULL OR w.to_on > %s))"
        )
        while_away = [as_of, as_of]
    cursor.execute(
        f"""
        INSERT INTO {fact.table}
               (id, person_id, from_on, to_on, source, document, recorded_at, division_code,
                {", ".join(names)})
        SELECT {NEW_KEY}, d.person_id,
               CASE WHEN d.fact_id IS NULL AND NOT EXISTS (
                         SELECT FROM {fact.table} f
                          WHERE f.person_id = d.person_id {among}
                            AND CASE WHEN {fact.sort.of_fact} THEN f.to_on <= %s ELSE {whose} END)
                         {away}
                    THEN NULL ELSE %s::date END,
               CASE WHEN d.fact_id IS NOT NULL THEN d.to_on ELSE least(d.resumes_on, (
                         SELECT min(f.from_on) FROM {fact.table} f
                          WHERE f.person_id = d.person_id {among} AND f.from_on > %s
                            AND ({fact.sort.of_fact} OR {whose}))) END,
               'file', '', {WRITTEN_AT}, d.division_code, {", ".join(values)}
          FROM differing d WHERE d.is_stated AND NOT d.is_correction
        """,
        [*own, as_of, *while_away, as_of, *own, as_of, *own],
    )


def end_absences(cursor: Any, *, as_of: date) -> None:
    """Whom a file names in a household is not away from the county any more; after a late one, until the later."""
    table = Absence._meta.db_table
    away = (
        f"SELECT f.id, f.to_on, u.day AS resumes_on FROM {table} f JOIN taken t ON t.person_id = f.person_id "
        "LEFT JOIN resuming u ON u.person_id = f.person_id "
        "WHERE (f.from_on IS NULL OR f.from_on <= %s) AND (f.to_on IS NULL OR f.to_on > %s)"
    )
    cursor.execute(f"CREATE TEMPORARY TABLE away ON COMMIT DROP AS {away}", [as_of, as_of])
    cursor.execute(f"UPDATE {table} f SET to_on = %s FROM away w WHERE w.id = f.id", [as_of])
    cursor.execute(
        f"INSERT INTO {table} (id, recorded_at, from_on, to_on, person_id, source, document, division_code, "
        f"place_code) SELECT {NEW_KEY}, {WRITTEN_AT}, w.resumes_on, w.to_on, f.person_id, f.source, f.document, "
        f"f.division_code, f.place_code FROM {table} f JOIN away w USING (id) "
        "WHERE w.resumes_on IS NOT NULL AND (w.to_on IS NULL OR w.to_on > w.resumes_on)"
    )


def link_named_kin(cursor: Any) -> None:
    """Parents and spouses who were named before and have now arrived."""
    for table, column in (
        (Parentage._meta.db_table, "parent"),
        (MaritalFact._meta.db_table, "spouse"),
    ):
        cursor.execute(
            f"""
            UPDATE {table} f SET {column}_id = p.id
              FROM taken t JOIN {PERSON} p ON p.id = t.person_id
             WHERE t.outcome <> 'unchanged' AND f.{column}_id IS NULL
               AND f.{column}_digest = p.id_number_digest AND f.person_id <> p.id
            """
        )
