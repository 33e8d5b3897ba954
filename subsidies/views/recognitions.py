"""Honours without money: nominated, confirmed, certified."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.models import Person
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.award_forms import HonourFilter, HonourForm
from subsidies.enums import NominationReason, RecognitionState
from subsidies.letter_papers import TEMPLATE, certificate_of_recognition
from subsidies.models import Recognition
from subsidies.services import recognitions as services

COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Honour"), "kind", ("kind",)),
    Column(gettext_lazy("Year"), "year", ("year",)),
    Column(gettext_lazy("State"), "state", ("state",)),
)


@page(policies.may_see_recognitions)
@require_GET
def recognition_list(request: OfficeRequest) -> HttpResponse:
    """Honours within scope; filters stand in the address."""
    filters = HonourFilter(request.GET or None)
    rows = Recognition.objects.visible_to(request.actor).select_related("person")
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-year", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [row.person for row in shown], reason="honours")
    names = names_of_divisions({row.division_code for row in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "recognition": row,
                "state": RecognitionState(row.state),
                "village": names.get(row.division_code, ""),
            }
            for row in shown
        ],
    }
    return render(request, "subsidies/recognition_list.html", context)


@page(policies.may_nominate)
@require_http_methods(["GET", "POST"])
def recognition_new(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """Nominate somebody for an honour."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    note_read(request, person, reason="nomination")
    form = HonourForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.nominate_person(actor=request.actor, person=person, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Nominated. The county confirms it next."))
            return redirect("subsidies:recognition", made.pk)
    context = {"person": person, "form": form}
    return render(request, "subsidies/recognition_new.html", context, status=422 if form.errors else 200)


def _visible(request: OfficeRequest, recognition_id: UUID) -> Recognition:
    found = get_object_or_404(
        Recognition.objects.visible_to(request.actor).select_related("person", "nominated_by", "decided_by"),
        pk=recognition_id,
    )
    note_read(request, found.person, reason="honour")
    return found


@page(policies.may_see_recognitions)
@require_GET
def recognition(request: OfficeRequest, recognition_id: UUID) -> HttpResponse:
    """One honour: why, who was present, who confirmed it."""
    found = _visible(request, recognition_id)
    context = {
        "recognition": found,
        "state": RecognitionState(found.state),
        "reasons": [NominationReason(reason).label for reason in found.reasons],
        "village": names_of_divisions([found.division_code]).get(found.division_code, ""),
        "may_decide": found.state == RecognitionState.NOMINATED
        and policies.may_confirm_recognitions(request.actor)
        and request.actor.staff_id != found.nominated_by_id,
    }
    return render(request, "subsidies/recognition.html", context)


@page(policies.may_see_recognitions)
@require_GET
def recognition_history(request: OfficeRequest, recognition_id: UUID) -> HttpResponse:
    """Who nominated and who decided."""
    found = _visible(request, recognition_id)
    return show_history(
        request,
        record=found,
        heading=found.person.name,
        back_url=reverse("subsidies:recognition", args=[found.pk]),
        back_label=found.person.name,
    )


STEPS: dict[str, tuple[Callable[..., Recognition], Promise, Promise]] = {
    "confirm": (
        services.confirm_recognition,
        gettext_lazy("Confirm the honour"),
        gettext_lazy("It gets its number and its code; the certificate can be printed."),
    ),
    "reject": (
        services.reject_recognition,
        gettext_lazy("Do not confirm the honour"),
        gettext_lazy("Nothing else follows from it."),
    ),
}


@page(policies.may_confirm_recognitions)
@require_http_methods(["GET", "POST"])
def recognition_step(request: OfficeRequest, recognition_id: UUID, step: str) -> HttpResponse:
    """Confirm an honour or not, after asking."""
    if step not in STEPS:
        raise Http404
    service, label, consequence = STEPS[step]
    found = _visible(request, recognition_id)
    refused = ""
    if request.method == "POST":
        try:
            service(actor=request.actor, recognition=found)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": label})
            return redirect("subsidies:recognition", found.pk)
    context = {
        "recognition": found,
        "refused": refused,
        "consequence": consequence,
        "confirm_label": label,
        "confirm_tone": "danger" if step == "reject" else "primary",
        "cancel_url": reverse("subsidies:recognition", args=[found.pk]),
    }
    return render(request, "subsidies/recognition_step.html", context, status=422 if refused else 200)


@page(policies.may_see_recognitions)
@require_GET
def recognition_certificate(request: OfficeRequest, recognition_id: UUID) -> HttpResponse:
    """The certificate of a confirmed honour for the printer."""
    found = _visible(request, recognition_id)
    if found.state != RecognitionState.CONFIRMED:
        raise Http404
    county = f"{found.division_code[:6]}000000"
    names = names_of_divisions([found.division_code, county])
    paper = certificate_of_recognition(
        found, village=names.get(found.division_code, ""), issuer=names.get(county, county)
    )
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"{found.number}.pdf"
    ) or ("inline")
    answer["Cache-Control"] = "no-store"
    return answer
