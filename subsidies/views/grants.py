"""Grants: made, listed, shown, suspended, resumed, stopped."""

from __future__ import annotations

import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.selectors.representations import standing_for
from households.services.accounts import current_account
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.case_forms import GrantFilter, StopForm
from subsidies.enums import GrantState, LetterKind, PaymentState, Step
from subsidies.models import Grant
from subsidies.selectors.annual_reviews import review_of
from subsidies.selectors.applications import way_of
from subsidies.selectors.commitments import Shortage, shortages_of
from subsidies.selectors.days_to_account import days_of_grant, days_of_office
from subsidies.selectors.grant_amounts import amounts_of, raises_since
from subsidies.selectors.listed import lists_of
from subsidies.selectors.money import payments_of
from subsidies.selectors.recoveries import came_back_of, recoveries_of
from subsidies.selectors.stop_rules import stop_rule_on
from subsidies.services import grants as services
from subsidies.services.listed_papers import issue_listed_letter
from subsidies.views.applications import visible_application
from subsidies.views.listed import lines_of_lists

ONE_DAY = datetime.timedelta(days=1)
ONE_YEAR = datetime.timedelta(days=366)
COLUMNS = (
    Column(gettext_lazy("File number"), "file", ("application__file_number",)),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("From"), "from", ("from_on",)),
    Column(gettext_lazy("A year (yuan)"), "amount", ("amount_on_day",), kind="number"),
)


@page(policies.may_see_grants)
@require_GET
def grant_list(request: OfficeRequest) -> HttpResponse:
    """Grants within scope; filters stand in the address."""
    filters = GrantFilter(request.GET or None, actor=request.actor)
    rows = (
        Grant.objects.visible_to(request.actor)
        .with_amount_on(request.business_day)
        .select_related("programme", "person", "application")
    )
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-from", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [grant.person for grant in shown], reason="list")
    names = names_of_divisions({grant.division_code for grant in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "grant": grant,
                "state": GrantState(grant.state),
                "village": names.get(grant.division_code, ""),
            }
            for grant in shown
        ],
        "days": days_of_office(request.actor, today=request.business_day),
    }
    return render(request, "subsidies/grant_list.html", context)


@page(policies.may_see_grants)
@require_GET
def raise_list(request: OfficeRequest) -> HttpResponse:
    """Running grants that the rules raised within a year, by policy and day: how many, and yuan more a year."""
    raises = raises_since(request.business_day - ONE_YEAR, actor=request.actor)
    context = {
        "raises": raises,
        "count": sum(one.count for one in raises),
        "more_a_year": sum((one.more_a_year for one in raises), Decimal()),
    }
    return render(request, "subsidies/raise_list.html", context)


def _visible_grant(request: OfficeRequest, grant_id: UUID) -> Grant:
    grant = get_object_or_404(
        Grant.objects.visible_to(request.actor).select_related("programme", "person", "application"),
        pk=grant_id,
    )
    note_read(request, grant.person, reason="grant")
    return grant


