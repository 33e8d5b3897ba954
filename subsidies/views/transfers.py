"""Money moved between budget lines: asked for by one, decided by another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.books_forms import TransferForm
from subsidies.enums import BudgetChangeKind, BudgetChangeState
from subsidies.models import BudgetChange, BudgetLine
from subsidies.selectors.budget import movable_amount
from subsidies.services.budget_transfers import confirm_transfer, propose_transfer, reject_transfer


@page(policies.may_set_budget)
@require_http_methods(["GET", "POST"])
def transfer_new(request: OfficeRequest, line_id: UUID) -> HttpResponse:
    """Ask for money of a line to be moved to another."""
    line = get_object_or_404(BudgetLine.objects.select_related("programme"), pk=line_id)
    form = TransferForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            propose_transfer(actor=request.actor, from_line=line, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Proposed. The county confirms it; until then nothing changes."))
            return redirect("subsidies:transfer_list")
    context = {"line": line, "form": form, "movable": movable_amount(line)}
    return render(request, "subsidies/transfer_new.html", context, status=422 if form.errors else 200)


@page(policies.may_see_money)
@require_GET
def transfer_list(request: OfficeRequest) -> HttpResponse:
    """Every transfer, those that wait first."""
    rows = (
        BudgetChange.objects.filter(kind=BudgetChangeKind.TRANSFER)
        .select_related("from_line__programme", "to_line__programme", "proposed_by", "decided_by")
        .order_by("-state", "-proposed_on", "-pk")[:200]
    )
    may = policies.may_decide_transfers(request.actor)
    context = {
        "rows": [
            {
                "change": row,
                "state": BudgetChangeState(row.state),
                "may_decide": may
                and row.state == BudgetChangeState.PROPOSED
                and row.proposed_by_id != request.actor.staff_id,
            }
            for row in rows
        ]
    }
    return render(request, "subsidies/transfer_list.html", context)


@page(policies.may_decide_transfers)
@require_http_methods(["GET", "POST"])
def transfer_step(request: OfficeRequest, change_id: UUID, step: str) -> HttpResponse:
    """Confirm or reject a transfer, after asking."""
    services = {"confirm": confirm_transfer, "reject": reject_transfer}
    if step not in services:
        raise Http404
    change = get_object_or_404(
        BudgetChange.objects.select_related("from_line__programme", "to_line__programme", "proposed_by"),
        pk=change_id,
        kind=BudgetChangeKind.TRANSFER,
    )
    refused = ""
    if request.method == "POST":
        try:
            services[step](actor=request.actor, change=change)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            done = _("The money is moved.") if step == "confirm" else _("The lines stay as they are.")
            messages.success(request, done)
            return redirect("subsidies:transfer_list")
    context = {
        "change": change,
        "refused": refused,
        "is_confirmation": step == "confirm",
        "confirm_label": _("Move the money") if step == "confirm" else _("Reject it"),
        "cancel_url": reverse("subsidies:transfer_list"),
    }
    return render(request, "subsidies/transfer_step.html", context, status=422 if refused else 200)
