"""Late knowledge: which grants and payments something that became known late touches, and how.

Found at once when an event is recorded, and again with each night's assessment: what would have been
right is reckoned anew by the rules, with what the register says today. Nothing follows by itself: a
finding waits for a person. What is decided stays as it was decided.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from households.enums import EventKind, EventState
from households.models import LifeEvent, Person
from offices import clock
from offices.database.context import county_scope
from subsidies.enums import GrantState, LateCause, LateState
from subsidies.models import Grant, LateFinding, Sweep
from subsidies.selectors.days_of_change import nearest_of
from subsidies.services.late_policies import look_at_policies
from subsidies.services.late_reckoning import Cause, reckon_grant, settle

READ_BY_NO_RULE = frozenset({EventKind.HEAD, EventKind.SPLIT, EventKind.JOIN, EventKind.ARRIVAL})
_LOOKED_BACK = datetime.timedelta(days=62)
"""Events reported within these days are looked at again each night: payments may have come since."""


def find_late_of_people(people: Sequence[UUID]) -> None:
    """What has just been recorded or taken back about these people, part of that act."""
    with county_scope():
        events = LifeEvent.objects.filter(
            Q(person__in=people) | Q(other__in=people), reported_on=clock.today()
        )
        _look_at(events)
        _drop_taken_back(LateFinding.objects.undecided().filter(event__in=events))
        _drop_of_corrected_deaths(people)


def find_late_by_night(sweep: Sweep, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
    """With the whole assessment of the business day: events of the last two months, and deaths from files."""
    if programmes is not None or people is not None or sweep.as_of != clock.today():
        return
    _look_at(LifeEvent.objects.filter(reported_on__gt=sweep.as_of - _LOOKED_BACK))
    _drop_taken_back(LateFinding.objects.undecided())
    _look_at_files(sweep.as_of)
    look_at_policies(sweep.as_of - _LOOKED_BACK)


def _look_at(events: Any) -> None:
    late = list(
        events.filter(state=EventState.RECORDED, person__isnull=False)
        .filter(Q(reported_on__gt=F("happened_on")) | Q(kind=EventKind.CORRECTION))
        .exclude(kind__in=READ_BY_NO_RULE)
        .order_by("pk")
    )
    late = [event for event in late if event.holds_from < event.reported_on]
    if not late:
        return
    concerned = {event.pk: [one for one in (event.person_id, event.other_id) if one] for event in late}
    near = nearest_of(sorted({person for people in concerned.values() for person in people}))
    everybody = set().union(*near.values())
    grants: dict[UUID, list[Grant]] = {}
    for grant in Grant.objects.filter(person__in=everybody).select_related("programme"):
        grants.setdefault(grant.person_id, []).append(grant)
    for event in late:
        cause = Cause(LateCause.EVENT, event.holds_from, event.reported_on, event_id=event.pk)
        people = set().union(*(near[person] for person in concerned[event.pk]))
        for person in sorted(people & set(grants)):
            for grant in grants[person]:
                if grant.confirmed_on <= event.reported_on:
                    settle(grant, cause, reckon_grant(grant=grant, cause=cause))


def _look_at_files(on: datetime.date) -> None:
    """Who died by a resident file, without an event, and still has a grant that goes on after its end."""
    told = LifeEvent.objects.standing().filter(kind=EventKind.DEATH).values("person_id")
    died = Person.objects.filter(died_on__lt=on).exclude(pk__in=told)
    grants = (
        Grant.objects.filter(person__in=died)
        .filter(Q(to_on=None) | Q(to_on__gt=F("person__died_on")))
        .exclude(state=GrantState.STOPPED)
        .select_related("programme", "person")
    )
    for grant in grants:
        if grant.person.died_on:
            cause = Cause(LateCause.FILE, grant.person.died_on, on)
            settle(grant, cause, reckon_grant(grant=grant, cause=cause))


def _drop_of_corrected_deaths(people: Sequence[UUID]) -> None:
    """Findings of a death by a file, of a day on which by now she did not die, fall away."""
    findings = LateFinding.objects.undecided().filter(cause=LateCause.FILE, grant__person__in=people)
    findings.exclude(grant__person__died_on=F("happened_on")).update(state=LateState.DROPPED)


def _drop_taken_back(findings: Any) -> None:
    """Findings of events that were taken back fall away."""
    findings.filter(event__state=EventState.TAKEN_BACK).update(state=LateState.DROPPED)
