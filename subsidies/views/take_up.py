"""Take-up: what the office has still to clear, by programme and by place, and how it goes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from offices.actors import Actor
from offices.charts import Chart, Mark, Series, line_chart
from offices.pages import OfficeRequest, page
from offices.selectors.divisions import names_of_divisions
from offices.templatetags.ui import day_iso
from subsidies import policies
from subsidies.enums import Standing
from subsidies.models import Programme
from subsidies.selectors.owed import newest_sweep
from subsidies.selectors.take_up import PROMPT_DAYS, TakeUp, open_lines_over_time, take_up, total_of


class ProgrammeFilter(forms.Form):
    """One programme, or all of them."""

    programme = forms.ModelChoiceField(
        label=gettext_lazy("Programme"),
        queryset=Programme.objects.published(),
        required=False,
        empty_label=gettext_lazy("All"),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page: its heading, its figures, and the addresses of what they count."""

    heading: str
    url: str
    figures: TakeUp
    oldest_days: int | None
    owed_url: str
    receiving_url: str
    unknown_url: str
    is_total: bool = False

    @property
    def share(self) -> Decimal | None:
        return self.figures.share


@page(policies.may_see_debts)
@require_GET
def take_up_page(request: OfficeRequest) -> HttpResponse:
    """Of those entitled, how many receive: by programme, and by township or village."""
    actor, today = request.actor, request.business_day
    filters = ProgrammeFilter(request.GET or None)
    chosen = filters.cleaned_data.get("programme") if filters.is_bound and filters.is_valid() else None
    sweep = newest_sweep(until=today)
    asked: dict[str, Any] = {"actor": actor, "sweep": sweep, "on": today}
    programmes = take_up(**asked, by_place=False)
    places = take_up(**asked, by_place=True, programme=chosen) if len(actor.scope) < 12 else []
    by_code = Programme.objects.in_bulk()
    place_codes = {line.code: line.code.ljust(12, "0") for line in places}
    names = names_of_divisions(place_codes.values())
    context = {
        "sweep": sweep,
        "filters": filters,
        "chosen": chosen,
        "programmes": [
            _row(
                actor,
                line,
                today,
                by_code[line.code].name,
                f"?{urlencode({'programme': line.code})}",
                programme=line.code,
            )
            for line in programmes
        ],
        "places": [
            _row(
                actor,
                line,
                today,
                names.get(place_codes[line.code], line.code),
                _debts(programme=chosen.pk if chosen else "", place=place_codes[line.code]),
                programme=chosen.pk if chosen else "",
                place=place_codes[line.code],
            )
            for line in places
        ],
        "total": total_of(programmes),
        "total_oldest": total_of(programmes).oldest_days(today),
        "chart": _trend(actor, today, chosen),
        "prompt_days": PROMPT_DAYS,
        "is_county": len(actor.scope) == 6,
    }
    return render(request, "subsidies/take_up.html", context)


def _row(
    actor: Actor,
    line: TakeUp,
    today: datetime.date,
    heading: str,
    url: str,
    *,
    programme: str = "",
    place: str = "",
) -> Row:
    asked = {"programme": programme, "place": place}
    return Row(
        heading=heading,
        url=url,
        figures=line,
        oldest_days=line.oldest_days(today),
        owed_url=_debts(show="owed", **asked),
        receiving_url=_address("subsidies:grant_list", **asked) if policies.may_see_grants(actor) else "",
        # The register has lines of those who lack one fact; who lacks two counts here all the same.
        unknown_url=_address("subsidies:owed_list", standing=Standing.UNKNOWN.value, **asked),
    )


def _debts(**asked: str) -> str:
    return _address("subsidies:debt_list", **asked)


def _address(name: str, **asked: str) -> str:
    wanted = {key: value for key, value in asked.items() if value}
    return f"{reverse(name)}?{urlencode(wanted)}" if wanted else reverse(name)


def _trend(actor: Actor, today: datetime.date, programme: Programme | None) -> Chart | None:
    """The open lines month by month since the first that was opened; nothing while there is but one month."""
    told = open_lines_over_time(actor=actor, on=today, programme=programme)
    points = list(dropwhile(lambda point: not point[1], told))
    if len(points) < 2:
        return None
    address = _debts(programme=programme.pk if programme else "")
    return line_chart(
        chart_id="open-debts",
        title=_("Open lines at the end of the month"),
        labels=[day_iso(day)[:7] for day, _count in points],
        series=[Series(_("Open lines"), [Mark(count, address) for _day, count in points])],
        label_title=_("Month"),
    )
