"""Families by their children, as the household or the child that belongs to them has them.

A family is a parent with her children by birth or adoption. Of the people linked to a subject
(members of her household, or her parents) it is told whether one of them has one living child,
one living daughter, or two living daughters and no son; of a family with one child besides
whether the only-child certificate is held (`_held`) or is not on record (`_open`).
"""

from __future__ import annotations

from households.enums import ParentageKind
from households.models import Membership, Parentage, Person
from subsidies.predicates.sql import SUBJECTS, holds, lives, rows_of, table

_ONE = "coalesce(family.living, 0) = 1"
_GIRL = f"({_ONE} AND family.living_sons = 0)"
_CONDITIONS = {
    "one_child": _ONE,
    "one_child_held": f"{_ONE} AND coalesce(held.is_held, false)",
    "one_child_open": f"{_ONE} AND held.is_held IS NULL",
    "one_daughter": _GIRL,
    "one_daughter_held": f"{_GIRL} AND coalesce(held.is_held, false)",
    "one_daughter_open": f"{_GIRL} AND held.is_held IS NULL",
    "two_daughters": "coalesce(family.living = 2 AND family.living_sons = 0, false)",
}
FLAGS = tuple(_CONDITIONS)
_FLAGS = ", ".join(f"bool_or({condition}) AS {name}" for name, condition in _CONDITIONS.items())


def _families(parent: str) -> str:
    """The children and the certificate of each `parent` (a column)."""
    return f"""
          LEFT JOIN families family ON family.parent_id = {parent}
          LEFT JOIN certificates held ON held.person_id = {parent}"""


def _homes() -> str:
    return (
        f"SELECT DISTINCT mine.household_id FROM {rows_of(Membership, 'mine', 'person_id', of=SUBJECTS)} "
        f"WHERE {holds('mine')}"
    )


def members() -> str:
    """The keys of those who live in the subjects' households on the day."""
    return (
        f"SELECT theirs.person_id FROM ({_homes()}) home JOIN {table(Membership)} theirs "
        f"ON theirs.household_id = home.household_id WHERE {holds('theirs')}"
    )


def parents() -> str:
    """The keys of the subjects' parents."""
    ties = rows_of(Parentage, "tie", "person_id", of=SUBJECTS)
    return f"SELECT tie.parent_id FROM {ties} WHERE tie.parent_id IS NOT NULL"


def families_of_homes(*, of_everybody: bool) -> str:
    """The families of those who live in each of the subjects' households on the day."""
    theirs = f"{table(Membership)} theirs"
    if not of_everybody:
        theirs = f"({_homes()}) home JOIN {theirs} ON theirs.household_id = home.household_id"
    return f"""
        SELECT theirs.household_id, {_FLAGS}
          FROM {theirs}
          JOIN {table(Person)} member
            ON member.id = theirs.person_id AND member.merged_into_id IS NULL AND {lives("member")}
          {_families("member.id")}
         WHERE {holds("theirs")}
         GROUP BY theirs.household_id"""


def families_of_parents(*, of_everybody: bool) -> str:
    """The families of each subject's parents by birth or adoption, living or not; no row: none on record."""
    return f"""
        SELECT tie.person_id, bool_or(tie.parent_id IS NULL) AS is_unnamed, {_FLAGS}
          FROM {rows_of(Parentage, "tie", "person_id", of=None if of_everybody else SUBJECTS)}
          {_families("tie.parent_id")}
         WHERE tie.kind <> '{ParentageKind.STEP.value}' AND {holds("tie")}
         GROUP BY tie.person_id"""
