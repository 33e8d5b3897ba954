"""The people of a day and what is known of them, as SQL relations that predicates read.

`subject` is a common table expression that the caller gives: one row for each person asked
about (id, division_code, sex, birth_date, died_on). Each further relation is a LEFT JOIN to it
with at most one row a person, so that what is not known is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from django.db import models

from households.models import Employment, ExaminationYear, Hukou, InsuranceElsewhere, MaritalFact, Person
from subsidies.predicates import kinship, qualifying
from subsidies.predicates.sql import SUBJECTS, certificates, holds, table


def _fact(name: str, model: type[models.Model], *, of: str = "subject.id") -> str:
    """A dated fact of which one at a time holds."""
    return f"""
  LEFT JOIN {table(model)} {name} ON {name}.person_id = {of} AND {holds(name)}"""


def _spouse() -> str:
    return f"""
  LEFT JOIN {table(Person)} spouse ON spouse.id = marriage.spouse_id"""


def _certificate() -> str:
    return f"""
  LEFT JOIN ({certificates(SUBJECTS)}) certificate ON certificate.person_id = subject.id"""


def _insurance() -> str:
    """The schemes somebody is insured in elsewhere, as the lists of the social insurance told."""
    return f"""
  CROSS JOIN LATERAL (SELECT array_agg(entry.scheme::text) AS schemes
                        FROM {table(InsuranceElsewhere)} entry
                       WHERE entry.person_id = subject.id AND {holds("entry")}) insurance"""


_RELATIONS: dict[str, tuple[tuple[str, ...], Callable[[], str]]] = {
    "hukou": ((), partial(_fact, "hukou", Hukou)),
    "marriage": ((), partial(_fact, "marriage", MaritalFact)),
    "spouse": (("marriage",), _spouse),
    "spouse_hukou": (("marriage", "spouse"), partial(_fact, "spouse_hukou", Hukou, of="spouse.id")),
    "children": ((), partial(kinship.children, "children", with_step=False)),
    "children_and_step": ((), partial(kinship.children, "children_and_step", with_step=True)),
    "certificate": ((), _certificate),
    "co_parents": ((), kinship.co_parents),
    "employment": ((), partial(_fact, "employment", Employment)),
    "insurance": ((), _insurance),
    "examination": ((), partial(_fact, "examination", ExaminationYear)),
    "household": ((), qualifying.household),
    "parents": ((), qualifying.parents),
}
"""Each relation with those it rests on, in the order in which they are joined."""


def joins(names: Iterable[str]) -> str:
    """The joins that bring the named relations to `subject`."""
    wanted = set(names) - {"subject"}
    for name in tuple(wanted):
        wanted.update(_RELATIONS[name][0])
    return "".join(text() for name, (_rests_on, text) in _RELATIONS.items() if name in wanted)


def subject(*conditions: str) -> str:
    """The common table expression of the people asked about; conditions read `subject`'s columns."""
    where = " AND ".join(("subject.merged_into_id IS NULL", *conditions))
    return (
        f"subject AS MATERIALIZED (SELECT subject.id, subject.division_code, subject.sex, "
        f"subject.birth_date, subject.died_on FROM {table(Person)} subject WHERE {where})"
    )
