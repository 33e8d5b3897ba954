"""Appeals: taken in, listed, shown, decided, carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.appeal_forms import AppealDecisionForm, AppealFilter, AppealForm, AppealReasonForm
from subsidies.enums import AppealKind, AppealResult, AppealState, AppealVia, LetterKind
from subsidies.models import Appeal
from subsidies.selectors.assessed import assessed
from subsidies.selectors.letters import time_limits_of
from subsidies.services import appeals as services
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.views.applications import village_of
from subsidies.views.decision_letters import visible_letter

COLUMNS = (
    Column(gettext_lazy("Number"), "number", ("number",)),
    Column(gettext_lazy("Kind")),
    Column(gettext_lazy("Against")),
    Column(gettext_lazy("Name"), "name", ("application__person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Received on"), "received", ("received_on", "number")),
    Column(gettext_lazy("Due on"), "due", ("due_on", "number")),
    Column(gettext_lazy("State")),
)
_STEPS: dict[str, tuple[Callable[..., Appeal], Callable[[Actor], bool], tuple[AppealState, ...]]] = {
    "accept": (services.accept_appeal, policies.may_decide_appeals, (AppealState.RECEIVED,)),
    "reject": (services.reject_appeal, policies.may_decide_appeals, (AppealState.RECEIVED,)),
    "extend": (services.extend_appeal, policies.may_decide_appeals, (AppealState.ACCEPTED,)),
    "suspend": (services.suspend_appeal, policies.may_decide_appeals, (AppealState.ACCEPTED,)),
    "resume": (services.resume_appeal, policies.may_decide_appeals, (AppealState.SUSPENDED,)),
    "withdraw": (
        services.withdraw_appeal,
        policies.may_receive_appeals,
        (AppealState.RECEIVED, AppealState.ACCEPTED, AppealState.SUSPENDED),
    ),
    "carry-out": (carry_out_appeal, policies.may_carry_out_appeals, (AppealState.DECIDED,)),
}
"""Each step with who may take it, and in which states it is offered."""
_WITH_REASON = {"extend": "reason", "suspend": "reason", "reject": "reasons"}


def _label(step: str) -> str:
    return {
        "accept": _("Accept it"),
        "reject": _("Do not accept it"),
        "extend": _("Put the answer off"),
        "suspend": _("Suspend it"),
        "resume": _("Go on with it"),
        "withdraw": _("Withdraw the appeal"),
        "carry-out": _("Carry it out"),
    }[step]


@page(policies.may_see_letters)
@require_GET
def appeal_list(request: OfficeRequest) -> HttpResponse:
    """Appeals within scope; filters stand in the address."""
    filters = AppealFilter(request.GET or None, actor=request.actor)
    rows = Appeal.objects.visible_to(request.actor).select_related("application__person", "letter")
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(rows),
        columns=COLUMNS,
        default_sort="-received",
        filters=filters,
    )
    shown = list(listing.page)
    note_read(request, [appeal.application.person for appeal in shown], reason="list")
    names = names_of_divisions({appeal.division_code for appeal in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "appeal": appeal,
                "state": AppealState(appeal.state),
                "village": names.get(appeal.division_code, ""),
                "is_overdue": bool(appeal.due_on and appeal.due_on < request.business_day),
            }
            for appeal in shown
        ],
    }
    return render(request, "subsidies/appeal_list.html", context)


def _visible_appeal(request: OfficeRequest, appeal_id: UUID) -> Appeal:
    found = get_object_or_404(
        Appeal.objects.visible_to(request.actor).select_related(
            "application__person",
            "application__programme",
            "letter__terms",
            "letter__grant",
            "received_by",
            "accepted_by",
            "decided_by",
            "carried_out_by",
        ),
        pk=appeal_id,
    )
    note_read(request, found.application.person, reason="appeal")
    return found


@page(policies.may_receive_appeals)
@require_http_methods(["GET", "POST"])
def appeal_new(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """Take an appeal against a letter in."""
    letter = visible_letter(request, letter_id)
    initial = {"received_on": request.business_day, "kind": AppealKind.REVIEW, "via": AppealVia.COUNTER}
    form = AppealForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            appeal = services.receive_appeal(
                letter=letter,
                kind=AppealKind(given["kind"]),
                via=AppealVia(given["via"]),
                grounds=given["grounds"],
                received_on=given["received_on"],
                actor=request.actor,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Appeal %(number)s is taken in.") % {"number": appeal.number})
            return redirect("subsidies:appeal", appeal.pk)
    context = {"letter": letter, "form": form, "limits": time_limits_of(letter)}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/appeal_new.html", context, status=status)


@page(policies.may_see_letters)
@require_GET
def appeal(request: OfficeRequest, appeal_id: UUID) -> HttpResponse:
    """One appeal: what the family says, its clock, what was decided and what came of it."""
    found = _visible_appeal(request, appeal_id)
    is_to_carry_out = (
        found.state == AppealState.DECIDED
        and found.result != AppealResult.STANDS
        and found.carried_out_on is None
    )
    steps = [
        {"step": step, "label": _label(step)}
        for step, (_service, policy, states) in _STEPS.items()
        if policy(request.actor)
        and found.state in states
        and (step != "carry-out" or is_to_carry_out)
        and (step != "extend" or found.extended_on is None)
        and (step != "suspend" or found.suspended_on is None)
    ]
    context = {
        "appeal": found,
        "state": AppealState(found.state),
        "village": village_of(found.division_code),
        "letters": found.letters.order_by("issued_on", "serial"),
        "arrears": found.arrears.select_related("payment__batch"),
        "steps": steps,
        "may_decide": policies.may_decide_appeals(request.actor) and found.state == AppealState.ACCEPTED,
        "is_overdue": bool(found.due_on and found.due_on < request.business_day),
    }
    return render(request, "subsidies/appeal.html", context)


@page(policies.may_see_letters)
@require_GET
def appeal_history(request: OfficeRequest, appeal_id: UUID) -> HttpResponse:
    """Who did what with an appeal, and what it said before."""
    found = _visible_appeal(request, appeal_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.number} · {found.application.person.name}",
        back_url=reverse("subsidies:appeal", args=[found.pk]),
        back_label=found.number,
    )


@page(policies.may_decide_appeals)
@require_http_methods(["GET", "POST"])
def appeal_decide(request: OfficeRequest, appeal_id: UUID) -> HttpResponse:
    """Decide a review, or write down what another body decided."""
    found = _visible_appeal(request, appeal_id)
    form = AppealDecisionForm(
        request.POST or None,
        results=services.RESULTS.get(found.letter.kind, ()),
        is_review=found.kind == AppealKind.REVIEW,
        has_remedy=found.letter.kind != LetterKind.STOPPED,
        is_recovery=found.letter.kind == LetterKind.RECOVERY,
        initial=_remedy_of(found, request),
    )
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "result": AppealResult(form.cleaned_data["result"])}
        try:
            services.decide_appeal(appeal=found, actor=request.actor, **given)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Decided; the answer to the family is issued. Deliver it now."))
            return redirect("subsidies:appeal", found.pk)
    context = {"appeal": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/appeal_decide.html", context, status=status)


def _remedy_of(found: Appeal, request: OfficeRequest) -> dict[str, Any]:
    """What a success would bring: by the grant, else by the policy of the year of the application."""
    if found.letter.kind == LetterKind.RECOVERY:
        return {}
    grant = found.letter.grant
    if grant is not None:
        return {"remedy_from_on": grant.from_on, "remedy_amount": grant.annual_amount}
    case = found.application
    try:
        amount = assessed(person=case.person, programme=case.programme, on=request.business_day).annual_amount
    except DomainError:  # no policy holds today: the amount is typed
        amount = None
    return {"remedy_from_on": case.entered_on.replace(month=1, day=1), "remedy_amount": amount}


@page(policies.may_see_letters)
@require_http_methods(["GET", "POST"])
def appeal_step(request: OfficeRequest, appeal_id: UUID, step: str) -> HttpResponse:
    """Accept, put off, suspend, go on, withdraw, not accept, carry out: one question each."""
    if step not in _STEPS:
        raise Http404
    found = _visible_appeal(request, appeal_id)
    service, policy, _states = _STEPS[step]
    if not policy(request.actor):
        raise NotAllowed()
    form = AppealReasonForm(request.POST or None) if step in _WITH_REASON else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        given = {_WITH_REASON[step]: form.cleaned_data["reason"]} if form is not None else {}
        try:
            service(appeal=found, actor=request.actor, **given)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Recorded."))
            return redirect("subsidies:appeal", found.pk)
    context = {
        "appeal": found,
        "step": step,
        "form": form,
        "refused": refused,
        "confirm_label": _label(step),
        "cancel_url": reverse("subsidies:appeal", args=[found.pk]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/appeal_step.html", context, status=status)
