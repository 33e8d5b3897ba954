"""Events for everybody of a place: the list, the form, what was held where."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import EntryState
from households.models import OutreachEvent
from households.outreach_forms import CountsForm, EventFilterForm, EventForm
from households.policies import may_enter_outreach, may_see_families
from households.selectors.outreach import KINDS, counts_by_place
from households.services.outreach import correct_event, enter_event, take_back_event
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import page
from offices.selectors.divisions import names_of_divisions

_COLUMNS = (
    Column(gettext_lazy("Day"), key="day", order=("held_on",)),
    Column(gettext_lazy("Place"), key="place", order=("division_code", "held_on")),
    Column(gettext_lazy("Kind"), key="kind", order=("kind", "held_on")),
    Column(gettext_lazy("Title")),
    Column(gettext_lazy("Times"), kind="number"),
    Column(gettext_lazy("Audience"), kind="number"),
)
_FIELD_OF = {
    "event_to_come": "held_on",
    "event_title": "title",
    "event_times": "times",
    "event_place": "place",
}


@page(may_see_families)
@require_GET
def event_list(request: Any) -> HttpResponse:
    """Events within scope, newest first."""
    filters = EventFilterForm(request.GET or None, actor=request.actor)
    rows = filters.narrow(OutreachEvent.objects.visible_to(request.actor).standing())
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="-day", filters=filters
    )
    shown = list(listing.page.object_list)
    places = names_of_divisions(event.division_code for event in shown)
    return render(
        request,
        "households/event_list.html",
        {
            "listing": listing,
            "filters": filters,
            "rows": [
                {"event": event, "place": places.get(event.division_code, event.division_code)}
                for event in shown
            ],
            "may_enter": may_enter_outreach(request.actor),
        },
    )


@page(may_see_families)
@require_GET
def event_counts(request: Any) -> HttpResponse:
    """What was held in a year or month, by place and kind; places in the order of the division list."""
    year = request.business_day.year
    form = CountsForm(request.GET if "period" in request.GET else {"period": str(year)})
    period = form.cleaned_data["period"] if form.is_valid() else None
    first, end = period or (datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1))
    rows = counts_by_place(actor=request.actor, from_on=first, to_on=end)
    context = {"form": form, "kinds": [kind.label for kind in KINDS], "rows": rows[:-1], "total": rows[-1]}
    return render(
        request,
        "households/event_counts.html",
        {**context, "first": first, "last": end - datetime.timedelta(days=1)},
        status=422 if form.errors else 200,
    )


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def event_new(request: Any) -> HttpResponse:
    """Enter an event that was held."""
    form = EventForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        initial={"held_on": request.business_day, "place": request.actor.division_code},
    )
    if form.is_valid():
        try:
            enter_event(actor=request.actor, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The event is entered and counts."))
            return redirect("households:outreach_events")
    return render(
        request,
        "households/event_form.html",
        {"form": form, "event": None},
        status=422 if form.errors else 200,
    )


@page(may_see_families)
@require_GET
def event_detail(request: Any, pk: UUID) -> HttpResponse:
    """An event as it was held."""
    event = _event(request, pk)
    names = names_of_divisions([event.division_code])
    context = {
        "event": event,
        "state": EntryState(event.state),
        "place": names.get(event.division_code, event.division_code),
        "may_correct": may_enter_outreach(request.actor) and event.state == EntryState.RECORDED,
    }
    return render(request, "households/event.html", context)


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def event_correct(request: Any, pk: UUID) -> HttpResponse:
    """Correct an entry; its history keeps what it said."""
    event = _event(request, pk)
    held = {name: getattr(event, name) for name in ("kind", "title", "held_on", "times", "audience")}
    form = EventForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        initial={**held, "place": event.division_code},
    )
    if form.is_valid():
        try:
            correct_event(actor=request.actor, event=event, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The entry is corrected; its history keeps what it said."))
            return redirect("households:outreach_event", event.pk)
    context = {"form": form, "event": event}
    return render(request, "households/event_form.html", context, status=422 if form.errors else 200)


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def event_take_back(request: Any, pk: UUID) -> HttpResponse:
    """Ask, then take back an entry that was made by mistake."""
    event = _event(request, pk)
    if request.method == "POST":
        try:
            take_back_event(actor=request.actor, event=event)
        except NotAllowed:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The entry is taken back and counts no longer."))
        return redirect("households:outreach_events")
    context = {
        "event": event,
        "confirm_label": _("Take the entry back"),
        "confirm_tone": "danger",
        "cancel_url": reverse("households:outreach_event", args=[event.pk]),
    }
    return render(request, "households/outreach_take_back.html", context)


@page(may_see_families)
@require_GET
def event_history(request: Any, pk: UUID) -> HttpResponse:
    """What happened to an entry."""
    event = _event(request, pk)
    return show_history(
        request,
        record=event,
        heading=_("History of %(name)s") % {"name": event.title},
        back_url=reverse("households:outreach_event", args=[event.pk]),
        back_label=event.title,
    )


def _event(request: Any, pk: UUID) -> OutreachEvent:
    events = OutreachEvent.objects.visible_to(request.actor).select_related("recorded_by")
    return get_object_or_404(events, pk=pk)
