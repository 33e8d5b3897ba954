"""The one way an event is recorded: policy, guard, dated facts at their day, task, act.

Each event is a change set under its own key, so that it can be taken back exactly. All of it runs
at county scope: families move across townships. A fact that begins on a later day stays as it is,
whenever the event is reported; one that began on the very day is corrected in place.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from households.consequences import follow
from households.enums import KINDS_FOR_RULES_ALONE, EventKind, FactSource, Relation
from households.models import (
    Absence,
    Household,
    LifeEvent,
    Lodging,
    Membership,
    Person,
)
from households.models.facts import DatedFact
from households.policies import may_record_events
from households.services.changes import ChangeSet, change_set
from households.services.head_tasks import keep_tasks
from households.services.homes import bring_along, serving_village
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.ids import new_id
from offices.services.acts import record_act


@dataclass(frozen=True, slots=True)
class Report:
    """The day an event happened, who says so, and the document; `entry` groups events entered together."""

    happened_on: datetime.date
    source: FactSource = FactSource.COUNTER
    document: str = ""
    entry: UUID = field(default_factory=new_id)


@dataclass
class Recording:
    """An event that is being recorded; what is changed through it goes into its change set."""

    actor: Actor
    kind: EventKind
    report: Report
    place: str
    changes: ChangeSet
    key: UUID
    other: Person | None = None
    household: Household | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    households: dict[UUID, Household] = field(default_factory=dict)

    @property
    def on(self) -> datetime.date:
        return self.report.happened_on

    def put(
        self,
        model: type[DatedFact],
        person: Person,
        values: dict[str, Any] | None,
        *,
        beside: Q | None = None,
        **among: Any,
    ) -> None:
        """Have a fact hold from the event's day until the next known one; None: nothing holds.

        It takes the place of rows that `among` and `beside` select; a new one has the values of `among`.
        """
        rows: QuerySet[Any] = model._default_manager.filter(beside or Q(), person=person, **among)
        former = rows.on(self.on).first()  # type: ignore[attr-defined] # a DatedFactQuerySet
        until = former.to_on if former else _next_begin(rows, self.on)
        self._replace(model, person, former, values, until, **among)

    def settle_in(self, person: Person, household: Household, relation: Relation) -> None:
        """Have a person belong to a household from the event's day; an absence ends."""
        membership, absence, until = self._whereabouts(person)
        self.households[household.pk] = household
        self.involve(person)
        self._end(absence)
        self._replace(
            Membership, person, membership, {"household_id": household.pk, "relation": relation}, until
        )

    def leave(self, person: Person, place_code: str) -> None:
        """Have a person be away from every household of the county from the event's day."""
        membership, absence, until = self._whereabouts(person)
        self.involve(person)
        self._end(membership)
        self._replace(Absence, person, absence, {"place_code": place_code}, until)

    def move_out(self, person: Person, *, unless_to: str = "") -> None:
        """Have a person no longer live in a compound from the event's day, unless it lies where she moves."""
        lodging = (
            Lodging.objects.on(self.on).filter(person=person).exclude(unit__division_code=unless_to).first()
        )
        if lodging and lodging.from_on != self.on:
            self.involve(person)
            self._end(lodging)

    def change(self, person: Person, **values: Any) -> None:
        """Change the record of a person itself."""
        self.involve(person)
        self.changes.touch(person)
        for name, value in values.items():
            setattr(person, name, value)
        person.save(update_fields=list(values))

    def involve(self, *people: Person) -> None:
        """Say that something about these people changes: derived rows follow, a file's note is void."""
        for person in people:
            self.people.setdefault(person.pk, person)

    def made(self, row: Any) -> None:
        """Say that a row was made by this event."""
        self.changes.made(row)
        if isinstance(row, Person):
            self.involve(row)
        if isinstance(row, Household):
            self.households[row.pk] = row

    def _replace(
        self,
        model: type[DatedFact],
        person: Person,
        former: Any,
        values: dict[str, Any] | None,
        until: datetime.date | None,
        **among: Any,
    ) -> None:
        said = {"source": self.report.source, "document": self.report.document}
        if former and values and all(getattr(former, name) == value for name, value in values.items()):
            return
        self.involve(person)
        if former and values and former.from_on == self.on:
            self._note_household(former)
            self.changes.touch(former)
            for name, value in (values | said).items():
                setattr(former, name, value)
            former.save(update_fields=[*values, *said])
            return
        self._end(former)
        if values is None:
            return
        begun = model._default_manager.create(
            person=person,
            from_on=self.on,
            to_on=until,
            division_code=person.division_code,
            **values,
            **said,
            **among,
        )
        self.changes.made(begun)

    def _end(self, former: Any) -> None:
        if former is None:
            return
        self._note_household(former)
        self.changes.touch(former)
        former.to_on = self.on
        former.save(update_fields=["to_on"])

    def _note_household(self, former: Any) -> None:
        if isinstance(former, Membership):
            self.households[former.household_id] = former.household

    def _whereabouts(self, person: Person) -> tuple[Membership | None, Absence | None, datetime.date | None]:
        """Household or absence on the event's day, and when the next known of either begins."""
        memberships = Membership.objects.filter(person=person)
        absences = Absence.objects.filter(person=person)
        membership = memberships.on(self.on).select_related("household").first()
        absence = absences.on(self.on).first()
        if membership or absence:
            current: Any = membership or absence
            return membership, absence, current.to_on
        begins = [_next_begin(rows, self.on) for rows in (memberships, absences)]
        return None, None, min((day for day in begins if day), default=None)


