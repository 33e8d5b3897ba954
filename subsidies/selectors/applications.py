"""The way of one application: what is done, what hangs, what comes next and who may do it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from households.selectors.own_family import is_own_family
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.services.calendar import working_days_until
from subsidies import policies
from subsidies.documents import names_of
from subsidies.enums import ApplicationState, NoticeLevel, Step, StepResult
from subsidies.models import Application, ApplicationStep, Notice, Objection, Overdue, Scan
from subsidies.time_limits import notice_after

PRESSING = 2
"""Working days left from which on the list says so."""

StepState = Literal["done", "current", "waiting", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class WayStep:
    """One stage of the way as the page shows it."""

    label: str | Promise
    state: StepState
    who: str = ""
    on: datetime.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The whole way of an application on a day.

    `hanging` is the notice that hangs, `days_left` how many days it still does after today;
    `objections` are unanswered, `is_upheld` says that one was upheld.
    """

    stages: tuple[WayStep, ...]
    next_step: Step | None
    next_roles: tuple[str, ...]
    hanging: Notice | None
    days_left: int
    objections: tuple[Objection, ...]
    is_upheld: bool
    is_overdue: bool

    @property
    def is_ready(self) -> bool:
        """Whether somebody may pass the next step today."""
        return bool(self.next_step and not self.hanging and not self.objections and not self.is_upheld)


def steps_of(application: Application) -> tuple[Step, ...]:
    """The steps that an application of its programme takes, in order."""
    county: tuple[Step, ...] = (Step.COUNTY_CONFIRMATION,)
    if application.has_two_reviewers:
        county = (Step.COUNTY_REVIEW, Step.COUNTY_CONFIRMATION)
    return (Step.ENTRY, Step.VILLAGE_REVIEW, Step.TOWNSHIP_REVIEW, *county, Step.GRANT)


def way_of(application: Application, *, on: datetime.date) -> Way:
    """Read the way of an application; four queries."""
    taken = list(application.steps.select_related("acted_by"))
    notices = {notice.level: notice for notice in application.notices.all()}
    objections = list(Objection.objects.in_the_way().filter(notice__application=application))
    hanging = next(
        (n for n in notices.values() if n.last_day >= on and n.taken_down_on is None and application.is_open),
        None,
    )
    step = application.next_step
    return Way(
        stages=tuple(_stages(application, taken, notices, hanging, on)),
        next_step=step,
        next_roles=tuple(str(role.label) for role in _in_order(policies.STEP_ROLES[step])) if step else (),
        hanging=hanging,
        days_left=(hanging.last_day - on).days if hanging else 0,
        objections=tuple(objection for objection in objections if objection.answered_on is None),
        is_upheld=any(objection.is_upheld for objection in objections),
        is_overdue=bool(application.is_open and application.due_on and application.due_on < on),
    )


def _in_order(roles: frozenset[Role]) -> list[Role]:
    return [role for role in Role if role in roles]


def _stages(
    application: Application,
    taken: list[ApplicationStep],
    notices: dict[str, Notice],
    hanging: Notice | None,
    on: datetime.date,
) -> Iterator[WayStep]:
    passed = {step.step: step for step in taken if step.result == StepResult.PASSED}
    refused = {step.step: step for step in taken if step.result == StepResult.REFUSED}
    for step in steps_of(application):
        act = passed.get(step) or refused.get(step)
        yield WayStep(
            label=step.label,
            state=_state_of(step, application, passed, refused, hanging),
            who=act.acted_by.name if act else "",
            on=act.acted_on if act else None,
            note=_("Certificate %(number)s") % {"number": act.certificate_number}
            if act and act.certificate_number
            else "",
        )
        level = notice_after(application.policy_version, step, is_posted=application.programme.is_posted)
        if level is not None:
            yield _notice_stage(application, level, notices.get(level), on)


