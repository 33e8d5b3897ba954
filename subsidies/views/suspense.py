"""Money that matches no line: taken in, listed, cleared by another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.books_forms import ClearingForm, SuspenseForm
from subsidies.enums import SuspenseEnd, SuspenseOrigin, SuspenseState
from subsidies.models import SuspenseItem
from subsidies.services.suspense import clear_suspense, record_suspense

COLUMNS = (
    Column(gettext_lazy("Number"), "number", ("number",)),
    Column(gettext_lazy("Received on"), "received", ("received_on", "number")),
    Column(gettext_lazy("Budget line")),
    Column(gettext_lazy("Where it came from")),
    Column(gettext_lazy("Amount (yuan)"), "amount", ("amount",), kind="number"),
    Column(gettext_lazy("State"), "state", ("state",)),
)


@page(policies.may_see_money)
@require_GET
def suspense_list(request: OfficeRequest) -> HttpResponse:
    """Everything that was ever in suspense, what is open first."""
    rows = SuspenseItem.objects.select_related("line__programme").order_by("-state", "received_on", "number")
    listing = make_listing(query=request.GET, rows=rows, columns=COLUMNS)
    context = {
        "listing": listing,
        "rows": [{"item": item, "state": SuspenseState(item.state)} for item in listing.page],
        "may_record": policies.may_record_suspense(request.actor),
    }
    return render(request, "subsidies/suspense_list.html", context)


@page(policies.may_record_suspense)
@require_http_methods(["GET", "POST"])
def suspense_new(request: OfficeRequest) -> HttpResponse:
    """Take money into suspense."""
    form = SuspenseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {**form.cleaned_data, "origin": SuspenseOrigin(form.cleaned_data["origin"])}
        try:
            item = record_suspense(actor=request.actor, **fields)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Recorded. The finance officer clears it once it is known where it belongs.")
            )
            return redirect("subsidies:suspense", item.pk)
    return render(request, "subsidies/suspense_new.html", {"form": form}, status=422 if form.errors else 200)


def _item(item_id: UUID) -> SuspenseItem:
    return get_object_or_404(
        SuspenseItem.objects.select_related("line__programme", "batch", "recorded_by", "cleared_by"),
        pk=item_id,
    )


@page(policies.may_see_money)
@require_GET
def suspense(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """Money in suspense: where it came from, its two entries, where it went."""
    item = _item(item_id)
    context = {
        "item": item,
        "state": SuspenseState(item.state),
        "entries": item.entries.select_related("booked_by").order_by("booked_on", "pk"),
        "may_clear": item.state == SuspenseState.OPEN
        and policies.may_clear_suspense(request.actor)
        and request.actor.staff_id != item.recorded_by_id,
    }
    return render(request, "subsidies/suspense.html", context)


@page(policies.may_clear_suspense)
@require_http_methods(["GET", "POST"])
def suspense_clear(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """Book it to where it belongs."""
    item = _item(item_id)
    form = ClearingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            clear_suspense(
                actor=request.actor,
                item=item,
                end=SuspenseEnd(form.cleaned_data["end"]),
                document=form.cleaned_data["document"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(number)s is cleared.") % {"number": item.number})
            return redirect("subsidies:suspense", item.pk)
    context = {"item": item, "form": form}
    return render(request, "subsidies/suspense_clear.html", context, status=422 if form.errors else 200)


@page(policies.may_see_money)
@require_GET
def suspense_history(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """Who recorded and who cleared it."""
    item = _item(item_id)
    return show_history(
        request,
        record=item,
        heading=item.number,
        back_url=reverse("subsidies:suspense", args=[item.pk]),
        back_label=item.number,
    )
