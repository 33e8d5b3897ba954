"""Premiums paid on behalf: accounts of the funds, and money that a fund sent back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.enums import FundAccountState, ProgrammeKind
from subsidies.models import FundAccount, PaymentBatch
from subsidies.premium_forms import FundAccountForm, RefundForm
from subsidies.selectors.premiums import to_be_refunded
from subsidies.services import fund_accounts as services
from subsidies.services.premium_answers import record_premium_refund

COLUMNS = (
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Institution"), "institution", ("institution",)),
    Column(gettext_lazy("Account")),
    Column(gettext_lazy("Entered on"), "entered", ("proposed_on",)),
    Column(gettext_lazy("State"), "state", ("state",)),
)


@page(policies.may_see_money)
@require_GET
def fund_account_list(request: OfficeRequest) -> HttpResponse:
    """To which accounts premiums go, and went."""
    rows = FundAccount.objects.visible_to(request.actor).select_related("programme", "proposed_by")
    listing = make_listing(query=request.GET, rows=rows, columns=COLUMNS, default_sort="programme")
    context = {
        "listing": listing,
        "rows": [{"account": row, "state": FundAccountState(row.state)} for row in listing.page],
        "may_enter": policies.may_enter_fund_accounts(request.actor),
    }
    return render(request, "subsidies/fund_account_list.html", context)


@page(policies.may_enter_fund_accounts)
@require_http_methods(["GET", "POST"])
def fund_account_new(request: OfficeRequest) -> HttpResponse:
    """Enter the account of a fund."""
    form = FundAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose_fund_account(actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered. It is used once the county has confirmed it."))
            return redirect("subsidies:fund_account", made.pk)
    return render(
        request, "subsidies/fund_account_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _account(request: OfficeRequest, account_id: UUID) -> FundAccount:
    return get_object_or_404(
        FundAccount.objects.visible_to(request.actor).select_related(
            "programme", "proposed_by", "decided_by"
        ),
        pk=account_id,
    )


@page(policies.may_see_money)
@require_GET
def fund_account(request: OfficeRequest, account_id: UUID) -> HttpResponse:
    """One account of a fund: its paper, who entered and who confirmed it."""
    found = _account(request, account_id)
    context = {
        "account": found,
        "state": FundAccountState(found.state),
        "may_decide": found.state == FundAccountState.PROPOSED
        and policies.may_decide_fund_accounts(request.actor)
        and request.actor.staff_id != found.proposed_by_id,
    }
    return render(request, "subsidies/fund_account.html", context)


@page(policies.may_see_money)
@require_GET
def fund_account_history(request: OfficeRequest, account_id: UUID) -> HttpResponse:
    """Who entered, confirmed and ended it."""
    found = _account(request, account_id)
    return show_history(
        request,
        record=found,
        heading=found.institution,
        back_url=reverse("subsidies:fund_account", args=[found.pk]),
        back_label=found.institution,
    )


STEPS: dict[str, tuple[Callable[..., FundAccount], Promise, Promise]] = {
    "confirm": (
        services.confirm_fund_account,
        gettext_lazy("Confirm the account"),
        gettext_lazy("From now on the premiums of the programme go there; the former account ends."),
    ),
    "reject": (
        services.reject_fund_account,
        gettext_lazy("Reject the account"),
        gettext_lazy("Nothing is paid to it; the finance officer enters it anew from the paper."),
    ),
}


@page(policies.may_decide_fund_accounts)
@require_http_methods(["GET", "POST"])
def fund_account_step(request: OfficeRequest, account_id: UUID, step: str) -> HttpResponse:
    """Confirm or reject an account, after asking."""
    if step not in STEPS:
        raise Http404
    service, label, consequence = STEPS[step]
    found = _account(request, account_id)
    refused = ""
    if request.method == "POST":
        try:
            service(actor=request.actor, account=found)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": label})
            return redirect("subsidies:fund_account", found.pk)
    context = {
        "account": found,
        "refused": refused,
        "consequence": consequence,
        "confirm_label": label,
        "confirm_tone": "danger" if step == "reject" else "primary",
        "cancel_url": reverse("subsidies:fund_account", args=[found.pk]),
    }
    return render(request, "subsidies/fund_account_step.html", context, status=422 if refused else 200)


def premium_batch(request: OfficeRequest, batch_id: UUID) -> PaymentBatch:
    """The batch of premiums, if whoever asks may see it. Raises Http404."""
    return get_object_or_404(
        PaymentBatch.objects.visible_to(request.actor).select_related("programme", "bank"),
        pk=batch_id,
        programme__kind=ProgrammeKind.PREMIUM,
    )


@page(policies.may_send_batches)
@require_http_methods(["GET", "POST"])
def refund_new(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """Record money that the fund sent back for those it did not take in."""
    found = premium_batch(request, batch_id)
    count, owed = to_be_refunded(found)
    form = RefundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_premium_refund(actor=request.actor, batch=found, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded: the money is available again."))
            return redirect("subsidies:batch", found.pk)
    context = {"batch": found, "form": form, "count": count, "owed": owed}
    return render(request, "subsidies/premium_refund.html", context, status=422 if form.errors else 200)
