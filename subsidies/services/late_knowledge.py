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
from subsidies.enums import GrantState, LateCause, LateState
from subsidies.models import Grant, LateFinding, Sweep
from subsidies.selectors.days_of_change import nearest_of
from subsidies.selectors.rules import programmes_reading_homes
from subsidies.services.late_files import look_at_files, reckon_again
from subsidies.services.late_policies import look_at_policies
from subsidies.services.late_reckoning import Cause, Reckoned, reckon_grant, settle, turned_on

_LOOKED_BACK = datetime.timedelta(days=62)
"""Events reported within these days are looked at again each night: payments may have come since."""

WHO_SHE_IS = frozenset({"name", "number"})
"""What a correction may put right that no rule reads and every payment goes by."""


def find_late_of_people(people: Sequence[UUID], _kind: EventKind | None = None) -> None:
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
                    _settle_event(grant, event, cause)


def _settle_event(grant: Grant, event: LifeEvent, cause: Cause) -> None:
    """Of a correction also that who is paid is named otherwise, whatever it means for money."""
    corrected = set(event.detail.get("corrected", ()))
    if not corrected:
        settle(grant, cause, reckon_grant(grant=grant, cause=cause))
        return
    found = None
    if corrected - WHO_SHE_IS - {"phone"}:
        turned = turned_on(grant=grant, cause=cause)
        if found := reckon_grant(grant=grant, cause=turned):
            cause = turned
    is_receiver = event.person_id == grant.person_id and grant.state != GrantState.STOPPED
    if found is None and corrected & WHO_SHE_IS and is_receiver:
        found = Reckoned(None, ())
    settle(grant, cause, found)


def _drop_taken_back(findings: Any) -> None:
    """Findings of events that were taken back fall away."""
    findings.filter(event__state=EventState.TAKEN_BACK).update(state=LateState.DROPPED)
