"""Lists for other offices: frozen, sealed, handed over, supplemented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import Division
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from subsidies import policies
from subsidies.enums import ListChange, ListState
from subsidies.list_files import TEMPLATE, sheet_of_list
from subsidies.list_forms import FreezeForm, SealedListFilter, SendListForm, SupplementForm
from subsidies.models import SealedList, SealedListEntry
from subsidies.services import sealed_lists as services

COLUMNS = (
    Column(gettext_lazy("List"), "number", ("number", "frozen_on")),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Year"), "year", ("year",)),
    Column(pgettext_lazy("list", "Entries"), "entries", ("count",), kind="number"),
    Column(gettext_lazy("Frozen on"), "frozen", ("frozen_on",)),
    Column(gettext_lazy("State"), "state", ("state",)),
)
ENTRY_COLUMNS = (
    Column(gettext_lazy("No."), "serial", ("serial",), kind="number"),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Identity number")),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(pgettext_lazy("list", "Points"), "points", ("points",), kind="number"),
    Column(pgettext_lazy("list", "Entry")),
)


@page(policies.may_see_lists)
@require_GET
def sealed_list_list(request: OfficeRequest) -> HttpResponse:
    """Every list and supplement; filters stand in the address."""
    filters = SealedListFilter(request.GET or None)
    rows = SealedList.objects.visible_to(request.actor).select_related("programme", "supplements")
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-frozen", filters=filters
    )
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [{"list": row, "state": ListState(row.state)} for row in listing.page],
        "may_freeze": policies.may_freeze_lists(request.actor),
    }
    return render(request, "subsidies/sealed_list_list.html", context)


@page(policies.may_freeze_lists)
@require_http_methods(["GET", "POST"])
def sealed_list_new(request: OfficeRequest) -> HttpResponse:
    """Freeze the list of a programme and year."""
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.freeze_list(actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The list is frozen. The county looks through it and seals it."))
            return redirect("subsidies:sealed_list", made.pk)
    return render(
        request, "subsidies/sealed_list_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _visible(request: OfficeRequest, list_id: UUID) -> SealedList:
    return get_object_or_404(
        SealedList.objects.visible_to(request.actor).select_related(
            "programme", "supplements", "frozen_by", "sealed_by", "sent_by"
        ),
        pk=list_id,
    )


@page(policies.may_see_lists)
@require_GET
def sealed_list(request: OfficeRequest, list_id: UUID) -> HttpResponse:
    """One list: its way, its digest and code, its entries, its supplements."""
    found = _visible(request, list_id)
    listing = make_listing(
        query=request.GET,
        rows=found.entries.select_related("person", "replaces__list"),
        columns=ENTRY_COLUMNS,
        default_sort="serial",
    )
    shown = list(listing.page)
    note_read(request, [entry.person for entry in shown], reason=str(found.title))
    context = {
        "list": found,
        "state": ListState(found.state),
        "listing": listing,
        "entries": [{"entry": entry, "change": ListChange(entry.change)} for entry in shown],
        "supplements": found.supplemented_by.exclude(state=ListState.DISCARDED).order_by("frozen_on", "pk"),
        "steps": _steps(request, found),
        "may_take": policies.may_send_lists(request.actor) and bool(found.code),
        "may_supplement": policies.may_freeze_lists(request.actor)
        and bool(found.code)
        and found.supplements_id is None,
    }
    return render(request, "subsidies/sealed_list.html", context)


def _steps(request: OfficeRequest, found: SealedList) -> list[tuple[str, Promise, str]]:
    actor = request.actor
    steps = []
    if found.state == ListState.FROZEN:
        if policies.may_send_lists(actor):
            steps.append(("discard", STEPS["discard"][2], "trash"))
        if policies.may_seal_lists(actor) and actor.staff_id != found.frozen_by_id:
            steps.append(("seal", STEPS["seal"][2], "lock"))
    if found.state == ListState.SEALED and policies.may_send_lists(actor):
        steps.append(("send", STEPS["send"][2], "send"))
    return steps


@page(policies.may_see_lists)
@require_GET
def sealed_list_history(request: OfficeRequest, list_id: UUID) -> HttpResponse:
    """Who froze, sealed, handed over and took it."""
    found = _visible(request, list_id)
    return show_history(
        request,
        record=found,
        heading=found.title,
        back_url=reverse("subsidies:sealed_list", args=[found.pk]),
        back_label=found.title,
    )


Service = Callable[..., SealedList]
STEPS: dict[str, tuple[Any, Service, Promise, Promise, type[forms.Form] | None]] = {
    "seal": (
        policies.may_seal_lists,
        services.seal_list,
        gettext_lazy("Seal the list"),
        gettext_lazy(
            "You have looked through the entries. The list gets its number, its file and its digest; nothing "
            "of it changes any more, corrections come by a supplement."
        ),
        None,
    ),
    "send": (
        policies.may_send_lists,
        services.send_list,
        gettext_lazy("Note that it was handed over"),
        gettext_lazy("File and signed sheet were handed to the office together; it keeps the digest."),
        SendListForm,
    ),
    "discard": (
        policies.may_send_lists,
        services.discard_list,
        gettext_lazy("Discard the list"),
        gettext_lazy("Nothing has left the office; the list can be frozen anew."),
        None,
    ),
}


@page(policies.may_send_lists)
@require_http_methods(["GET", "POST"])
def sealed_list_step(request: OfficeRequest, list_id: UUID, step: str) -> HttpResponse:
    """Seal, hand over or discard a list, after asking."""
    if step not in STEPS:
        raise Http404
    policy, service, label, consequence, form_class = STEPS[step]
    found = _visible(request, list_id)
    if not policy(request.actor):
        raise NotAllowed()
    form = form_class(request.POST or None) if form_class else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            service(actor=request.actor, sealed_list=found, **(form.cleaned_data if form else {}))
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": label})
            return redirect("subsidies:sealed_list", found.pk)
    context = {
        "list": found,
        "form": form,
        "refused": refused,
        "consequence": consequence,
        "confirm_label": label,
        "confirm_tone": "danger" if step == "discard" else "primary",
        "cancel_url": reverse("subsidies:sealed_list", args=[found.pk]),
    }
    status = 422 if refused or (form is not None and form.errors) else 200
    return render(request, "subsidies/sealed_list_step.html", context, status=status)


@page(policies.may_freeze_lists)
@require_http_methods(["GET", "POST"])
def sealed_list_supplement(request: OfficeRequest, list_id: UUID) -> HttpResponse:
    """Put a sealed list right by a supplement."""
    found = _visible(request, list_id)
    form = SupplementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.freeze_supplement(
                actor=request.actor, first=found, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The supplement is frozen. The county looks through it and seals it.")
            )
            return redirect("subsidies:sealed_list", made.pk)
    context = {"list": found, "form": form}
    return render(
        request, "subsidies/sealed_list_supplement.html", context, status=422 if form.errors else 200
    )


def _entries(found: SealedList) -> list[SealedListEntry]:
    return list(found.entries.select_related("person", "replaces__list").order_by("serial"))


@page(policies.may_send_lists)
@require_POST
def sealed_list_file(request: OfficeRequest, list_id: UUID) -> HttpResponse:
    """The file of a sealed list as a download: names and numbers leave the office, so it is an act."""
    found = _visible(request, list_id)
    try:
        content = services.take_list_file(actor=request.actor, sealed_list=found)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("subsidies:sealed_list", found.pk)
    note_read(request, [entry.person for entry in _entries(found)], reason=found.title)
    answer = HttpResponse(content, content_type="text/csv; charset=gb18030")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{found.number}.csv"
    ) or ("attachment")
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.may_see_lists)
@require_GET
def sealed_list_sheet(request: OfficeRequest, list_id: UUID) -> HttpResponse:
    """The sheet to be signed and stamped, for the printer."""
    found = _visible(request, list_id)
    entries = _entries(found)
    note_read(request, [entry.person for entry in entries], reason=found.title)
    office = Division.objects.filter(pk=found.division_code).values_list("name", flat=True).first()
    try:
        paper = sheet_of_list(found, entries, issuer=office or found.division_code)
    except DomainError as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"{found.title}.pdf"
    ) or ("inline")
    answer["Cache-Control"] = "no-store"
    return answer
