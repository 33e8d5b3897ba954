"""What is not done in time goes up a level, and somebody else's work of today shows it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.errors import NotAllowed
from offices.services.acts import record_act
from offices.services.calendar import add_working_days
from offices.services.schedule import schedule
from subsidies import policies
from subsidies.enums import RaisedTo, Step
from subsidies.models import Appeal, Application, Objection, Overdue
from subsidies.time_limits import stated_number

OVERDUE_TASK = "subsidies.raise_overdue"
_FIRST_LEVEL = {Step.VILLAGE_REVIEW: RaisedTo.TOWNSHIP}
"""A village's step is raised to its township, everything else to the county."""


@transaction.atomic
def raise_overdue(*, actor: Actor) -> int:
    """Raise every step, every answer to an objection and every appeal that is past its day; returns how many. Nightly, again without effect.

    A village's goes to its township and, when nothing has happened there for as long as the policy's
    `days_overdue` (5 working days), on to the county; a township's and the county's go to the county. Each
    is an act, once. Only the installation may. Raises NotAllowed.
    """
    if not policies.may_raise_overdue(actor):
        raise NotAllowed()
    with county_scope():
        with connection.cursor() as cursor:  # two nights' work at once: the second finds it done
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{OVERDUE_TASK}:{current_context().county}"],
            )
        raised = [*_steps(), *_answers(), *_appeals()]
        Overdue.objects.bulk_create(raised, batch_size=1000)
        for one in raised:
            record_act(
                actor=actor,
                verb="subsidies.raise_overdue",
                record=one.application,
                step=one.step or ("appeal" if one.appeal_id else "objection"),
                level=one.level,
                due_on=one.due_on,
            )
    return len(raised)


def load_overdue_schedule(*, actor: Actor, county: str) -> int:
    """Have what is overdue raised every night."""
    return schedule(task=OVERDUE_TASK, county=county, hour=0, minute=20)


def _steps() -> Iterator[Overdue]:
    today = clock.today()
    late = Application.objects.ready_on(today).filter(due_on__lt=today)
    late = late.select_related("programme", "policy_version").prefetch_related("overdue")
    for case in late.order_by("due_on", "id"):
        step = case.next_step
        if step is None or case.due_on is None:
            continue
        done = {
            one.level: one.raised_on
            for one in case.overdue.all()
            if (one.step, one.due_on, one.objection_id) == (step, case.due_on, None)
        }
        level = _next_level(case, _FIRST_LEVEL.get(step, RaisedTo.COUNTY), done)
        if level is not None:
            yield Overdue(
                application=case,
                step=step,
                level=level,
                due_on=case.due_on,
                raised_on=today,
                division_code=case.division_code,
            )


def _next_level(case: Application, first: RaisedTo, done: dict[str, datetime.date]) -> RaisedTo | None:
    if first not in done:
        return first
    if first == RaisedTo.COUNTY or RaisedTo.COUNTY in done:
        return None
    today = clock.today()
    patience = stated_number(case.policy_version, "days_overdue", today)
    return RaisedTo.COUNTY if add_working_days(done[first], patience) < today else None


def _answers() -> Iterator[Overdue]:
    today = clock.today()
    known = Overdue.objects.filter(objection=OuterRef("pk"))
    late = Objection.objects.unanswered().filter(~Exists(known), due_on__lt=today)
    for objection in late.select_related("notice__application").order_by("due_on", "id"):
        yield Overdue(
            application=objection.notice.application,
            objection=objection,
            level=RaisedTo.COUNTY,
            due_on=objection.due_on,
            raised_on=today,
            division_code=objection.division_code,
        )


def _appeals() -> Iterator[Overdue]:
    """An acceptance or an answer that is past its day, once for each day that passed."""
    today = clock.today()
    known = Overdue.objects.filter(appeal=OuterRef("pk"), due_on=OuterRef("due_on"))
    late = Appeal.objects.overdue_on(today).filter(~Exists(known))
    for appeal in late.select_related("application").order_by("due_on", "id"):
        if appeal.due_on is not None:
            yield Overdue(
                application=appeal.application,
                appeal=appeal,
                level=RaisedTo.COUNTY,
                due_on=appeal.due_on,
                raised_on=today,
                division_code=appeal.division_code,
            )
