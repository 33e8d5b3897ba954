"""Whom a row of another department's list means: by number, else by name, birth date and village.

Works at county scope, set by set. A record that was merged leads to the one that stayed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from households.enums import MatchedBy
from households.models import Hukou, Membership, Person, Residence
from offices import clock
from offices.enums import DivisionLevel
from offices.identifiers import clean_number
from offices.models import Division
from offices.sealing import Purpose, digest

_ENDINGS = re.compile("(?:村民委员会|居民委员会|社区居委会|居委会|村委会|社区|村)$")
_TOWNSHIP_ENDINGS = re.compile("(?:街道办事处|街道|镇|乡)$")


@dataclass(frozen=True, slots=True)
class Description:
    """How a row describes somebody; `has_number`: by a number that nobody here has."""

    name: str
    birth_date: date
    place: str = ""
    number: str = ""
    has_number: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The people that a description may mean; certain only if `by` says how."""

    people: tuple[Person, ...] = ()
    by: MatchedBy | None = None


NOBODY = Meant()


class VillageNames:
    """Villages of the county by how people write them: a code, a name, an address that holds one."""

    def __init__(self, *, county: str) -> None:
        self._townships: dict[str, str] = {}
        self._villages: dict[str, set[str]] = defaultdict(set)
        self.codes: set[str] = set()
        for division in Division.objects.within(county):
            if division.level == DivisionLevel.TOWNSHIP:
                self._townships[division.code[:9]] = _TOWNSHIP_ENDINGS.sub("", division.name)
            elif division.level == DivisionLevel.VILLAGE:
                self.codes.add(division.code)
                self._villages[_ENDINGS.sub("", division.name) or division.name].add(division.code)

    def read(self, text: str) -> frozenset[str]:
        """The villages that a text may name; none where it names none of the county's."""
        written = clean_number(text)
        if written in self.codes:
            return frozenset({written})
        named = {stem for stem in self._villages if stem in text}
        # 西城头 holds 城头: the longer name is meant.
        longest = {stem for stem in named if not any(stem != other and stem in other for other in named)}
        codes = {code for stem in longest for code in self._villages[stem]}
        townships = {code for code, stem in self._townships.items() if stem and stem in text}
        narrowed = {code for code in codes if code[:9] in townships}
        return frozenset(narrowed or codes)


def people_meant(*, described: Sequence[Description], villages: VillageNames) -> list[Meant]:
    """For each description whom it means, in five queries for all of them. At county scope."""
    numbered = _by_number(one.number for one in described)
    others = [one for one in described if one.number not in numbered]
    named = _by_name(others)
    asked = {one: villages.read(one.place) for one in others if one.place}
    homes = _villages_of(
        person.pk for one in others if asked.get(one) for person in named[one.name, one.birth_date]
    )
    found = []
    for one in described:
        if one.number in numbered:
            found.append(Meant((numbered[one.number],), MatchedBy.NUMBER))
            continue
        people = named[one.name, one.birth_date]
        if one.number or one.has_number:
            # Who has another number is another person.
            people = [person for person in people if person.id_number_digest is None]
        found.append(_narrowed(people, asked.get(one, frozenset()), homes))
    return found


def smallest_division(people: Iterable[Person], *, county: str) -> str:
    """The smallest division that serves all of them, in twelve digits: village, township or county."""
    codes = {person.division_code for person in people}
    if len(codes) == 1:
        return codes.pop()
    townships = {code[:9] for code in codes}
    return f"{townships.pop()}000" if len(townships) == 1 else f"{county}000000"


def whoever_stayed(person: Person) -> Person:
    """The record that stayed of one that was merged."""
    return person.merged_into or person


def _by_number(numbers: Iterable[str]) -> dict[str, Person]:
    digests = {digest(number, Purpose.IDENTITY_NUMBER): number for number in set(numbers) if number}
    held = Person.objects.filter(id_number_digest__in=digests).select_related("merged_into")
    return {digests[bytes(person.id_number_digest)]: whoever_stayed(person) for person in held}


def _by_name(described: Sequence[Description]) -> dict[tuple[str, date], list[Person]]:
    people = Person.objects.standing().filter(
        name__in={one.name for one in described}, birth_date__in={one.birth_date for one in described}
    )
    found: dict[tuple[str, date], list[Person]] = defaultdict(list)
    for person in people.order_by("division_code", "pk") if described else ():
        found[person.name, person.birth_date].append(person)
    return found


def _villages_of(people: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Where people live, are registered and belong today."""
    keys, today = set(people), clock.today()
    homes: dict[UUID, set[str]] = defaultdict(set)
    if keys:
        for rows in (
            Residence.objects.on(today).filter(person__in=keys).values_list("person_id", "place_code"),
            Hukou.objects.on(today).filter(person__in=keys).values_list("person_id", "place_code"),
            Membership.objects.on(today)
            .filter(person__in=keys)
            .values_list("person_id", "household__division_code"),
        ):
            for person_id, code in rows:
                homes[person_id].add(code)
    return homes


def _narrowed(people: Sequence[Person], villages: frozenset[str], homes: dict[UUID, set[str]]) -> Meant:
    if not people:
        return NOBODY
    if villages:
        there = [
            person for person in people if villages & (homes.get(person.pk, set()) | {person.division_code})
        ]
        if len(there) == 1:
            return Meant((there[0],), MatchedBy.NAME)
        # Somebody of that name in another village is asked about, not taken.
        return Meant(tuple(there or people))
    return Meant(tuple(people), MatchedBy.NAME if len(people) == 1 else None)
