"""What families are owed: the lists of a village, assessed on a day, and assessing anew."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from offices.actors import Actor
from offices.listing import Column, make_listing
from offices.models import Job
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from offices.services.jobs import progress_of
from subsidies import policies
from subsidies.case_forms import PlaceFilter
from subsidies.enums import Standing, Step
from subsidies.models import Assessment
from subsidies.selectors.owed import (
    SHOWN,
    assessments,
    clause_words,
    newest_sweep,
    open_clauses,
    owed_by_place,
    standing_now,
    standings,
    with_cases,
)
from subsidies.services.sweep_jobs import request_sweep
from subsidies.views.listed import steps_by_list

COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Age"), "age", ("person__birth_date",), kind="number"),
    Column(gettext_lazy("Village"), "village", ("division_code", "person__name_sort")),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Standing")),
    Column(gettext_lazy("For the year (yuan)"), "amount", ("annual_amount",), kind="number"),
    Column("", kind="actions"),
)


class OwedFilter(PlaceFilter):
    """Programme, place and standing; without a choice, who is owed."""

    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"),
        required=False,
        choices=[(standing.value, standing.label) for standing in SHOWN],
    )
    field_order = ("standing", "programme", "place")

    @property
    def chosen_standing(self) -> str:
        """The standing that is listed."""
        if self.is_bound and self.is_valid() and self.cleaned_data.get("standing"):
            return str(self.cleaned_data["standing"])
        return Standing.OWED.value

    def narrow(self, rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
        return super().narrow(rows).filter(standing=self.chosen_standing)


@page(policies.may_see_entitlement)
@require_GET
def owed_list(request: OfficeRequest) -> HttpResponse:
    """Entitled and not receiving, by village; also whose right is unknown, and why."""
    sweep = newest_sweep(until=request.business_day)
    context: dict[str, Any] = {
        "sweep": sweep,
        "is_old": sweep is not None and sweep.as_of < request.business_day,
        "may_sweep": policies.may_sweep(request.actor),
        "job": _running_job(request.actor),
    }
    if sweep is None:
        return render(request, "subsidies/owed_list.html", context)
    found = assessments(actor=request.actor, sweep=sweep)
    filters = OwedFilter(request.GET or None, actor=request.actor, initial={"standing": Standing.OWED})
    rows = with_cases(filters.narrow(found).select_related("person", "programme"), today=request.business_day)
    listing = make_listing(
        query=request.GET, rows=rows, columns=COLUMNS, default_sort="village", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [row.person for row in shown], reason="owed")
    standing = Standing(filters.chosen_standing)
    context |= {
        "listing": listing,
        "filters": filters,
        "standing": standing,
        "programmes": standings(found),
        "places": owed_by_place(found, digits=9 if len(request.actor.scope) == 6 else 12)
        if len(request.actor.scope) < 12
        else [],
        "rows": _rows(request, shown, sweep.as_of),
        "may_apply": policies.may_enter_applications(request.actor) and standing == Standing.OWED,
        "by_list": [step for step in steps_by_list(request.actor) if step == Step.ENTRY],
    }
    return render(request, "subsidies/owed_list.html", context)


def _rows(request: OfficeRequest, shown: list[Assessment], day: datetime.date) -> list[dict[str, Any]]:
    villages = names_of_divisions(row.division_code for row in shown)
    words = clause_words(day)
    return [
        {
            "assessment": row,
            "age": row.person.age_on(request.business_day),
            "village": villages.get(row.division_code, ""),
            "standing": standing_now(row),
            "is_as_assessed": standing_now(row) == row.standing,
            "open_clauses": open_clauses(row, words),
        }
        for row in shown
    ]


def _running_job(actor: Actor) -> Job | None:
    """The assessment that the actor's office asked for and that still runs."""
    return (
        Job.objects.filter(kind="subsidies.run_sweep", finished_at=None, requested_by_id=actor.staff_id)
        .order_by("-requested_at")
        .first()
    )


@page(policies.may_sweep)
@require_POST
def sweep_now(request: OfficeRequest) -> HttpResponse:
    """Have everybody assessed for today."""
    running = _running_job(request.actor)
    if running is not None:
        messages.info(request, _("It is being done already."))
        return redirect("subsidies:sweep_job", running.pk)
    job = request_sweep(actor=request.actor)
    return redirect("subsidies:sweep_job", job.pk)


@page(policies.may_sweep)
@require_GET
def sweep_job(request: OfficeRequest, job_id: UUID) -> HttpResponse:
    """How far the assessment is."""
    job = get_object_or_404(
        Job, pk=job_id, kind="subsidies.run_sweep", requested_by_id=request.actor.staff_id
    )
    job.steps_done, job.steps_total = progress_of(job)
    template = "subsidies/sweep_job.html#progress" if request.htmx else "subsidies/sweep_job.html"  # type: ignore[attr-defined] # set by its middleware
    response = render(
        request, template, {"job": job, "poll_url": reverse("subsidies:sweep_job", args=[job.pk])}
    )
    if request.htmx and job.finished_at:  # type: ignore[attr-defined] # as above
        response["HX-Refresh"] = "true"
    return response
