"""Programmes: what they pay, to whom, on which legal basis, out of whose money; and their bundles."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.enums import PAID_KINDS
from subsidies.models import Bundle, PolicyVersion, Programme
from subsidies.selectors.catalogue import (
    amounts_by_date,
    funding_of,
    parameters_by_date,
    programmes_listed,
)
from subsidies.selectors.days_to_account import days_of_programme
from subsidies.selectors.drafts import open_draft
from subsidies.selectors.landing import ways_for
from subsidies.selectors.rules import PolicyOnDay
from subsidies.services.bundles import change_bundle


class BundleForm(forms.Form):
    """Which programmes a bundle names."""

    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("Programmes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # a form's own arguments
        self.fields["programmes"].choices = [  # type: ignore[attr-defined] # a choice field
            (programme.pk, programme.name) for programme in Programme.objects.all()
        ]


@page(policies.may_see_programmes)
@require_GET
def landing(request: OfficeRequest) -> HttpResponse:
    """Benefits: what the reader can do here, and how much of it waits."""
    return render(
        request,
        "subsidies/landing.html",
        {"ways": ways_for(actor=request.actor, today=request.business_day)},
    )


@page(policies.may_see_programmes)
@require_GET
def programme_list(request: OfficeRequest) -> HttpResponse:
    """Every programme with the version that holds today, or its draft, and the bundles."""
    rows = programmes_listed(request.business_day)
    names = {row.programme.pk: row.programme for row in rows}
    bundles = [
        {"bundle": bundle, "programmes": [names[code] for code in bundle.programmes if code in names]}
        for bundle in Bundle.objects.all()
    ]
    context = {
        "rows": rows,
        "bundles": bundles,
        "may_change_bundles": policies.may_change_bundles(request.actor),
    }
    return render(request, "subsidies/programme_list.html", context)


@page(policies.may_see_programmes)
@require_GET
def programme(request: OfficeRequest, programme_code: str) -> HttpResponse:
    """One programme: basis, conditions, parameters by date, who pays, notice, versions; or its draft."""
    listed = next(iter(programmes_listed(request.business_day, code=programme_code)), None)
    if listed is None:
        raise Http404
    shown = listed.shown
    policy = PolicyOnDay(shown, max(request.business_day, shown.from_on)) if shown else None
    context = {
        "programme": listed.programme,
        "listed": listed,
        "version": shown,
        "policy": policy,
        "clauses": [
            {"text": clause.sentence(), "where": clause.where.value} for clause in policy.rule.clauses
        ]
        if policy
        else [],
        "amounts": amounts_by_date(shown) if shown else [],
        "parameters": parameters_by_date(shown) if shown else [],
        "funding": funding_of(shown) if shown else [],
        "versions": PolicyVersion.objects.visible_to(request.actor)
        .filter(programme=listed.programme)
        .order_by("-number"),
        "draft": open_draft(listed.programme) if policies.may_see_drafts(request.actor) else None,
        "days": days_of_programme(
            listed.programme.pk,
            scope=request.actor.scope,
            since=request.business_day.replace(year=request.business_day.year - 1, month=1, day=1),
            today=request.business_day,
        )
        if listed.programme.kind in PAID_KINDS
        else None,
        "may_draft": policies.may_publish_policies(request.actor),
    }
    return render(request, "subsidies/programme.html", context)


@page(policies.may_change_bundles)
@require_http_methods(["GET", "POST"])
def bundle(request: OfficeRequest, bundle_code: str) -> HttpResponse:
    """Which programmes a bundle names."""
    found = get_object_or_404(Bundle, pk=bundle_code)
    sent = request.POST if request.method == "POST" else None
    form = BundleForm(sent, initial={"programmes": found.programmes})
    if sent is not None and form.is_valid():
        try:
            change_bundle(bundle=found, programmes=form.cleaned_data["programmes"], actor=request.actor)
        except DomainError as refusal:
            form.add_error("programmes", str(refusal))
        else:
            messages.success(request, _("%(bundle)s is changed.") % {"bundle": found.name})
            return redirect("subsidies:programme_list")
    status = 422 if form.is_bound else 200
    return render(request, "subsidies/bundle.html", {"bundle": found, "form": form}, status=status)
