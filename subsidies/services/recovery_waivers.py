"""The rest of a recovery is waived for hardship: proposed by one person of the county, confirmed by another."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import RecoveryState, WaiverState
from subsidies.models import Recovery, RecoveryWaiver
from subsidies.models.recovery_money import WAIVER_TRANSITIONS
from subsidies.services.recovery_money import settle_if_paid
from subsidies.services.steps import constraint_of


@transaction.atomic
def propose_waiver(*, recovery: Recovery, reason: str, document: str, actor: Actor) -> RecoveryWaiver:
    """Propose to waive what is outstanding, because paying it would be a hardship to the family.

    By a county reviewer or the county. Raises NotAllowed, Stale, DomainError `own_family`, `nothing_owed`,
    `waiver_incomplete`, `waiver_waits`.
    """
    if not policies.may_propose_waivers(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=recovery.grant.person_id)
    current = locked(recovery)
    if current.state != RecoveryState.DECIDED or not current.outstanding_amount:
        raise DomainError(
            "nothing_owed",
            _("Nothing is owed of this recovery: it is “%(state)s”."),
            state=current.get_state_display(),
        )
    if not reason.strip() or not document.strip():
        raise DomainError(
            "waiver_incomplete", _("Describe the hardship and name the document that shows it.")
        )
    try:
        with transaction.atomic():
            waiver = RecoveryWaiver.objects.create(
                recovery=current,
                amount=current.outstanding_amount,
                reason=reason.strip(),
                document=document.strip(),
                proposed_by_id=actor.staff_id,
                proposed_on=clock.today(),
                division_code=current.division_code,
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_waiver_of_a_recovery_waits_at_a_time":
            raise
        raise Stale("waiver_waits", _("A waiver already waits to be confirmed.")) from error
    record_act(
        actor=actor,
        verb="subsidies.propose_waiver",
        record=current,
        number=current.number,
        amount=waiver.amount,
    )
    return waiver


@transaction.atomic
def confirm_waiver(*, waiver: RecoveryWaiver, actor: Actor) -> RecoveryWaiver:
    """Waive what is outstanding on that day; the recovery is settled. By the county, never who proposed it.

    Raises NotAllowed, Stale, DomainError `own_family`, `own_waiver`, `nothing_owed`.
    """
    return _decide(waiver, WaiverState.CONFIRMED, actor)


@transaction.atomic
def reject_waiver(*, waiver: RecoveryWaiver, actor: Actor) -> RecoveryWaiver:
    """Do not waive it. By the county, never who proposed it. Raises as confirm_waiver."""
    return _decide(waiver, WaiverState.REJECTED, actor)


def _decide(waiver: RecoveryWaiver, to: WaiverState, actor: Actor) -> RecoveryWaiver:
    if not policies.may_decide_waivers(actor) or not actor.covers(waiver.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=waiver.recovery.grant.person_id)
    if actor.staff_id == waiver.proposed_by_id:
        raise NotAllowed("own_waiver", _("You proposed this waiver. Somebody else must confirm it."))
    recovery = locked(waiver.recovery)
    is_confirmed = to == WaiverState.CONFIRMED
    if is_confirmed and (recovery.state != RecoveryState.DECIDED or not recovery.outstanding_amount):
        raise DomainError(
            "nothing_owed",
            _("Nothing is owed of this recovery: it is “%(state)s”."),
            state=recovery.get_state_display(),
        )
    decided = move(
        record=waiver,
        to=to,
        transitions=WAIVER_TRANSITIONS,
        actor=actor,
        verb="subsidies.confirm_waiver" if is_confirmed else "subsidies.reject_waiver",
        detail={"recovery": recovery.number, "amount": recovery.outstanding_amount},
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
        amount=recovery.outstanding_amount or waiver.amount,
    )
    record_act(
        actor=actor,
        verb="subsidies.confirm_waiver" if is_confirmed else "subsidies.reject_waiver",
        record=recovery,
        number=recovery.number,
        amount=decided.amount,
    )
    settle_if_paid(recovery=recovery, actor=actor)
    return decided
