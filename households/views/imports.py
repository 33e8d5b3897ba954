"""Resident files: bring one, see how far it is, what came of it, and what has to be corrected."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from itertools import islice
from typing import Any, cast, get_args
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.enums import ImportState
from households.forms import ImportForm
from households.models import ResidentImport
from households.policies import may_cancel_import, may_import, may_see_imports
from households.selectors.imports import same_file_before
from households.services.import_undo import TASK as UNDO
from households.services.imports import request_import
from households.services.remark_files import RemarkKind, open_remark_file
from offices.actors import Actor
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import StoredFile
from offices.pages import page
from offices.services.files import open_file
from offices.services.jobs import progress_of

_SHOWN_REMARKS = 50
_COLUMNS = (
    Column(gettext_lazy("When"), key="when", order=("requested_at",)),
    Column(gettext_lazy("File")),
    Column(gettext_lazy("Speaks for"), key="day", order=("as_of",)),
    Column(gettext_lazy("By")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Created"), kind="number"),
    Column(gettext_lazy("Updated"), kind="number"),
    Column(gettext_lazy("Unchanged"), kind="number"),
    Column(gettext_lazy("Rows refused"), kind="number"),
)


@page(may_see_imports)
@require_GET
def import_list(request: Any) -> HttpResponse:
    """Every resident file within scope, newest first."""
    rows = ResidentImport.objects.visible_to(request.actor).select_related("requested_by", "job")
    listing = make_listing(query=request.GET, rows=rows, columns=_COLUMNS, default_sort="-when")
    return render(
        request,
        "households/import_list.html",
        {"listing": listing, "may_import": may_import(request.actor)},
    )


@page(may_import)
@require_http_methods(["GET", "POST"])
def import_new(request: Any) -> HttpResponse:
    """Bring a resident file."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            brought = request_import(
                actor=request.actor,
                upload=upload,
                file_name=upload.name,
                as_of=form.cleaned_data["as_of"],
                is_dry_run=form.cleaned_data["way"] == "try",
                sender=form.cleaned_data["sender"],
            )
        except DomainError as refusal:
            form.add_error("as_of" if refusal.code == "day_in_future" else None, str(refusal))
        else:
            must_ask = brought.state == ImportState.HEADERS
            return redirect("households:import_headers" if must_ask else "households:import", pk=brought.pk)
    return render(request, "households/import_new.html", {"form": form}, status=422 if form.errors else 200)


@page(may_see_imports)
@require_GET
def import_detail(request: Any, pk: UUID) -> HttpResponse:
    """How far an import is, then what came of it."""
    brought = get_object_or_404(
        ResidentImport.objects.visible_to(request.actor).select_related(
            "requested_by", "job", "error_file", "warning_file", "taken_back_by", "trial"
        ),
        pk=pk,
    )
    if brought.job:
        brought.job.steps_done, brought.job.steps_total = progress_of(brought.job)
    context = {
        "brought": brought,
        "poll_url": reverse("households:import", args=[brought.pk]),
        "errors": _first_remarks(brought.error_file),
        "warnings": _first_remarks(brought.warning_file),
        "may_import": may_import(request.actor),
        "may_stop": may_cancel_import(request.actor, brought),
        "cancel_url": _cancel_url(request.actor, brought),
        "is_going_back": brought.job is not None and brought.job.kind == UNDO,
        "follower": brought.followers.exclude(state=ImportState.CANCELLED).last()
        if brought.is_dry_run
        else None,
        "same_before": same_file_before(brought),
    }
    template = "households/import.html#progress" if request.htmx else "households/import.html"
    response = render(request, template, context)
    if request.htmx and brought.job and brought.job.finished_at:
        # The whole page has more to show now than its progress.
        response["HX-Refresh"] = "true"
    return response


@page(may_see_imports)
@require_GET
def import_history(request: Any, pk: UUID) -> HttpResponse:
    """Who brought the file, what came of it, who took its error file."""
    brought = get_object_or_404(ResidentImport.objects.visible_to(request.actor), pk=pk)
    return show_history(
        request,
        record=brought,
        heading=brought.file_name,
        back_url=reverse("households:import", args=[brought.pk]),
        back_label=brought.file_name,
    )


@page(may_see_imports)
@require_POST
def import_remarks(request: Any, pk: UUID, kind: str) -> HttpResponse:
    """The error file, or the one of warnings, as a download; an act."""
    brought = get_object_or_404(ResidentImport.objects.visible_to(request.actor), pk=pk)
    if kind not in get_args(RemarkKind):
        raise Http404
    stored = open_remark_file(actor=request.actor, brought=brought, kind=cast(RemarkKind, kind))
    return FileResponse(  # type: ignore[return-value] # it answers like every other
        open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )


def _cancel_url(actor: Actor, brought: ResidentImport) -> str:
    """Where the import can be stopped; a file that goes back cannot be stopped on its way."""
    if brought.state != ImportState.WAITING or not may_cancel_import(actor, brought):
        return ""
    return reverse("households:import_step", args=[brought.pk, "cancel"])


def _first_remarks(stored: StoredFile | None) -> list[dict[str, str]]:
    if stored is None:
        return []
    with TextIOWrapper(open_file(stored), encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        return [
            {"line": row[0], "name": row[1], "column": row[2], "value": row[3], "explanation": row[5]}
            for row in islice(rows, _SHOWN_REMARKS)
        ]
