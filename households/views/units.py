"""Employers, institutions and compounds: the list, one of them with its people, and its forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import ContactReason, UnitKind
from households.models import Lodging, Unit
from households.outreach_forms import ContactReasonForm, LodgingEndForm, LodgingForm, UnitFilterForm, UnitForm
from households.panels import unit_panels_for
from households.policies import may_enter_outreach, may_see_families, may_show_numbers
from households.selectors.search import find_person_by_number
from households.selectors.units import SMALL, people_elsewhere, people_of, unrecorded_employers
from households.services.units import change_unit, end_lodging, lodge_person, record_unit, show_contact_phone
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import note_read, page
from offices.selectors.divisions import names_of_divisions

_COLUMNS = (
    Column(gettext_lazy("Village"), key="village", order=("division_code", "name")),
    Column(gettext_lazy("Name of the unit"), key="name", order=("name",)),
    Column(gettext_lazy("Kind"), key="kind", order=("kind", "name")),
    Column(gettext_lazy("Credit code"), key="code", order=("credit_code",)),
    Column(gettext_lazy("Pays what an employer pays")),
)
_PEOPLE = (
    Column(gettext_lazy("Name"), key="name", order=("person__name_sort",)),
    Column(gettext_lazy("Village"), key="village", order=("division_code", "person__name_sort")),
    Column(gettext_lazy("Since"), key="since", order=("from_on",)),
    Column("", kind="actions"),
)
_FIELD_OF = {
    "unit_name": "name",
    "unit_place": "place",
    "unit_code_missing": "credit_code",
    "unit_code_known": "credit_code",
    "credit_code_characters": "credit_code",
    "credit_code_check_character": "credit_code",
    "unit_period": "to_on",
    "phone_number": "phone",
}


@page(may_see_families)
@require_GET
def unit_list(request: Any) -> HttpResponse:
    """Units within scope."""
    filters = UnitFilterForm(request.GET or None, actor=request.actor)
    rows = filters.narrow(Unit.objects.visible_to(request.actor))
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="village", filters=filters
    )
    shown = list(listing.page.object_list)
    villages = names_of_divisions(unit.division_code for unit in shown)
    return render(
        request,
        "households/unit_list.html",
        {
            "listing": listing,
            "filters": filters,
            "rows": [
                {
                    "unit": unit,
                    "village": villages.get(unit.division_code, unit.division_code),
                    "is_here": unit.to_on is None or unit.to_on > request.business_day,
                }
                for unit in shown
            ],
            "may_enter": may_enter_outreach(request.actor),
        },
    )


@page(may_see_families)
@require_GET
def unit_unrecorded(request: Any) -> HttpResponse:
    """Employers named in the registry that no unit is recorded for."""
    found = unrecorded_employers(actor=request.actor, on=request.business_day)
    columns = (
        Column(gettext_lazy("Credit code")),
        Column(gettext_lazy("People here"), kind="number"),
        Column("", kind="actions"),
    )
    listing = make_listing(query=request.GET, rows=found, columns=columns)
    context = {"listing": listing, "may_enter": may_enter_outreach(request.actor)}
    return render(request, "households/unit_unrecorded.html", context)


@page(may_see_families)
@require_GET
def unit_detail(request: Any, pk: UUID) -> HttpResponse:
    """A unit, and whom it employs or houses today within the reader's scope."""
    unit = _unit(request, pk)
    day = request.business_day
    rows = people_of(actor=request.actor, unit=unit, on=day)
    listing = make_listing(query=request.GET, rows=rows, columns=_PEOPLE, default_sort="name")
    facts = list(listing.page.object_list)
    note_read(request, [fact.person for fact in facts])
    villages = names_of_divisions([unit.division_code, *(fact.division_code for fact in facts)])
    may_enter = may_enter_outreach(request.actor)
    panels = unit_panels_for(actor=request.actor, unit=unit, on=day)
    note_read(request, [person for one in panels for person in one.people])
    return render(
        request,
        "households/unit.html",
        {
            "panels": [one.panel for one in panels],
            "unit": unit,
            "village": villages.get(unit.division_code, unit.division_code),
            "listing": listing,
            "people": [
                {"fact": fact, "village": villages.get(fact.division_code, fact.division_code)}
                for fact in facts
            ],
            "elsewhere": people_elsewhere(actor=request.actor, unit=unit, on=day),
            "small": SMALL,
            "is_compound": unit.kind == UnitKind.COMPOUND,
            "may_enter": may_enter,
            "may_show": may_show_numbers(request.actor),
        },
    )


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def unit_new(request: Any) -> HttpResponse:
    """Record a unit; from the list of unrecorded employers its code is filled in."""
    form = UnitForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        initial={"credit_code": request.GET.get("code", "")[:18]},
    )
    if form.is_valid():
        try:
            unit = record_unit(actor=request.actor, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The unit is recorded."))
            return redirect("households:unit", unit.pk)
    context = {"form": form, "unit": None}
    return render(request, "households/unit_form.html", context, status=422 if form.errors else 200)


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def unit_change(request: Any, pk: UUID) -> HttpResponse:
    """Change what is recorded of a unit."""
    unit = _unit(request, pk)
    held = ("kind", "name", "credit_code", "is_payer", "contact_name", "from_on", "to_on")
    form = UnitForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        keeps_phone=unit.phone is not None,
        initial={**{name: getattr(unit, name) for name in held}, "place": unit.division_code},
    )
    if form.is_valid():
        try:
            change_unit(actor=request.actor, unit=unit, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("The unit is changed; its history keeps what it said."))
            return redirect("households:unit", unit.pk)
    context = {"form": form, "unit": unit}
    return render(request, "households/unit_form.html", context, status=422 if form.errors else 200)


