"""What applications, notices and grants bring to everybody's work of today, and to the search box."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.selectors.asked_jobs import unfinished_jobs
from offices.work import SearchHit, WorkItem
from subsidies import policies
from subsidies.enums import AppealState, ApplicationState
from subsidies.models import Appeal, Application, DecisionLetter, GrantAmount, Notice, Objection, Overdue
from subsidies.selectors.list_jobs import LIST_TASK

DELIVERY_TAKES = datetime.timedelta(days=10)
"""A letter that is older than this and has not been delivered is marked."""

RAISED_LATELY = datetime.timedelta(days=30)
"""So long the county is told that the rules raised running grants."""

_AWAITED: dict[Role, tuple[ApplicationState, ...]] = {
    Role.VILLAGE: (ApplicationState.ENTERED,),
    Role.TOWNSHIP_REVIEWER: (ApplicationState.VILLAGE_REVIEWED,),
    Role.COUNTY_REVIEWER: (ApplicationState.TOWNSHIP_REVIEWED, ApplicationState.COUNTY_REVIEWED),
    Role.COUNTY: (ApplicationState.COUNTY_CONFIRMED,),
}
"""The states whose next step is the role's own."""


def case_work(actor: Actor) -> Iterable[WorkItem]:
    """To review, papers to take in, notices that end today, objections to answer, what is overdue."""
    if not policies.may_see_applications(actor) or actor.role == Role.AUDITOR:
        return
    cases = Application.objects.visible_to(actor)
    yield from _steps(actor, cases)
    if policies.may_enter_applications(actor):
        yield WorkItem(
            title=_("Applications waiting for the family's papers"),
            count=cases.filter(state=ApplicationState.DOCUMENTS_MISSING).count(),
            url=_list(state=ApplicationState.DOCUMENTS_MISSING),
            icon="files",
        )
    if policies.may_act_by_list(actor):
        yield _lists_at_work(actor)
    yield from _notices(actor)
    yield from _raised(actor)
    yield from _letters(actor)
    if actor.role == Role.COUNTY:
        yield WorkItem(
            title=_("Grants that bring more since lately, by policy or facts"),
            count=GrantAmount.objects.visible_to(actor)
            .filter(known_on__gt=clock.today() - RAISED_LATELY)
            .count(),
            url=reverse("subsidies:raise_list"),
            icon="trending-up",
        )
    overdue = cases.overdue_on(clock.today()).count()
    yield WorkItem(
        title=_("Applications past their time limit"),
        count=overdue,
        url=_list(overdue="on"),
        icon="hourglass",
        is_overdue=overdue > 0,
    )


def _steps(actor: Actor, cases: QuerySet[Application]) -> Iterable[WorkItem]:
    today = clock.today()
    titles = {
        ApplicationState.ENTERED: _("Applications for the village review"),
        ApplicationState.VILLAGE_REVIEWED: _("Applications for the township review"),
        ApplicationState.TOWNSHIP_REVIEWED: _("Applications for the county"),
        ApplicationState.COUNTY_REVIEWED: _("Applications for the second county reviewer"),
        ApplicationState.COUNTY_CONFIRMED: _("Confirmed applications to grant"),
    }
    for state in _AWAITED.get(actor.role, ()):
        ready = cases.filter(state=state).ready_on(today)  # type: ignore[attr-defined] # an ApplicationQuerySet
        yield WorkItem(
            title=titles[state],
            count=ready.count(),
            url=_list(state=state, ready="on"),
            icon="clipboard-check",
            is_overdue=ready.filter(due_on__lt=today).exists(),
        )


def _lists_at_work(actor: Actor) -> WorkItem:
    jobs = list(unfinished_jobs(actor, LIST_TASK))
    return WorkItem(
        title=_("Lists that are being worked on"),
        count=len(jobs),
        url=reverse("subsidies:listed_job", args=[jobs[0].pk]) if jobs else _list(),
        icon="progress",
    )


