"""Editions: listed, shown with what they changed, printed, and their prints downloaded."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import Job
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from offices.services.files import open_file
from offices.services.jobs import progress_of
from reports import policies
from reports.addresses import dashboard_url
from reports.enums import EditionState, RosterChoice
from reports.forms import EditionFilter, PrintForm
from reports.models import Edition, PrintedReport
from reports.months import read_month
from reports.selectors.editions import division_then
from reports.selectors.tables import differences, tables_of
from reports.services.printing import KIND, request_print
from reports.views.screens import month_screens, said_differences

COLUMNS = (
    Column(gettext_lazy("Month"), "month", ("period", "-division_code", "number")),
    Column(pgettext_lazy("report filter", "Place"), "place", ("division_code", "-period", "-number")),
    Column(gettext_lazy("Edition"), kind="number"),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Computed"), "computed", ("computed_at",)),
    Column(pgettext_lazy("report", "By")),
)


@page(policies.may_see_reports)
@require_GET
def edition_list(request: OfficeRequest) -> HttpResponse:
    """Every edition within scope, the newest month first."""
    filters = EditionFilter(request.GET or None, actor=request.actor)
    rows = filters.narrow(Edition.objects.visible_to(request.actor).select_related("computed_by"))
    listing = make_listing(
        query=request.GET, rows=rows, columns=COLUMNS, default_sort="-month", filters=filters
    )
    shown = list(listing.page)
    names = names_of_divisions({edition.division_code for edition in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "edition": edition,
                "month": read_month(edition.period).first_day,
                "place": edition.division_name or names.get(edition.division_code, edition.division_code),
                "state": EditionState(edition.state),
            }
            for edition in shown
        ],
    }
    return render(request, "reports/edition_list.html", context)


def _visible_edition(request: OfficeRequest, edition_id: UUID) -> Edition:
    return get_object_or_404(
        Edition.objects.visible_to(request.actor).select_related("computed_by"), pk=edition_id
    )


@page(policies.may_see_reports)
@require_GET
def edition(request: OfficeRequest, edition_id: UUID) -> HttpResponse:
    """One edition: its tables, its digest, what it changes, its prints."""
    found = _visible_edition(request, edition_id)
    tables = tables_of(found)
    month = read_month(found.period)
    newest = Edition.objects.newest(kind=found.kind, period=found.period, division_code=found.division_code)
    prints = PrintedReport.objects.visible_to(request.actor).filter(edition=found)
    context = {
        "edition": found,
        "state": EditionState(found.state),
        "month": month,
        "division": tables.division,
        "newest": newest if newest and newest.pk != found.pk else None,
        "differences": said_differences(differences(found)),
        "screens": month_screens(tables, month=month, actor=request.actor),
        "has_hidden": tables.has_hidden,
        "prints": prints.select_related("file", "verification", "printed_by"),
        "form": PrintForm(),
        "may_print": policies.may_print_reports(request.actor),
        "dashboard_url": dashboard_url(month, found.division_code),
    }
    return render(request, "reports/edition.html", context)


@page(policies.may_see_reports)
@require_GET
def edition_history(request: OfficeRequest, edition_id: UUID) -> HttpResponse:
    """Who computed an edition and who printed it."""
    found = _visible_edition(request, edition_id)
    place = division_then(found)
    heading = _("%(place)s, %(period)s, edition %(number)s") % {
        "place": place.name,
        "period": found.period,
        "number": found.number,
    }
    return show_history(
        request,
        record=found,
        heading=heading,
        back_url=reverse("reports:edition", args=[found.pk]),
        back_label=_("Edition"),
    )


@page(policies.may_print_reports)
@require_POST
def edition_print(request: OfficeRequest, edition_id: UUID) -> HttpResponse:
    """Ask for the PDF; a worker makes it while the next page shows how far it is."""
    found = _visible_edition(request, edition_id)
    form = PrintForm(request.POST)
    if not form.is_valid():
        return redirect("reports:edition", found.pk)
    job = request_print(
        actor=request.actor,
        edition=found,
        language=form.cleaned_data["language"],
        has_roster=form.cleaned_data["roster"] == RosterChoice.WITH,
    )
    return redirect("reports:print", job.pk)


@page(policies.may_print_reports)
@require_GET
def print_progress(request: OfficeRequest, job_id: UUID) -> HttpResponse:
    """How far a print is, then the file with its digest and code."""
    job = get_object_or_404(
        Job.objects.filter(
            division_code__gte=request.actor.scope, division_code__lt=request.actor.scope + "~", kind=KIND
        ),
        pk=job_id,
    )
    job.steps_done, job.steps_total = progress_of(job)
    edition = _visible_edition(request, UUID(str(job.result["edition"])))
    printed = (
        PrintedReport.objects.visible_to(request.actor)
        .select_related("file", "verification")
        .filter(pk=job.result.get("printed"))
        .first()
    )
    context = {
        "job": job,
        "edition": edition,
        "month": read_month(edition.period),
        "division": division_then(edition),
        "printed": printed,
        "poll_url": request.path,
    }
    template = "reports/print.html#progress" if request.htmx else "reports/print.html"  # type: ignore[attr-defined] # of django-htmx
    response = render(request, template, context)
    if request.htmx and job.finished_at:  # type: ignore[attr-defined] # as above
        # The whole page has the file to show now.
        response["HX-Refresh"] = "true"
    return response


@page(policies.may_print_reports)
@require_GET
def print_file(request: OfficeRequest, print_id: UUID) -> HttpResponse:
    """The kept PDF as it was printed; that it was taken is logged."""
    printed = get_object_or_404(
        PrintedReport.objects.visible_to(request.actor).select_related("file"), pk=print_id
    )
    note_read(request, printed, reason="download")
    response = FileResponse(
        open_file(printed.file),
        as_attachment=True,
        filename=printed.file.name,
        content_type=printed.file.media_type,
    )
    response["Content-Length"] = str(printed.file.size)
    response["X-Content-SHA256"] = printed.file.sha256
    return response  # type: ignore[return-value] # it answers like every other
