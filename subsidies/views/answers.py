"""What the bank and the funds answer to a batch: read from their files, whole or not at all."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from offices.errors import DomainError
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.bank_files.comparing import RowError
from subsidies.bank_files.reading import MOST_BYTES, too_large
from subsidies.models import PaymentBatch
from subsidies.money_forms import AnswerFileForm
from subsidies.premium_forms import FundAnswerForm
from subsidies.selectors.batch_jobs import (
    ANSWER,
    FUND_ANSWER,
    TRANSFER_ANSWER,
    first_errors,
    is_large,
)
from subsidies.services.answer_jobs import request_answer, take_answer
from subsidies.services.bank_answers import AnswerRefused
from subsidies.views.batches import visible_batch
from subsidies.views.premiums import premium_batch


@page(policies.may_read_answers)
@require_http_methods(["GET", "POST"])
def batch_answer(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """Read the bank's answer; a file with one wrong line changes nothing and says every one."""
    found = visible_batch(request, batch_id)
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    return _read(request, found, ANSWER, form, _("Read the bank's answer"))


@page(policies.may_send_batches)
@require_http_methods(["GET", "POST"])
def transfer_answer(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """Read the bank's answer to the one transfer."""
    found = premium_batch(request, batch_id)
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    return _read(request, found, TRANSFER_ANSWER, form, _("Read the bank's answer to the transfer"))


@page(policies.may_send_batches)
@require_http_methods(["GET", "POST"])
def fund_answer(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """Read the fund's answer, person by person."""
    found = premium_batch(request, batch_id)
    form = FundAnswerForm(request.POST or None, request.FILES or None)
    return _read(request, found, FUND_ANSWER, form, _("Read the fund's answer"))


def _read(
    request: OfficeRequest, batch: PaymentBatch, kind: str, form: forms.Form, title: str
) -> HttpResponse:
    """Take the file in, or give it to a worker where the batch has thousands of lines."""
    errors: list[RowError] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _taken(request, batch, kind, form)
        except AnswerRefused as refusal:
            errors = refusal.errors
            form.add_error("file", _("Nothing of the file was taken; what is wrong stands below."))
        except DomainError as refusal:
            form.add_error("file", str(refusal))
    context = {
        "batch": batch,
        "is_premium": kind != ANSWER,
        "form": form,
        "errors": first_errors(errors),
        "error_count": len(errors),
        "title": title,
    }
    return render(request, "subsidies/batch_answer.html", context, status=422 if form.errors else 200)


def _taken(request: OfficeRequest, batch: PaymentBatch, kind: str, form: forms.Form) -> HttpResponse:
    brought = form.cleaned_data["file"]
    if brought.size > MOST_BYTES:
        raise too_large()
    content = brought.read()
    paid_on = form.cleaned_data.get("paid_on")
    if is_large(batch):
        job = request_answer(
            actor=request.actor,
            batch=batch,
            kind=kind,
            content=content,
            file_name=brought.name,
            paid_on=paid_on,
        )
        return redirect("subsidies:batch_job", job.pk)
    said = take_answer(actor=request.actor, batch=batch, kind=kind, content=content, paid_on=paid_on)
    messages.success(request, said)
    return redirect("subsidies:batch", batch.pk)
