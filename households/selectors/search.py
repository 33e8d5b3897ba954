"""What the one search box finds among people and households, within the actor's scope.

One box for names (whole, in part, in pinyin, by initials), identity numbers and phones (whole or by their
last four) and household numbers. What is asked decides the kind; see asked_names.py for names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from households.models import Household, Membership, Person
from households.models.people import PersonQuerySet
from households.policies import may_open_families_elsewhere, may_see_families
from households.selectors.asked_names import read_asked_name
from households.selectors.name_search import people_named
from households.selectors.number_search import (
    households_numbered,
    is_identity_number,
    people_numbered,
    whose_number,
)
from households.selectors.people import HouseholdLine, household_lines
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.identifiers import read_citizen_number
from offices.selectors.divisions import names_of_divisions
from offices.work import SearchHit, SearchNote

MOST_HITS = 30


def find_families(actor: Actor, text: str) -> list[SearchHit | SearchNote]:
    """People and households; households with the very number first, those whose number begins so last."""
    if not may_see_families(actor):
        return []
    people = _people(actor, text)
    found = households_numbered(actor=actor, text=text, most=MOST_HITS + 1)
    shown = dict(found[:MOST_HITS])
    households = list(Household.objects.visible_to(actor).filter(pk__in=shown)) if shown else []
    households.sort(key=lambda household: list(shown).index(household.pk))
    lines = _lines(people[:MOST_HITS], households)
    hits = [*_person_hits(people[:MOST_HITS], lines)]
    whole = [household for household in households if shown[household.pk]]
    begun = [household for household in households if not shown[household.pk]]
    hits = [*_household_hits(whole, lines), *hits, *_household_hits(begun, lines)]
    return [*hits, *_notes(actor, text, hits, has_more=max(len(people), len(found)) > MOST_HITS)]


def find_person_by_number(text: str) -> Person | None:
    """Who has this whole identity number, within the open scope. Raises DomainError as its reader."""
    number = read_citizen_number(text).number
    return whose_number(Person.objects.all(), number).first()


def searchable_people(actor: Actor) -> PersonQuerySet:
    """Whom a search may show."""
    return Person.objects.visible_to(actor)


def _people(actor: Actor, text: str) -> list[Person]:
    """At most one more than are shown, in their order."""
    if any(character.isdigit() for character in text):
        return list(people_numbered(searchable_people(actor), text)[: MOST_HITS + 1])
    keys = people_named(actor=actor, asked=read_asked_name(text), most=MOST_HITS + 1)
    if not keys:
        return []
    by_key = searchable_people(actor).in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


Lines = tuple[Mapping[UUID, HouseholdLine], Mapping[UUID, Membership], Mapping[str, str]]


def _lines(people: Sequence[Person], households: Sequence[Household]) -> Lines:
    """What is shown beside each: the households, who belongs to which, and the names of villages."""
    today = clock.today()
    with county_scope():
        rows = Membership.objects.on(today).filter(person__in=people).select_related("household")
        memberships = {membership.person_id: membership for membership in rows}
    of_people = {membership.household_id: membership.household for membership in memberships.values()}
    both = [*{**of_people, **{household.pk: household for household in households}}.values()]
    lines = {line.household.pk: line for line in household_lines(both, on=today)}
    return lines, memberships, names_of_divisions(person.division_code for person in people)


def _person_hits(people: Sequence[Person], lines: Lines) -> Iterator[SearchHit]:
    by_household, memberships, villages = lines
    for person in people:
        number = person.id_number.masked if person.id_number else _("no identity number")
        words = [str(person.get_sex_display()), f"{person.birth_date:%Y-%m-%d}", number]
        if person.died_on:
            words.append(_("died %(day)s") % {"day": f"{person.died_on:%Y-%m-%d}"})
        words.append(villages.get(person.division_code, person.division_code))
        membership = memberships.get(person.pk)
        if membership is not None:
            words.append(_of_household(membership, by_household[membership.household_id]))
        yield SearchHit(
            title=person.name,
            detail=" · ".join(filter(None, words)),
            url=reverse("households:person", args=[person.pk]),
            kind=_("Person"),
            record=person,
        )


def _of_household(membership: Membership, line: HouseholdLine) -> str:
    if membership.relation == "head":
        return _("head of household %(number)s") % {"number": line.household.number}
    if line.heads:
        return _("household of %(head)s") % {"head": "、".join(line.heads)}
    return _("household %(number)s") % {"number": line.household.number}


def _household_hits(households: Sequence[Household], lines: Lines) -> Iterator[SearchHit]:
    for household in households:
        line = lines[0][household.pk]
        head = _("head %(head)s") % {"head": line.head} if line.heads else line.head
        living = _("%(count)s living") % {"count": line.living}
        yield SearchHit(
            title=_("Household %(number)s") % {"number": household.number},
            detail=" · ".join((line.village_name, head, living)),
            url=reverse("households:household", args=[household.pk]),
            kind=_("Household"),
            record=household,
        )


def _notes(actor: Actor, text: str, hits: Sequence[SearchHit], *, has_more: bool) -> Iterator[SearchNote]:
    """That there are more, what is wrong with a number, and where else a family may be found."""
    if has_more:
        yield SearchNote(
            _("More than %(count)d fit; the first are shown. Type more of the name or the number.")
            % {"count": MOST_HITS}
        )
    if hits or not is_identity_number(text):
        return
    try:
        read_citizen_number(text)
    except DomainError as refusal:
        yield SearchNote(str(refusal))
        return
    if may_open_families_elsewhere(actor):
        yield SearchNote(
            _("Nobody of your area has this number. The family may be served by another township."),
            url=reverse("households:elsewhere"),
            label=_("Look in the whole county"),
        )
