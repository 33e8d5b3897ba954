"""Agents, guardians and heirs: entered, confirmed or rejected, shown, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households import policies
from households.enums import RepresentationKind, RepresentationState
from households.forms import AccountForm
from households.models import Person, Representation, Representative
from households.representation_forms import (
    EndForm,
    RejectionForm,
    RepresentationFilter,
    RepresentationForm,
    given_people,
    representatives,
)
from households.services import representations as services
from households.services.representative_accounts import (
    decide_representative_account,
    propose_representative_account,
)
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.paper_files import SUFFIXES
from offices.selectors.divisions import names_of_divisions

COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("As"), "kind", ("kind",)),
    Column(gettext_lazy("Document")),
    Column(gettext_lazy("Entered on"), "entered", ("entered_on",)),
    Column(gettext_lazy("State")),
)
_FIELD_OF = {"representation_ground": "ground", "representation_days": "document_on"}


@page(policies.may_see_representations)
@require_GET
def representation_list(request: OfficeRequest) -> HttpResponse:
    """Who stands for somebody, within scope; filters stand in the address."""
    filters = RepresentationFilter(request.GET or None)
    rows = Representation.objects.visible_to(request.actor).select_related("person", "entered_by")
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(rows),
        columns=COLUMNS,
        default_sort="-entered",
        filters=filters,
    )
    shown = list(listing.page)
    note_read(request, [row.person for row in shown], reason="list")
    names = names_of_divisions({row.division_code for row in shown})
    lines = [
        {
            "entry": row,
            "state": RepresentationState(row.state),
            "village": names.get(row.division_code, ""),
        }
        for row in shown
    ]
    context = {"listing": listing, "filters": filters, "lines": lines}
    return render(request, "households/representation_list.html", context)


@page(policies.may_enter_representations)
@require_http_methods(["GET", "POST"])
def representation_new(request: OfficeRequest, pk: UUID, kind: str) -> HttpResponse:
    """Enter an agent, a guardian or the heirs of a person, from their document."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=pk)
    if kind not in RepresentationKind.values:
        raise Http404
    note_read(request, person, reason="representation")
    as_what = RepresentationKind(kind)
    posted = request.POST if request.method == "POST" else None
    form = RepresentationForm(posted, request.FILES if posted is not None else None, kind=as_what)
    people = representatives(posted, kind=as_what)
    if form.is_valid() and people.is_valid():
        try:
            entry = services.enter_representation(
                actor=request.actor, person=person, kind=as_what, people=given_people(people), **form.given
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("It is entered. Somebody else confirms it with the document."))
            return redirect("households:representation", entry.pk)
    context = {"person": person, "kind": as_what, "form": form, "people": people}
    return render(
        request, "households/representation_new.html", context, status=200 if posted is None else 422
    )


def _visible(request: OfficeRequest, pk: UUID) -> Representation:
    found = get_object_or_404(
        Representation.objects.visible_to(request.actor).select_related(
            "person", "entered_by", "decided_by", "ended_by"
        ),
        pk=pk,
    )
    note_read(request, found.person, reason="representation")
    return found