@page(may_see_families)
@require_GET
def unit_history(request: Any, pk: UUID) -> HttpResponse:
    """What happened to a unit's record."""
    unit = _unit(request, pk)
    return show_history(
        request,
        record=unit,
        heading=_("History of %(name)s") % {"name": unit.name},
        back_url=reverse("households:unit", args=[unit.pk]),
        back_label=unit.name,
    )


@page(may_show_numbers)
@require_http_methods(["GET", "POST"])
def unit_phone(request: Any, pk: UUID) -> HttpResponse:
    """Ask for a reason, then show the contact's phone once."""
    unit = _unit(request, pk)
    return contact_phone(request, unit, reverse("households:unit", args=[unit.pk]))


def contact_phone(request: Any, partner: Any, back_url: str) -> HttpResponse:
    """The page that asks for a reason and then shows a partner's phone once."""
    form = ContactReasonForm(request.POST if request.method == "POST" else None)
    value = ""
    if form.is_valid():
        try:
            reason = ContactReason(form.cleaned_data["reason"])
            value = show_contact_phone(actor=request.actor, partner=partner, reason=reason)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"partner": partner, "form": form, "value": value, "back_url": back_url}
    response = render(request, "households/contact_phone.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def lodging_new(request: Any, pk: UUID) -> HttpResponse:
    """Write who lives in a compound, by the card in hand."""
    unit = _unit(request, pk)
    form = LodgingForm(
        request.POST if request.method == "POST" else None, initial={"from_on": request.business_day}
    )
    if form.is_valid():
        try:
            person = find_person_by_number(form.cleaned_data["number"])
            if person is None:
                raise DomainError(
                    "number_not_here",
                    _("Nobody served here has this identity number. Compare it with the card."),
                )
            note_read(request, person, reason="lodging")
            lodge_person(actor=request.actor, unit=unit, person=person, from_on=form.cleaned_data["from_on"])
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("from_on" if refusal.code.startswith("lodging") else "number", str(refusal))
        else:
            messages.success(request, _("The person is recorded as living there."))
            return redirect("households:unit", unit.pk)
    context = {"form": form, "unit": unit}
    return render(request, "households/lodging_new.html", context, status=422 if form.errors else 200)


@page(may_enter_outreach)
@require_http_methods(["GET", "POST"])
def lodging_end(request: Any, lodging_id: UUID) -> HttpResponse:
    """Write from which day a person lives in a compound no longer."""
    scope = request.actor.scope
    lodgings = Lodging.objects.filter(division_code__gte=scope, division_code__lt=scope + "~")
    lodging = get_object_or_404(lodgings.select_related("person", "unit"), pk=lodging_id)
    note_read(request, lodging.person)
    form = LodgingEndForm(
        request.POST if request.method == "POST" else None, initial={"to_on": request.business_day}
    )
    if form.is_valid():
        try:
            end_lodging(actor=request.actor, lodging=lodging, to_on=form.cleaned_data["to_on"])
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("to_on", str(refusal))
        else:
            messages.success(request, _("The entry has ended."))
            return redirect("households:unit", lodging.unit_id)
    context = {"form": form, "lodging": lodging}
    return render(request, "households/lodging_end.html", context, status=422 if form.errors else 200)


def _unit(request: Any, pk: UUID) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.actor), pk=pk)
