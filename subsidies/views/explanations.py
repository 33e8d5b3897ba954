"""Why a benefit is somebody's, or not, or not known yet: clause by clause."""

from __future__ import annotations

import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from households.models import Person
from offices.errors import DomainError
from offices.export_pages import show_sheet_form
from offices.form_renderer import DayField
from offices.forms import PurposeForm
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.documents import required_documents
from subsidies.enums import Outcome, ProgrammeKind
from subsidies.models import ExplanationReceipt, Programme
from subsidies.models.receipts import Occasion
from subsidies.selectors.arithmetic import arithmetic_of, changes_of
from subsidies.selectors.explanation import Explanation, assess_person
from subsidies.services.applications import BY_SELECTION
from subsidies.services.receipts import keep_explanation, said_in
from subsidies.sheets import EXPLANATION_SHEET


class DayChoice(forms.Form):
    """For which day."""

    day = DayField(label=_("As of"), required=False)


@page(policies.may_see_entitlement)
@require_GET
def explanation(request: OfficeRequest, person_id: UUID, programme_code: str) -> HttpResponse:
    """One person, one programme, one day: each clause with its facts, and what it would take."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    programme = get_object_or_404(Programme.objects.visible_to(request.actor), pk=programme_code)
    note_read(request, person, reason="explanation")
    choice = DayChoice(request.GET or None, initial={"day": request.business_day})
    day = (
        choice.cleaned_data["day"] if choice.is_bound and choice.is_valid() else None
    ) or request.business_day
    found, refused = _explained(person, programme, day)
    outcome = Outcome(found.outcome) if found else None
    context = {
        "person": person,
        "programme": programme,
        "programmes": Programme.objects.published().exclude(kind=ProgrammeKind.AWARD),
        "choice": choice,
        "day": day,
        "age": person.age_on(day),
        "village": names_of_divisions([person.division_code]).get(person.division_code, ""),
        "found": found,
        "outcome": outcome,
        "refused": refused,
        "arithmetic": arithmetic_of(found) if found else (),
        "changes": changes_of(found) if found else (),
        "papers": required_documents(found.policy_version, found.on) if found else (),
        "receipts": ExplanationReceipt.objects.visible_to(request.actor)
        .about(person)
        .filter(programme=programme)[:20],
        "may_print": policies.may_keep_explanations(request.actor) and found is not None,
        "may_issue_letter": programme.kind == ProgrammeKind.LETTER
        and outcome == Outcome.ENTITLED
        and policies.may_issue_letters(request.actor)
        and request.actor.covers(person.division_code),
        "may_apply": policies.may_enter_applications(request.actor)
        and outcome in (Outcome.ENTITLED, Outcome.UNKNOWN)
        and programme.kind not in BY_SELECTION,
    }
    return render(request, "subsidies/explanation.html", context)


@page(policies.may_keep_explanations)
@require_http_methods(["GET", "POST"])
def explanation_print(request: OfficeRequest, person_id: UUID, programme_code: str) -> HttpResponse:
    """The explanation on one page: what it says is kept first, and printed from there."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    programme = get_object_or_404(Programme.objects.visible_to(request.actor), pk=programme_code)
    note_read(request, person, reason="explanation")
    choice = DayChoice(request.GET or None)
    day = (choice.cleaned_data["day"] if choice.is_valid() else None) or request.business_day
    subject_id = person.pk
    if request.method == "POST" and PurposeForm(request.POST, purposes=EXPLANATION_SHEET.purposes).is_valid():
        subject_id = keep_explanation(
            actor=request.actor, person=person, programme=programme, on=day, occasion=Occasion.PRINTED
        ).pk
    return show_sheet_form(
        request,
        EXPLANATION_SHEET,
        subject_id=subject_id,
        heading=str(_("Print the explanation for %(name)s")) % {"name": person.name},
        back_url=reverse("subsidies:explanation", args=[person.pk, programme.pk]),
        back_label=programme.name,
    )


@page(policies.may_see_entitlement)
@require_GET
def receipt(request: OfficeRequest, receipt_id: UUID) -> HttpResponse:
    """An explanation as it was given, to the byte, whatever has changed since."""
    kept = get_object_or_404(
        ExplanationReceipt.objects.visible_to(request.actor).select_related(
            "person", "programme", "application", "given_by"
        ),
        pk=receipt_id,
    )
    note_read(request, kept.person, reason="explanation")
    said = said_in(kept)
    context = {
        "receipt": kept,
        "said": said,
        "outcome": Outcome(kept.outcome),
        "clauses": [
            {**clause, "is_asked": clause["code"] in said["asked_when_applying"]}
            for clause in said["explanation"]["clauses"]
        ],
    }
    return render(request, "subsidies/receipt.html", context)


def _explained(person: Person, programme: Programme, day: datetime.date) -> tuple[Explanation | None, str]:
    try:
        return assess_person(person=person, programme=programme, on=day), ""
    except DomainError as refusal:
        return None, str(refusal)
