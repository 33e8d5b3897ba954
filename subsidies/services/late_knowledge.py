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
from households.models import LifeEvent
from offices import clock
from offices.database.context import county_scope
from subsidies.consequences import OF_HOMES, READ_BY_NO_RULE
from subsidies.enums import LateCause, LateState
from subsidies.models import Grant, LateFinding, Sweep
from subsidies.selectors.days_of_change import nearest_of
from subsidies.selectors.rules import programmes_reading_homes
from subsidies.services.late_files import look_at_files, reckon_again
from subsidies.services.late_policies import look_at_policies
from subsidies.services.late_reckoning import Cause, reckon_grant, settle

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
        reckon_again(LateFinding.objects.filter(grant__person__in=people))


def find_late_by_night(sweep: Sweep, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
    """With the whole assessment of the business day: events of the last two months, and what files brought."""
    if programmes is not None or people is not None or sweep.as_of != clock.today():
        return
    _look_at(LifeEvent.objects.filter(reported_on__gt=sweep.as_of - _LOOKED_BACK))
    _drop_taken_back(LateFinding.objects.undecided())
    look_at_files(sweep, sweep.as_of - _LOOKED_BACK)
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
    of_homes = programmes_reading_homes(clock.today()) if OF_HOMES & {event.kind for event in late} else ()
    for event in late:
        cause = Cause(LateCause.EVENT, event.holds_from, event.reported_on, event_id=event.pk)
        people = set().union(*(near[person] for person in concerned[event.pk]))
        for person in sorted(people & set(grants)):
            for grant in grants[person]:
                if event.kind in OF_HOMES and grant.programme_id not in of_homes:
                    continue
                if grant.confirmed_on <= event.reported_on:
                    settle(grant, cause, reckon_grant(grant=grant, cause=cause))


def _drop_taken_back(findings: Any) -> None:
    """Findings of events that were taken back fall away."""
    findings.filter(event__state=EventState.TAKEN_BACK).update(state=LateState.DROPPED)
