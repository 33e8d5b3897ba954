"""Who stands behind an account, so that nobody decides on her own family."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from households.forms import StaffIdentityForm
from households.models import StaffIdentity
from households.policies import may_keep_staff_identities, may_say_who_one_is
from households.selectors.own_family import staff_without_identity
from households.services.own_family import keep_identity, say_who_one_is
from offices.errors import DomainError
from offices.models import Staff
from offices.pages import OfficeRequest, page


@page(may_say_who_one_is)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_identity(request: OfficeRequest) -> HttpResponse:
    """One's own identity number: entered once, never shown again."""
    known = StaffIdentity.objects.filter(staff_id=request.actor.staff_id).first()
    form = StaffIdentityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            say_who_one_is(actor=request.actor, number=form.cleaned_data["number"])
        except DomainError as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("Recorded. Cases of your family now go to your colleagues."))
            return redirect("home")
    context = {"staff": None, "known": known, "form": form}
    return render(request, "households/staff_identity.html", context, status=422 if form.errors else 200)


@page(may_keep_staff_identities)
@require_GET
def identity_list(request: OfficeRequest) -> HttpResponse:
    """Accounts that decide on families: whose family the registry knows, and whose it does not."""
    known = StaffIdentity.objects.select_related("staff", "recorded_by").order_by("staff__username")
    waiting = staff_without_identity(on=request.business_day).prefetch_related("role_grants__division")
    return render(
        request, "households/staff_identities.html", {"waiting": waiting.order_by("username"), "known": known}
    )


@page(may_keep_staff_identities)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def staff_identity(request: OfficeRequest, staff_id: UUID) -> HttpResponse:
    """Record or correct who stands behind an account."""
    staff = get_object_or_404(Staff, pk=staff_id, is_system=False)
    form = StaffIdentityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_identity(actor=request.actor, staff=staff, number=form.cleaned_data["number"])
        except DomainError as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("Recorded who stands behind the account."))
            return redirect("households:staff_identities")
    known = StaffIdentity.objects.filter(staff=staff).first()
    context = {"staff": staff, "known": known, "form": form}
    return render(request, "households/staff_identity.html", context, status=422 if form.errors else 200)
