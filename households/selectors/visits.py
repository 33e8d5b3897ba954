"""Visits as pages show them, and counts of them by place for figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Substr

from households.enums import EntryState, Relation, VisitPurpose, VisitResult
from households.models import Membership, Person, Visit
from households.visit_subjects import visit_subjects
from offices.actors import Actor
from offices.selectors.divisions import names_of_divisions


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in a list; `about` is the benefit's name, `family` the living head's."""

    visit: Visit
    purpose: VisitPurpose
    result: VisitResult
    state: EntryState
    about: str
    whom: str
    village_name: str
    is_due: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class VisitCount:
    """How many visits of a purpose ended so in a place; never an order of places."""

    place: str
    purpose: VisitPurpose
    result: VisitResult
    visits: int


def visit_lines(visits: Sequence[Visit], *, on: datetime.date, actor: Actor | None = None) -> list[VisitLine]:
    """What a list shows of each visit, in three queries for all of them; `actor`: who may take one back."""
    names = visit_subjects(on)
    villages = names_of_divisions(visit.division_code for visit in visits)
    heads = _heads({visit.household_id for visit in visits}, on)
    return [
        VisitLine(
            visit=visit,
            purpose=VisitPurpose(visit.purpose),
            result=VisitResult(visit.result),
            state=EntryState(visit.state),
            about=names.get(visit.about, visit.about),
            whom=visit.person.name if visit.person else heads.get(visit.household_id, ""),
            village_name=villages.get(visit.division_code, visit.division_code),
            is_due=visit.state == EntryState.RECORDED
            and visit.settled_on is None
            and visit.next_on is not None
            and visit.next_on <= on,
            may_take_back=actor is not None
            and visit.state == EntryState.RECORDED
            and visit.recorded_on == on
            and visit.recorded_by_id == actor.staff_id,
        )
        for visit in visits
    ]


def visit_counts(
    *, actor: Actor, from_on: datetime.date, to_on: datetime.date, digits: int = 9
) -> list[VisitCount]:
    """Visits of `[from_on, to_on)` within scope by place (so many digits of its code), purpose and result."""
    counted = (
        Visit.objects.visible_to(actor)
        .standing()
        .filter(visited_on__gte=from_on, visited_on__lt=to_on)
        .annotate(place=Substr("division_code", 1, digits))
        .values("place", "purpose", "result")
        .annotate(visits=Count("pk"))
        .order_by("place", "purpose", "result")
    )
    return [
        VisitCount(row["place"], VisitPurpose(row["purpose"]), VisitResult(row["result"]), row["visits"])
        for row in counted
    ]


def _heads(households: Iterable[UUID], on: datetime.date) -> dict[UUID, str]:
    rows = Membership.objects.on(on).filter(
        household__in=households, relation=Relation.HEAD, person__in=Person.objects.living_on(on)
    )
    return dict(rows.values_list("household_id", "person__name"))
