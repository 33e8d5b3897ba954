"""Visits as pages show them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

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


def _heads(households: Iterable[UUID], on: datetime.date) -> dict[UUID, str]:
    rows = Membership.objects.on(on).filter(
        household__in=households, relation=Relation.HEAD, person__in=Person.objects.living_on(on)
    )
    return dict(rows.values_list("household_id", "person__name"))
