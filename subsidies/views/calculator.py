"""The public calculator: am I entitled? Nothing of it is kept but how often it was asked."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from offices.pages import public_page
from subsidies.calculator_forms import CalculatorForm
from subsidies.enums import Outcome
from subsidies.selectors.calculator import calculate
from subsidies.services.calculator import TooMany, check_pace, count_question


@public_page
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: Any) -> HttpResponse:
    """The questions; sent, the answer on the same page. No session, no cookie but that of the form."""
    form = CalculatorForm(request.POST if request.method == "POST" else None, on=request.business_day)
    context: dict[str, Any] = {"form": form, "answer": None, "refusal": ""}
    status = 200
    if form.is_bound:
        status = 422
        try:
            check_pace(actor=None, address=get_adapter().get_client_ip(request))
        except TooMany as refusal:
            context["refusal"], status = str(refusal), 429
        else:
            if form.is_valid():
                context |= _answered(form)
                count_question(actor=None)
                status = 200
    response = render(request, "subsidies/calculator.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _answered(form: CalculatorForm) -> dict[str, Any]:
    answer = calculate(form.answers(), on=form.on)
    return {
        "answer": answer,
        "groups": [
            (outcome, programmes)
            for outcome in (Outcome.ENTITLED, Outcome.UNKNOWN, Outcome.NOT_ENTITLED)
            if (programmes := answer.having(outcome))
        ],
        "township": form.cleaned_data["township"],
    }
