"""Files that left: who took them out and what for, and the file for its maker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from offices.exports import kind_of
from offices.forms import ExportFilterForm
from offices.listing import Column, make_listing
from offices.models import Export
from offices.pages import page
from offices.policies import may_open_exports, may_trace_exports
from offices.selectors.divisions import names_of_divisions
from offices.services.exports import open_export
from offices.services.files import open_file
from offices.services.jobs import progress_of

COLUMNS = (
    Column(_("When"), key="when", order=("requested_at",)),
    Column(pgettext_lazy("export", "By")),
    Column(_("What")),
    Column(_("What for")),
    Column(_("Rows"), kind="number"),
    Column(_("Code"), key="code", order=("code",)),
    Column(_("State")),
)


@page(may_open_exports)
@require_GET
def export_list(request: Any) -> HttpResponse:
    """One's own exports, or everybody's within scope for who traces files; newest first."""
    filters = ExportFilterForm(request.GET or None)
    rows = filters.narrow(Export.objects.visible_to(request.actor).select_related("requested_by"))
    listing = make_listing(
        query=request.GET, rows=rows, columns=COLUMNS, default_sort="-when", filters=filters
    )
    shown = list(listing.page.object_list)
    places = names_of_divisions(export.division_code for export in shown)
    return render(
        request,
        "offices/export_list.html",
        {
            "listing": listing,
            "filters": filters,
            "traces": may_trace_exports(request.actor),
            "exports": [
                {
                    "export": export,
                    "label": kind_of(export.kind).label,
                    "place": places.get(export.division_code, export.division_code),
                }
                for export in shown
            ],
        },
    )


@page(may_open_exports)
@require_GET
def export_detail(request: Any, pk: UUID) -> HttpResponse:
    """How far an export is, then its file, its mark and its digest."""
    export = get_object_or_404(
        Export.objects.visible_to(request.actor).select_related("requested_by", "job", "file"), pk=pk
    )
    job = export.job
    if job:
        job.steps_done, job.steps_total = progress_of(job)
    context = {
        "export": export,
        "job": job,
        "label": kind_of(export.kind).label,
        "place": names_of_divisions([export.division_code]).get(export.division_code, export.division_code),
        "is_hers": export.requested_by_id == request.actor.staff_id,
        "poll_url": request.path,
    }
    template = "offices/export.html#progress" if request.htmx else "offices/export.html"
    response = render(request, template, context)
    if request.htmx and job and job.finished_at:
        # The whole page has the file to show now.
        response["HX-Refresh"] = "true"
    return response


@page(may_open_exports)
@require_POST
def export_file(request: Any, pk: UUID) -> HttpResponse:
    """The file, for its maker alone; each time an act."""
    export = get_object_or_404(
        Export.objects.visible_to(request.actor).made_by(request.actor).select_related("file"), pk=pk
    )
    stored = open_export(actor=request.actor, export=export)
    response = FileResponse(
        open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )
    response["Content-Length"] = str(stored.size)
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value] # it answers like every other
