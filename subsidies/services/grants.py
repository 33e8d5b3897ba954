"""Grants: made from a confirmed application, suspended, resumed, stopped."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import (
    ApplicationState,
    Frequency,
    GrantState,
    Step,
    StepResult,
    StopReason,
)
from subsidies.models import Application, Grant
from subsidies.models.applications import TRANSITIONS as APPLICATION_TRANSITIONS
from subsidies.models.grants import TRANSITIONS
from subsidies.models.receipts import Occasion
from subsidies.periods import end_after
from subsidies.selectors.amounts import collection_on
from subsidies.selectors.awards import goods_value
from subsidies.services.commitments import check_commitment
from subsidies.services.debt_cases import follow_grant
from subsidies.services.letters import issue_grant_letter, issue_stop_letter
from subsidies.services.steps import check_entitled, check_step, constraint_of, write_step


@transaction.atomic
def grant_benefit(*, application: Application, actor: Actor) -> Grant:
    """Grant (资格确认) a confirmed application after its last notice; payments rest on it.

    By the county office, by another than entered, reviewed or confirmed. What of an award is given in
    goods is no part of the money. It holds from the
    beginning of the year (yearly), of the month (monthly) or from the day (once) of the county's
    confirmation, so that a notice over New Year costs the family nothing. Raises what check_step
    and check_entitled raise, DomainError `granted_already`, `award_beyond_budget`.
    """
    current = locked(application)
    check_step(application=current, actor=actor, step=Step.GRANT)
    amount = check_entitled(application=current, is_decision=True)
    if amount is None:
        raise DomainError(
            "amount_unknown",
            _(
                "The policy states no amount for that day, so nothing can be granted. Ask who keeps the policies."
            ),
        )
    write_step(application=current, actor=actor, step=Step.GRANT, result=StepResult.PASSED)
    moved = move(
        record=current,
        to=ApplicationState.GRANTED,
        transitions=APPLICATION_TRANSITIONS,
        actor=actor,
        verb="subsidies.grant_benefit",
        decided_on=clock.today(),
        due_on=None,
        annual_amount=amount,
    )
    cash = max(amount - goods_value(moved.policy_version, clock.today()), Decimal())
    confirmation = moved.steps.get(step=Step.COUNTY_CONFIRMATION, result=StepResult.PASSED)
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                application=moved,
                programme_id=moved.programme_id,
                policy_version_id=moved.policy_version_id,
                person_id=moved.person_id,
                from_on=_first_day(moved, confirmation.acted_on),
                annual_amount=cash,
                confirmed_on=clock.today(),
                division_code=moved.division_code,
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_grant_of_a_programme_at_a_time":
            raise
        raise DomainError(
            "granted_already", _("This person already has a grant of the programme in that period.")
        ) from error
    check_commitment(grant=grant, actor=actor)
    receipt = moved.explanations.filter(occasion=Occasion.DECIDED).order_by("-known_at").first()
    issue_grant_letter(application=moved, grant=grant, receipt=receipt, actor=actor)
    follow_grant(grant=grant)
    record_act(
        actor=actor,
        verb="subsidies.grant_benefit",
        record=grant,
        programme=grant.programme_id,
        from_on=grant.from_on,
        annual_amount=cash,
        goods=amount - cash,
    )
    return grant


def _first_day(application: Application, confirmed_on: datetime.date) -> datetime.date:
    """The first day of a grant; never before the end of an earlier grant of the programme.

    Of a premium the first of the year that is collected on that day: from the last quarter on, the next.
    """
    first = {
        Frequency.YEARLY: confirmed_on.replace(month=1, day=1),
        Frequency.MONTHLY: confirmed_on.replace(day=1),
    }.get(Frequency(application.programme.frequency), confirmed_on)
    collection = collection_on(application.policy_version, confirmed_on)
    if collection is not None:
        first = datetime.date(collection.year_covered, 1, 1)
    earlier = (
        Grant.objects.filter(person_id=application.person_id, programme_id=application.programme_id)
        .exclude(to_on=None)
        .order_by("-to_on")
        .values_list("to_on", flat=True)
        .first()
    )
    return max(first, earlier) if earlier else first


@transaction.atomic
def stop_grant(*, grant: Grant, reason: str, event_on: datetime.date, actor: Actor) -> Grant:
    """Stop a grant because of something that arose on `event_on`; what was lawfully paid stays paid.

    By the county office. Paid on to the end of the month, the next month or the year, as the
    programme says. The letter to the family is issued with it. Raises NotAllowed, Stale, DomainError
    `stop_reason`, `event_in_future`.
    """
    _check_may_stop(grant, actor)
    if reason not in StopReason.values:
        raise DomainError("stop_reason", _("Choose why the grant ends."))
    today = clock.today()
    if event_on > today:
        raise DomainError(
            "event_in_future", _("The day on which the reason arose cannot lie after today. Check the day.")
        )
    current = locked(grant)
    to_on = max(end_after(current.programme, event_on), current.from_on)
    stopped = move(
        record=current,
        to=GrantState.STOPPED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.stop_grant",
        detail={"reason": reason, "event_on": event_on, "to_on": to_on},
        to_on=to_on,
        stop_reason=reason,
        event_on=event_on,
        stopped_on=today,
    )
    issue_stop_letter(grant=stopped, actor=actor)
    return stopped


def suspend_grant(*, grant: Grant, actor: Actor) -> Grant:
    """Hold payments back while something is cleared up; nothing is lost. Raises NotAllowed, Stale."""
    return _switch(grant, actor, GrantState.SUSPENDED, "subsidies.suspend_grant")


def resume_grant(*, grant: Grant, actor: Actor) -> Grant:
    """End a suspension: what was held back is paid. Raises NotAllowed, Stale."""
    return _switch(grant, actor, GrantState.LIVE, "subsidies.resume_grant")


def _switch(grant: Grant, actor: Actor, to: GrantState, verb: str) -> Grant:
    _check_may_stop(grant, actor)
    fields: dict[str, Any] = {}
    return move(record=grant, to=to, transitions=TRANSITIONS, actor=actor, verb=verb, **fields)


def _check_may_stop(grant: Grant, actor: Actor) -> None:
    if not policies.may_stop_grants(actor) or not actor.covers(grant.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=grant.person_id)
