"""What a person decides about something that became known late."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind
from households.models import LifeEvent
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import GrantState, LateCause, LateDecision, LateState, StopReason
from subsidies.models import LateFinding
from subsidies.models.late import TRANSITIONS
from subsidies.services.grants import stop_grant
from subsidies.services.late_arrears import write_late_arrears

_MOVES = (EventKind.MOVE, EventKind.DEPARTURE)


def decisions_for(finding: LateFinding, *, actor: Actor) -> list[LateDecision]:
    """What the actor may decide about a finding, in order."""
    allowed = policies.LATE_DECISIONS.get(actor.role, frozenset())
    fitting = {
        LateDecision.LEAVE: True,
        LateDecision.STOP: _can_be_stopped(finding),
        LateDecision.PAY: finding.right_amount > finding.paid_amount,
        LateDecision.RECOVER: finding.paid_amount > finding.right_amount,
    }
    return [one for one in LateDecision if one in allowed and fitting[one]]


@transaction.atomic
def decide_late(
    *, finding: LateFinding, reckoning: str, decision: LateDecision, basis: str, actor: Actor
) -> LateFinding:
    """Decide what follows from late knowledge, with what the decision rests on.

    The township may leave lawful payments as they are, the county may also have the grant stopped by
    its stop rule, arrears paid or recovery considered. Stopping is done here, by the decider, and
    arrears are entered, which the next batch pays; recovery has its own decision that can be
    appealed. Never by who entered the event; the database refuses it. `reckoning` is what the decider saw
    (`LateFinding.reckoning`): she never decides about other sums. Raises NotAllowed, Stale
    `late_decided`, `late_reckoned_anew`, DomainError `entered_it`, `late_decision`, `late_basis`.
    """
    if not policies.may_decide_late(actor) or not actor.covers(finding.division_code):
        raise NotAllowed()
    if decision not in policies.LATE_DECISIONS[actor.role]:
        raise NotAllowed()
    check_not_own_family(actor=actor, person=finding.grant.person_id)
    current = locked(finding)
    _check_entered_by_another(current, actor)
    if current.state != LateState.OPEN:
        raise Stale(
            "late_decided",
            _("This is now “%(state)s”. Open it again to see what was decided."),
            state=current.get_state_display(),
        )
    if current.reckoning != reckoning:
        raise Stale(
            "late_reckoned_anew",
            _("This was reckoned anew meanwhile. Look at the amounts as they are now, then decide."),
        )
    if decision not in decisions_for(current, actor=actor):
        raise DomainError(
            "late_decision",
            _("This does not fit what was found: compare what was paid with what would have been right."),
        )
    if not basis.strip():
        raise DomainError(
            "late_basis", _("Say what the decision rests on: the document, its number or the article.")
        )
    if decision == LateDecision.STOP:
        stop_grant(
            grant=current.grant, reason=_stop_reason(current), event_on=current.happened_on, actor=actor
        )
    arrears = write_late_arrears(current) if decision == LateDecision.PAY else []
    return move(
        record=current,
        to=LateState.DECIDED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.decide_late",
        detail={
            "decision": decision,
            "paid": current.paid_amount,
            "right": current.right_amount,
            **({"arrears": sum(arrear.amount for arrear in arrears)} if arrears else {}),
        },
        decision=decision,
        basis=basis.strip(),
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
    )


def _check_entered_by_another(finding: LateFinding, actor: Actor) -> None:
    with county_scope():
        is_own = LifeEvent.objects.filter(pk__in=[finding.event_id], recorded_by=actor.staff_id).exists()
    if is_own:
        raise DomainError(
            "entered_it",
            _("You have entered what became known here. What follows from it is decided by somebody else."),
        )


def _can_be_stopped(finding: LateFinding) -> bool:
    return finding.right_until is not None and finding.grant.state != GrantState.STOPPED


def _stop_reason(finding: LateFinding) -> str:
    event = finding.event
    is_her_own = event is not None and event.person_id == finding.grant.person_id
    if finding.cause == LateCause.FILE or (event and is_her_own and _is_of_death(event)):
        return StopReason.DIED
    if event and is_her_own and event.kind in _MOVES:
        return StopReason.MOVED
    return StopReason.CONDITIONS_CHANGED


def _is_of_death(event: LifeEvent) -> bool:
    return event.kind == EventKind.DEATH or "death" in event.detail.get("corrected", ())
