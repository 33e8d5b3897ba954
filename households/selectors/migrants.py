"""People whose home is apart from their hukou place, and who serves them. By place alone."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from households.models import Hukou, Person, Residence
from households.selectors.places import names_of_places
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import scope_of
from offices.enums import Role
from offices.models import RoleGrant

SMALL = 5
"""Below it, a number of people elsewhere is not shown."""


class Side(StrEnum):
    """Which of two places the reader serves."""

    LIVES_HERE = "here"
    LIVES_ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class MigrantLine:
    """A person in the list: where she is served and by whom, and the other of her two places."""

    person: Person
    village_name: str
    other_place: str
    specialists: str


def migrants(
    *, actor: Actor, side: Side, on: datetime.date, place: str = "", within_county: bool = False
) -> QuerySet[Hukou] | QuerySet[Residence]:
    """Facts of the living whose home and hukou are apart, of the villages that serve them.

    A row of the registry lies where a person lives if that is in the county, else where her hukou is:
    so who lives here is found by a hukou elsewhere, and who has left for another county by a home
    there while her hukou stays: who took it along is no migrant of this county. `within_county`: of
    those who live here, the ones from another township of the county.
    """
    county = current_context().county
    here = Hukou.objects.on(on).filter(place_code__gte=county, place_code__lt=county + "~")
    if side is Side.LIVES_ELSEWHERE:
        rows: QuerySet[Hukou] | QuerySet[Residence] = (
            Residence.objects.on(on)
            .exclude(place_code__gte=county, place_code__lt=county + "~")
            .filter(Exists(here.filter(person=OuterRef("person"))))
        )
    elif within_county:
        rows = here.annotate(
            served=Substr("division_code", 1, 9), registered=Substr("place_code", 1, 9)
        ).exclude(served=F("registered"))
    else:
        rows = Hukou.objects.on(on).exclude(place_code__gte=county, place_code__lt=county + "~")
    scope = scope_of(place) if place and actor.covers(place) else actor.scope
    return rows.filter(
        ~Q(place_code=""),
        *_living(on),
        division_code__gte=scope,
        division_code__lt=scope + "~",
    ).select_related("person")


def migrant_lines(facts: Sequence[Hukou | Residence], *, on: datetime.date) -> list[MigrantLine]:
    """What the list shows of each person, in three queries for all of them."""
    served = {fact.division_code for fact in facts}
    places = names_of_places(served | {fact.place_code for fact in facts})
    specialists = specialists_of(served, on=on)
    return [
        MigrantLine(
            person=fact.person,
            village_name=places[fact.division_code],
            other_place=places[fact.place_code],
            specialists="、".join(specialists.get(fact.division_code, ())),
        )
        for fact in facts
    ]


def specialists_of(villages: set[str], *, on: datetime.date) -> dict[str, list[str]]:
    """Names of the village specialists by village, on a day."""
    names: dict[str, list[str]] = defaultdict(list)
    grants = RoleGrant.objects.valid_on(on).filter(role=Role.VILLAGE, division__in=villages)
    for village, name in grants.order_by("staff__name").values_list("division_id", "staff__name"):
        names[village].append(name)
    return names


def served_elsewhere_in_county(*, actor: Actor, on: datetime.date) -> int | None:
    """How many with hukou in the actor's scope live, and are served, elsewhere in the county.

    None where they are fewer than five: not shown.
    """
    scope = actor.scope
    with county_scope():
        number = (
            Hukou.objects.on(on)
            .filter(*_living(on), place_code__gte=scope, place_code__lt=scope + "~")
            .exclude(division_code__gte=scope, division_code__lt=scope + "~")
            .count()
        )
    return number if number >= SMALL else None


def _living(on: datetime.date) -> tuple[Q, Q]:
    """By a join, which the list's order by name needs anyway."""
    return Q(person__died_on=None) | Q(person__died_on__gt=on), Q(person__birth_date__lte=on)
