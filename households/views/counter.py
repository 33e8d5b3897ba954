"""At the counter: a value in full, a family of another township, households to put in order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import ShowReason
from households.forms import FamilyElsewhereForm, ReasonForm
from households.lists import TASK_COLUMNS, open_tasks
from households.models import Person
from households.panels import panels_for
from households.policies import (
    may_export_families,
    may_open_families_elsewhere,
    may_see_families,
    may_show_numbers,
)
from households.registry_tasks import place_of
from households.selectors.people import household_lines, household_of, members_of
from households.services.numbers_shown import Shown, open_family_elsewhere, show_in_full
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.listing import make_listing
from offices.pages import note_read, page
from offices.selectors.divisions import names_of_divisions

_WORDS = {
    Shown.NUMBER: gettext_lazy("Identity number"),
    Shown.PHONE: gettext_lazy("Phone"),
    Shown.ACCOUNT: gettext_lazy("Bank account"),
}


@page(may_show_numbers)
@require_http_methods(["GET", "POST"])
def show_number(request: Any, pk: UUID, what: str) -> HttpResponse:
    """Ask for a reason, then show a masked value once; act and reading are logged."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    if what not in set(Shown):
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    value = ""
    if request.method == "POST" and form.is_valid():
        reason = ShowReason(form.cleaned_data["reason"])
        value = show_in_full(actor=request.actor, person=person, what=Shown(what), reason=reason)
        note_read(request, person, reason=reason)
    response = render(
        request,
        "households/show_number.html",
        {"person": person, "label": _WORDS[Shown(what)], "form": form, "value": value},
        status=422 if form.errors else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


@page(may_open_families_elsewhere)
@require_http_methods(["GET", "POST"])
def family_elsewhere(request: Any) -> HttpResponse:
    """Open the family of whoever stands at the counter, wherever in the county she is served."""
    form = FamilyElsewhereForm(request.POST if request.method == "POST" else None)
    found: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        reason = ShowReason(form.cleaned_data["reason"])
        try:
            person = open_family_elsewhere(
                actor=request.actor, number=form.cleaned_data["number"], reason=reason
            )
        except DomainError as refusal:
            form.add_error("number", str(refusal))
        else:
            found = _family_of(request, person, reason)
    return render(
        request,
        "households/family_elsewhere.html",
        {"form": form, **found},
        status=422 if form.errors else 200,
    )


def _family_of(request: Any, person: Person, reason: str) -> dict[str, Any]:
    day = request.business_day
    with county_scope():
        household = household_of(person=person, on=day)
        members = members_of(household=household, on=day) if household else []
        village = names_of_divisions([person.division_code])
        others = [member.person for member in members if member.person and member.person != person]
        note_read(request, [person, *others], reason=reason)
        return {
            "person": person,
            "household": household,
            "members": members,
            "village_name": village.get(person.division_code, ""),
            "panels": panels_for(actor=request.actor, people=[person], on=day),
        }


@page(may_see_families)
@require_GET
def task_list(request: Any) -> HttpResponse:
    """Households about which the family has to be asked, oldest first."""
    tasks = open_tasks(actor=request.actor)
    listing = make_listing(query=request.GET, rows=tasks, columns=TASK_COLUMNS, default_sort="since")
    shown = list(listing.page.object_list)
    lines = household_lines([task.household for task in shown if task.household], on=request.business_day)
    villages = {line.household.pk: line.village_name for line in lines}
    return render(
        request,
        "households/task_list.html",
        {
            "listing": listing,
            "tasks": [
                {
                    "task": task,
                    "village": villages.get(task.household_id, ""),
                    "url": place_of(task, request.actor),
                }
                for task in shown
            ],
            "may_export": may_export_families(request.actor),
            "hint": _("A task closes by itself when a file or an entry puts the household in order."),
        },
    )
