"""How many county reviewers confirm, by amount: the county's dated bands."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.form_renderer import DayField
from offices.history import show_history
from offices.pages import OfficeRequest, page
from offices.templatetags.ui import money
from subsidies import policies
from subsidies.models import ConfirmationBand
from subsidies.services.confirmations import end_band, set_band


class BandForm(forms.Form):
    """From which yearly amount on how many county reviewers confirm, from when, by which document."""

    from_amount = forms.DecimalField(
        label=gettext_lazy("From a yearly amount of (yuan)"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    confirmations = forms.TypedChoiceField(
        label=gettext_lazy("County reviewers"),
        choices=[(1, gettext_lazy("One")), (2, gettext_lazy("Two, one after the other"))],
        coerce=int,
        widget=forms.RadioSelect,
    )
    from_on = DayField(label=gettext_lazy("From"))
    document = forms.CharField(label=gettext_lazy("Document"), max_length=120)


class EndForm(forms.Form):
    """From which day on a band holds no more."""

    to_on = DayField(label=gettext_lazy("Holds no more from"))


@page(policies.may_see_programmes)
@require_GET
def band_list(request: OfficeRequest) -> HttpResponse:
    """The bands: those that hold, those to come and those that have ended."""
    today = request.business_day
    bands = ConfirmationBand.objects.select_related("entered_by")
    context = {
        "bands": [
            {
                "band": band,
                "holds": band.from_on <= today and (band.to_on is None or band.to_on > today),
                "is_to_come": band.from_on > today,
            }
            for band in bands
        ],
        "may_set": policies.may_set_confirmations(request.actor),
    }
    return render(request, "subsidies/confirmation_bands.html", context)


@page(policies.may_see_programmes)
@require_GET
def band_history(request: OfficeRequest, band_id: UUID) -> HttpResponse:
    """Who entered a band, and who ended it."""
    band = get_object_or_404(ConfirmationBand, pk=band_id)
    return show_history(
        request,
        record=band,
        heading=_("From a yearly amount of (yuan)") + f" {money(band.from_amount)}",
        back_url=reverse("subsidies:confirmation_bands"),
        back_label=_("Confirmations by amount"),
    )


@page(policies.may_set_confirmations)
@require_http_methods(["GET", "POST"])
def band_new(request: OfficeRequest) -> HttpResponse:
    """Enter a band."""
    form = BandForm(request.POST or None, initial={"from_on": request.business_day})
    if request.method == "POST" and form.is_valid():
        try:
            set_band(actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The band is entered."))
            return redirect("subsidies:confirmation_bands")
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/confirmation_band.html", {"form": form, "band": None}, status=status)


@page(policies.may_set_confirmations)
@require_http_methods(["GET", "POST"])
def band_end(request: OfficeRequest, band_id: UUID) -> HttpResponse:
    """End a band."""
    band = get_object_or_404(ConfirmationBand, pk=band_id)
    form = EndForm(request.POST or None, initial={"to_on": request.business_day})
    if request.method == "POST" and form.is_valid():
        try:
            end_band(band=band, actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The band is ended."))
            return redirect("subsidies:confirmation_bands")
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/confirmation_band.html", {"form": form, "band": band}, status=status)
