"""What batches and returns bring to everybody's work of today."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from offices.actors import Actor
from offices.enums import Role
from offices.work import WorkItem
from subsidies import policies
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch
from subsidies.selectors.money import returns_to_clear


def money_work(actor: Actor) -> Iterable[WorkItem]:
    """Batches whose next step is the actor's own, and money that came back."""
    if policies.may_see_money(actor) and actor.role != Role.AUDITOR:
        batches = PaymentBatch.objects.visible_to(actor)
        for title, state, icon, is_own in (
            (_("Batches to approve"), BatchState.MADE, "check", policies.may_approve_batches(actor)),
            (_("Batches to send to the bank"), BatchState.APPROVED, "send", policies.may_send_batches(actor)),
            (
                _("Answers of the bank to read"),
                BatchState.SENT,
                "file-import",
                policies.may_send_batches(actor),
            ),
            (_("Batches to close"), BatchState.ANSWERED, "lock", policies.may_close_batches(actor)),
        ):
            if is_own:
                yield WorkItem(
                    title=title,
                    count=batches.filter(state=state).count(),
                    url=f"{reverse('subsidies:batch_list')}?state={state.value}",
                    icon=icon,
                )
    if policies.may_see_returns(actor) and actor.role != Role.AUDITOR:
        returned = returns_to_clear(actor).count()
        yield WorkItem(
            title=_("Money the bank sent back"),
            count=returned,
            url=reverse("subsidies:return_list"),
            icon="arrow-back-up",
            is_overdue=returned > 0,
        )
