"""Visits to families: the list, the one screen that records one, and what was promised."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.lists import visits_listed
from households.models import Household, Person, Visit
from households.policies import may_export_families, may_record_visits, may_see_families
from households.selectors.visits import visit_lines
from households.services.visits import record_visit, settle_next, take_back_visit
from households.visit_forms import VisitForm
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import make_listing
from offices.pages import note_read, page

_FIELD_OF = {
    "visit_to_come": "visited_on",
    "visit_subject": "about",
    "visit_person": "person",
    "visit_applied": "result",
    "visit_next_day": "next_on",
    "visit_nothing_after_decline": "next_step",
    "invitation_not_asked": "asked_by_family",
    "visit_declined_before": "asked_by_family",
}


@page(may_see_families)
@require_GET
def visit_list(request: Any) -> HttpResponse:
    """Visits within scope, newest first; of the due ones the oldest promise first."""
    found = visits_listed(actor=request.actor, query=request.GET, on=request.business_day)
    listing = make_listing(
        query=request.GET,
        rows=found.rows,
        columns=found.columns,
        default_sort=found.default_sort,
        filters=found.filters,
    )
    shown = list(listing.page.object_list)
    note_read(request, [visit.household for visit in shown])
    return render(
        request,
        "households/visit_list.html",
        {
            "listing": listing,
            "filters": found.filters,
            "may_export": may_export_families(request.actor),
            "lines": visit_lines(shown, actor=request.actor, on=request.business_day),
            "may_record": may_record_visits(request.actor),
        },
    )


@page(may_record_visits)
@require_http_methods(["GET", "POST"])
def visit_new(request: Any, pk: UUID) -> HttpResponse:
    """Record a visit to a family: three or four taps on a phone."""
    household = get_object_or_404(Household.objects.visible_to(request.actor), pk=pk)
    people = _living_members(household, request)
    note_read(request, household)
    form = VisitForm(
        request.POST if request.method == "POST" else None,
        people=people,
        today=request.business_day,
        initial={name: request.GET[name] for name in ("purpose", "about", "person") if name in request.GET},
    )
    if form.is_valid():
        try:
            record_visit(actor=request.actor, household=household, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The visit is recorded."))
            return redirect("households:household", household.pk)
    return render(
        request,
        "households/visit_new.html",
        {"household": household, "form": form, "head": people[0] if people else None},
        status=422 if form.errors else 200,
    )


def _living_members(household: Household, request: Any) -> list[Person]:
    people = Person.objects.visible_to(request.actor).living_on(request.business_day)
    day = request.business_day
    memberships = household.memberships.on(day).filter(person__in=people)  # type: ignore[attr-defined] # the facts' manager
    found = list(memberships.select_related("person").order_by("person__birth_date", "person_id"))
    return [row.person for row in sorted(found, key=lambda row: row.relation != "head")]


@page(may_record_visits)
@require_http_methods(["GET", "POST"])
def visit_take_back(request: Any, visit_id: UUID) -> HttpResponse:
    """Ask, then take back a visit that was recorded by mistake today."""
    visit = _visit(request, visit_id)
    if request.method == "POST":
        try:
            take_back_visit(actor=request.actor, visit=visit)
        except NotAllowed:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The visit is taken back; what it had settled is due again."))
        return redirect("households:household", visit.household_id)
    (line,) = visit_lines([visit], actor=request.actor, on=request.business_day)
    context = {
        "line": line,
        "confirm_label": _("Take the visit back"),
        "confirm_tone": "danger",
        "cancel_url": reverse("households:household", args=[visit.household_id]),
    }
    return render(request, "households/visit_take_back.html", context)


@page(may_record_visits)
@require_POST
def visit_settle(request: Any, visit_id: UUID) -> HttpResponse:
    """What was promised at a visit is done."""
    visit = _visit(request, visit_id)
    try:
        settle_next(actor=request.actor, visit=visit)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is done and stands in no list any more."))
    return redirect(f"{reverse('households:visits')}?show=due")


@page(may_see_families)
@require_GET
def visit_history(request: Any, visit_id: UUID) -> HttpResponse:
    """What happened to the entry of a visit."""
    visit = _visit(request, visit_id)
    return show_history(
        request,
        record=visit,
        heading=_("History of a visit"),
        back_url=reverse("households:household", args=[visit.household_id]),
        back_label=_("Household %(number)s") % {"number": visit.household.number},
    )


def _visit(request: Any, visit_id: UUID) -> Visit:
    visits = Visit.objects.visible_to(request.actor).select_related("household", "person", "recorded_by")
    visit = get_object_or_404(visits, pk=visit_id)
    note_read(request, visit.household)
    return visit
