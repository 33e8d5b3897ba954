"""Who stands for people on a day, as their pages show it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from households.enums import RepresentationState
from households.models import Person, Representation, Representative
from offices.actors import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that is in force or waits, and who is named in it."""

    entry: Representation
    state: RepresentationState
    names: str


def standing_for(people: Sequence[Person], *, actor: Actor, on: datetime.date) -> list[Standing]:
    """Entries for these people that are open on a day, within the actor's scope, the newest first."""
    entries = (
        Representation.objects.visible_to(actor)
        .open_on(on)
        .filter(person__in=people)
        .select_related("person")
        .prefetch_related("people")
    )
    return [
        Standing(entry, RepresentationState(entry.state), "、".join(one.name for one in entry.people.all()))
        for entry in entries
    ]


def representatives_of(person: Person, *, on: datetime.date) -> list[Representative]:
    """Agents and guardians who may hand in papers for a person: entered, or confirmed already."""
    return list(
        Representative.objects.filter(
            representation__in=Representation.objects.open_on(on).filter(
                person=person, kind__in=("agent", "guardian"), from_on__lte=on
            )
        ).select_related("representation")
    )
