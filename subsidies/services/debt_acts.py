"""What the office does about a line of the register: told, helped, could not reach, declined, asked again.

Every entry is an act of the audit trail and a row of the line's own. A decline clears the line and
is respected; only the family itself, or another policy, opens it again.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Visit
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import DebtDeed, DebtEnd, DebtState, Standing
from subsidies.models import Debt, DebtAct
from subsidies.models.debts import TRANSITIONS

TOLD = (DebtDeed.TOLD, DebtDeed.HELPED)
"""After these the family knows."""


@transaction.atomic
def record_deed(
    *,
    debt: Debt,
    deed: DebtDeed,
    actor: Actor,
    acted_on: datetime.date | None = None,
    visit: Visit | None = None,
) -> Debt:
    """Record that the family was told, was helped to apply, or could not be reached.

    By the village or township that serves the family. The same again on the same day changes
    nothing. Raises NotAllowed, Stale `debt_cleared`, DomainError `debt_deed`.
    """
    if deed not in (*TOLD, DebtDeed.CANNOT_REACH):
        raise DomainError("debt_deed", _("Choose what was done."))
    current = _open_line(debt, actor)
    on = acted_on or clock.today()
    if visit is None and current.acts.filter(deed=deed, acted_on=on, undone_by=None).exists():
        return current
    _write(current, deed, on, actor, visit)
    _tell_line(current)
    record_act(actor=actor, verb="subsidies.record_deed", record=current, deed=deed, acted_on=on)
    return current


@transaction.atomic
def decline_debt(
    *, debt: Debt, actor: Actor, acted_on: datetime.date | None = None, visit: Visit | None = None
) -> Debt:
    """Record that the family does not want the benefit: once, under the policy of the day, and respected.

    The line is cleared as declined; no further sweep opens it while the policy stays. An application
    on its way is withdrawn instead. Raises NotAllowed, Stale `debt_cleared`, DomainError
    `debt_applied`.
    """
    current = _open_line(debt, actor)
    if current.standing == Standing.APPLIED:
        raise DomainError(
            "debt_applied",
            _(
                "An application is on its way. If the family does not want it any more, withdraw the application."
            ),
        )
    on = acted_on or clock.today()
    _write(current, DebtDeed.DECLINED, on, actor, visit)
    return move(
        record=current,
        to=DebtState.CLOSED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.decline_debt",
        detail={"acted_on": on, "policy_version": str(current.policy_version)},
        closed_on=clock.today(),
        closed_as=DebtEnd.DECLINED,
        last_deed=DebtDeed.DECLINED,
        last_deed_on=on,
    )


@transaction.atomic
def reopen_debt(
    *, debt: Debt, actor: Actor, acted_on: datetime.date | None = None, visit: Visit | None = None
) -> Debt:
    """The family that had declined asks for the benefit: its line is open again.

    Whether the right still holds is what the next assessment says. Raises NotAllowed, Stale when
    the line is not a declined one.
    """
    if not policies.may_record_debt_acts(actor) or not actor.covers(debt.division_code):
        raise NotAllowed()
    current = locked(debt)
    if current.closed_as != DebtEnd.DECLINED:
        raise Stale(
            "debt_not_declined", _("The family has not declined this. Open the line again to see it.")
        )
    on = acted_on or clock.today()
    _write(current, DebtDeed.ASKED, on, actor, visit)
    return move(
        record=current,
        to=DebtState.OPEN,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.reopen_debt",
        detail={"acted_on": on},
        closed_on=None,
        closed_as="",
        told_on=on,
        last_deed=DebtDeed.ASKED,
        last_deed_on=on,
    )


@transaction.atomic
def take_back_deed(*, act: DebtAct, actor: Actor) -> Debt:
    """Take back an entry written by mistake: on the same day, by who wrote it.

    A decline that is taken back leaves its line open. Raises NotAllowed, DomainError
    `deed_of_somebody_else`, Stale `deed_day_over`, `deed_not_last`.
    """
    if not policies.may_record_debt_acts(actor) or not actor.covers(act.debt.division_code):
        raise NotAllowed()
    current = locked(act.debt)
    if act.acted_by_id != actor.staff_id:
        raise DomainError(
            "deed_of_somebody_else",
            _("Somebody else wrote this. Who wrote it can take it back on the same day."),
        )
    if clock.today() != act.acted_on and act.visit_id is None:
        raise Stale(
            "deed_day_over",
            _("An entry can be taken back only on the day it was written. Record what is true now."),
        )
    last = _standing_acts(current)[-1:] == [act]
    is_decline = act.deed == DebtDeed.DECLINED and current.closed_as == DebtEnd.DECLINED
    if not last or act.deed == DebtDeed.LAW_CHANGED or not (current.is_open or is_decline):
        raise Stale("deed_not_last", _("Something was recorded after it. Take that back first."))
    DebtAct.objects.create(
        debt=current,
        deed=DebtDeed.TAKEN_BACK,
        undoes=act,
        acted_on=clock.today(),
        acted_by_id=actor.staff_id,
        division_code=current.division_code,
    )
    if is_decline:
        current = move(
            record=current,
            to=DebtState.OPEN,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.take_back_deed",
            closed_on=None,
            closed_as="",
        )
    elif act.deed == DebtDeed.ASKED:
        current = _decline_again(current, actor)
    else:
        record_act(actor=actor, verb="subsidies.take_back_deed", record=current, deed=act.deed)
    _tell_line(current)
    return current


def _decline_again(line: Debt, actor: Actor) -> Debt:
    return move(
        record=line,
        to=DebtState.CLOSED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.take_back_deed",
        closed_on=clock.today(),
        closed_as=DebtEnd.DECLINED,
    )


def _open_line(debt: Debt, actor: Actor) -> Debt:
    if not policies.may_record_debt_acts(actor) or not actor.covers(debt.division_code):
        raise NotAllowed()
    current = locked(debt)
    if not current.is_open:
        raise Stale(
            "debt_cleared",
            _("The line was cleared meanwhile: %(end)s. Nothing more is to be done about it."),
            end=current.get_closed_as_display(),
        )
    return current


def _write(line: Debt, deed: DebtDeed, on: datetime.date, actor: Actor, visit: Visit | None) -> None:
    if on > clock.today():
        raise DomainError("deed_to_come", _("This day is still to come. Record it once it is done."))
    DebtAct.objects.create(
        debt=line,
        deed=deed,
        acted_on=on,
        acted_by_id=actor.staff_id,
        policy_version_id=line.policy_version_id if deed == DebtDeed.DECLINED else None,
        visit=visit,
        division_code=line.division_code,
    )


def _standing_acts(line: Debt) -> list[DebtAct]:
    """What was written and not taken back, in the order in which it was written."""
    acts = line.acts.exclude(deed=DebtDeed.TAKEN_BACK).filter(undone_by=None)
    return list(acts.order_by("recorded_at", "pk"))


def _tell_line(line: Debt) -> None:
    """When the family was first told since the line was last opened, and what was done last."""
    standing = _standing_acts(line)
    fresh = standing
    for index, act in enumerate(standing):
        if act.deed == DebtDeed.LAW_CHANGED:
            fresh = standing[index + 1 :]
    line.told_on = min((act.acted_on for act in fresh if act.deed in (*TOLD, DebtDeed.ASKED)), default=None)
    line.last_deed = standing[-1].deed if standing else ""
    line.last_deed_on = standing[-1].acted_on if standing else None
    line.save(update_fields=["told_on", "last_deed", "last_deed_on"])