def _state_of(
    step: Step,
    application: Application,
    passed: dict[str, ApplicationStep],
    refused: dict[str, ApplicationStep],
    hanging: Notice | None,
) -> StepState:
    if step in passed:
        return "done"
    if step in refused:
        return "refused"
    if not application.is_open:
        return "skipped"
    return "current" if application.next_step == step and hanging is None else "waiting"


def _notice_stage(
    application: Application, level: NoticeLevel, notice: Notice | None, on: datetime.date
) -> WayStep:
    if notice is None:
        return WayStep(level.label, "waiting" if application.is_open else "skipped")
    period = _("until %(day)s") % {"day": notice.last_day.isoformat()}
    if notice.taken_down_on:
        return WayStep(level.label, "skipped", on=notice.from_on, note=period)
    return WayStep(level.label, "done" if notice.last_day < on else "current", on=notice.from_on, note=period)


@dataclass(frozen=True, slots=True)
class Offers:
    """What the reader of an application's page may do with it now; the services decide again."""

    take_step: bool = False
    refuse: bool = False
    complete: bool = False
    withdraw: bool = False
    object_to: Notice | None = None
    take_scans: bool = False
    remove_scans: bool = False
    is_own_family: bool = False


def offers_for(application: Application, way: Way, *, actor: Actor) -> Offers:
    """Which buttons to show: none to who is of the applicant's family."""
    if is_own_family(staff=actor.staff_id, person=application.person_id, on=clock.today()):
        return Offers(is_own_family=True)
    place = application.division_code
    has_acted = application.steps.filter(acted_by=actor.staff_id, result=StepResult.PASSED).exists()
    refusal_step = policies.REFUSAL_STEPS.get(application.state)
    at_counter = policies.may_take(actor, step=Step.ENTRY, division_code=place)
    return Offers(
        take_step=bool(
            way.is_ready
            and way.next_step
            and not has_acted
            and policies.may_take(actor, step=way.next_step, division_code=place)
        ),
        refuse=bool(
            refusal_step
            and not has_acted
            and not way.objections
            and policies.may_take(actor, step=refusal_step, division_code=place)
        ),
        complete=at_counter and application.state == ApplicationState.DOCUMENTS_MISSING,
        withdraw=at_counter and application.is_open,
        take_scans=at_counter and application.is_open,
        remove_scans=at_counter
        and application.state in (ApplicationState.ENTERED, ApplicationState.DOCUMENTS_MISSING),
        object_to=way.hanging if way.hanging and policies.may_record_objections(actor) else None,
    )


@dataclass(frozen=True, slots=True)
class PaperOnFile:
    """A scanned paper as a page lists it."""

    scan: Scan
    name: str


def scans_of(application: Application) -> list[PaperOnFile]:
    """The scanned papers of an application that are there, in the order they came."""
    kept = list(application.scans.kept().select_related("taken_by"))
    return [
        PaperOnFile(scan, name) for scan, name in zip(kept, names_of(one.kind for one in kept), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How an open application stands with its time limit, in working days.

    `days`: left until the last day, below zero when it is past. `raised_to`: who presses it now, or empty.
    """

    days: int
    raised_to: str = ""

    @property
    def is_overdue(self) -> bool:
        return self.days < 0

    @property
    def over(self) -> int:
        """Working days past the last day."""
        return -self.days

    @property
    def is_pressing(self) -> bool:
        return 0 <= self.days <= PRESSING


def time_left_of(applications: Sequence[Application], *, on: datetime.date) -> dict[UUID, TimeLeft]:
    """The time left of those that are open and have a last day; two queries for all of them."""
    due = {case.pk: case.due_on for case in applications if case.is_open and case.due_on}
    days = working_days_until(days=due.values(), start=on)
    raised: dict[UUID, str] = {}
    for one in Overdue.objects.steps().filter(application__in=list(due)).order_by("raised_on", "id"):
        raised[one.application_id] = str(one.get_level_display())
    return {
        key: TimeLeft(min(days[day], -1) if day < on else days[day], raised.get(key, ""))
        for key, day in due.items()
    }
