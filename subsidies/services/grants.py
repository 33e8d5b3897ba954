"""Grants: made from a confirmed application, suspended, resumed, stopped."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
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
from subsidies.models import Application, ApplicationStep, Grant, PolicyVersion
from subsidies.models.applications import TRANSITIONS as APPLICATION_TRANSITIONS
from subsidies.models.grants import TRANSITIONS
from subsidies.selectors.amounts import collection_on
from subsidies.selectors.awards import goods_value
from subsidies.selectors.stop_rules import paid_until
from subsidies.services.commitments import check_commitment
from subsidies.services.debt_cases import follow_grant
from subsidies.services.letters import issue_grant_letter, issue_stop_letter
from subsidies.services.listed_papers import decision_receipt
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
    cash = cash_of(version=moved.policy_version, amount=amount)
    (grant,) = make_grants(applications=[moved], cash=cash)
    check_commitment(grant=grant, actor=actor)
    receipt = decision_receipt(application=moved, actor=actor)
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


def cash_of(*, version: PolicyVersion, amount: Decimal) -> Decimal:
    """What of an amount is money today: of an award some comes in goods."""
    return max(amount - goods_value(version, clock.today()), Decimal())


def make_grants(*, applications: Sequence[Application], cash: Decimal) -> list[Grant]:
    """Write the grants of some applications of one programme that were just granted, of `cash` yuan each.

    Part of the decision. Raises DomainError `granted_already`.
    """
    programme_id = applications[0].programme_id
    people = [application.person_id for application in applications]
    earlier = dict(
        Grant.objects.filter(person__in=people, programme=programme_id)
        .order_by()
        .values_list("person")
        .annotate(Max("to_on"))
    )
    confirmed = dict(
        ApplicationStep.objects.filter(
            application__in=applications, step=Step.COUNTY_CONFIRMATION, result=StepResult.PASSED
        ).values_list("application", "acted_on")
    )
    try:
        with transaction.atomic():
            return Grant.objects.bulk_create(
                Grant(
                    application=application,
                    programme_id=application.programme_id,
                    policy_version_id=application.policy_version_id,
                    person_id=application.person_id,
                    from_on=_first_day(
                        application, confirmed[application.pk], earlier.get(application.person_id)
                    ),
                    annual_amount=cash,
                    confirmed_on=clock.today(),
                    division_code=application.division_code,
                )
                for application in applications
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_grant_of_a_programme_at_a_time":
            raise
        raise DomainError(
            "granted_already", _("This person already has a grant of the programme in that period.")
        ) from error


def _first_day(
    application: Application, confirmed_on: datetime.date, earlier: datetime.date | None
) -> datetime.date:
    """The first day of a grant; never before `earlier`, the end of an earlier grant of the programme.

    Of a premium the first of the year that is collected on that day: from the last quarter on, the next.
    """
    first = {
        Frequency.YEARLY: confirmed_on.replace(month=1, day=1),
        Frequency.MONTHLY: confirmed_on.replace(day=1),
    }.get(Frequency(application.programme.frequency), confirmed_on)
    collection = collection_on(application.policy_version, confirmed_on)
    if collection is not None:
        first = datetime.date(collection.year_covered, 1, 1)
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
    to_on = max(paid_until(current.programme, event_on), current.from_on)
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
