"""Associations for migrants and chambers of commerce: the list, one of them, its agreement and counts."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import AssociationServiceKind
from households.models import Association
from households.models.associations import AssociationQuerySet
from households.outreach_forms import AssociationFilterForm, AssociationForm, ServiceCountForm
from households.outreach_work import ENDS_SOON
from households.policies import may_enter_associations, may_see_families, may_show_numbers
from households.services.associations import change_association, count_services, record_association
from households.views.units import contact_phone
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import page

_COLUMNS = (
    Column(gettext_lazy("Name of the association"), key="name", order=("name",)),
    Column(gettext_lazy("Kind"), key="kind", order=("kind", "name")),
    Column(gettext_lazy("Area"), key="area", order=("place_code", "name")),
    Column(gettext_lazy("Agreement until"), key="until", order=("agreement_to", "name")),
)
_FIELD_OF = {
    "association_name": "name",
    "association_known": "name",
    "association_place": "place_code",
    "agreement_document": "agreement_document",
    "agreement_period": "agreement_to",
    "phone_number": "phone",
    "count_month": "month",
}


@page(may_see_families)
@require_GET
def association_list(request: Any) -> HttpResponse:
    """Every partner of the county."""
    filters = AssociationFilterForm(request.GET or None)
    rows = _narrow(Association.objects.all(), filters, request.business_day)
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="area", filters=filters
    )
    day = request.business_day
    return render(
        request,
        "households/association_list.html",
        {
            "listing": listing,
            "filters": filters,
            "rows": [
                {"association": one, "standing": _standing(one, day)} for one in listing.page.object_list
            ],
            "may_enter": may_enter_associations(request.actor),
        },
    )


def _narrow(
    rows: AssociationQuerySet, filters: AssociationFilterForm, today: datetime.date
) -> AssociationQuerySet:
    if not filters.is_bound or not filters.is_valid():
        return rows
    asked = filters.cleaned_data
    if asked["name"]:
        rows = rows.filter(Q(name__contains=asked["name"]) | Q(place_name__contains=asked["name"]))
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["agreement"] == "ends":
        rows = rows.ending_before(today + ENDS_SOON, on=today)
    elif asked["agreement"] == "none":
        rows = rows.exclude(pk__in=rows.agreed_on(today))
    return rows


def _standing(association: Association, today: datetime.date) -> str:
    """How the agreement stands: none, ended, ends soon, holds."""
    if association.agreement_from is None or association.agreement_from > today:
        return "none"
    if association.agreement_to is None:
        return "holds"
    if association.agreement_to <= today:
        return "ended"
    return "soon" if association.agreement_to < today + ENDS_SOON else "holds"


@page(may_see_families)
@require_GET
def association_detail(request: Any, pk: UUID) -> HttpResponse:
    """A partner, its agreement, and what it did month by month."""
    association = get_object_or_404(Association, pk=pk)
    context = {
        "association": association,
        "standing": _standing(association, request.business_day),
        "kinds": [kind.label for kind in AssociationServiceKind],
        "months": _months(association),
        "may_enter": may_enter_associations(request.actor),
        "may_show": may_show_numbers(request.actor),
    }
    return render(request, "households/association.html", context)


@page(may_enter_associations)
@require_http_methods(["GET", "POST"])
def association_count(request: Any, pk: UUID) -> HttpResponse:
    """Count what a partner did in a month."""
    association = get_object_or_404(Association, pk=pk)
    form = ServiceCountForm(
        request.POST if request.method == "POST" else None,
        initial={"month": f"{request.business_day:%Y-%m}"},
    )
    if form.is_valid():
        try:
            month = form.cleaned_data["month"]
            count_services(actor=request.actor, association=association, month=month, numbers=form.numbers)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The month is counted."))
            return redirect("households:association", association.pk)
    context = {"form": form, "association": association}
    return render(request, "households/association_count.html", context, status=422 if form.errors else 200)


def _months(association: Association) -> list[dict[str, Any]]:
    numbers: dict[datetime.date, dict[str, int]] = defaultdict(dict)
    for count in association.counts.order_by("-month"):
        numbers[count.month][count.kind] = count.number
    return [
        {"month": month, "numbers": [counted.get(kind, 0) for kind in AssociationServiceKind]}
        for month, counted in numbers.items()
    ]


@page(may_enter_associations)
@require_http_methods(["GET", "POST"])
def association_new(request: Any) -> HttpResponse:
    """Record a partner."""
    form = AssociationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            association = record_association(actor=request.actor, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The association is recorded."))
            return redirect("households:association", association.pk)
    context = {"form": form, "association": None}
    return render(request, "households/association_form.html", context, status=422 if form.errors else 200)


@page(may_enter_associations)
@require_http_methods(["GET", "POST"])
def association_change(request: Any, pk: UUID) -> HttpResponse:
    """Change what is recorded of a partner, or renew its agreement."""
    association = get_object_or_404(Association, pk=pk)
    form = AssociationForm(
        request.POST if request.method == "POST" else None,
        keeps_phone=association.phone is not None,
        initial={name: getattr(association, name) for name in AssociationForm.base_fields if name != "phone"},
    )
    if form.is_valid():
        try:
            change_association(actor=request.actor, association=association, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The association is changed."))
            return redirect("households:association", association.pk)
    context = {"form": form, "association": association}
    return render(request, "households/association_form.html", context, status=422 if form.errors else 200)


@page(may_see_families)
@require_GET
def association_history(request: Any, pk: UUID) -> HttpResponse:
    """What happened to a partner's record."""
    association = get_object_or_404(Association, pk=pk)
    return show_history(
        request,
        record=association,
        heading=_("History of %(name)s") % {"name": association.name},
        back_url=reverse("households:association", args=[association.pk]),
        back_label=association.name,
    )


@page(may_show_numbers)
@require_http_methods(["GET", "POST"])
def association_phone(request: Any, pk: UUID) -> HttpResponse:
    """Ask for a reason, then show the contact's phone once."""
    association = get_object_or_404(Association, pk=pk)
    return contact_phone(request, association, reverse("households:association", args=[association.pk]))
