"""What recoveries bring to everybody's work of today, and their acts in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices import clock
from offices.actors import Actor
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import RecoveryState
from subsidies.models import Recovery, RecoveryWaiver
from subsidies.selectors.recoveries import overdue_on, to_decide

WORDS: dict[str, str | Promise] = {
    "subsidies.propose_recovery": gettext_lazy("Proposed a recovery"),
    "subsidies.notify_of_recovery": gettext_lazy("Recorded that a family was told of a proposed recovery"),
    "subsidies.record_statement": gettext_lazy("Wrote down what a family says of a proposed recovery"),
    "subsidies.record_silence": gettext_lazy("Recorded that a family did not speak of a proposed recovery"),
    "subsidies.decide_recovery": gettext_lazy("Decided a recovery"),
    "subsidies.drop_recovery": gettext_lazy("Dropped a proposed recovery"),
    "subsidies.bring_recovery_into_force": gettext_lazy("Recorded that a recovery is in force"),
    "subsidies.agree_recovery_plan": gettext_lazy("Agreed on instalments of a recovery"),
    "subsidies.record_recovery_receipt": gettext_lazy("Took in money of a recovery"),
    "subsidies.record_recovery_refund": gettext_lazy("Recorded that recovered money was paid back"),
    "subsidies.settle_recovery": gettext_lazy("Settled a recovery"),
    "subsidies.propose_waiver": gettext_lazy("Proposed to waive the rest of a recovery"),
    "subsidies.confirm_waiver": gettext_lazy("Waived the rest of a recovery"),
    "subsidies.reject_waiver": gettext_lazy("Did not waive the rest of a recovery"),
    "subsidies.lower_recovery": gettext_lazy("Lowered a recovery on an appeal"),
    "subsidies.withdraw_recovery": gettext_lazy("Withdrew a recovery on an appeal"),
}


def recovery_work(actor: Actor) -> Iterable[WorkItem]:
    """Families to be told and heard, proposals and waivers to decide, money to pay back, instalments to remind of."""
    today = clock.today()
    rows = Recovery.objects.visible_to(actor)
    if policies.may_hear_families(actor):
        yield WorkItem(
            title=_("Proposed recoveries: families to be told"),
            count=rows.filter(state=RecoveryState.PROPOSED).count(),
            url=_list(f"state={RecoveryState.PROPOSED}"),
            icon="mail",
        )
        hearing = rows.filter(state=RecoveryState.NOTIFIED)
        yield WorkItem(
            title=_("Proposed recoveries: families to be heard"),
            count=hearing.count(),
            url=_list(f"state={RecoveryState.NOTIFIED}"),
            icon="message-report",
            is_overdue=hearing.filter(heard_until__lt=today).exists(),
        )
    if policies.may_decide_recoveries(actor):
        yield WorkItem(
            title=_("Recoveries to decide"),
            count=to_decide(actor).count(),
            url=_list(f"state={RecoveryState.HEARD}"),
            icon="gavel",
        )
        yield WorkItem(
            title=_("Waivers of recoveries to confirm"),
            count=RecoveryWaiver.objects.visible_to(actor)
            .waiting()
            .exclude(proposed_by_id=actor.staff_id)
            .count(),
            url=_list(f"state={RecoveryState.DECIDED}"),
            icon="heart-handshake",
        )
    if policies.may_agree_plans(actor):
        yield WorkItem(
            title=_("Instalments past their day: talk to the family"),
            count=overdue_on(rows, day=today).count(),
            url=_list("overdue=on"),
            icon="calendar-event",
        )
    if policies.may_record_recovery_money(actor):
        owed = rows.to_refund()
        yield WorkItem(
            title=_("Recovered money to pay back to families"),
            count=owed.count(),
            url=_list("refund=on"),
            icon="arrow-back-up",
            is_overdue=owed.exists(),
        )


def _list(query: str) -> str:
    return f"{reverse('subsidies:recovery_list')}?{query}"
