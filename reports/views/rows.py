"""The rows behind a figure: the grants of T1, the payments of T2, with names, within scope."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from offices.errors import DomainError
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from reports import policies
from reports.addresses import dashboard_url
from reports.forms import GrantRowsForm, PaymentRowsForm
from reports.months import Month, read_month
from reports.selectors.money import payments_of_month, payments_paid, payments_returned
from reports.selectors.qualifications import counted_elsewhere, grants_counted
from subsidies.enums import GrantState, PaymentState, StopReason
from subsidies.models import Grant, Payment, PaymentBatch
from subsidies.policies import may_see_grants, may_see_money

GRANT_COLUMNS = (
    Column(gettext_lazy("File number"), "file", ("application__file_number",)),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("From"), "from", ("from_on",)),
    Column(gettext_lazy("First day no longer paid"), "to", ("to_on",)),
    Column(gettext_lazy("Why it ended")),
    Column(gettext_lazy("A year (yuan)"), "amount", ("amount_on_day",), kind="number"),
)
PAYMENT_COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code", "person__name_sort")),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Batch"), "batch", ("batch_id", "serial")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Paid on"), "paid", ("paid_on",)),
    Column(gettext_lazy("Returned on"), "returned", ("returned_on",)),
    Column(gettext_lazy("Amount (yuan)"), "amount", ("amount",), kind="number"),
)


def month_of_address(text: str) -> Month:
    """The month in an address; 404 for anything else."""
    try:
        return read_month(text)
    except DomainError as refusal:
        raise Http404 from refusal


def may_see_rows(actor: Any) -> bool:
    """Who sees reports and the grants behind them."""
    return policies.may_see_reports(actor) and may_see_grants(actor)


may_see_rows.roles = policies.may_see_reports.roles & may_see_grants.roles  # type: ignore[attr-defined] # read by tests


@page(may_see_rows)
@require_GET
def grant_rows(request: OfficeRequest, month: str) -> HttpResponse:
    """The grants that a measure of T1 counts, as the registry stands now."""
    of_month = month_of_address(month)
    filters = GrantRowsForm(request.GET, actor=request.actor)
    rows: QuerySet[Grant] = (
        Grant.objects.visible_to(request.actor)
        .with_amount_on(request.business_day)
        .select_related("programme", "person", "application")
    )
    rows, elsewhere = filters.narrow(rows), 0
    if filters.is_valid():
        measure, place = filters.cleaned_data["measure"], filters.cleaned_data["division"]
        scope = place.scope if place else request.actor.scope
        rows = rows.filter(grants_counted(measure, of_month, scope=scope))
        elsewhere = counted_elsewhere(measure, of_month, actor=request.actor, scope=scope)
    listing = make_listing(
        query=request.GET, rows=rows, columns=GRANT_COLUMNS, default_sort="village", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [grant.person for grant in shown], reason="report")
    names = names_of_divisions({grant.division_code for grant in shown})
    context = {
        "month": of_month,
        "listing": listing,
        "filters": filters,
        "elsewhere": elsewhere,
        "back_url": dashboard_url(of_month, request.GET.get("division") or request.actor.division_code),
        "rows": [
            {
                "grant": grant,
                "state": GrantState(grant.state),
                "village": names.get(grant.division_code, ""),
                "reason": StopReason(grant.stop_reason).label if grant.stop_reason else "",
            }
            for grant in shown
        ],
    }
    return render(request, "reports/grant_rows.html", context)


@page(may_see_rows)
@require_GET
def payment_rows(request: OfficeRequest, month: str) -> HttpResponse:
    """The payments behind what was paid or returned, as the ledger stands now."""
    of_month = month_of_address(month)
    filters = PaymentRowsForm(request.GET, actor=request.actor)
    measures = {"month": payments_of_month, "paid": payments_paid, "returned": payments_returned}
    asked = filters.cleaned_data["measure"] if filters.is_valid() else ""
    found = measures[asked](of_month).visible_to(request.actor) if asked else Payment.objects.none()
    rows: QuerySet[Payment] = filters.narrow(found).select_related("programme", "person")
    listing = make_listing(
        query=request.GET, rows=rows, columns=PAYMENT_COLUMNS, default_sort="village", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [payment.person for payment in shown], reason="report")
    names = names_of_divisions({payment.division_code for payment in shown})
    # Batches belong to the county: a township sees its payees' lines, not the batch.
    batches = PaymentBatch.objects.visible_to(request.actor).in_bulk({row.batch_id for row in shown})
    context = {
        "month": of_month,
        "listing": listing,
        "filters": filters,
        "total": rows.aggregate(total=Sum("amount"))["total"] or 0,
        "back_url": dashboard_url(of_month, request.GET.get("division") or request.actor.division_code),
        "may_see_batches": may_see_money(request.actor),
        "rows": [
            {
                "payment": payment,
                "state": PaymentState(payment.state),
                "village": names.get(payment.division_code, ""),
                "batch": batches.get(payment.batch_id),
            }
            for payment in shown
        ],
    }
    return render(request, "reports/payment_rows.html", context)
