"""The people of a day and what is known of them, as SQL relations that predicates read.

`subject` has one row for each person asked about (id, division_code, sex, birth_date, died_on). Each
further relation is a LEFT JOIN to it with at most one row a person, so that what is not known is NULL.

What is counted over several rows (children, certificates, families of a home) is reckoned once, in
`steps`, before anything is joined to it: in tables of the transaction's own where many people are
assessed, else in materialised table expressions. A grouped subquery within the joins could be planned
to be reckoned anew for each row, and is where tables have no statistics or old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import models

from households.models import (
    Employment,
    ExaminationYear,
    Hukou,
    InsuranceElsewhere,
    MaritalFact,
    Membership,
    Person,
)
from subsidies.predicates import kinship, qualifying
from subsidies.predicates.sql import RELATIVES, SUBJECTS, certificates, holds, rows_of, table

_CHILDREN = ("living", "living_sons", "last_born_on", "died", "ever_two", "grades")


def _fact(name: str, model: type[models.Model], *, of: str = "subject.id") -> str:
    """A dated fact of which one at a time holds."""
    return f"""
  LEFT JOIN {table(model)} {name} ON {name}.person_id = {of} AND {holds(name)}"""


def _step(step: str, name: str, key: str, *, of: str = "subject.id") -> str:
    """A row of what was reckoned once."""
    return f"""
  LEFT JOIN {step} {name} ON {name}.{key} = {of}"""


@dataclass(frozen=True, slots=True)
class _Relation:
    """Its join, the relations it rests on, the steps it reads, and the columns that conditions may read."""

    join: str
    columns: Mapping[str, tuple[str, ...]]
    rests_on: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


_RELATIONS: Mapping[str, _Relation] = {
    "hukou": _Relation(_fact("hukou", Hukou), {"hukou": ("hukou_type",)}),
    "marriage": _Relation(
        _fact("marriage", MaritalFact), {"marriage": ("state", "spouse_id", "spouse_digest")}
    ),
    "spouse": _Relation(
        f"\n  LEFT JOIN {table(Person)} spouse ON spouse.id = marriage.spouse_id",
        {"spouse": ("id", "birth_date", "died_on")},
        rests_on=("marriage",),
    ),
    "spouse_hukou": _Relation(
        _fact("spouse_hukou", Hukou, of="spouse.id"),
        {"spouse_hukou": ("hukou_type",)},
        rests_on=("marriage", "spouse"),
    ),
    "children": _Relation(
        _step("families", "children", "parent_id"), {"children": _CHILDREN}, steps=("kin", "families")
    ),
    "children_and_step": _Relation(
        _step("families_and_step", "children_and_step", "parent_id"),
        {"children_and_step": _CHILDREN},
        steps=("families_and_step",),
    ),
    "certificate": _Relation(
        _step("certificates", "certificate", "person_id"),
        {"certificate": ("is_held",)},
        steps=("certificates",),
    ),
    "co_parents": _Relation(
        _step("other_parents", "co_parents", "parent_id"),
        {"co_parents": ("is_unnamed", "lives", "holds", "may_hold")},
        steps=("kin", "certificates", "other_parents"),
    ),
    "employment": _Relation(
        _fact("employment", Employment), {"employment": ("state", "retired_on", "employer_code")}
    ),
    "insurance": _Relation(
        _step("insured", "insurance", "person_id"), {"insurance": ("schemes",)}, steps=("insured",)
    ),
    "examination": _Relation(_fact("examination", ExaminationYear), {"examination": ("year",)}),
    "household": _Relation(
        _fact("membership", Membership)
        + _step("families_of_homes", "household", "household_id", of="membership.household_id"),
        {"membership": ("household_id",), "household": qualifying.FLAGS},
        steps=("kin", "families", "certificates", "families_of_homes"),
    ),
    "parents": _Relation(
        _step("families_of_parents", "parents", "person_id"),
        {"parents": ("person_id", "is_unnamed", *qualifying.FLAGS)},
        steps=("kin", "families", "certificates", "families_of_parents"),
    ),
}
"""Each relation, in the order in which they are joined."""


@dataclass(frozen=True, slots=True)
class Step:
    """Rows that are reckoned once, under a name of their own, and the column by which they are looked up."""

    name: str
    rows: str
    key: str = field(default="person_id")


def resting_on(names: Iterable[str]) -> list[str]:
    """The named relations and those they rest on, in the order in which they are joined."""
    wanted = set(names) - {"subject"}
    for name in tuple(wanted):
        wanted.update(_RELATIONS[name].rests_on)
    return [name for name in _RELATIONS if name in wanted]


def joins(names: Iterable[str]) -> str:
    """The joins that bring the named relations to `subject`; their `steps` come before."""
    return "".join(_RELATIONS[name].join for name in resting_on(names))


def steps(names: Iterable[str], *, of_everybody: bool = False) -> Iterator[Step]:
    """What is reckoned for the named relations before they are joined, in this order.

    Of everybody: tables are read whole, instead of by the keys of the subjects and their relatives.
    """
    wanted = frozenset(names)
    asked = {step for name in resting_on(wanted) for step in _RELATIONS[name].steps}
    relatives = None
    if asked & {"kin", "certificates"} and not of_everybody:
        relatives = RELATIVES
        yield Step(RELATIVES, _relatives(wanted), "id")
    rows = {
        "kin": (kinship.kin(of=relatives), "parent_id"),
        "families": (kinship.families("kin"), "parent_id"),
        "families_and_step": (
            kinship.families(
                f"({kinship.children_rows(with_step=True, of=None if of_everybody else SUBJECTS)})"
            ),
            "parent_id",
        ),
        "certificates": (certificates(relatives), "person_id"),
        "other_parents": (kinship.other_parents(), "parent_id"),
        "families_of_homes": (qualifying.families_of_homes(of_everybody=of_everybody), "household_id"),
        "families_of_parents": (qualifying.families_of_parents(of_everybody=of_everybody), "person_id"),
        "insured": (_insured(of_everybody=of_everybody), "person_id"),
    }
    yield from (Step(name, *made) for name, made in rows.items() if name in asked)


def expressions(names: Iterable[str], subjects: str) -> str:
    """`subject` and the steps of the named relations as table expressions, each reckoned once."""
    told = (f"{step.name} AS MATERIALIZED ({step.rows})" for step in steps(names))
    return ", ".join([f"subject AS MATERIALIZED ({subjects})", *told])


def columns_of(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What conditions may read of the named relations: alias and column."""
    for name in names:
        for alias, columns in _RELATIONS[name].columns.items():
            for column in columns:
                yield alias, column


def subjects(*conditions: str) -> str:
    """The rows of the people asked about; conditions read `subject`'s columns."""
    where = " AND ".join(("subject.merged_into_id IS NULL", *conditions))
    return (
        f"SELECT subject.id, subject.division_code, subject.sex, subject.birth_date, subject.died_on "
        f"FROM {table(Person)} subject WHERE {where}"
    )


def _relatives(wanted: frozenset[str]) -> str:
    """The keys of all whose children and certificates are read for the named relations."""
    parts = [f"SELECT id FROM {SUBJECTS}"]
    if "co_parents" in wanted:
        parts.append(kinship.named_by_children())
    if "household" in wanted:
        parts.append(qualifying.members())
    if "parents" in wanted:
        parts.append(qualifying.parents())
    return " UNION ".join(parts)


def _insured(*, of_everybody: bool) -> str:
    """The schemes somebody is insured in elsewhere, as the lists of the social insurance told."""
    return f"""
        SELECT entry.person_id, array_agg(entry.scheme::text) AS schemes
          FROM {rows_of(InsuranceElsewhere, "entry", "person_id", of=None if of_everybody else SUBJECTS)}
         WHERE {holds("entry")}
         GROUP BY entry.person_id"""
