"""Lists of other departments: bring one, say what its columns stand for, see what came of it."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from itertools import islice
from typing import Any, cast, get_args
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.enums import DepartmentFileKind, ImportState, ProposalState
from households.forms import HeadersForm
from households.forms_of_proposals import DepartmentFileForm
from households.models import DepartmentFile
from households.policies import (
    may_bring_department_files,
    may_see_department_files,
    may_stop_department_file,
)
from households.readers import DEPARTMENT_COLUMNS
from households.services.department_file_decisions import (
    ListKind,
    assign_columns,
    cancel_department_file,
    open_list_of,
    withdraw_department_file,
)
from households.services.department_files import request_department_file
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import StoredFile
from offices.pages import page
from offices.services.files import open_file
from offices.services.jobs import progress_of

_SHOWN_ROWS = 50
_COLUMNS = (
    Column(gettext_lazy("When"), key="when", order=("brought_at",)),
    Column(gettext_lazy("Number of the letter")),
    Column(gettext_lazy("What it tells"), key="kind", order=("kind",)),
    Column(gettext_lazy("Sender"), key="sender", order=("sender",)),
    Column(gettext_lazy("By")),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Rows"), kind="number"),
    Column(gettext_lazy("Proposed"), kind="number"),
    Column(gettext_lazy("Not in our registry"), kind="number"),
)
_FIELD_OF_CODES = {"letter_of_the_future": "dated_on", "department_unfit": "what"}
_STEPS = {
    "cancel": (
        cancel_department_file,
        gettext_lazy("Cancel the reading"),
        gettext_lazy("The reading stops at its next step, and nothing of the list stays."),
    ),
    "withdraw": (
        withdraw_department_file,
        gettext_lazy("Withdraw the list"),
        gettext_lazy(
            "What nobody has decided yet leaves everybody's work. What was entered from the list stays; "
            "take it back on the page of the person if it was wrong."
        ),
    ),
}


@page(may_see_department_files)
@require_GET
def file_list(request: Any) -> HttpResponse:
    """Every list within scope, newest first."""
    rows = DepartmentFile.objects.visible_to(request.actor).select_related("brought_by", "job")
    listing = make_listing(query=request.GET, rows=rows, columns=_COLUMNS, default_sort="-when")
    return render(
        request,
        "households/department_file_list.html",
        {"listing": listing, "may_bring": may_bring_department_files(request.actor)},
    )


@page(may_bring_department_files)
@require_http_methods(["GET", "POST"])
def file_new(request: Any) -> HttpResponse:
    """Bring a list."""
    form = (
        DepartmentFileForm(request.POST, request.FILES) if request.method == "POST" else DepartmentFileForm()
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            brought = request_department_file(
                actor=request.actor, upload=upload, file_name=upload.name, letter=form.letter
            )
        except DomainError as refusal:
            form.add_error(_FIELD_OF_CODES.get(refusal.code), str(refusal))
        else:
            must_ask = brought.state == ImportState.HEADERS
            name = "households:department_columns" if must_ask else "households:department_file"
            return redirect(name, pk=brought.pk)
    status = 422 if form.errors else 200
    return render(request, "households/department_file_new.html", {"form": form}, status=status)


@page(may_see_department_files)
@require_GET
def file_detail(request: Any, pk: UUID) -> HttpResponse:
    """How far the reading is, then what came of the rows."""
    brought = _file(request, pk)
    if brought.job:
        brought.job.steps_done, brought.job.steps_total = progress_of(brought.job)
    may_stop = may_stop_department_file(request.actor, brought)
    context = {
        "brought": brought,
        "poll_url": request.path,
        "cancel_url": reverse("households:department_step", args=[brought.pk, "cancel"])
        if may_stop and brought.state == ImportState.WAITING
        else "",
        "may_withdraw": may_stop and brought.state == ImportState.DONE,
        "list_url": f"{reverse('households:proposals')}?{urlencode({'document': brought.letter})}&state=",
        "states": ProposalState,
        "errors": _first_rows(brought.error_file),
        "unmatched": _first_rows(brought.unmatched_file),
        "same_before": _same_before(request, brought),
    }
    template = (
        "households/department_file.html#progress" if request.htmx else "households/department_file.html"
    )
    response = render(request, template, context)
    if request.htmx and brought.job and brought.job.finished_at:
        # The whole page has more to show now than its progress.
        response["HX-Refresh"] = "true"
    return response


@page(may_bring_department_files)
@require_http_methods(["GET", "POST"])
def file_columns(request: Any, pk: UUID) -> HttpResponse:
    """Say what the columns of a sender's list stand for."""
    brought = _file(request, pk)
    if brought.state != ImportState.HEADERS:
        return redirect("households:department_file", pk=brought.pk)
    form = HeadersForm(
        {**request.POST.dict(), "sender": brought.sender} if request.method == "POST" else None,
        headers=brought.headers,
        of=DEPARTMENT_COLUMNS[DepartmentFileKind(brought.kind)],
        initial={"sender": brought.sender},
    )
    form.fields["sender"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            assign_columns(actor=request.actor, brought=brought, columns=form.columns)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("households:department_file", pk=brought.pk)
    status = 422 if form.errors else 200
    context = {"brought": brought, "form": form}
    return render(request, "households/department_columns.html", context, status=status)


@page(may_bring_department_files)
@require_http_methods(["GET", "POST"])
def file_step(request: Any, pk: UUID, step: str) -> HttpResponse:
    """Ask before a step, then take it; a refusal says why and what to do."""
    brought = _file(request, pk)
    if step not in _STEPS:
        raise Http404
    act, title, words = _STEPS[step]
    refused = ""
    if request.method == "POST":
        try:
            act(actor=request.actor, brought=brought)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            return redirect("households:department_file", pk=brought.pk)
    context = {
        "brought": brought,
        "title": title,
        "words": words,
        "refused": refused,
        "confirm_label": title,
        "cancel_url": reverse("households:department_file", args=[brought.pk]),
    }
    return render(request, "households/department_step.html", context, status=422 if refused else 200)


@page(may_see_department_files)
@require_GET
def file_history(request: Any, pk: UUID) -> HttpResponse:
    """Who brought the list, what came of it, who took rows of it away."""
    brought = _file(request, pk)
    return show_history(
        request,
        record=brought,
        heading=brought.document,
        back_url=reverse("households:department_file", args=[brought.pk]),
        back_label=brought.document,
    )


@page(may_see_department_files)
@require_POST
def file_rows(request: Any, pk: UUID, kind: str) -> HttpResponse:
    """The rows that could not be read, or that mean nobody here, as a download; an act."""
    brought = _file(request, pk)
    if kind not in get_args(ListKind):
        raise Http404
    stored = open_list_of(actor=request.actor, brought=brought, kind=cast(ListKind, kind))
    return FileResponse(  # type: ignore[return-value] # it answers like every other
        open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )


def _file(request: Any, pk: UUID) -> DepartmentFile:
    files = DepartmentFile.objects.visible_to(request.actor).select_related(
        "brought_by", "job", "error_file", "unmatched_file", "taken_back_by"
    )
    return get_object_or_404(files, pk=pk)


def _same_before(request: Any, brought: DepartmentFile) -> DepartmentFile | None:
    earlier = DepartmentFile.objects.visible_to(request.actor).filter(
        sha256=brought.sha256, state=ImportState.DONE, brought_at__lt=brought.brought_at
    )
    return earlier.select_related("brought_by").first()


def _first_rows(stored: StoredFile | None) -> list[list[str]]:
    if stored is None:
        return []
    with TextIOWrapper(open_file(stored), encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        return list(islice(rows, _SHOWN_ROWS))
