"""Visits as pages show them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from households.enums import EntryState, Relation, VisitPurpose, VisitResult
from households.models import Household, Membership, Person, Visit
from households.visit_subjects import visit_subjects
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.selectors.divisions import names_of_divisions


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in a list; `about` is the benefit's name, `whom` the person or the living head.

    `page` is where it is read about: the household's, or the person's where her household is served elsewhere.
    """

    visit: Visit
    household: Household
    page: str
    purpose: VisitPurpose
    result: VisitResult
    state: EntryState
    about: str
    whom: str
    village_name: str
    is_due: bool
    may_take_back: bool


def visit_lines(visits: Sequence[Visit], *, on: datetime.date, actor: Actor | None = None) -> list[VisitLine]:
    """What a list shows of each visit, in four queries for all of them; `actor`: who may take one back.

    A visit stands where the person is served, so its household may be elsewhere.
    """
    scope = current_context()
    with county_scope():
        households = Household.objects.in_bulk([visit.household_id for visit in visits])
    names = visit_subjects(on)
    villages = names_of_divisions(visit.division_code for visit in visits)
    heads = _heads({visit.household_id for visit in visits}, on)
    return [
        VisitLine(
            visit=visit,
            household=households[visit.household_id],
            page=page_of_visit(visit, scope.sees(households[visit.household_id].division_code)),
            purpose=VisitPurpose(visit.purpose),
            result=VisitResult(visit.result),
            state=EntryState(visit.state),
            about=names.get(visit.about, visit.about),
            whom=_whom(visit, heads),
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


def _whom(visit: Visit, heads: Mapping[UUID, str]) -> str:
    """The person visited, without name once another township serves her; else the living head."""
    if visit.person_id is None:
        return heads.get(visit.household_id, "")
    return visit.person.name if visit.person else gettext("Served by another township")


def page_of_visit(visit: Visit, is_household_seen: bool) -> str:
    """The page of the household within the reader's scope, else of the person visited, else the list."""
    if is_household_seen:
        return reverse("households:household", args=[visit.household_id])
    if visit.person and current_context().sees(visit.person.division_code):
        return reverse("households:person", args=[visit.person.pk])
    return reverse("households:visits")


def _heads(households: Iterable[UUID], on: datetime.date) -> dict[UUID, str]:
    rows = Membership.objects.on(on).filter(
        household__in=households, relation=Relation.HEAD, person__in=Person.objects.living_on(on)
    )
    return dict(rows.values_list("household_id", "person__name"))
