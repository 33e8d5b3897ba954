"""What is done with a payment batch: made, approved, sent, closed or given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.models import PaymentBatch, Programme
from subsidies.money_forms import BatchForm, DiscardForm
from subsidies.periods import read_period
from subsidies.selectors.batch_jobs import (
    ANSWER,
    APPROVE,
    BATCH_TASK,
    FUND_ANSWER,
    MAKE,
    SEND,
    TRANSFER_ANSWER,
    is_large,
    may_be_large,
)
from subsidies.selectors.selection import select
from subsidies.services import batch_jobs
from subsidies.services import batches as services
from subsidies.services.closing import close_batch
from subsidies.views.asked_jobs import Work, asked_job, show_asked_job
from subsidies.views.batches import WHAT_TO_DO, visible_batch


@page(policies.may_make_batches)
@require_http_methods(["GET", "POST"])
def batch_new(request: OfficeRequest) -> HttpResponse:
    """Choose programme and period, see who would be paid, then make the batch; thousands are a worker's."""
    chosen = request.POST if request.method == "POST" else request.GET
    form = (
        BatchForm(chosen) if "programme" in chosen else BatchForm(initial={"period": f"{clock.today():%Y}"})
    )
    preview = None
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        try:
            if request.method == "POST":
                return _make(request, wanted)
            preview = _preview(wanted["programme"], wanted["period"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "preview": preview}
    return render(request, "subsidies/batch_new.html", context, status=422 if form.errors else 200)


def _make(request: OfficeRequest, wanted: dict[str, Any]) -> HttpResponse:
    if may_be_large(wanted["programme"]):
        job = batch_jobs.request_making(actor=request.actor, **wanted)
        return redirect("subsidies:batch_job", job.pk)
    batch = services.create_batch(actor=request.actor, **wanted)
    messages.success(
        request, _("Batch %(number)s is made. The county approves it next.") % {"number": batch.number}
    )
    return redirect("subsidies:batch", batch.pk)


def _preview(programme: Programme, period: str) -> dict[str, Any]:
    with county_scope():
        selection = select(programme=programme, period=read_period(period, programme.frequency))
    return {
        "count": selection.count,
        "total": selection.total_amount,
        "reissued": selection.reissued_count,
        "left_out": [
            {"reason": one.reason, "count": one.count, "advice": WHAT_TO_DO[one.reason]}
            for one in selection.left_out
        ],
        "period": selection.period.label,
        "programme": programme,
    }


@page(policies.may_work_on_batches)
@require_GET
def batch_job(request: OfficeRequest, job_id: UUID) -> HttpResponse:
    """How far a worker is with a batch; once it is done, the batch."""
    job = asked_job(request, job_id, BATCH_TASK)
    batch = job.result.get("batch")
    list_url = reverse("subsidies:batch_list")
    batch_url = reverse("subsidies:batch", args=[batch]) if batch else list_url
    work = Work(
        title=_WORKS[job.result.get("step", MAKE)],
        unit=_("lines"),
        icon="cash-banknote",
        list_label=_("Payment batches"),
        list_url=list_url,
        back_label=_("To the batch") if batch else _("To the batches"),
        back_url=batch_url,
        done_url=batch_url,
    )
    return show_asked_job(request, job, work)


_WORKS = {
    MAKE: gettext_lazy("Making a batch"),
    APPROVE: gettext_lazy("Approving the batch"),
    SEND: gettext_lazy("Writing the files for the bank"),
    ANSWER: gettext_lazy("Reading the bank's answer"),
    TRANSFER_ANSWER: gettext_lazy("Reading the bank's answer to the transfer"),
    FUND_ANSWER: gettext_lazy("Reading the fund's answer"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step with a batch that asks before it is done: who may, its service, its words."""

    policy: Callable[[Actor], bool]
    service: Callable[..., PaymentBatch]
    label: Promise
    consequence: Promise
    done: Promise
    asks_reason: bool = False


STEPS = {
    "approve": Step(
        policies.may_approve_batches,
        services.approve_batch,
        gettext_lazy("Approve the batch"),
        gettext_lazy(
            "You have looked through the lines. The money is drawn from what is appropriated, each "
            "source its share; then the cashier sends it to the bank."
        ),
        gettext_lazy("The batch is approved. The cashier sends it next."),
    ),
    "send": Step(
        policies.may_send_batches,
        services.send_batch,
        gettext_lazy("Send the batch to the bank"),
        gettext_lazy(
            "The files for the bank are written now and never change again. Download them here and "
            "hand them to the bank; its answer is read on this page."
        ),
        gettext_lazy("The files are ready: download them and hand them to the bank."),
    ),
    "close": Step(
        policies.may_close_batches,
        close_batch,
        gettext_lazy("Close the batch"),
        gettext_lazy(
            "Approved, file, bank and ledger are compared to the cent. Only if all agree it is closed."
        ),
        gettext_lazy("Everything agrees. The batch is closed."),
    ),
    "discard": Step(
        policies.may_discard_batches,
        services.discard_batch,
        gettext_lazy("Give up the batch"),
        gettext_lazy("Nobody is paid by it; its lines are cancelled and its money is available again."),
        gettext_lazy("The batch is given up. Its families can be taken into a new one at once."),
        asks_reason=True,
    ),
}


@page(policies.may_see_money)
@require_http_methods(["GET", "POST"])
def batch_step(request: OfficeRequest, batch_id: UUID, step: str) -> HttpResponse:
    """Approve, send, close or give up a batch, after asking."""
    chosen = STEPS.get(step)
    if chosen is None:
        raise Http404
    found = visible_batch(request, batch_id)
    if not chosen.policy(request.actor):
        raise NotAllowed()
    form = DiscardForm(request.POST or None) if chosen.asks_reason else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if step in (APPROVE, SEND) and is_large(found):
                job = batch_jobs.request_step(actor=request.actor, batch=found, step=step)
                return redirect("subsidies:batch_job", job.pk)
            chosen.service(actor=request.actor, batch=found, **(form.cleaned_data if form else {}))
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, str(chosen.done))
            return redirect("subsidies:batch", found.pk)
    context = {
        "batch": found,
        "step": chosen,
        "form": form,
        "refused": refused,
        "confirm_label": chosen.label,
        "confirm_tone": "danger" if step == "discard" else "primary",
        "cancel_url": reverse("subsidies:batch", args=[found.pk]),
    }
    status = 422 if refused or (form is not None and form.errors) else 200
    return render(request, "subsidies/batch_step.html", context, status=status)
