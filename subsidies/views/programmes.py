"""Programmes: what they pay, to whom, on which legal basis, out of whose money; and their bundles."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.enums import PAID_KINDS
from subsidies.models import Bundle, PolicyVersion
from subsidies.programme_forms import FIELD_OF, BundleForm, ProgrammeForm
from subsidies.selectors.catalogue import (
    amounts_by_date,
    funding_of,
    parameters_by_date,
    programmes_listed,
)
from subsidies.selectors.days_to_account import days_of_office, days_of_programme
from subsidies.selectors.drafts import open_draft
from subsidies.selectors.landing import ways_for
from subsidies.selectors.rules import PolicyOnDay
from subsidies.services.bundles import change_bundle
from subsidies.services.programmes import enter_programme


@page(policies.may_see_programmes)
@require_GET
def landing(request: OfficeRequest) -> HttpResponse:
    """Benefits: what the reader can do here, and how much of it waits."""
    return render(
        request,
        "subsidies/landing.html",
        {
            "days": days_of_office(request.actor, today=request.business_day),
            "ways": ways_for(actor=request.actor, today=request.business_day),
        },
    )


@page(policies.may_see_programmes)
@require_GET
def programme_list(request: OfficeRequest) -> HttpResponse:
    """Every programme with the version that holds today, or its draft, and the bundles."""
    rows = programmes_listed(request.business_day, actor=request.actor)
    names = {row.programme.pk: row.programme for row in rows}
    bundles = [
        {"bundle": bundle, "programmes": [names[code] for code in bundle.programmes if code in names]}
        for bundle in Bundle.objects.all()
    ]
    context = {
        "rows": rows,
        "bundles": bundles,
        "may_change_bundles": policies.may_change_bundles(request.actor),
        "may_enter": policies.may_publish_policies(request.actor),
    }
    return render(request, "subsidies/programme_list.html", context)


@page(policies.may_see_programmes)
@require_GET
def programme(request: OfficeRequest, programme_code: str) -> HttpResponse:
    """One programme: basis, conditions, parameters by date, who pays, notice, versions; or its draft."""
    listed = next(
        iter(programmes_listed(request.business_day, actor=request.actor, code=programme_code)), None
    )
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


@page(policies.may_publish_policies)
@require_http_methods(["GET", "POST"])
def programme_new(request: OfficeRequest) -> HttpResponse:
    """Enter a programme of the county's own, and go on with its first draft."""
    form = ProgrammeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            draft = enter_programme(actor=request.actor, code=form.cleaned_data["code"], terms=form.terms)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(
                request, _("The programme is entered. The page says what its draft still needs.")
            )
            return redirect("subsidies:policy", draft.pk)
    status = 422 if form.is_bound else 200
    return render(request, "subsidies/programme_new.html", {"form": form}, status=status)


@page(policies.may_see_programmes)
@require_GET
def bundle_history(request: OfficeRequest, bundle_code: str) -> HttpResponse:
    """Who changed which programmes a bundle names."""
    found = get_object_or_404(Bundle, pk=bundle_code)
    return show_history(
        request,
        record=found,
        heading=found.name,
        back_url=reverse("subsidies:programme_list"),
        back_label=_("Programmes"),
    )


@page(policies.may_change_bundles)
@require_http_methods(["GET", "POST"])
def bundle(request: OfficeRequest, bundle_code: str) -> HttpResponse:
    """Which programmes a bundle names."""
    found = get_object_or_404(Bundle, pk=bundle_code)
    sent = request.POST if request.method == "POST" else None
    form = BundleForm(sent, actor=request.actor, initial={"programmes": found.programmes})
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
