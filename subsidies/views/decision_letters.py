"""Letters of decision: listed, read, taken away as the kept file, delivered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from offices.selectors.divisions import names_of_divisions
from offices.services.files import open_file
from subsidies import policies
from subsidies.appeal_forms import DeliveryForm, LetterFilter
from subsidies.case_papers import TEMPLATE, receipt_paper
from subsidies.enums import AppealState, DeliveryMethod, LetterKind
from subsidies.models import DecisionLetter, LetterDelivery
from subsidies.selectors.letters import delivery_of, text_of, time_limits_of
from subsidies.services.appeals import decision_of
from subsidies.services.deliveries import deliver_letter, take_back_delivery
from subsidies.views.applications import village_of

COLUMNS = (
    Column(pgettext_lazy("letter", "Number"), "number", ("year", "office_code", "serial")),
    Column(gettext_lazy("Kind")),
    Column(gettext_lazy("Name"), "name", ("application__person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme")),
    Column(gettext_lazy("Issued on"), "issued", ("issued_on", "serial")),
    Column(gettext_lazy("Delivered on")),
)


@page(policies.may_see_letters)
@require_GET
def letter_list(request: OfficeRequest) -> HttpResponse:
    """Letters within scope; filters stand in the address."""
    filters = LetterFilter(request.GET or None, actor=request.actor)
    rows = DecisionLetter.objects.visible_to(request.actor).select_related(
        "application__person", "application__programme"
    )
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-issued", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [letter.application.person for letter in shown], reason="list")
    names = names_of_divisions({letter.division_code for letter in shown})
    standing = LetterDelivery.objects.standing().filter(letter__in=shown)
    delivered = dict(standing.values_list("letter_id", "delivered_on"))
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "letter": letter,
                "village": names.get(letter.division_code, ""),
                "delivered_on": delivered.get(letter.pk),
            }
            for letter in shown
        ],
    }
    return render(request, "subsidies/decision_letter_list.html", context)


def visible_letter(request: OfficeRequest, letter_id: UUID) -> DecisionLetter:
    """A letter within the reader's scope, and the log that she saw it; 404 otherwise."""
    letter = get_object_or_404(
        DecisionLetter.objects.visible_to(request.actor).select_related(
            "application__person",
            "application__programme",
            "terms",
            "file",
            "verification",
            "issued_by",
            "appeal__letter__terms",
            "appeal__letter__application__person",
        ),
        pk=letter_id,
    )
    note_read(request, letter.application.person, reason="letter")
    return letter


@page(policies.may_see_letters)
@require_GET
def letter(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """A letter as it was issued, how it reached the family, its time limits and what came of it."""
    found = visible_letter(request, letter_id)
    about = decision_of(found)
    delivery = delivery_of(found)
    appeals = list(about.appeals.order_by("received_on", "number"))
    may_deliver = policies.may_deliver_letters(request.actor)
    context = {
        "letter": found,
        "text": text_of(found),
        "village": village_of(found.division_code),
        "delivery": delivery,
        "limits": [
            {"limit": limit, "is_over": limit.is_over(request.business_day)}
            for limit in time_limits_of(found)
        ],
        "appeals": [{"appeal": one, "state": AppealState(one.state)} for one in appeals],
        "may_deliver": may_deliver and delivery is None,
        "may_take_back": may_deliver and delivery is not None and not appeals,
        "may_appeal": policies.may_receive_appeals(request.actor),
        "verify_path": reverse("verify", args=[found.verification.code]),
    }
    return render(request, "subsidies/decision_letter.html", context)


@page(policies.may_see_letters)
@require_GET
def letter_file(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """The kept PDF, the same bytes whenever it is asked for; before it is made, the page that says so."""
    found = visible_letter(request, letter_id)
    if found.file is None:
        messages.info(request, _("The file is being made. Open it again in a moment."))
        return redirect("subsidies:decision_letter", found.pk)
    note_read(request, found, reason="download")
    answer = FileResponse(
        open_file(found.file),
        as_attachment=False,
        filename=found.file.name,
        content_type=found.file.media_type,
    )
    answer["Content-Length"] = str(found.file.size)
    answer["X-Content-SHA256"] = found.file.sha256
    answer["Cache-Control"] = "no-store"
    return answer  # type: ignore[return-value] # it answers like every other


@page(policies.may_see_letters)
@require_GET
def letter_receipt(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """The proof of delivery (送达回证) to be signed: it comes back to the file."""
    found = visible_letter(request, letter_id)
    paper = receipt_paper(
        found, issuer=text_of(found).issuer, village=village_of(found.division_code), on=request.business_day
    )
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.may_see_letters)
@require_GET
def letter_history(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """Who issued, printed and delivered a letter."""
    found = visible_letter(request, letter_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.number} · {found.application.person.name}",
        back_url=reverse("subsidies:decision_letter", args=[found.pk]),
        back_label=found.number,
        related=found.deliveries.all(),
    )


@page(policies.may_deliver_letters)
@require_http_methods(["GET", "POST"])
def letter_deliver(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """Record how the letter reached the family."""
    found = visible_letter(request, letter_id)
    form = DeliveryForm(request.POST or None, initial={"on": request.business_day})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "method": DeliveryMethod(form.cleaned_data["method"])}
        try:
            deliver_letter(letter=found, actor=request.actor, **given)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded: the family's time limits run from the delivery."))
            return redirect("subsidies:decision_letter", found.pk)
    context = {"letter": found, "kind": LetterKind(found.kind), "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/decision_letter_deliver.html", context, status=status)


@page(policies.may_deliver_letters)
@require_http_methods(["GET", "POST"])
def delivery_take_back(request: OfficeRequest, delivery_id: UUID) -> HttpResponse:
    """Take a wrong entry of a delivery back."""
    delivery = get_object_or_404(
        LetterDelivery.objects.visible_to(request.actor).select_related("letter__application__person"),
        pk=delivery_id,
    )
    note_read(request, delivery.letter.application.person, reason="letter")
    refused = ""
    if request.method == "POST":
        try:
            take_back_delivery(delivery=delivery, actor=request.actor)
        except DomainError as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Taken back. Record now how it was delivered in truth."))
            return redirect("subsidies:decision_letter", delivery.letter_id)
    context = {
        "delivery": delivery,
        "refused": refused,
        "confirm_label": _("Take the entry back"),
        "cancel_url": reverse("subsidies:decision_letter", args=[delivery.letter_id]),
    }
    return render(request, "subsidies/delivery_take_back.html", context, status=422 if refused else 200)
