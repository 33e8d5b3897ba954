"""A successful appeal against a decision to recover: withdrawn or lowered; what came in too much goes back."""

from __future__ import annotations

from decimal import Decimal

from offices.actors import Actor
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies.enums import AppealResult, RecoveryState
from subsidies.models import Appeal, Recovery
from subsidies.models.recoveries import TRANSITIONS
from subsidies.services.letters import issue_recovery_change_letter
from subsidies.services.recovery_money import settle_if_paid
from subsidies.shares import lower


def correct_recovery(*, appeal: Appeal, actor: Actor) -> Recovery:
    """Withdraw a recovery, or lower it to what the appeal left of it; part of carrying the appeal out.

    Sent back, the decision is set aside whole: whoever decides anew proposes anew, and hears the family again.
    It is asked for again only once the new letter has reached the family.
    """
    recovery = locked(appeal.letter.its_recovery)
    before = recovery.amount
    left = (appeal.remedy_amount or Decimal()) if appeal.result == AppealResult.CHANGED else Decimal()
    if left:
        _lower(recovery, left)
        record_act(
            actor=actor,
            verb="subsidies.lower_recovery",
            record=recovery,
            number=recovery.number,
            appeal=appeal.number,
            amount_before=before,
            amount=left,
        )
        recovery = settle_if_paid(recovery=recovery, actor=actor)
    else:
        recovery = move(
            record=recovery,
            to=RecoveryState.WITHDRAWN,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.withdraw_recovery",
            detail={"number": recovery.number, "appeal": appeal.number, "amount": before},
        )
        recovery.plans.current().update(ended_on=appeal.carried_out_on)
    issue_recovery_change_letter(recovery=recovery, appeal=appeal, before=before, actor=actor)
    return recovery


def _lower(recovery: Recovery, left: Decimal) -> None:
    lines = list(recovery.lines.select_related("payment"))
    for line, amount in zip(lines, lower([one.amount for one in lines], left), strict=True):
        line.amount = amount
        line.save(update_fields=["amount"])
    recovery.amount = left
    recovery.in_force_on = None
    recovery.save(update_fields=["amount", "in_force_on"])
