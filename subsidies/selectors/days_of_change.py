"""On which days something about a person and her nearest changes that a rule may read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from households.models import MaritalFact, Membership, Parentage, Person
from households.models.facts import DatedFact
from subsidies.models import PolicyVersion

_MOST_YEARS = 120
_WHOLE = re.compile(r"[0-9]{1,3}")


def days_of_facts(
    *, people: Sequence[UUID], versions: Iterable[PolicyVersion]
) -> dict[UUID, set[datetime.date]]:
    """For each person the ends of facts, the deaths and the birthdays of herself and her nearest.

    Birthdays of every age that the rules name as a number; more days than change anything do no harm.
    """
    ages = sorted(set().union(*(_ages(version) for version in versions)))
    nearest = nearest_of(people)
    everybody = set().union(*nearest.values())
    own: dict[UUID, set[datetime.date]] = {one: set() for one in everybody}
    for key, born, died in Person.objects.filter(pk__in=everybody).values_list("pk", "birth_date", "died_on"):
        own[key].add(born)
        own[key].update(birthday(born, years) for years in ages)
        if died:
            own[key].add(died)
    for model in _fact_models():
        rows: Any = model._default_manager.filter(person__in=everybody)
        for key, begins, ends in rows.values_list("person_id", "from_on", "to_on"):
            own[key].update(day for day in (begins, ends) if day)
    return {person: set().union(*(own[one] for one in close)) for person, close in nearest.items()}


def birthday(born: datetime.date, years: int) -> datetime.date:
    """The day on which an age is reached; born on 29 February, the 28th of a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 2, 28)


def _fact_models() -> list[type[DatedFact]]:
    return [
        model
        for model in apps.get_app_config("households").get_models()
        if issubclass(model, DatedFact) and model is not Membership
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


def nearest_of(people: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Each with spouses, parents and children, theirs, and who ever belonged to her household."""
    close: dict[UUID, set[UUID]] = {person: {person} for person in people}
    for _step in range(2):
        reached = set().union(*close.values())
        beside: dict[UUID, set[UUID]] = {}
        for one, other in _pairs(reached):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
        for near in close.values():
            near |= set().union(*(beside.get(one, set()) for one in near))
    homes: dict[UUID, set[UUID]] = {}
    own = Membership.objects.filter(person__in=people).values_list("person_id", "household_id")
    for person, household in own:
        homes.setdefault(household, set()).add(person)
    for household, member in Membership.objects.filter(household__in=homes).values_list(
        "household_id", "person_id"
    ):
        for person in homes[household]:
            close[person].add(member)
    return close


def _pairs(people: set[UUID]) -> Iterable[tuple[UUID, UUID]]:
    yield from MaritalFact.objects.filter(person__in=people, spouse__isnull=False).values_list(
        "person_id", "spouse_id"
    )
    yield from Parentage.objects.filter(
        Q(person__in=people) | Q(parent__in=people), parent__isnull=False
    ).values_list("person_id", "parent_id")
