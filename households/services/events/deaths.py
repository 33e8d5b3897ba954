"""A death: the person's own day, what it means for a spouse in the rules, and the next head."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from households.enums import (
    KINDS_OF_THE_RECORD,
    EventKind,
    MaritalState,
    ParentageKind,
    ParentRole,
    Relation,
)
from households.models import LifeEvent, MaritalFact, Parentage, Person
from households.services.events.checks import (
    check_lived,
    latest_birth,
    living_members,
    membership_on,
    spouse_on,
)
from households.services.events.families import put_head
from households.services.events.recording import Report, finish, recording
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError

_OF_BOTH = (EventKind.MARRIAGE, EventKind.DIVORCE, EventKind.ADOPTION)
"""What happens to the other of the two as much as to the person under whom it is kept."""
_BY_DEED = (ParentageKind.ADOPTED, ParentageKind.STEP)
"""Kinship that begins on its day, while child and parent live; that by birth is of the record."""


def record_death(
    *, actor: Actor, person: Person, report: Report, new_head: Person | None = None
) -> LifeEvent:
    """Record that somebody died; nothing of what held before the day is changed.

    Her place in the household stays as it was: living members are what counts. A surviving spouse
    is so for the rules from the day on. Of a dead head's household the family names the next head,
    else a task asks for one. Raises NotAllowed, DomainError `died_already`, `before_birth`,
    `event_after_death`, `child_born_later`, `head_not_member`.
    """
    with county_scope():
        survivor = spouse_on(person, report.happened_on)
    people = [one for one in (person, survivor, new_head) if one]
    with recording(
        actor=actor, kind=EventKind.DEATH, report=report, place=person.division_code, people=people
    ) as current:
        if person.died_on:
            raise DomainError(
                "died_already",
                _(
                    "The death of %(name)s on %(day)s is recorded already. If the day is wrong, take it back first."
                ),
                name=person.name,
                day=person.died_on.isoformat(),
            )
        check_lived(person, current.on)
        check_nothing_later(person, current.on)
        _check_children(person, current.on)
        membership = membership_on(person, current.on)
        current.change(person, died_on=current.on)
        current.move_out(person)
        if survivor and not (survivor.died_on and survivor.died_on <= current.on):
            current.put(
                MaritalFact,
                survivor,
                {
                    "state": MaritalState.WIDOWED,
                    "spouse_id": person.pk,
                    "spouse_digest": person.id_number_digest,
                },
            )
        if membership:
            current.household = membership.household
            current.households[membership.household_id] = membership.household
            if new_head and membership.relation == Relation.HEAD:
                members = living_members(membership.household, current.on)
                put_head(current, membership.household, members, new_head)
        return finish(current, person)


def check_nothing_later(person: Person, on: datetime.date) -> None:
    """Nothing happened to her after the day of her death, neither as the other of two.

    Raises DomainError `event_after_death`.
    """
    adopted = Parentage.objects.filter(
        person=OuterRef("person"), parent=person, kind=ParentageKind.ADOPTED, from_on=OuterRef("happened_on")
    )
    deed = Q(kind=EventKind.PARENTAGE, detail__kin__in=_BY_DEED)
    is_hers = (
        Q(person=person) & (~Q(kind__in=KINDS_OF_THE_RECORD) | deed)
        | Q(other=person) & (Q(kind__in=_OF_BOTH) | deed)
        | Q(Exists(adopted), kind=EventKind.ADOPTION)
    )
    later = (
        LifeEvent.objects.standing().filter(is_hers, happened_on__gt=on).order_by("happened_on", "id").first()
    )
    if later:
        raise DomainError(
            "event_after_death",
            _(
                "Something is recorded for %(name)s on %(day)s, after this day. Compare the days; if that entry is wrong, take it back first."
            ),
            name=person.name,
            day=later.happened_on.isoformat(),
        )


def _check_children(person: Person, on: datetime.date) -> None:
    """No child of hers by birth was born after she could have had it. Raises DomainError `child_born_later`."""
    born_later = Q()
    for role in ParentRole:
        born_later |= Q(role=role, person__birth_date__gt=latest_birth(role, on))
    rows = Parentage.objects.filter(born_later, parent=person, kind=ParentageKind.BIRTH)
    later = rows.select_related("person").order_by("person__birth_date").first()
    if later:
        raise DomainError(
            "child_born_later",
            _(
                "A child of %(name)s was born on %(day)s, too long after this day. Compare the days; if the birth or the parent on record is wrong, correct that first."
            ),
            name=person.name,
            day=later.person.birth_date.isoformat(),
        )
