"""Programmes: what they pay, to whom, on which legal basis, out of whose money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.enums import FundingSource, PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.selectors.landing import ways_for
from subsidies.selectors.rules import PolicyOnDay


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
    """Every programme with the version that holds today."""
    versions = {
        version.programme_id: version
        for version in PolicyVersion.objects.published_on(request.business_day).select_related("programme")
    }
    rows = []
    for programme in Programme.objects.all():
        version = versions.get(programme.pk)
        policy = PolicyOnDay(version, request.business_day) if version else None
        rows.append(
            {"programme": programme, "version": version, "amounts": policy.amounts if policy else None}
        )
    return render(request, "subsidies/programme_list.html", {"rows": rows})


@page(policies.may_see_programmes)
@require_GET
def programme(request: OfficeRequest, programme_code: str) -> HttpResponse:
    """One programme: basis, conditions, amounts by date, notice, shares, versions."""
    found = get_object_or_404(Programme, pk=programme_code)
    version = (
        PolicyVersion.objects.filter(programme=found)
        .published_on(request.business_day)
        .select_related("programme")
        .first()
    )
    policy = PolicyOnDay(version, request.business_day) if version else None
    context = {
        "programme": found,
        "version": version,
        "clauses": [
            {"text": clause.sentence(), "where": clause.where.value} for clause in policy.rule.clauses
        ]
        if policy
        else [],
        "amounts": _amounts(version) if version else [],
        "funding": _funding(version) if version else [],
        "versions": found.versions.exclude(state=PolicyState.DRAFT).order_by("-number"),
    }
    return render(request, "subsidies/programme.html", context)


def _amounts(version: PolicyVersion) -> list[dict[str, Any]]:
    """The amounts by date, the newest first; a missing name is the same for every hukou."""
    rows: list[dict[str, Any]] = []
    for name in ("amount", "amount_rural", "amount_urban"):
        rows += [
            {
                "name": name,
                "from_on": row["from"],
                "to_on": row["to"],
                "amount": Decimal(row["value"]),
                "known": row["known"],
            }
            for row in version.parameters.get(name, ())
        ]
    return sorted(rows, key=lambda row: (row["from_on"], row["name"]), reverse=True)


def _funding(version: PolicyVersion) -> list[dict[str, Any]]:
    return [
        {"source": FundingSource(part["source"]).label, "share": Decimal(str(part["share"])) * 100}
        for part in version.funding
    ]
