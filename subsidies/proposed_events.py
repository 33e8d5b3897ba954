"""What benefits say of events that departments propose, by sets: whom they touch, what does not fit."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households.contradictions import Days
from households.enums import EventKind
from households.models import MaritalFact, Parentage
from subsidies.consequences import OF_HOMES, OF_THE_FAMILY, READ_BY_NO_RULE
from subsidies.enums import GrantState
from subsidies.models import Application, Grant
from subsidies.models.applications import CLOSED_STATES
from subsidies.selectors.rules import programmes_reading_homes


def touched_by_events(kind: EventKind, days: Days) -> set[UUID]:
    """Whose benefits, or those of spouse and parents, an event concerns; as `consequences_for_cases`."""
    if kind in READ_BY_NO_RULE or not days:
        return set()
    near = _near(days) if kind in OF_THE_FAMILY else {person: {person} for person in days}
    everybody = {one for group in near.values() for one in group}
    benefits: dict[UUID, list[tuple[str, datetime.date | None]]] = defaultdict(list)
    grants = Grant.objects.exclude(state=GrantState.STOPPED).filter(person__in=everybody)
    for person_id, programme, to_on in grants.values_list("person_id", "programme_id", "to_on"):
        benefits[person_id].append((programme, to_on))
    cases = Application.objects.exclude(state__in=CLOSED_STATES).filter(person__in=everybody)
    for person_id, programme in cases.values_list("person_id", "programme_id"):
        benefits[person_id].append((programme, None))
    reading = {day: programmes_reading_homes(day) for day in set(days.values())} if kind in OF_HOMES else None
    return {
        person
        for person, day in days.items()
        if any(
            (to_on is None or to_on > day) and (reading is None or programme in reading[day])
            for one in near[person]
            for programme, to_on in benefits[one]
        )
    }


def applied_after_death(kind: EventKind, days: Days) -> Mapping[UUID, list[str | Promise]]:
    """Whoever asked for a benefit after the day on which she is said to have died."""
    found: dict[UUID, list[str | Promise]] = defaultdict(list)
    if kind != EventKind.DEATH or not days:
        return found
    cases = Application.objects.filter(person__in=days, entered_on__gt=min(days.values()))
    for case in cases.select_related("programme").order_by("entered_on", "pk"):
        if case.entered_on > days[case.person_id]:
            found[case.person_id].append(
                _("She applied for %(programme)s on %(day)s, after this day.")
                % {"programme": case.programme.name, "day": date_format(case.entered_on, "DATE_FORMAT")}
            )
    return found


def _near(days: Days) -> dict[UUID, set[UUID]]:
    """The people with their spouse and parents of the day: whose rules may read them."""
    near = {person: {person} for person in days}
    for model, name in ((MaritalFact, "spouse_id"), (Parentage, "parent_id")):
        rows = model._default_manager.filter(Q(**{f"{name}__isnull": False}), person__in=days)
        for person, other, from_on, to_on in rows.values_list("person_id", name, "from_on", "to_on"):
            day = days[person]
            if (from_on is None or from_on <= day) and (to_on is None or to_on > day):
                near[person].add(other)
    return near
