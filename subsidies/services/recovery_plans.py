"""Instalments of a recovery: agreed with the family, changed only by a new plan, never an automatic consequence."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import RecoveryState
from subsidies.models import Recovery, RecoveryInstalment, RecoveryPlan
from subsidies.selectors.letters import add_months
from subsidies.selectors.recoveries import letter_of
from subsidies.services.steps import constraint_of
from subsidies.shares import share_out


@dataclass(frozen=True, slots=True)
class Instalment:
    """Until which day how many yuan are paid back."""

    due_on: datetime.date
    amount: Decimal


def equal_instalments(*, amount: Decimal, count: int, first_on: datetime.date) -> list[Instalment]:
    """As many equal instalments, a month apart, which add up to the amount to the cent."""
    return [
        Instalment(add_months(first_on, place), part)
        for place, part in enumerate(share_out(amount, [1] * count))
        if part
    ]


@transaction.atomic
def agree_plan(
    *, recovery: Recovery, instalments: Sequence[Instalment], document: str, actor: Actor
) -> RecoveryPlan:
    """Record the instalments that the family agrees to; the plan before it ends with it.

    At the township's counter or by the county, with the signed paper. They add up to what is outstanding.
    Raises NotAllowed, Stale, DomainError `own_family`, `nothing_owed`, `agreement_missing`,
    `instalments_wrong`, `instalment_in_the_past`, `instalments_differ`.
    """
    if not policies.may_agree_plans(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=recovery.grant.person_id)
    current = locked(recovery)
    if current.state != RecoveryState.DECIDED:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=current.get_state_display(),
        )
    return write_plan(recovery=current, instalments=instalments, document=document, actor=actor)


def write_plan(
    *, recovery: Recovery, instalments: Sequence[Instalment], document: str, actor: Actor
) -> RecoveryPlan:
    """Write a plan of what is outstanding, in the transaction of who agrees or decides. Raises as agree_plan."""
    today = clock.today()
    if not document.strip():
        raise DomainError("agreement_missing", _("Name the paper that the family has signed."))
    days = [one.due_on for one in instalments]
    if not days or sorted(set(days)) != days or any(one.amount <= 0 for one in instalments):
        raise DomainError(
            "instalments_wrong",
            _("Give each instalment its day, one later than the other, and its amount in yuan."),
        )
    if days[0] < today:
        raise DomainError("instalment_in_the_past", _("The first instalment is due today or later."))
    total = sum((one.amount for one in instalments), Decimal())
    if total != recovery.outstanding_amount:
        raise DomainError(
            "instalments_differ",
            _("The instalments make %(total)s yuan; outstanding are %(outstanding)s. Make them equal."),
            total=total,
            outstanding=recovery.outstanding_amount,
        )
    recovery.plans.current().update(ended_on=today)
    try:
        with transaction.atomic():
            plan = RecoveryPlan.objects.create(
                recovery=recovery,
                total_amount=total,
                document=document.strip(),
                agreed_on=today,
                agreed_by_id=actor.staff_id,
                division_code=recovery.division_code,
            )
    except IntegrityError as error:
        if constraint_of(error) != "a_recovery_has_one_plan_at_a_time":
            raise
        raise Stale("plan_agreed", _("Another plan was agreed just now. Look at it first.")) from error
    RecoveryInstalment.objects.bulk_create(
        [
            RecoveryInstalment(
                plan=plan,
                serial=serial,
                due_on=one.due_on,
                amount=one.amount,
                division_code=recovery.division_code,
            )
            for serial, one in enumerate(instalments, start=1)
        ]
    )
    record_act(
        actor=actor,
        verb="subsidies.agree_recovery_plan",
        record=recovery,
        number=recovery.number,
        instalments=len(instalments),
        total=total,
        last_on=days[-1],
    )
    return plan


def agree_default_plan(*, recovery: Recovery, actor: Actor) -> None:
    """Where nothing is agreed, the whole is due the days of the letter's terms after it came into force."""
    letter = letter_of(recovery)
    if letter is None or not recovery.outstanding_amount or recovery.plans.current().exists():
        return
    due_on = clock.today() + datetime.timedelta(days=letter.terms.repayment_days)
    write_plan(
        recovery=recovery,
        instalments=[Instalment(due_on, recovery.outstanding_amount)],
        document=letter.number,
        actor=actor,
    )
