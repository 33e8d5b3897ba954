"""The steps of a recovery, each asked for on a page of its own: who may, when, and what it means."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, note_read, page
from subsidies import policies, recovery_forms
from subsidies.enums import DeliveryMethod, RecoveryState, WaiverState
from subsidies.models import Recovery, RecoveryWaiver
from subsidies.services import recoveries as services
from subsidies.services.recovery_money import record_receipt, record_refund
from subsidies.services.recovery_plans import agree_plan
from subsidies.services.recovery_waivers import confirm_waiver, propose_waiver, reject_waiver


@dataclass(frozen=True, slots=True)
class Step:
    """Who may take a step, in which states it is offered, what it is called and what follows from it."""

    policy: Callable[[Actor], bool]
    states: tuple[RecoveryState, ...]
    label: Promise
    consequence: Promise
    icon: str
    is_main: bool = False


STEPS: dict[str, Step] = {
    "notify": Step(
        policies.may_hear_families,
        (RecoveryState.PROPOSED,),
        gettext_lazy("The family is told"),
        gettext_lazy(
            "From then on the days run in which the family may speak. Nothing is decided before it has, or before they are over."
        ),
        "mail",
        is_main=True,
    ),
    "statement": Step(
        policies.may_hear_families,
        (RecoveryState.NOTIFIED,),
        gettext_lazy("Write down what the family says"),
        gettext_lazy("It goes to who decides, and is printed on the decision with the answer to it."),
        "message-report",
        is_main=True,
    ),
    "silence": Step(
        policies.may_hear_families,
        (RecoveryState.NOTIFIED,),
        gettext_lazy("The family has not spoken"),
        gettext_lazy("Only after its last day to speak. The county decides by what is in the file."),
        "clock",
    ),
    "decide": Step(
        policies.may_decide_recoveries,
        (RecoveryState.HEARD,),
        gettext_lazy("Decide that it is paid back"),
        gettext_lazy(
            "The letter is issued with it: deliver it. Nothing is asked for before it is in force, and nothing is ever set off against a benefit."
        ),
        "gavel",
        is_main=True,
    ),
    "drop": Step(
        policies.may_decide_recoveries,
        (RecoveryState.PROPOSED, RecoveryState.NOTIFIED, RecoveryState.HEARD),
        gettext_lazy("Drop it"),
        gettext_lazy("Nothing is asked of the family. What was lawfully paid stays paid."),
        "x",
    ),
    "plan": Step(
        policies.may_agree_plans,
        (RecoveryState.DECIDED,),
        gettext_lazy("Agree on instalments"),
        gettext_lazy(
            "The plan before it ends. An instalment past its day is a reminder to talk to the family, and nothing else."
        ),
        "calendar-event",
    ),
    "receipt": Step(
        policies.may_record_recovery_money,
        (RecoveryState.DECIDED,),
        gettext_lazy("Record money that came in"),
        gettext_lazy("It is booked back to those whose money the payment was, in proportion, to the cent."),
        "receipt",
        is_main=True,
    ),
    "refund": Step(
        policies.may_record_recovery_money,
        (RecoveryState.DECIDED, RecoveryState.SETTLED, RecoveryState.WITHDRAWN),
        gettext_lazy("Record money that was paid back"),
        gettext_lazy("What came in too much, since an appeal was successful, goes back to who paid it."),
        "arrow-back-up",
        is_main=True,
    ),
    "waive": Step(
        policies.may_propose_waivers,
        (RecoveryState.DECIDED,),
        gettext_lazy("Propose to waive the rest"),
        gettext_lazy("For hardship. Somebody else of the county confirms it."),
        "heart-handshake",
    ),
    "confirm-waiver": Step(
        policies.may_decide_waivers,
        (RecoveryState.DECIDED,),
        gettext_lazy("Waive the rest"),
        gettext_lazy("What is outstanding today is waived for good, and the recovery is settled."),
        "check",
    ),
    "reject-waiver": Step(
        policies.may_decide_waivers,
        (RecoveryState.DECIDED,),
        gettext_lazy("Do not waive it"),
        gettext_lazy("The plan stays as it is; another waiver can be proposed."),
        "x",
    ),
}


def steps_for(
    recovery: Recovery, waivers: Sequence[RecoveryWaiver], *, actor: Actor, today: datetime.date
) -> list[tuple[str, Step]]:
    """The steps that the actor may take now, in order."""
    waiting = next((one for one in waivers if one.state == WaiverState.PROPOSED), None)
    own = {
        "silence": recovery.heard_until is not None and today > recovery.heard_until,
        "decide": recovery.proposed_by_id != actor.staff_id,
        "receipt": recovery.outstanding_amount > 0,
        "refund": recovery.excess_amount > 0,
        "waive": waiting is None and recovery.outstanding_amount > 0,
        "confirm-waiver": waiting is not None and waiting.proposed_by_id != actor.staff_id,
        "reject-waiver": waiting is not None and waiting.proposed_by_id != actor.staff_id,
    }
    return [
        (name, step)
        for name, step in STEPS.items()
        if step.policy(actor) and recovery.state in step.states and own.get(name, True)
    ]


@page(policies.may_see_recoveries)
@require_http_methods(["GET", "POST"])
def recovery_step(request: OfficeRequest, recovery_id: UUID, step: str) -> HttpResponse:
    """Take a step, after saying what it means; a step that is no longer possible says why."""
    if step not in STEPS:
        raise Http404
    found = get_object_or_404(
        Recovery.objects.visible_to(request.actor).select_related("grant__person", "grant__programme"),
        pk=recovery_id,
    )
    note_read(request, found.grant.person, reason="recovery")
    if not STEPS[step].policy(request.actor):
        raise NotAllowed()
    form = _form_of(step, request, found)
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _take(step, found, form.cleaned_data if form else {}, request.actor)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Recorded."))
            return redirect("subsidies:recovery", found.pk)
    context = {
        "recovery": found,
        "state": RecoveryState(found.state),
        "form": form,
        "refused": refused,
        "consequence": STEPS[step].consequence,
        "confirm_label": STEPS[step].label,
        "cancel_url": reverse("subsidies:recovery", args=[found.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/recovery_step.html", context, status=status)


def _form_of(step: str, request: OfficeRequest, found: Recovery) -> forms.Form | None:
    posted = request.POST if request.method == "POST" else None
    today = request.business_day
    match step:
        case "notify":
            return recovery_forms.NotifyForm(posted, initial={"on": today})
        case "statement":
            return recovery_forms.StatementForm(posted, initial={"on": today})
        case "decide":
            return recovery_forms.DecideForm(posted, outstanding=found.amount, is_needed=False)
        case "drop":
            return recovery_forms.DropForm(posted)
        case "plan":
            return recovery_forms.InstalmentsForm(posted, outstanding=found.outstanding_amount)
        case "receipt":
            return recovery_forms.ReceiptForm(posted, initial={"received_on": today})
        case "refund":
            initial = {"refunded_on": today, "amount": found.excess_amount}
            return recovery_forms.RefundForm(posted, initial=initial)
        case "waive":
            return recovery_forms.WaiverForm(posted)
    return None


def _take(step: str, found: Recovery, given: dict[str, Any], actor: Actor) -> None:
    match step:
        case "notify":
            method = DeliveryMethod(given.pop("method"))
            services.notify_family(recovery=found, method=method, actor=actor, **given)
        case "statement":
            services.record_statement(recovery=found, actor=actor, **given)
        case "silence":
            services.record_silence(recovery=found, actor=actor)
        case "decide":
            services.decide_recovery(
                recovery=found,
                reasons=given["reasons"],
                instalments=given["instalments"],
                agreement=given["document"],
                actor=actor,
            )
        case "drop":
            services.drop_recovery(recovery=found, actor=actor, **given)
        case "plan":
            agree_plan(
                recovery=found, instalments=given["instalments"], document=given["document"], actor=actor
            )
        case "receipt":
            record_receipt(recovery=found, actor=actor, **given)
        case "refund":
            record_refund(recovery=found, actor=actor, **given)
        case "waive":
            propose_waiver(recovery=found, actor=actor, **given)
        case _:
            _decide_waiver(step, found, actor)


def _decide_waiver(step: str, found: Recovery, actor: Actor) -> None:
    waiver = found.waivers.filter(state=WaiverState.PROPOSED).first()
    if waiver is None:
        raise DomainError("no_waiver_waits", _("No waiver waits here. Open the recovery again."))
    (confirm_waiver if step == "confirm-waiver" else reject_waiver)(waiver=waiver, actor=actor)
