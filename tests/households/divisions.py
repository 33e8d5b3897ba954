"""Changes of divisions, brought about by the real services."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.conf import settings

from households.models import DivisionChange, Household
from households.services.division_changes.applying import request_due_changes
from households.services.division_changes.drafting import choose_households, confirm_change, draft_change
from households.tasks import do_division_change
from offices import clock
from offices.database.context import open_context
from offices.enums import Role, SuccessionKind
from offices.services.divisions import Succession
from offices.services.staff import system_actor
from tests.factories import make_actor

DOCUMENT = "山政发〔2014〕3号"
FIRST, SECOND, THIRD = "370406101200", "370406101201", "370406101202"
NEW, OTHER_NEW = "370406101298", "370406102298"


def drafter() -> object:
    return make_actor(Role.COUNTY)


def prepare(
    kind: SuccessionKind,
    *lines: tuple[str, str, str] | tuple[str, str, str, bool],
    on: datetime.date | None = None,
    chosen: Sequence[Household] = (),
    to: str = "",
) -> DivisionChange:
    """A prepared change: each line an old code, a new one, a new name, and whether it takes the rest."""
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor):
        change = draft_change(
            actor=actor,
            kind=kind,
            effective_on=on or clock.today(),
            document=DOCUMENT,
            lines=[Succession(*line) for line in lines],
        )
        if chosen:
            choose_households(actor=actor, change=change, households=[one.pk for one in chosen], new_code=to)
    return change


def confirm(change: DivisionChange) -> DivisionChange:
    """Confirmed by another; done at once by the worker if its day has come."""
    actor = make_actor(Role.COUNTY_REVIEWER)
    with open_context(actor=actor):
        confirmed = confirm_change(actor=actor, change=change)
    if confirmed.job_id:
        do_division_change(settings.HUIMIN_COUNTY, str(confirmed.job_id))
    confirmed.refresh_from_db()
    return confirmed


def do_due() -> int:
    """What the night does."""
    with open_context(scope=settings.HUIMIN_COUNTY):
        actor = system_actor()
    with open_context(actor=actor, channel="task"):
        count = request_due_changes(actor=actor)
        jobs = list(DivisionChange.objects.due_on(clock.today()).values_list("job_id", flat=True))
    for job in jobs:
        if job:
            do_division_change(settings.HUIMIN_COUNTY, str(job))
    return count


def done(kind: SuccessionKind, *lines: tuple[str, ...], **given: object) -> DivisionChange:
    """A change that is done."""
    return confirm(prepare(kind, *lines, **given))  # type: ignore[arg-type] # as given to prepare
