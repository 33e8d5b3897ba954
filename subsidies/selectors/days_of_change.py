"""On which days something about a person and her nearest changes that a rule may read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from households.models import (
    Employment,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
)
from households.models.facts import DatedFact
from subsidies.models import PolicyVersion

_MOST_YEARS = 120
_WHOLE = re.compile(r"[0-9]{1,3}")


_DAYS_WITHIN: dict[type[DatedFact], str] = {OnlyChildCertificate: "issued_on", Employment: "retired_on"}
"""A day that a fact states besides its period: what it says counts from then on alone."""
_READS_HOMES = "household"
"""The relation of the rules that read who lives in one household."""


def days_of_facts(
    *, people: Sequence[UUID], versions: Iterable[PolicyVersion], relations: Collection[str]
) -> dict[UUID, set[datetime.date]]:
    """For each person the days of facts, the deaths and the birthdays of herself and her nearest.

    `relations`: those that the rules read; who joins or leaves a household counts only where one of
    them does. Birthdays of every age that the rules name as a number; more days than change anything
    do no harm.
    """
    ages = sorted(set().union(*(_ages(version) for version in versions)))
    with_homes = _READS_HOMES in relations
    nearest = nearest_of(people, with_homes=with_homes)
    everybody = set().union(*nearest.values())
    own: dict[UUID, set[datetime.date]] = {one: set() for one in everybody}
    for key, born, died in Person.objects.filter(pk__in=everybody).values_list("pk", "birth_date", "died_on"):
        own[key].add(born)
        own[key].update(birthday(born, years) for years in ages)
        if died:
            own[key].add(died)
    for model in fact_models(with_homes=with_homes):
        rows: Any = model._default_manager.filter(person__in=everybody)
        named = ["from_on", "to_on", *([_DAYS_WITHIN[model]] if model in _DAYS_WITHIN else ())]
        for key, *days in rows.values_list("person_id", *named):
            own[key].update(day for day in days if day)
    return {person: set().union(*(own[one] for one in close)) for person, close in nearest.items()}


def birthday(born: datetime.date, years: int) -> datetime.date:
    """The day on which an age is reached; born on 29 February, the 28th of a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 2, 28)


def fact_models(*, with_homes: bool) -> list[type[DatedFact]]:
    """The dated facts of the registry, with or without who belonged to which household."""
    return [
        model
        for model in apps.get_app_config("households").get_models()
        if issubclass(model, DatedFact) and (with_homes or model is not Membership)
    ]


def _ages(version: PolicyVersion) -> set[int]:
    """Every whole number that a rule or one of its parameters names and that can be an age."""
    found: set[int] = set()
    waiting: list[Any] = [version.rule, version.parameters]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, int) and not isinstance(one, bool):
            found.add(one)
        elif isinstance(one, str) and _WHOLE.fullmatch(one):
            found.add(int(one))
    return {age for age in found if 0 < age <= _MOST_YEARS}


def nearest_of(people: Sequence[UUID], *, with_homes: bool = True) -> dict[UUID, set[UUID]]:
    """Each with spouses, parents and children, and theirs.

    `with_homes`: also who ever belonged to a household of hers or of her parents, and their
    children, who may live elsewhere.
    """
    close: dict[UUID, set[UUID]] = {person: {person} for person in people}
    for _step in range(2):
        reached = set().union(*close.values())
        beside: dict[UUID, set[UUID]] = {}
        for one, other in _pairs(reached):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
        for near in close.values():
            near |= set().union(*(beside.get(one, set()) for one in near))
    if with_homes:
        for person, near in _at_home(people).items():
            close[person] |= near
    return close


def _at_home(people: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Who ever belonged to one household with each of some people or with her parents, and their children."""
    goes_with: dict[UUID, set[UUID]] = {person: {person} for person in people}
    ties = Parentage.objects.filter(person__in=people, parent__isnull=False)
    for child, parent in ties.values_list("person_id", "parent_id"):
        if parent:
            goes_with.setdefault(parent, set()).add(child)
    homes: dict[UUID, set[UUID]] = {}
    own = Membership.objects.filter(person__in=goes_with).values_list("person_id", "household_id")
    for person, household in own:
        homes.setdefault(household, set()).update(goes_with[person])
    found: dict[UUID, set[UUID]] = {person: set() for person in people}
    lives_with: dict[UUID, set[UUID]] = {}
    members = Membership.objects.filter(household__in=homes).values_list("household_id", "person_id")
    for household, member in members:
        lives_with.setdefault(member, set()).update(homes[household])
    children = Parentage.objects.filter(parent__in=lives_with).values_list("parent_id", "person_id")
    for member, near in lives_with.items():
        for person in near:
            found[person].add(member)
    for parent, child in children:
        for person in lives_with.get(parent, ()) if parent else ():
            found[person].add(child)
    return found


def _pairs(people: set[UUID]) -> Iterable[tuple[UUID, UUID]]:
    yield from MaritalFact.objects.filter(person__in=people, spouse__isnull=False).values_list(
        "person_id", "spouse_id"
    )
    yield from Parentage.objects.filter(
        Q(person__in=people) | Q(parent__in=people), parent__isnull=False
    ).values_list("person_id", "parent_id")