@page(policies.may_see_representations)
@require_GET
def representation(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Who stands for whom, by which document, entered and confirmed by whom, and what can be done."""
    return render(request, "households/representation.html", _context(request, _visible(request, pk)))


def _context(request: OfficeRequest, found: Representation) -> dict[str, Any]:
    actor = request.actor
    is_own = found.entered_by_id == actor.staff_id
    waits = found.state == RepresentationState.PROPOSED
    may_confirm = waits and not is_own and policies.may_confirm_representations(actor)
    people = list(found.people.select_related("next_by"))
    return {
        "entry": found,
        "state": RepresentationState(found.state),
        "people": people,
        "whole": sum(one.parts for one in people),
        "is_of_heirs": found.kind == RepresentationKind.HEIRS,
        "shows_numbers": False,
        "may_see_person": policies.may_see_families(actor),
        "may_confirm": may_confirm,
        "may_reject": waits and (is_own or may_confirm),
        "may_end": found.state == RepresentationState.CONFIRMED and policies.may_end_representations(actor),
        "may_enter_account": found.state == RepresentationState.CONFIRMED
        and found.is_paid
        and policies.may_enter_accounts(actor),
        "may_confirm_account": policies.may_confirm_accounts(actor),
    }


@page(policies.may_end_representations)
@require_http_methods(["GET", "POST"])
def representation_step(request: OfficeRequest, pk: UUID, step: str) -> HttpResponse:
    """Confirm, reject or end, each on a page that says what follows."""
    found = _visible(request, pk)
    forms_of = {"confirm": None, "reject": RejectionForm, "end": EndForm}
    if step not in forms_of:
        raise Http404
    if step == "confirm" and not policies.may_confirm_representations(request.actor):
        raise NotAllowed()
    made = forms_of[step]
    posted = request.POST if request.method == "POST" else None
    form = made(posted) if made else None
    if posted is not None and (form is None or form.is_valid()):
        try:
            _take(request, found, step, form.cleaned_data if form else {})
        except NotAllowed:
            raise
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return redirect("households:representation", found.pk)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            return redirect("households:representation", found.pk)
    context = {
        **_context(request, found),
        "form": form,
        "step": step,
        "shows_numbers": step == "confirm",
        "confirm_label": {"confirm": _("It agrees: confirm"), "reject": _("Reject it"), "end": _("End it")}[
            step
        ],
        "confirm_tone": "primary" if step == "confirm" else "danger",
        "cancel_url": reverse("households:representation", args=[found.pk]),
    }
    return render(
        request, "households/representation_step.html", context, status=200 if posted is None else 422
    )


def _take(request: OfficeRequest, found: Representation, step: str, asked: dict[str, Any]) -> None:
    take: Any = {
        "confirm": services.confirm_representation,
        "reject": services.reject_representation,
        "end": services.end_representation,
    }[step]
    take(actor=request.actor, representation=found, **asked)


@page(policies.may_see_representations)
@require_GET
def representation_paper(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The document as a download: whoever may see the entry may open it, and it is logged who did."""
    found = _visible(request, pk)
    answer = HttpResponse(services.content_of_document(found), content_type=found.media_type)
    name = f"{found.get_kind_display()} {found.document_on:%Y%m%d}{SUFFIXES[found.media_type]}"
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.may_see_representations)
@require_GET
def representation_history(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Who did what with an entry, and what its rows were before."""
    found = _visible(request, pk)
    return show_history(
        request,
        record=found,
        related=list(found.people.all()),
        heading=f"{found.get_kind_display()} · {found.person.name}",
        back_url=reverse("households:representation", args=[found.pk]),
        back_label=found.person.name,
    )


@page(policies.may_see_accounts)
@require_http_methods(["GET", "POST"])
def representative_account(request: OfficeRequest, representative_id: UUID) -> HttpResponse:
    """Another account of who is paid for a person: entered by one, confirmed or rejected by another."""
    row = get_object_or_404(
        Representative.objects.visible_to(request.actor).select_related("representation__person", "next_by"),
        pk=representative_id,
    )
    note_read(request, row.representation.person, reason="account")
    waits = row.next_account is not None
    may_enter = policies.may_enter_accounts(request.actor) and not waits
    may_confirm = policies.may_confirm_accounts(request.actor) and row.next_by_id != request.actor.staff_id
    posted = request.POST if request.method == "POST" else None
    form = AccountForm(posted) if may_enter else None
    if posted is not None:
        try:
            if waits or form is None:
                is_right = posted.get("decision") == "confirm"
                decide_representative_account(actor=request.actor, representative=row, is_right=is_right)
            elif form.is_valid():
                propose_representative_account(actor=request.actor, representative=row, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return redirect("households:representative_account", row.pk)
            form.add_error(None, str(refusal))
        if form is None or not form.errors:
            messages.success(request, _("Recorded."))
            return redirect("households:representation", row.representation_id)
    context = {"row": row, "form": form, "waits": waits, "may_confirm": waits and may_confirm}
    status = 422 if form is not None and form.errors else 200
    return render(request, "households/representative_account.html", context, status=status)
