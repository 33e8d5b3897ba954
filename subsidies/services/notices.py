"""Public notices and objections to them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division
from offices.services.acts import record_act
from offices.services.calendar import add_working_days
from offices.services.schedule import schedule
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import NoticeLevel, ObjectionSubject
from subsidies.models import Application, Notice, Objection, PublicNotice
from subsidies.services.steps import check_another_person, due_after
from subsidies.time_limits import days_of

ENDED_TASK = "subsidies.remove_ended_notices"
DEFAULT_DAYS = 7
"""Calendar days of a notice where the policy says nothing (published by several provinces)."""


def last_day_of_notice(application: Application, *, from_on: datetime.date) -> datetime.date:
    """The last day of a notice put up on a day; the day itself is not counted.

    Length and kind of days (calendar or working) are the policy's.
    """
    rule = application.policy_version.notice
    days = int(rule.get("days", DEFAULT_DAYS))
    if rule.get("calendar") == "working":
        return add_working_days(from_on, days)
    return from_on + datetime.timedelta(days=days)


def post_notice(*, application: Application, level: NoticeLevel, actor: Actor) -> Notice:
    """Put up a notice and the one line the public sees: name, village, programme, amount.

    Called by the review it follows. Raises DomainError `never_posted`, `amount_unknown`.
    """
    (notice,) = hang_notices(applications=[application], level=level, actor=actor)
    record_act(
        actor=actor,
        verb="subsidies.post_notice",
        record=application,
        level=level,
        from_on=notice.from_on,
        last_day=notice.last_day,
    )
    return notice


def hang_notices(*, applications: Sequence[Application], level: NoticeLevel, actor: Actor) -> list[Notice]:
    """Put up the notice of each of some applications with its public line; the caller records the act.

    Raises as post_notice.
    """
    for application in applications:
        _check_can_be_posted(application)
    from_on = clock.today()
    ends = dict(_last_days(applications, from_on))
    notices = Notice.objects.bulk_create(
        Notice(
            application=application,
            level=level,
            from_on=from_on,
            last_day=ends[application.policy_version_id],
            posted_by_id=actor.staff_id,
            division_code=application.division_code,
        )
        for application in applications
    )
    places = {notice.division_code for notice in notices}
    codes = places | {_township_of(code) for code in places}
    names = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    PublicNotice.objects.bulk_create(_public_line(notice, names) for notice in notices)
    return notices


def _last_days(
    applications: Sequence[Application], from_on: datetime.date
) -> Iterator[tuple[UUID, datetime.date]]:
    by_version = {application.policy_version_id: application for application in applications}
    for version, application in by_version.items():
        yield version, last_day_of_notice(application, from_on=from_on)


def _check_can_be_posted(application: Application) -> None:
    if not application.programme.is_posted:
        raise DomainError("never_posted", _("This programme is never posted: nothing of it may be shown."))
    if application.annual_amount is None:
        raise DomainError(
            "amount_unknown",
            _("The amount is not known, so the notice cannot be put up. Complete the facts in the registry."),
        )


def _public_line(notice: Notice, names: Mapping[str, str]) -> PublicNotice:
    application = notice.application
    programme = application.programme
    code = notice.division_code
    return PublicNotice(
        notice_id=notice.pk,
        level=notice.level,
        place_code=code,
        village_name=names.get(code, ""),
        township_name=names.get(_township_of(code), ""),
        person_name=application.person.name,
        programme_code=programme.code,
        programme_name_zh=programme.name_zh,
        programme_name_en=programme.name_en,
        amount=cast(Decimal, application.annual_amount),
        from_on=notice.from_on,
        last_day=notice.last_day,
    )


def _township_of(code: str) -> str:
    return f"{code[:9]}000"


def take_down_notices(*, application: Application) -> None:
    """Take down what hangs of an application that has ended; the caller records why."""
    today = clock.today()
    notices = application.notices.all()
    PublicNotice.objects.filter(notice_id__in=list(notices.values_list("pk", flat=True))).delete()
    notices.filter(last_day__gte=today, taken_down_on=None).update(taken_down_on=today)


def remove_ended_notices(*, actor: Actor) -> int:
    """Remove the public lines whose last day is past; returns how many. Nightly, again without effect."""
    removed, _by_model = PublicNotice.objects.filter(last_day__lt=clock.today()).delete()
    return removed


def load_notice_schedule(*, actor: Actor, county: str) -> int:
    """Have the names of ended notices taken off the public's table every night."""
    return schedule(task=ENDED_TASK, county=county, hour=0, minute=10)


@transaction.atomic
def record_objection(*, notice: Notice, subject: str, actor: Actor) -> Objection:
    """Take down an objection to a notice that hangs; due in ten working days.

    The counters and the county record, without the name of who objects. Raises NotAllowed,
    DomainError `notice_over`, `objection_subject`.
    """
    if not policies.may_record_objections(actor) or not actor.covers(notice.division_code):
        raise NotAllowed()
    application = locked(notice.application)
    check_not_own_family(actor=actor, person=application.person_id)
    notice.refresh_from_db()
    today = clock.today()
    if not application.is_open or notice.taken_down_on or not notice.from_on <= today <= notice.last_day:
        raise DomainError(
            "notice_over",
            _("This notice ended on %(day)s. What is said after that is a complaint: record it there."),
            day=date_format(notice.last_day, "DATE_FORMAT"),
        )
    if subject not in ObjectionSubject.values:
        raise DomainError("objection_subject", _("Choose what the objection is about."))
    days = days_of(application.policy_version, "objection", today)
    objection = Objection.objects.create(
        notice=notice,
        subject=subject,
        received_on=today,
        due_on=add_working_days(today, days),
        recorded_by_id=actor.staff_id,
        division_code=notice.division_code,
    )
    record_act(
        actor=actor,
        verb="subsidies.record_objection",
        record=application,
        subject=subject,
        level=notice.level,
        due_on=objection.due_on,
    )
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, is_upheld: bool, answer: str, actor: Actor) -> Objection:
    """Answer an objection, one level above its notice, by somebody who has not acted on the case.

    An upheld one stops the application: it can only be refused or withdrawn. Raises NotAllowed,
    Stale when it is answered already, DomainError `answer_missing`, `acted_before`.
    """
    application = locked(objection.notice.application)
    current = locked(objection)
    level = current.notice.level
    if not policies.may_answer(actor, level=level, division_code=current.division_code):
        raise NotAllowed()
    if current.answered_on:
        raise Stale(
            "objection_answered",
            _("This objection was answered on %(day)s."),
            day=date_format(current.answered_on, "DATE_FORMAT"),
        )
    check_another_person(application, actor=actor)
    if not answer.strip():
        raise DomainError(
            "answer_missing", _("Write the answer: whoever objected is owed one, with its grounds.")
        )
    today = clock.today()
    current.answered_on = today
    current.answer = answer.strip()
    current.is_upheld = is_upheld
    current.answered_by_id = actor.staff_id
    current.save(update_fields=["answered_on", "answer", "is_upheld", "answered_by"])
    if application.is_open:
        start = max([today, *application.notices.values_list("last_day", flat=True)])
        application.due_on = due_after(application, application.next_step, start=start)
        application.save(update_fields=["due_on"])
    record_act(
        actor=actor,
        verb="subsidies.answer_objection",
        record=application,
        subject=current.subject,
        is_upheld=is_upheld,
    )
    return current
