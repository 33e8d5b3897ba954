"""Whom to appeal to and within how long: the county's dated terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.appeal_forms import TermsForm
from subsidies.models import AppealTerms
from subsidies.services.appeal_terms import set_appeal_terms


@page(policies.may_see_programmes)
@require_GET
def terms_list(request: OfficeRequest) -> HttpResponse:
    """The terms that hold, those to come and those that held."""
    today = request.business_day
    context = {
        "sets": [
            {"terms": terms, "holds": terms.from_on <= today and (terms.to_on is None or terms.to_on > today)}
            for terms in AppealTerms.objects.select_related("entered_by")
        ],
        "may_set": policies.may_set_appeal_terms(request.actor),
    }
    return render(request, "subsidies/appeal_terms.html", context)


@page(policies.may_set_appeal_terms)
@require_http_methods(["GET", "POST"])
def terms_new(request: OfficeRequest) -> HttpResponse:
    """Enter terms, prefilled with those that hold."""
    last = AppealTerms.objects.order_by("-from_on").first()
    initial: dict[str, Any] = model_to_dict(last) if last else {}
    form = TermsForm(
        request.POST or None, initial={**initial, "from_on": request.business_day, "document": ""}
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_appeal_terms(actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The terms are entered; letters from that day on carry them."))
            return redirect("subsidies:appeal_terms")
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/appeal_terms_new.html", {"form": form}, status=status)
