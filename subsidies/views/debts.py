"""The register of debts: the list, one line with what was done about it, the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.models import Membership, Person
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.export_pages import show_list_export
from offices.history import show_history
from offices.listing import make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.debt_exports import DEBT_EXPORT
from subsidies.debt_lists import COLUMNS, debts_listed
from subsidies.enums import DebtDeed, DebtEnd, Standing
from subsidies.models import Debt, DebtAct, Grant, Programme
from subsidies.selectors.debts import acts_of, debt_lines
from subsidies.selectors.entitlement_history import history_of
from subsidies.selectors.owed import newest_sweep
from subsidies.services import debt_acts

_DEEDS = {
    "told": DebtDeed.TOLD,
    "helped": DebtDeed.HELPED,
    "cannot-reach": DebtDeed.CANNOT_REACH,
}


@page(policies.may_see_debts)
@require_GET
def debt_list(request: OfficeRequest) -> HttpResponse:
    """Lines within scope, what is owed longest first; filters stand in the address."""
    listed = debts_listed(actor=request.actor, query=request.GET)
    listing = make_listing(
        query=request.GET,
        rows=listed.rows,
        columns=COLUMNS,
        default_sort=listed.default_sort,
        filters=listed.filters,
    )
    shown = list(listing.page)
    note_read(request, [debt.person for debt in shown], reason="debts")
    context = {
        "listing": listing,
        "filters": listed.filters,
        "lines": debt_lines(shown, on=request.business_day),
        "sweep": newest_sweep(until=request.business_day),
        "may_sweep": policies.may_sweep(request.actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "subsidies/debt_list.html", context)


@page(policies.may_see_debts)
@require_http_methods(["GET", "POST"])
def debt_export(request: OfficeRequest) -> HttpResponse:
    """Take the list out as a file, for a purpose."""
    return show_list_export(
        request, DEBT_EXPORT, back_url=reverse("subsidies:debt_list"), back_label=_("Register of debts")
    )


def _visible_debt(request: OfficeRequest, debt_id: UUID) -> Debt:
    debts = Debt.objects.visible_to(request.actor).select_related(
        "person",
        "programme",
        "officer",
        "policy_version",
        "application",
        "grant__application",
        "first_payment",
    )
    found = get_object_or_404(debts, pk=debt_id)
    note_read(request, found.person, reason="debt")
    return found


@page(policies.may_see_debts)
@require_GET
def debt(request: OfficeRequest, debt_id: UUID) -> HttpResponse:
    """One line: what is owed and since when, what stands in the way, what was done, what cleared it."""
    found = _visible_debt(request, debt_id)
    (line,) = debt_lines([found], on=request.business_day)
    may_act = policies.may_record_debt_acts(request.actor)
    acts = acts_of(found)
    standing = [act for act in acts if not act.is_undone]  # type: ignore[attr-defined] # annotated
    context: dict[str, Any] = {
        "debt": found,
        "line": line,
        "acts": acts,
        "undoable": standing[-1]
        if may_act
        and standing
        and standing[-1].acted_by_id == request.actor.staff_id
        and _is_of_today(request, standing[-1])
        else None,
        "may_act": may_act and found.is_open,
        "may_decline": may_act and found.is_open and found.standing != Standing.APPLIED,
        "may_reopen": may_act and found.closed_as == DebtEnd.DECLINED,
        "may_apply": policies.may_enter_applications(request.actor)
        and found.is_open
        and found.standing != Standing.APPLIED,
        "may_see_grants": policies.may_see_grants(request.actor),
        "household": _household_of(found.person, request),
        **_periods(found.person, found.programme, request),
    }
    return render(request, "subsidies/debt.html", context)


def _is_of_today(request: OfficeRequest, act: DebtAct) -> bool:
    return act.acted_on == request.business_day and act.visit_id is None and act.deed != DebtDeed.LAW_CHANGED


def _household_of(person: Person, request: OfficeRequest) -> UUID | None:
    membership = (
        Membership.objects.on(request.business_day).filter(person=person).select_related("household").first()
    )
    if membership is None or not request.actor.covers(membership.household.division_code):
        return None
    return membership.household_id


def _periods(person: Person, programme: Programme, request: OfficeRequest) -> dict[str, Any]:
    with county_scope():
        periods = history_of(person_id=person.pk, programme=programme, until=request.business_day)
        grants = list(Grant.objects.filter(person=person, programme=programme).order_by("from_on"))
    return {
        "periods": periods,
        "grants": [grant for grant in grants if request.actor.covers(grant.division_code)],
        "day": request.business_day,
    }


@page(policies.may_see_entitlement)
@require_GET
def entitlement_periods(request: OfficeRequest, person_id: UUID, programme_code: str) -> HttpResponse:
    """During which periods somebody was entitled to a benefit, and what a year of each brings."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    programme = get_object_or_404(Programme.objects.visible_to(request.actor), pk=programme_code)
    note_read(request, person, reason="explanation")
    context = {
        "person": person,
        "programme": programme,
        "village": names_of_divisions([person.division_code]).get(person.division_code, ""),
        **_periods(person, programme, request),
    }
    return render(request, "subsidies/entitlement_periods.html", context)


@page(policies.may_see_debts)
@require_GET
def debt_history(request: OfficeRequest, debt_id: UUID) -> HttpResponse:
    """Who did what with a line, and what it said before."""
    found = _visible_debt(request, debt_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.person.name} · {found.programme.name}",
        back_url=reverse("subsidies:debt", args=[found.pk]),
        back_label=found.person.name,
    )


@page(policies.may_record_debt_acts)
@require_POST
def debt_deed(request: OfficeRequest, debt_id: UUID, deed: str) -> HttpResponse:
    """What was done about a line: one button each."""
    found = _visible_debt(request, debt_id)
    try:
        if deed in _DEEDS:
            debt_acts.record_deed(debt=found, deed=_DEEDS[deed], actor=request.actor)
            messages.success(request, _("Recorded."))
        elif deed == "declined":
            debt_acts.decline_debt(debt=found, actor=request.actor)
            messages.success(request, _("The family's decision is recorded and respected."))
        elif deed == "asked":
            debt_acts.reopen_debt(debt=found, actor=request.actor)
            messages.success(request, _("The line is open again. Help the family to apply."))
        else:
            raise Http404
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("subsidies:debt", found.pk)


@page(policies.may_record_debt_acts)
@require_POST
def deed_take_back(request: OfficeRequest, act_id: UUID) -> HttpResponse:
    """Take back an entry written by mistake today."""
    acts = DebtAct.objects.filter(
        division_code__gte=request.actor.scope, division_code__lt=request.actor.scope + "~"
    )
    act = get_object_or_404(acts.select_related("debt__person"), pk=act_id)
    note_read(request, act.debt.person, reason="debt")
    try:
        debt_acts.take_back_deed(act=act, actor=request.actor)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The entry is taken back."))
    return redirect("subsidies:debt", act.debt_id)
