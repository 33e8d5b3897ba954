"""The steps of an application: reviewed, confirmed, refused, its missing papers named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from offices.errors import DomainError, NotAllowed, Stale
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.case_forms import DocumentsForm, ReasonForm, ReviewForm, VillageReviewForm
from subsidies.documents import names_of, papers_of
from subsidies.enums import ApplicationState, Step
from subsidies.models import Application
from subsidies.selectors.applications import way_of
from subsidies.selectors.assessed import assessed
from subsidies.services import applications, reviews
from subsidies.services.steps import confirmations_today
from subsidies.views.applications import person_facts, visible_application


@page(policies.may_take_steps)
@require_http_methods(["GET", "POST"])
def application_review(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """The step that comes next, with the facts it rests on; a grant has a page of its own."""
    case = visible_application(request, application_id)
    if case.state == ApplicationState.TOWNSHIP_REVIEWED:
        case.confirmations = confirmations_today(case)
    step = case.next_step
    if step == Step.GRANT:
        return redirect("subsidies:application_grant", case.pk)
    _check_role(request, case, step)
    form = (VillageReviewForm if step == Step.VILLAGE_REVIEW else ReviewForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _take(step, case, request, form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded: %(step)s.") % {"step": Step(str(step)).label})
            return redirect("subsidies:application", case.pk)
    context = {
        "application": case,
        "step": Step(str(step)),
        "form": form,
        "way": way_of(case, on=request.business_day),
        "brought": names_of(case.documents_brought),
        "may_name_missing": step == Step.VILLAGE_REVIEW and not case.missing_named_on,
        "steps": case.steps.select_related("acted_by").exclude(opinion=""),
        **person_facts(
            request,
            case.person,
            assessed(person=case.person, programme=case.programme, on=request.business_day),
        ),
    }
    return render(request, "subsidies/application_review.html", context, status=_status(request))


def _check_role(request: OfficeRequest, case: Application, step: str | None) -> None:
    if step is None:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=case.get_state_display(),
        )
    if not policies.may_take(request.actor, step=step, division_code=case.division_code):
        raise NotAllowed()


def _take(step: str | None, case: Application, request: OfficeRequest, given: dict[str, Any]) -> None:
    if step == Step.VILLAGE_REVIEW:
        reviews.review_in_village(
            application=case,
            actor=request.actor,
            opinion=given["opinion"],
            present=given["present"].splitlines(),
        )
        return
    services: dict[str | None, Callable[..., Application]] = {
        Step.TOWNSHIP_REVIEW: reviews.review_in_township,
        Step.COUNTY_REVIEW: reviews.review_in_county,
        Step.COUNTY_CONFIRMATION: reviews.confirm_application,
    }
    services[step](application=case, actor=request.actor, opinion=given["opinion"])


@page(policies.may_take_steps)
@require_http_methods(["GET", "POST"])
def application_missing(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Name the papers that are missing, once and all of them."""
    case = visible_application(request, application_id)
    _check_role(request, case, Step.VILLAGE_REVIEW)
    choices = [(document.value, document.label) for document in papers_of(case)]
    form = DocumentsForm(request.POST or None, choices=choices)
    form.fields["documents"].label = _("Papers that are missing")
    form.fields["documents"].required = True
    if request.method == "POST" and form.is_valid():
        try:
            applications.name_missing_documents(
                application=case, documents=form.cleaned_data["documents"], actor=request.actor
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The missing papers are named: print the slip for the family."))
            return redirect("subsidies:application_slip", case.pk)
    context = {"application": case, "form": form}
    return render(request, "subsidies/application_missing.html", context, status=_status(request))


@page(policies.may_take_steps)
@require_http_methods(["GET", "POST"])
def application_refuse(request: OfficeRequest, application_id: UUID) -> HttpResponse:
    """Refuse with the reason; the letter to the family comes next."""
    case = visible_application(request, application_id)
    _check_role(request, case, policies.REFUSAL_STEPS.get(case.state))
    found = assessed(person=case.person, programme=case.programme, on=request.business_day)
    form = ReasonForm(request.POST or None, initial={"reason": found.unmet})
    if request.method == "POST" and form.is_valid():
        try:
            refused = reviews.refuse_application(
                application=case, actor=request.actor, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The application is refused: print the letter for the family."))
            return redirect("subsidies:decision_letter", refused.letters.latest("issued_on").pk)
    context = {"application": case, "form": form, "assessed": found}
    return render(request, "subsidies/application_refuse.html", context, status=_status(request))


def _status(request: OfficeRequest) -> int:
    return 422 if request.method == "POST" else 200
