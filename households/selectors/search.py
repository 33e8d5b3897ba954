"""What the one search box finds among people and households, within the actor's scope.

Only equality and ranges on bytewise text, which row-level security lets reach an index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import Household, Person
from households.models.people import PersonQuerySet
from households.policies import may_see_families
from offices.actors import Actor
from offices.errors import DomainError
from offices.identifiers import clean_number, read_citizen_number
from offices.pinyin import sort_key
from offices.sealing import Purpose, digest
from offices.selectors.divisions import names_of_divisions
from offices.work import SearchHit

MOST_HITS = 30

_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_PHONE = re.compile(r"[0-9]{7,12}")
_NUMBER = re.compile(r"[0-9]{14,17}[0-9X]")


def find_families(actor: Actor, text: str) -> list[SearchHit]:
    """People by name, identity number or its last four, phone or its last four; households by number."""
    if not may_see_families(actor):
        return []
    people = list(_people(Person.objects.visible_to(actor), text)[:MOST_HITS])
    households = list(Household.objects.visible_to(actor).filter(number=text)[:MOST_HITS])
    villages = names_of_divisions(
        [row.division_code for row in people] + [row.division_code for row in households]
    )
    return [*_person_hits(people, villages), *_household_hits(households, villages)]


def find_person_by_number(text: str) -> Person | None:
    """Who has this whole identity number, within the open scope. Raises DomainError as its reader."""
    number = read_citizen_number(text).number
    return Person.objects.filter(id_number_digest=digest(number, Purpose.IDENTITY_NUMBER)).first()


def _people(people: PersonQuerySet, text: str) -> PersonQuerySet:
    number = clean_number(text)
    if _NUMBER.fullmatch(number):
        try:
            whole = read_citizen_number(number).number
        except DomainError:
            return people.none()
        return people.filter(id_number_digest=digest(whole, Purpose.IDENTITY_NUMBER))
    if _TAIL.fullmatch(number):
        return people.filter(
            Q(id_number_tail_digest=digest(number, Purpose.IDENTITY_NUMBER_TAIL))
            | Q(phone_tail_digest=digest(number, Purpose.PHONE_TAIL))
        )
    if _PHONE.fullmatch(number):
        return people.filter(phone_digest=digest(number, Purpose.PHONE))
    # The key of a name begins with the key of its first characters.
    key = sort_key(text)
    return people.filter(name_sort__gte=key, name_sort__lt=key + "\U0010ffff") if key else people.none()


def _person_hits(people: Iterable[Person], villages: dict[str, str]) -> Iterator[SearchHit]:
    for person in people:
        number = person.id_number.masked if person.id_number else _("no identity number")
        words = [str(person.get_sex_display()), f"{person.birth_date:%Y-%m-%d}", number]
        if person.died_on:
            words.append(_("died %(day)s") % {"day": f"{person.died_on:%Y-%m-%d}"})
        words.append(villages.get(person.division_code, person.division_code))
        yield SearchHit(
            title=person.name,
            detail=" · ".join(words),
            url=reverse("households:person", args=[person.pk]),
            kind=_("Person"),
            record=person,
        )


def _household_hits(households: Iterable[Household], villages: dict[str, str]) -> Iterator[SearchHit]:
    for household in households:
        yield SearchHit(
            title=_("Household %(number)s") % {"number": household.number},
            detail=villages.get(household.division_code, household.division_code),
            url=reverse("households:household", args=[household.pk]),
            kind=_("Household"),
            record=household,
        )
