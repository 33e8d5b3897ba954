"""Visits to families: the list, the one screen that records one, and what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.lists import visits_listed
from households.models import Household, Person, Visit
from households.policies import may_export_families, may_record_visits, may_see_families
from households.selectors.visits import VisitLine, page_of_visit, visit_lines
from households.services.visits import record_visit, settle_next, take_back_visit
from households.visit_forms import VisitForm
from offices.database.context import county_scope
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
    lines = visit_lines(shown, actor=request.actor, on=request.business_day)
    note_read(request, [line.household for line in lines])
    return render(
        request,
        "households/visit_list.html",
        {
            "listing": listing,
            "filters": found.filters,
            "may_export": may_export_families(request.actor),
            "lines": lines,
            "may_record": may_record_visits(request.actor),
        },
    )


@page(may_record_visits)
@require_http_methods(["GET", "POST"])
def visit_new(request: Any, pk: UUID) -> HttpResponse:
    """Record a visit to a family, or to a member of it who is served here: three or four taps on a phone."""
    with county_scope():
        household = get_object_or_404(Household, pk=pk)
        people = _living_members(household, request)
    is_family_served = request.actor.covers(household.division_code)
    if not (is_family_served or people):
        raise Http404
    note_read(request, household)
    form = VisitForm(
        request.POST if request.method == "POST" else None,
        people=people,
        today=request.business_day,
        is_family_served=is_family_served,
        initial={name: request.GET[name] for name in ("purpose", "about", "person") if name in request.GET},
    )
    if form.is_valid():
        try:
            visit = record_visit(actor=request.actor, household=household, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The visit is recorded."))
            return redirect(page_of_visit(visit, is_family_served))
    return render(
        request,
        "households/visit_new.html",
        {
            "household": household,
            "form": form,
            "head": people[0] if people else None,
            "back_url": _page_before(household, people, is_family_served),
        },
        status=422 if form.errors else 200,
    )


def _page_before(household: Household, people: Sequence[Person], is_family_served: bool) -> str:
    if is_family_served:
        return reverse("households:household", args=[household.pk])
    return reverse("households:person", args=[people[0].pk])


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
    line = _line(request, visit_id)
    if request.method == "POST":
        try:
            take_back_visit(actor=request.actor, visit=line.visit)
        except NotAllowed:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The visit is taken back; what it had settled is due again."))
        return redirect(line.page)
    context = {
        "line": line,
        "confirm_label": _("Take the visit back"),
        "confirm_tone": "danger",
        "cancel_url": line.page,
    }
    return render(request, "households/visit_take_back.html", context)


@page(may_record_visits)
@require_POST
def visit_settle(request: Any, visit_id: UUID) -> HttpResponse:
    """What was promised at a visit is done."""
    line = _line(request, visit_id)
    try:
        settle_next(actor=request.actor, visit=line.visit)
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
    line = _line(request, visit_id)
    return show_history(
        request,
        record=line.visit,
        heading=_("History of a visit"),
        back_url=line.page,
        back_label=_("Household %(number)s") % {"number": line.household.number},
    )


def _line(request: Any, visit_id: UUID) -> VisitLine:
    visits = Visit.objects.visible_to(request.actor).select_related("person", "recorded_by")
    visit = get_object_or_404(visits, pk=visit_id)
    (line,) = visit_lines([visit], actor=request.actor, on=request.business_day)
    note_read(request, line.household)
    return line
