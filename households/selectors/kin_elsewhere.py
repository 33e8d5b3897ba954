"""Children of a family who belong to another household today: married out, set up on their own, away."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import Sex
from households.models import Membership, Parentage, Person, Residence
from households.selectors.places import names_of_places
from offices.actors import Actor
from offices.database.context import county_scope


@dataclass(slots=True)
class ChildElsewhere:
    """A child of members who is none herself. `person` is None where another township serves her."""

    relation: str | Promise
    person: Person | None
    place: str
    died_on: datetime.date | None = None
    parents: list[str] = field(default_factory=list)


def children_elsewhere(*, people: Sequence[Person], actor: Actor, on: datetime.date) -> list[ChildElsewhere]:
    """Children of these people who are not among them, the oldest first; named within the reader's scope.

    Read at county scope, so that the page says that there is a child even where it may not say who. A child
    who is served elsewhere and still belongs to their household is none of them.
    """
    with county_scope():
        households = Membership.objects.on(on).filter(person__in=people).values("household")
        family = Membership.objects.on(on).filter(household__in=households).values("person")
        rows = list(
            Parentage.objects.on(on)
            .filter(parent__in=people, person__merged_into=None, person__birth_date__lte=on)
            .exclude(Q(person__in=people) | Q(person__in=family))
            .select_related("person", "parent")
            .order_by("person__birth_date", "person_id", "role")
        )
        seen = [row.person for row in rows if actor.covers(row.person.division_code)]
        homes = dict(Residence.objects.on(on).filter(person__in=seen).values_list("person_id", "place_code"))
    places = names_of_places(homes.values())
    found: dict[object, ChildElsewhere] = {}
    for row in rows:
        child = row.person
        if child.pk not in found:
            is_seen = actor.covers(child.division_code)
            found[child.pk] = ChildElsewhere(
                relation=_("Son") if child.sex == Sex.MALE else _("Daughter"),
                person=child if is_seen else None,
                place=places.get(homes.get(child.pk, ""), "") if is_seen else "",
                died_on=child.died_by(on) if is_seen else None,
            )
        if row.parent:
            found[child.pk].parents.append(row.parent.name)
    return list(found.values())
