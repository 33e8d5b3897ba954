"""Lists of the registry as a file, and a family or a person on one printed page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.models import Household, Person
from households.policies import may_export_families
from households.resources import LISTS
from households.sheets import HOUSEHOLD_SHEET, PERSON_SHEET
from offices.export_pages import show_list_export, show_sheet_form
from offices.pages import note_read, page


@page(may_export_families)
@require_http_methods(["GET", "POST"])
def list_export(request: Any, what: str) -> HttpResponse:
    """Export families, the members of a village's families, households to put in order, visits or migrants."""
    if what not in LISTS:
        raise Http404
    back, label = {
        "tasks": ("households:tasks", _("Households to put in order")),
        "visits": ("households:visits", _("Visits")),
        "migrants": ("households:migrants", _("Migrants")),
    }.get(what, ("households:households", _("Families")))
    return show_list_export(request, LISTS[what], back_url=reverse(back), back_label=label)


@page(may_export_families)
@require_http_methods(["GET", "POST"])
def household_print(request: Any, pk: UUID) -> HttpResponse:
    """The family on one page."""
    household = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    note_read(request, household)
    return show_sheet_form(
        request,
        HOUSEHOLD_SHEET,
        subject_id=household.pk,
        heading=_("Print the file of household %(number)s") % {"number": household.number},
        back_url=reverse("households:household", args=[household.pk]),
        back_label=_("Household %(number)s") % {"number": household.number},
    )


@page(may_export_families)
@require_http_methods(["GET", "POST"])
def person_print(request: Any, pk: UUID) -> HttpResponse:
    """The person on one page."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    note_read(request, person)
    return show_sheet_form(
        request,
        PERSON_SHEET,
        subject_id=person.pk,
        heading=_("Print the file of %(name)s") % {"name": person.name},
        back_url=reverse("households:person", args=[person.pk]),
        back_label=person.name,
    )
