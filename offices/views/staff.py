"""Staff, their roles, and the audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from offices.acts_in_words import act_lines
from offices.forms import ActFilterForm
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import Act, Staff
from offices.pages import page
from offices.policies import may_read_acts, may_see_staff


@page(may_see_staff)
@require_GET
def staff_list(request: Any) -> HttpResponse:
    """Who may do what where today."""
    staff = Staff.objects.filter(is_system=False).prefetch_related("role_grants__division")
    return render(
        request,
        "offices/staff_list.html",
        {
            "staff": staff,
            "may_read_acts": may_read_acts(request.actor),
        },
    )


@page(may_see_staff)
@require_GET
def staff_history(request: Any, staff_id: UUID) -> HttpResponse:
    """Who invited a member of staff, and who gave her which role."""
    member = get_object_or_404(Staff, pk=staff_id, is_system=False)
    return show_history(
        request,
        record=member,
        related=member.role_grants.all(),
        heading=member.name,
        back_url=reverse("staff_list"),
        back_label=_("Staff and roles"),
    )


@page(may_read_acts)
@require_GET
def act_list(request: Any) -> HttpResponse:
    """The audit trail within the actor's scope, newest first."""
    filters = ActFilterForm(request.GET or None)
    acts = filters.narrow(Act.objects.visible_to(request.actor).select_related("by"))
    listing = make_listing(
        query=request.GET, rows=acts, columns=ACT_COLUMNS, default_sort="-at", filters=filters
    )
    lines = act_lines(listing.page.object_list)
    return render(request, "offices/act_list.html", {"listing": listing, "filters": filters, "lines": lines})


ACT_COLUMNS = (
    Column(_("When"), key="at", order=("at", "id")),
    Column(_("Who")),
    Column(_("Role")),
    Column(_("What")),
    Column(_("Division")),
    Column(_("From where")),
)
