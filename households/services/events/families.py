"""Households themselves: a family splits, two join, a head is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, Relation
from households.models import Household, LifeEvent, Membership, Person
from households.services.events.checks import (
    check_lived,
    check_not_recorded,
    living_members,
    membership_on,
    relation_to,
)
from households.services.events.recording import Recording, Report, finish, recording
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError


@transaction.atomic
def split_household(
    *, actor: Actor, household: Household, report: Report, people: Sequence[Person], number: str
) -> list[LifeEvent]:
    """Some members set up a household of their own in the village; the first of them is its head.

    Raises NotAllowed, DomainError `nobody_chosen`, `not_a_member`, `household_number_missing`, and
    the constraint's own for a number that the village has already.
    """
    if not people:
        raise DomainError("nobody_chosen", _("Choose who sets up the new household."))
    if not number.strip():
        raise DomainError("household_number_missing", _("Give the new household a number."))
    head, *others = people
    with recording(
        actor=actor,
        kind=EventKind.SPLIT,
        report=report,
        place=household.division_code,
        people=list(people),
    ) as current:
        for person in people:
            _check_member(person, household, current)
        new = new_household(current, number.strip(), household.division_code)
        current.settle_in(head, new, Relation.HEAD)
        current.household = household
        current.detail = {"into": str(new.pk)}
        events = [finish(current, head)]
    return [
        *events,
        *(
            _change_household(EventKind.SPLIT, actor, report, person, household, new, head)
            for person in others
        ),
    ]


@transaction.atomic
def join_household(
    *, actor: Actor, report: Report, people: Sequence[Person], household: Household, is_head: bool = False
) -> list[LifeEvent]:
    """People of one household come to belong to another, each in the relation that kin on record says.

    Where they live is not changed by it: a move is. `is_head`: the first becomes head, as of a
    household without one. Raises NotAllowed, DomainError `nobody_chosen`, `same_household`, `is_away`.
    """
    if not people:
        raise DomainError("nobody_chosen", _("Choose who joins the other household."))
    events = []
    for index, person in enumerate(people):
        with county_scope():
            former = membership_on(person, report.happened_on)
            members = living_members(household, report.happened_on)
        if former is None:
            raise DomainError(
                "is_away",
                _("%(name)s belonged to no household of the county on that day. Record that she came back."),
                name=person.name,
            )
        if former.household_id == household.pk:
            raise DomainError(
                "same_household",
                _("%(name)s belongs to this household already."),
                name=person.name,
            )
        head = next((row.person for row in members if row.relation == Relation.HEAD), None)
        events.append(
            _change_household(
                EventKind.JOIN,
                actor,
                report,
                person,
                former.household,
                household,
                head,
                is_head=is_head and index == 0,
            )
        )
    return events


def name_head(
    *,
    actor: Actor,
    household: Household,
    report: Report,
    head: Person,
    relations: Mapping[UUID, Relation] | None = None,
) -> LifeEvent:
    """The family names its head; the others' relations are to the new one, from the day on.

    `relations` are those the clerk entered; what she left out follows from the recorded kin. A
    former head who lives gives way, so there is one. Raises NotAllowed, DomainError
    `head_not_member`, `is_head_already`, `recorded_already`.
    """
    with recording(
        actor=actor, kind=EventKind.HEAD, report=report, place=household.division_code, people=[head]
    ) as current:
        check_lived(head, current.on)
        check_not_recorded(head, EventKind.HEAD, current.on)
        members = living_members(household, current.on)
        heads = [row.person_id for row in members if row.relation == Relation.HEAD]
        if heads == [head.pk]:
            raise DomainError(
                "is_head_already", _("%(name)s is the head already on that day."), name=head.name
            )
        put_head(current, household, members, head, relations)
        current.household = household
        return finish(current, head)


def put_head(
    current: Recording,
    household: Household,
    members: Sequence[Membership],
    head: Person,
    relations: Mapping[UUID, Relation] | None = None,
) -> None:
    """Make one of the living members head, the others related to her. Raises DomainError `head_not_member`."""
    if head.pk not in {row.person_id for row in members}:
        raise DomainError(
            "head_not_member",
            _("%(name)s was no living member of this household on that day. Choose one of its members."),
            name=head.name,
        )
    given = relations or {}
    for row in members:
        relation = relation_to(head, row.person, current.on)
        if row.person_id != head.pk:
            relation = given.get(row.person_id, relation)
            if relation == Relation.HEAD:
                relation = Relation.OTHER
        current.settle_in(row.person, household, relation)


def new_household(current: Recording, number: str, village: str) -> Household:
    """A household under a number of a village, made by the event."""
    household = Household.objects.create(number=number, division_code=village)
    current.made(household)
    return household


def _change_household(
    kind: EventKind,
    actor: Actor,
    report: Report,
    person: Person,
    former: Household,
    household: Household,
    head: Person | None,
    *,
    is_head: bool = False,
) -> LifeEvent:
    with recording(
        actor=actor, kind=kind, report=report, place=person.division_code, people=[person]
    ) as current:
        _check_member(person, former, current)
        relation = relation_to(head, person, current.on) if head else Relation.OTHER
        current.settle_in(person, household, Relation.HEAD if is_head else relation)
        current.household = former
        current.detail = {"into": str(household.pk)}
        return finish(current, person)


def _check_member(person: Person, household: Household, current: Recording) -> None:
    check_lived(person, current.on)
    check_not_recorded(person, current.kind, current.on)
    membership = membership_on(person, current.on)
    if membership is None or membership.household_id != household.pk:
        raise DomainError(
            "not_a_member",
            _("%(name)s was no member of this household on that day. Choose its members of that day."),
            name=person.name,
        )
