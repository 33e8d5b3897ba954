"""Migrants: served where they live, like everybody else; listed by place and nothing else."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from households.lists import migrants_listed
from households.policies import may_export_families, may_see_families
from households.selectors.migrants import SMALL, migrant_lines, served_elsewhere_in_county
from offices.listing import make_listing
from offices.pages import note_read, page


@page(may_see_families)
@require_GET
def migrant_list(request: Any) -> HttpResponse:
    """Who lives here with hukou elsewhere, or has hukou here and lives in another county."""
    found = migrants_listed(actor=request.actor, query=request.GET, on=request.business_day)
    listing = make_listing(
        query=request.GET,
        rows=found.rows,
        columns=found.columns,
        default_sort=found.default_sort,
        filters=found.filters,
    )
    shown = list(listing.page.object_list)
    note_read(request, [fact.person for fact in shown])
    is_below_county = len(request.actor.scope) > 6
    return render(
        request,
        "households/migrant_list.html",
        {
            "listing": listing,
            "filters": found.filters,
            "lines": migrant_lines(shown, on=request.business_day),
            "is_elsewhere": found.is_elsewhere,
            "is_below_county": is_below_county,
            "in_county": served_elsewhere_in_county(actor=request.actor, on=request.business_day)
            if found.is_elsewhere and is_below_county
            else None,
            "small": SMALL,
            "may_export": may_export_families(request.actor),
        },
    )
