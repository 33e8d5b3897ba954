"""The page on which a list is exported or a sheet printed: each app gives it an address and a policy.

What will leave is said before anything is asked: how many rows, which filters, what the file bears.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from offices.enums import ExportFormat, ExportPurpose
from offices.errors import DomainError, NotAllowed
from offices.exports import ListExport, SheetExport
from offices.forms import ExportForm, PurposeForm
from offices.services.exports import ROWS_AT_ONCE, check_length, request_list_export, rows_of
from offices.services.sheets import request_sheet


def show_list_export(
    request: Any, kind: ListExport, *, back_url: str, back_label: str | Promise
) -> HttpResponse:
    """Ask what a list is exported for, then export it as the address has it filtered and ordered."""
    form = ExportForm(request.POST if request.method == "POST" else None, purposes=kind.purposes)
    if form.is_bound and form.is_valid():
        try:
            export = request_list_export(
                actor=request.actor,
                kind=kind,
                query=request.GET,
                purpose=ExportPurpose(form.cleaned_data["purpose"]),
                reference=form.cleaned_data["reference"],
                file_format=ExportFormat(form.cleaned_data["file_format"]),
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("reference" if refusal.code == "reference_missing" else None, str(refusal))
        else:
            return redirect("export", export.pk)
    context: dict[str, Any] = {
        "label": kind.label,
        "counted": kind.counted,
        "form": form,
        "back_url": f"{back_url}?{request.GET.urlencode()}",
        "back_label": back_label,
        "rows": None,
        "columns": [],
        "filters": [],
        "refusal": "",
        "takes_long": False,
    }
    try:
        listed = rows_of(actor=request.actor, kind=kind, query=request.GET)
        rows = listed.rows.count()
        resource = kind.resource(on=request.business_day)
        context |= {
            "rows": rows,
            "columns": resource.get_export_headers(),
            "filters": listed.filters,
            "takes_long": rows > ROWS_AT_ONCE,
        }
        check_length(rows=rows)
    except NotAllowed:
        raise
    except DomainError as refusal:
        context["refusal"] = str(refusal)
    return render(request, "offices/export_list_form.html", context, status=422 if form.errors else 200)


def show_sheet_form(
    request: Any, kind: SheetExport, *, subject_id: UUID, heading: str, back_url: str, back_label: str
) -> HttpResponse:
    """Ask what a sheet is printed for, then have it printed. The caller has found the record within scope."""
    form = PurposeForm(request.POST if request.method == "POST" else None, purposes=kind.purposes)
    if form.is_bound and form.is_valid():
        try:
            export = request_sheet(
                actor=request.actor,
                kind=kind,
                subject_id=subject_id,
                purpose=ExportPurpose(form.cleaned_data["purpose"]),
                reference=form.cleaned_data["reference"],
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("reference" if refusal.code == "reference_missing" else None, str(refusal))
        else:
            return redirect("export", export.pk)
    context = {
        "label": kind.label,
        "heading": heading,
        "form": form,
        "back_url": back_url,
        "back_label": back_label,
    }
    return render(request, "offices/export_sheet_form.html", context, status=422 if form.errors else 200)
