"""The people of a day and what is known of them, as SQL relations that predicates read.

`subject` is a common table expression that the caller gives: one row for each person asked
about (id, division_code, sex, birth_date, died_on). Each further relation is a LEFT JOIN to it
with at most one row a person, so that what is not known is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from django.db import models

from households.models import Employment, ExaminationYear, Hukou, InsuranceElsewhere, MaritalFact, Person
from subsidies.predicates import kinship, qualifying
from subsidies.predicates.sql import (
    EVERYBODYS_CERTIFICATES,
    EVERYBODYS_FAMILIES,
    EVERYBODYS_KIN,
    SUBJECTS,
    among,
    certificates,
    holds,
    table,
)


def _fact(name: str, model: type[models.Model], *, of_everybody: bool, of: str = "subject.id") -> str:
    """A dated fact of which one at a time holds."""
    return f"""
  LEFT JOIN {table(model)} {name} ON {name}.person_id = {of} AND {holds(name)}"""


def _spouse(*, of_everybody: bool) -> str:
    return f"""
  LEFT JOIN {table(Person)} spouse ON spouse.id = marriage.spouse_id"""


def _certificate(*, of_everybody: bool) -> str:
    held = EVERYBODYS_CERTIFICATES if of_everybody else f"({certificates(SUBJECTS)})"
    return f"""
  LEFT JOIN {held} certificate ON certificate.person_id = subject.id"""


def _insurance(*, of_everybody: bool) -> str:
    """The schemes somebody is insured in elsewhere, as the lists of the social insurance told."""
    return f"""
  LEFT JOIN (SELECT entry.person_id, array_agg(entry.scheme::text) AS schemes
               FROM {table(InsuranceElsewhere)} entry
              WHERE {among("entry.person_id", None if of_everybody else SUBJECTS)} AND {holds("entry")}
              GROUP BY entry.person_id) insurance ON insurance.person_id = subject.id"""


_CHILDREN = ("living", "living_sons", "last_born_on", "died", "ever_two", "grades")
_RELATIONS: dict[str, tuple[tuple[str, ...], Callable[..., str], Mapping[str, tuple[str, ...]]]] = {
    "hukou": ((), partial(_fact, "hukou", Hukou), {"hukou": ("hukou_type",)}),
    "marriage": (
        (),
        partial(_fact, "marriage", MaritalFact),
        {"marriage": ("state", "spouse_id", "spouse_digest")},
    ),
    "spouse": (("marriage",), _spouse, {"spouse": ("id", "birth_date", "died_on")}),
    "spouse_hukou": (
        ("marriage", "spouse"),
        partial(_fact, "spouse_hukou", Hukou, of="spouse.id"),
        {"spouse_hukou": ("hukou_type",)},
    ),
    "children": ((), partial(kinship.children, "children", with_step=False), {"children": _CHILDREN}),
    "children_and_step": (
        (),
        partial(kinship.children, "children_and_step", with_step=True),
        {"children_and_step": _CHILDREN},
    ),
    "certificate": ((), _certificate, {"certificate": ("is_held",)}),
    "co_parents": ((), kinship.co_parents, {"co_parents": ("is_unnamed", "lives", "holds", "may_hold")}),
    "employment": (
        (),
        partial(_fact, "employment", Employment),
        {"employment": ("state", "retired_on", "employer_code")},
    ),
    "insurance": ((), _insurance, {"insurance": ("schemes",)}),
    "examination": ((), partial(_fact, "examination", ExaminationYear), {"examination": ("year",)}),
    "household": (
        (),
        qualifying.household,
        {"membership": ("household_id",), "household": qualifying.FLAGS},
    ),
    "parents": ((), qualifying.parents, {"parents": ("person_id", "is_unnamed", *qualifying.FLAGS)}),
}
"""Each relation with those it rests on, its joins, and the columns that conditions may read of them;
in the order in which they are joined."""


def resting_on(names: Iterable[str]) -> list[str]:
    """The named relations and those they rest on, in the order in which they are joined."""
    wanted = set(names) - {"subject"}
    for name in tuple(wanted):
        wanted.update(_RELATIONS[name][0])
    return [name for name in _RELATIONS if name in wanted]


def joins(names: Iterable[str], *, of_everybody: bool = False) -> str:
    """The joins that bring the named relations to `subject`.

    Of everybody: what `tables_of_everybody` makes is there already.
    """
    return "".join(_RELATIONS[name][1](of_everybody=of_everybody) for name in resting_on(names))


def tables_of_everybody() -> Iterator[tuple[str, str, str]]:
    """Tables that are filled once for everybody, in this order: name, statement, key."""
    yield EVERYBODYS_KIN, kinship.children_rows(with_step=False, of=None), "parent_id"
    yield EVERYBODYS_FAMILIES, kinship.families(EVERYBODYS_KIN), "parent_id"
    yield EVERYBODYS_CERTIFICATES, certificates(None), "person_id"


def columns_of(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What conditions may read of the named relations: alias and column."""
    for name in names:
        for alias, columns in _RELATIONS[name][2].items():
            for column in columns:
                yield alias, column


def subject(*conditions: str) -> str:
    """The common table expression of the people asked about; conditions read `subject`'s columns."""
    where = " AND ".join(("subject.merged_into_id IS NULL", *conditions))
    return (
        f"subject AS MATERIALIZED (SELECT subject.id, subject.division_code, subject.sex, "
        f"subject.birth_date, subject.died_on FROM {table(Person)} subject WHERE {where})"
    )