def _next_begin(rows: QuerySet[Any], on: datetime.date) -> datetime.date | None:
    found: datetime.date | None = rows.filter(from_on__gt=on).aggregate(day=Min("from_on"))["day"]
    return found


@contextmanager
def recording(
    *, actor: Actor, kind: EventKind, report: Report, place: str, people: Sequence[Person] = ()
) -> Iterator[Recording]:
    """Record one event; the block makes its changes. `place` is the village whose counter it concerns.

    The people it is about are locked, so that two clerks follow each other. Raises NotAllowed,
    DomainError `day_to_come`, `person_is_merged`, and one named as the constraint for what the database refuses.
    """
    if not may_record_events(actor) or not actor.covers(place):
        raise NotAllowed()
    if report.happened_on > clock.today():
        raise DomainError(
            "day_to_come",
            _("This day is still to come. An event can be recorded only once it has happened."),
        )
    key = new_id()
    with _in_clear_words(), transaction.atomic(), county_scope(), change_set(key) as changes:
        _lock(people)
        current = Recording(actor, kind, report, place, changes, key)
        yield current
        _close(current)


def _lock(people: Sequence[Person]) -> None:
    """Bring them up to date. Raises DomainError `person_is_merged`."""
    wanted = {person.pk: person for person in people}
    for row in Person.objects.select_for_update().filter(pk__in=wanted).order_by("pk"):
        if row.merged_into_id:
            raise DomainError(
                "person_is_merged",
                _(
                    "Two records of %(name)s have meanwhile been made one. Look for her again, and record it there."
                ),
                name=row.name,
            )
        person = wanted[row.pk]
        person.__dict__.update({name: value for name, value in row.__dict__.items() if name != "_state"})


def finish(current: Recording, person: Person) -> LifeEvent:
    """Write the event itself and its act, once everything that it changes is written."""
    event = LifeEvent.objects.create(
        id=current.key,
        kind=current.kind,
        person=person,
        other=current.other,
        household=current.household,
        happened_on=current.on,
        reported_on=clock.today(),
        source=current.report.source,
        document=current.report.document,
        detail={"entry": str(current.report.entry), **current.detail},
        recorded_by_id=current.actor.staff_id,
        recorded_role=current.actor.role,
        division_code=current.place,
    )
    record_act(
        actor=current.actor,
        verb="households.record_event",
        record=event,
        kind=None if current.kind in KINDS_FOR_RULES_ALONE else current.kind,
        happened_on=current.on,
        **current.detail,
    )
    return event


def _close(current: Recording) -> None:
    for person in current.people.values():
        _follow_home(current, person)
        current.changes.touch(person)
        Person.objects.filter(pk=person.pk).update(row_digest=None)
    for household in current.households.values():
        keep_tasks(current.changes, household)
    follow(list(current.people), current.kind)


def _follow_home(current: Recording, person: Person) -> None:
    """What goes with a person goes to the village that serves her today."""
    code = serving_village(person)
    if code and code != person.division_code:
        current.change(person, division_code=code)
        bring_along(current.changes, person)


@contextmanager
def _in_clear_words() -> Iterator[None]:
    """What the database refuses, in the words of the constraint."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        for model in apps.get_app_config("households").get_models():
            for constraint in model._meta.constraints:
                if constraint.name == name:
                    raise DomainError(name, constraint.violation_error_message or str(error)) from error
        raise
