"""Migrants: served where they live, like everybody else; listed by place and nothing else."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from households.outreach_forms import MigrantFilterForm
from households.policies import may_see_families
from households.selectors.migrants import SMALL, Side, migrant_lines, migrants, served_elsewhere_in_county
from offices.listing import Column, make_listing
from offices.pages import note_read, page

_OTHER_PLACE = {Side.LIVES_HERE: gettext_lazy("Hukou place"), Side.LIVES_ELSEWHERE: gettext_lazy("Lives in")}


@page(may_see_families)
@require_GET
def migrant_list(request: Any) -> HttpResponse:
    """Who lives here with hukou elsewhere, or has hukou here and lives in another county."""
    filters = MigrantFilterForm(request.GET or None, actor=request.actor)
    asked = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    is_elsewhere = asked.get("which") == "elsewhere"
    side = Side.LIVES_ELSEWHERE if is_elsewhere else Side.LIVES_HERE
    rows = migrants(
        actor=request.actor,
        side=side,
        on=request.business_day,
        place=asked.get("place", ""),
        within_county=asked.get("which") == "county",
    )
    columns = (
        Column(gettext_lazy("Name"), key="name", order=("person__name_sort",)),
        Column(gettext_lazy("Served in"), key="village", order=("division_code", "person__name_sort")),
        Column(_OTHER_PLACE[side], key="place", order=("place_code", "person__name_sort")),
        Column(gettext_lazy("Who serves them")),
    )
    listing = make_listing(
        query=request.GET, rows=rows, columns=columns, default_sort="village", filters=filters
    )
    shown = list(listing.page.object_list)
    note_read(request, [fact.person for fact in shown])
    return render(
        request,
        "households/migrant_list.html",
        {
            "listing": listing,
            "filters": filters,
            "lines": migrant_lines(shown, on=request.business_day),
            "is_elsewhere": is_elsewhere,
            "is_below_county": len(request.actor.scope) > 6,
            "in_county": served_elsewhere_in_county(actor=request.actor, on=request.business_day)
            if is_elsewhere and len(request.actor.scope) > 6
            else None,
            "small": SMALL,
        },
    )