@page(policies.may_see_grants)
@require_GET
def grant(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """One grant: what is paid, to whom, since when, and what happened to it."""
    found = _visible_grant(request, grant_id)
    lines = payments_of(found)
    back = came_back_of(lines)
    letters = list(found.letters.order_by("issued_on", "serial"))
    context = {
        "grant": found,
        "state": GrantState(found.state),
        "village": names_of_divisions({found.division_code}).get(found.division_code, ""),
        "account": current_account(person=found.person, on=request.business_day),
        "standing": standing_for([found.person], actor=request.actor, on=request.business_day),
        "review": review_of(found),
        "payments": [
            {
                "line": line,
                "state": PaymentState(line.state),
                "last_day": line.period_to_on - ONE_DAY,
                "came_back": back[line.pk],
            }
            for line in lines
        ],
        "recoveries": recoveries_of(found),
        "may_recover": policies.may_propose_recoveries(request.actor)
        and any(line.state == PaymentState.PAID for line in lines),
        "days": days_of_grant(found, today=request.business_day),
        "may_hand_out": policies.may_hand_out_goods(request.actor),
        "may_stop": policies.may_stop_grants(request.actor) and found.state != GrantState.STOPPED,
        "letters": letters,
        "on_list": next(iter(lists_of(found.application.steps.filter(step=Step.GRANT)).values()), None),
        "may_issue_letter": policies.may_issue_listed_letters(request.actor)
        and not any(letter.kind == LetterKind.GRANTED for letter in letters),
        "amounts": found.amounts.select_related("policy_version"),
        "amount_today": amounts_of(found).on(request.business_day),
        "arrears": found.arrears.select_related("appeal", "finding", "payment__batch"),
        "may_see_application": policies.may_see_applications(request.actor),
    }
    return render(request, "subsidies/grant.html", context)


@page(policies.may_issue_listed_letters)
@require_POST
def grant_letter(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """Issue the letter of a grant that was made by list, to the family that asks for it."""
    found = _visible_grant(request, grant_id)
    try:
        letter = issue_listed_letter(grant=found, actor=request.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("subsidies:grant", found.pk)
    return redirect("subsidies:decision_letter", letter.pk)


@page(policies.may_see_grants)
@require_GET
def grant_history(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """Who did what with a grant, and what its rows were before."""
    found = _visible_grant(request, grant_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.application.file_number} · {found.person.name}",
        back_url=reverse("subsidies:grant", args=[found.pk]),
        back_label=found.application.file_number,
        further=lines_of_lists(found.application.steps.filter(step=Step.GRANT)),
    )


@page(policies.may_take_steps)
@require_http_methods(["GET", "POST"])
def application_grant(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Grant what was confirmed, once its last notice is over."""
    case = visible_application(request, application_id)
    if not policies.may_take(request.actor, step=Step.GRANT, division_code=case.division_code):
        raise NotAllowed()
    if request.method == "POST":
        made = services.grant_benefit(application=case, actor=request.actor)
        messages.success(request, _("Granted. The money can be paid with the next batch."))
        for shortage in shortages_of(made):
            messages.warning(request, _beyond(shortage))
        return redirect("subsidies:grant", made.pk)
    context = {
        "application": case,
        "way": way_of(case, on=request.business_day),
        "confirm_label": _("Grant it"),
        "cancel_url": reverse("subsidies:application", args=[case.pk]),
    }
    return render(request, "subsidies/grant_make.html", context)


def _beyond(shortage: Shortage) -> str:
    words = (
        _("%(source)s, %(year)s: %(amount)s yuan more are granted than set aside. Tell the finance officer.")
        if shortage.line
        else _("%(source)s: no budget line of %(year)s is entered yet. Tell the finance officer.")
    )
    return words % {"source": shortage.source, "year": shortage.year, "amount": shortage.amount}


@page(policies.may_stop_grants)
@require_http_methods(["GET", "POST"])
def grant_stop(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """Stop a grant."""
    found = _visible_grant(request, grant_id)
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.stop_grant(grant=found, actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The grant is stopped; what was lawfully paid stays paid. Deliver the letter now.")
            )
            return redirect("subsidies:grant", found.pk)
    stop_rule = stop_rule_on(found.programme, request.business_day).label
    context = {"grant": found, "form": form, "stop_rule": stop_rule}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/grant_stop.html", context, status=status)


@page(policies.may_stop_grants)
@require_http_methods(["GET", "POST"])
def grant_switch(request: OfficeRequest, grant_id: UUID, change: str) -> HttpResponse:
    """Suspend or resume a grant."""
    found = _visible_grant(request, grant_id)
    change_of = {"suspend": services.suspend_grant, "resume": services.resume_grant}
    if change not in change_of:
        raise Http404
    if request.method == "POST":
        change_of[change](grant=found, actor=request.actor)
        messages.success(request, _("Recorded."))
        return redirect("subsidies:grant", found.pk)
    context = {
        "grant": found,
        "is_suspension": change == "suspend",
        "confirm_label": _("Suspend it") if change == "suspend" else _("Resume it"),
        "cancel_url": reverse("subsidies:grant", args=[found.pk]),
    }
    return render(request, "subsidies/grant_switch.html", context)
