"""Why a benefit is somebody's, or not, or not known yet: clause by clause."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from households.models import Person
from offices.errors import DomainError
from offices.form_renderer import DayField
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.enums import Frequency, Outcome, ProgrammeKind
from subsidies.models import Programme
from subsidies.selectors.explanation import Explanation, assess_person
from subsidies.services.applications import BY_SELECTION


class DayChoice(forms.Form):
    """For which day."""

    day = DayField(label=_("As of"), required=False)


@page(policies.may_see_entitlement)
@require_GET
def explanation(request: OfficeRequest, person_id: UUID, programme_code: str) -> HttpResponse:
    """One person, one programme, one day: each clause with its facts, and what it would take."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    programme = get_object_or_404(Programme, pk=programme_code)
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
        "programmes": Programme.objects.filter(versions__state="published")
        .exclude(kind=ProgrammeKind.AWARD)
        .distinct(),
        "choice": choice,
        "day": day,
        "age": person.age_on(day),
        "village": names_of_divisions([person.division_code]).get(person.division_code, ""),
        "found": found,
        "outcome": outcome,
        "refused": refused,
        "arithmetic": _arithmetic(found) if found else None,
        "may_apply": policies.may_enter_applications(request.actor)
        and outcome in (Outcome.ENTITLED, Outcome.UNKNOWN)
        and programme.kind not in BY_SELECTION,
    }
    return render(request, "subsidies/explanation.html", context)


def _arithmetic(found: Explanation) -> dict[str, Any] | None:
    """How the year's amount comes from the period's: so many months, at one amount or at several."""
    if not found.amount or found.annual_amount is None:
        return None
    is_monthly = found.programme.frequency == Frequency.MONTHLY
    return {
        "is_monthly": is_monthly,
        "is_even": not is_monthly or found.amount * 12 == found.annual_amount,
        "amount": found.amount,
        "annual_amount": found.annual_amount,
    }


def _explained(person: Person, programme: Programme, day: datetime.date) -> tuple[Explanation | None, str]:
    try:
        return assess_person(person=person, programme=programme, on=day), ""
    except DomainError as refusal:
        return None, str(refusal)
