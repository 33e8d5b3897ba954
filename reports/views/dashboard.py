"""The dashboard: what a place owes and pays as of today, and the tables of a month."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from offices.actors import Actor
from offices.errors import DomainError
from offices.models import Division
from offices.pages import OfficeRequest, page
from reports import policies
from reports.addresses import dashboard_url, grants_url, owed_url, payments_url
from reports.enums import ReportKind
from reports.forms import MonthForm, reported_places
from reports.models import Edition
from reports.months import Month, month_of, read_month
from reports.selectors.overview import overview_of
from reports.selectors.tables import tables_of
from reports.services.editions import summarise
from reports.views.screens import month_charts, month_screens, service_charts
from subsidies.selectors.days_to_account import days_of_place


def reported_place(actor: Actor, code: str) -> Division:
    """The place that an address names, by default the actor's own; 404 for any other."""
    return get_object_or_404(reported_places(actor), pk=code or actor.division_code)


def month_asked(request: OfficeRequest) -> Month:
    """The month of the address, by default the last one that has ended. 422 for one to come."""
    text = request.GET.get("month", "")
    running = month_of(request.business_day)
    month = read_month(text) if text else running.before
    if month > running:
        raise DomainError(
            "month_not_begun",
            gettext_lazy("%(month)s has not begun yet. Choose this month or one before it."),
            month=str(month),
        )
    return month


@page(policies.may_see_reports)
@require_GET
def dashboard(request: OfficeRequest) -> HttpResponse:
    """A place in a month; township staff see their own township."""
    actor = request.actor
    month = month_asked(request)
    division = reported_place(actor, request.GET.get("division", ""))
    edition = Edition.objects.newest(kind=ReportKind.MONTHLY, period=str(month), division_code=division.pk)
    tables = tables_of(edition) if edition else None
    running = month_of(request.business_day)
    given = {"division": division.pk}
    context = {
        "month": month,
        "division": division,
        "chooser": MonthForm(
            initial={"month": str(month), "division": division.pk}, actor=actor, shown=month
        ),
        "edition": edition,
        "overview": overview_of(division, month=month),
        "days": days_of_place(scope=division.scope, since=month.year_start, today=request.business_day),
        "owed_url": owed_url(actor, division.pk),
        "receiving_url": grants_url(actor, running, "closing", **given),
        "paid_url": payments_url(actor, month, "paid", **given),
        "days_url": payments_url(actor, month, "paid", **given),
        "screens": month_screens(tables, month=month, actor=actor) if tables else [],
        "has_hidden": tables.has_hidden if tables else False,
        "charts": [
            *service_charts(division, month=month, actor=actor),
            *(month_charts(tables, month=month, actor=actor) if tables else []),
        ],
        "is_running": month == running,
        "may_summarise": policies.may_summarise(actor),
        "before_url": dashboard_url(month.before, division.pk),
        "following_url": dashboard_url(month.following, division.pk) if month < running else "",
    }
    return render(request, "reports/dashboard.html", context)


@page(policies.may_summarise)
@require_POST
def month_summarise(request: OfficeRequest, month: str) -> HttpResponse:
    """Compute a month now, without waiting for the night of the first."""
    try:
        found = summarise(actor=request.actor, month=read_month(month))
    except DomainError as refusal:
        if refusal.code == "month_form":
            raise Http404 from refusal
        raise
    if found.written:
        messages.success(request, _("The month is summarised."))
    else:
        messages.info(request, _("Nothing has changed since it was last summarised."))
    if found.restated:
        messages.info(
            request, _("Computed anew as well: %(months)s.") % {"months": "、".join(found.restated)}
        )
    return redirect(dashboard_url(found.edition.period, found.edition.division_code))