def _notices(actor: Actor) -> Iterable[WorkItem]:
    today = clock.today()
    hanging = Notice.objects.visible_to(actor).hanging_on(today).filter(taken_down_on=None)
    yield WorkItem(
        title=_("Notices whose last day is today"),
        count=hanging.filter(last_day=today).count(),
        url=reverse("subsidies:notice_list"),
        icon="speakerphone",
    )
    levels = [level for level, role in policies.ANSWER_ROLES.items() if role == actor.role]
    if levels:
        waiting = Objection.objects.visible_to(actor).unanswered().filter(notice__level__in=levels)
        yield WorkItem(
            title=_("Objections to answer"),
            count=waiting.count(),
            url=reverse("subsidies:objection_list"),
            icon="message-report",
            is_overdue=waiting.filter(due_on__lt=today).exists(),
        )


def _raised(actor: Actor) -> Iterable[WorkItem]:
    """What a level below did not do in time is here to be pressed."""
    levels = [level for level, role in policies.RAISED_TO.items() if role == actor.role]
    if not levels:
        return
    raised = Overdue.objects.visible_to(actor).filter(level__in=levels)
    steps = raised.steps().values("application").distinct().count()
    yield WorkItem(
        title=_("Overdue below and raised to you"),
        count=steps,
        url=_list(raised="on"),
        icon="arrow-up",
        is_overdue=steps > 0,
    )
    if actor.role == Role.COUNTY:
        answers = raised.objections().count()
        yield WorkItem(
            title=_("Objections that wait for their answer too long"),
            count=answers,
            url=reverse("subsidies:objection_list"),
            icon="arrow-up",
            is_overdue=answers > 0,
        )
        appeals = raised.appeals().count()
        yield WorkItem(
            title=_("Appeals that wait for their answer too long"),
            count=appeals,
            url=f"{reverse('subsidies:appeal_list')}?overdue=on",
            icon="arrow-up",
            is_overdue=appeals > 0,
        )


def _letters(actor: Actor) -> Iterable[WorkItem]:
    """Letters to bring to the family, appeals to answer, and what a successful one asks to be done."""
    today = clock.today()
    if policies.may_enter_applications(actor):
        waiting = DecisionLetter.objects.visible_to(actor).undelivered()
        yield WorkItem(
            title=_("Letters not delivered yet"),
            count=waiting.count(),
            url=f"{reverse('subsidies:decision_letter_list')}?undelivered=on",
            icon="mail",
            is_overdue=waiting.filter(issued_on__lt=today - DELIVERY_TAKES).exists(),
        )
    appeals = Appeal.objects.visible_to(actor)
    if policies.may_decide_appeals(actor):
        for state, title in (
            (AppealState.RECEIVED, _("Appeals to accept")),
            (AppealState.ACCEPTED, _("Appeals to answer")),
        ):
            of_state = appeals.filter(state=state)
            yield WorkItem(
                title=title,
                count=of_state.count(),
                url=f"{reverse('subsidies:appeal_list')}?state={state}",
                icon="scale",
                is_overdue=of_state.filter(due_on__lt=today).exists(),
            )
    if policies.may_carry_out_appeals(actor):
        yield WorkItem(
            title=_("Successful appeals to carry out"),
            count=appeals.to_carry_out().count(),
            url=f"{reverse('subsidies:appeal_list')}?to_do=on",
            icon="gavel",
        )


def _list(**filters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('subsidies:application_list')}?{query}"


def find_cases(actor: Actor, text: str) -> Iterable[SearchHit]:
    """Applications by the beginning of their file number."""
    if not policies.may_see_applications(actor) or len(text) < 4:
        return
    found = Application.objects.visible_to(actor).filter(file_number__startswith=text.upper())
    for application in found.select_related("person", "programme")[:20]:
        yield SearchHit(
            title=application.file_number,
            detail=f"{application.person.name} · {application.programme.name}",
            url=reverse("subsidies:application", args=[application.pk]),
            kind=_("Application"),
            record=application.person,
        )
