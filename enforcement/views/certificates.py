"""Officer certificates: the list, one of them, and what the county does with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from enforcement import policies
from enforcement.enums import CertificateState
from enforcement.forms import CertificateFilter, IssueForm, ReasonForm
from enforcement.models import OfficerCertificate
from enforcement.models.certificates import TRANSITIONS
from enforcement.selectors.certificates import is_in_force, officers_without_certificate
from enforcement.services import certificates as services
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, page
from offices.selectors.divisions import names_of_divisions

COLUMNS = [
    Column(gettext_lazy("Number"), "number", ("number",)),
    Column(gettext_lazy("Officer"), "officer", ("staff__name",)),
    Column(gettext_lazy("Office")),
    Column(gettext_lazy("Valid from"), "from", ("from_on",)),
    Column(gettext_lazy("Last day"), "to", ("to_on",)),
    Column(gettext_lazy("State")),
]


@dataclass(frozen=True, slots=True)
class Change:
    """One way to change a certificate: its service and the words of its page."""

    service: Callable[..., OfficerCertificate]
    to: CertificateState
    label: Promise
    consequence: Promise
    done: Promise


CHANGES = {
    "suspend": Change(
        services.suspend_certificate,
        CertificateState.SUSPENDED,
        gettext_lazy("Suspend"),
        gettext_lazy("From now on the officer can neither review nor confirm, until it is restored."),
        gettext_lazy("The certificate is suspended."),
    ),
    "restore": Change(
        services.restore_certificate,
        CertificateState.VALID,
        gettext_lazy("Restore"),
        gettext_lazy("From now on the officer can review and confirm again."),
        gettext_lazy("The certificate is in force again."),
    ),
    "withdraw": Change(
        services.withdraw_certificate,
        CertificateState.WITHDRAWN,
        gettext_lazy("Withdraw"),
        gettext_lazy("The certificate is taken for a fault and never holds again."),
        gettext_lazy("The certificate is withdrawn."),
    ),
    "cancel": Change(
        services.cancel_certificate,
        CertificateState.CANCELLED,
        gettext_lazy("Cancel the certificate"),
        gettext_lazy("The certificate ends without a fault: left the post, lost, exchanged."),
        gettext_lazy("The certificate is cancelled."),
    ),
}


@page(policies.may_see_certificates)
@require_GET
def certificate_list(request: OfficeRequest) -> HttpResponse:
    """Every certificate of the county."""
    filters = CertificateFilter(request.GET)
    rows = _filtered(OfficerCertificate.objects.select_related("staff"), filters, request.business_day)
    listing = make_listing(
        query=request.GET, rows=rows, columns=COLUMNS, default_sort="number", filters=filters
    )
    offices = names_of_divisions(certificate.division_code for certificate in listing.page)
    return render(
        request,
        "enforcement/certificate_list.html",
        {
            "listing": listing,
            "filters": filters,
            "rows": [_row(certificate, request.business_day, offices) for certificate in listing.page],
            "may_issue": policies.may_issue_certificates(request.actor),
        },
    )


def _filtered(
    rows: QuerySet[OfficerCertificate], filters: CertificateFilter, today: datetime.date
) -> QuerySet[OfficerCertificate]:
    filters.is_valid()
    text, state = filters.cleaned_data.get("q"), filters.cleaned_data.get("state")
    if text:
        rows = rows.filter(Q(number__startswith=text) | Q(staff__name__contains=text))
    if state == "expired":
        return rows.filter(to_on__lte=today)
    return rows.filter(state=state) if state else rows


def _row(certificate: OfficerCertificate, today: datetime.date, offices: dict[str, str]) -> dict[str, Any]:
    return {
        "certificate": certificate,
        "state": CertificateState(certificate.state),
        "is_expired": certificate.to_on <= today,
        "last_day": certificate.to_on - datetime.timedelta(days=1),
        "office": offices.get(certificate.division_code, certificate.division_code),
    }


@page(policies.may_see_certificates)
@require_GET
def certificate_detail(request: OfficeRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate: what it says, whether it holds today, how the public verifies it."""
    certificate = get_object_or_404(
        OfficerCertificate.objects.select_related("staff", "issued_by"), pk=certificate_id
    )
    may_change = policies.may_change_certificate(request.actor, staff_id=certificate.staff_id)
    return render(
        request,
        "enforcement/certificate.html",
        {
            **_row(certificate, request.business_day, names_of_divisions([certificate.division_code])),
            "is_in_force": is_in_force(certificate, on=request.business_day),
            "changes": _possible_changes(certificate) if may_change else [],
        },
    )


def _possible_changes(certificate: OfficerCertificate) -> list[dict[str, Any]]:
    possible = TRANSITIONS.get(certificate.state, frozenset())
    return [
        {"name": name, "label": change.label} for name, change in CHANGES.items() if change.to in possible
    ]


@page(policies.may_see_certificates)
@require_GET
def certificate_history(request: OfficeRequest, certificate_id: UUID) -> HttpResponse:
    """Who issued, suspended or ended it, and when."""
    certificate = get_object_or_404(OfficerCertificate.objects.select_related("staff"), pk=certificate_id)
    return show_history(
        request,
        record=certificate,
        heading=certificate.staff.name,
        back_url=reverse("enforcement:certificate", args=[certificate.pk]),
        back_label=certificate.number,
    )


@page(policies.may_issue_certificates)
@require_http_methods(["GET", "POST"])
def certificate_new(request: OfficeRequest) -> HttpResponse:
    """Issue a certificate to an officer who has none."""
    officers = officers_without_certificate(on=request.business_day).exclude(pk=request.actor.staff_id)
    form = IssueForm(request.POST or None, officers=officers, initial={"from_on": request.business_day})
    if request.method == "POST" and form.is_valid():
        last_day = form.cleaned_data["last_day"]
        try:
            certificate = services.issue_certificate(
                actor=request.actor,
                staff=form.cleaned_data["staff"],
                from_on=form.cleaned_data["from_on"],
                to_on=last_day + datetime.timedelta(days=1) if last_day else None,
                number=form.cleaned_data["number"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Certificate %(number)s is issued.") % {"number": certificate.number})
            return redirect("enforcement:certificate", certificate.pk)
    return render(request, "enforcement/certificate_new.html", {"form": form}, status=_status(request))


@page(policies.may_issue_certificates)
@require_http_methods(["GET", "POST"])
def certificate_change(request: OfficeRequest, certificate_id: UUID, change: str) -> HttpResponse:
    """Suspend, restore, withdraw or cancel, with the reason."""
    certificate = get_object_or_404(OfficerCertificate.objects.select_related("staff"), pk=certificate_id)
    if not policies.may_change_certificate(request.actor, staff_id=certificate.staff_id):
        raise NotAllowed()
    chosen = CHANGES.get(change)
    if chosen is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.service(certificate=certificate, actor=request.actor, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(chosen.done))
            return redirect("enforcement:certificate", certificate.pk)
    context = {
        "certificate": certificate,
        "form": form,
        "change": chosen,
        "confirm_label": chosen.label,
        "confirm_tone": "primary" if change == "restore" else "danger",
        "cancel_url": reverse("enforcement:certificate", args=[certificate.pk]),
    }
    return render(request, "enforcement/certificate_change.html", context, status=_status(request))


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
