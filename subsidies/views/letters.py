"""Priority letters: issued, listed, printed, withdrawn."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.models import Person
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.models import Division
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.enums import ProgrammeKind
from subsidies.letter_papers import TEMPLATE, paper_of_letter
from subsidies.list_forms import LetterFilter, LetterForm, WithdrawLetterForm
from subsidies.models import PriorityLetter, Programme
from subsidies.services.priority_letters import issue_letter, withdraw_letter

COLUMNS = (
    Column(gettext_lazy("Number"), "number", ("issued_on", "number")),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("To be shown to"), "purpose", ("purpose",)),
    Column(gettext_lazy("Holds until"), "until", ("last_day",)),
)


@page(policies.may_see_letters)
@require_GET
def letter_list(request: OfficeRequest) -> HttpResponse:
    """Letters within scope; filters stand in the address."""
    filters = LetterFilter(request.GET or None)
    rows = PriorityLetter.objects.visible_to(request.actor).select_related("person")
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-number", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [letter.person for letter in shown], reason="letters")
    names = names_of_divisions({letter.division_code for letter in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [{"letter": letter, "village": names.get(letter.division_code, "")} for letter in shown],
    }
    return render(request, "subsidies/letter_list.html", context)


@page(policies.may_issue_letters)
@require_http_methods(["GET", "POST"])
def letter_new(request: OfficeRequest, person_id: UUID, programme_code: str) -> HttpResponse:
    """Issue a letter to a family that asks for it."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    programme = get_object_or_404(
        Programme.objects.visible_to(request.actor), pk=programme_code, kind=ProgrammeKind.LETTER
    )
    note_read(request, person, reason="letter")
    form = LetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = issue_letter(
                actor=request.actor,
                person=person,
                programme=programme,
                purpose=form.cleaned_data["purpose"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The letter is issued. Print it and hand it to the family."))
            return redirect("subsidies:letter", made.pk)
    context = {"person": person, "programme": programme, "form": form}
    return render(request, "subsidies/letter_new.html", context, status=422 if form.errors else 200)


def _visible(request: OfficeRequest, letter_id: UUID) -> PriorityLetter:
    letter = get_object_or_404(
        PriorityLetter.objects.visible_to(request.actor).select_related(
            "person", "programme", "receipt__policy_version", "issued_by", "withdrawn_by"
        ),
        pk=letter_id,
    )
    note_read(request, letter.person, reason="letter")
    return letter


def _village(letter: PriorityLetter) -> str:
    return names_of_divisions([letter.division_code]).get(letter.division_code, "")


@page(policies.may_see_letters)
@require_GET
def letter(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """One letter: for what, until when, on which explanation it rests."""
    found = _visible(request, letter_id)
    context = {
        "letter": found,
        "village": _village(found),
        "holds": found.withdrawn_on is None and found.last_day >= request.business_day,
        "may_withdraw": found.withdrawn_on is None and policies.may_issue_letters(request.actor),
    }
    return render(request, "subsidies/letter.html", context)


@page(policies.may_see_letters)
@require_GET
def letter_history(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """Who issued and who withdrew it."""
    found = _visible(request, letter_id)
    return show_history(
        request,
        record=found,
        heading=found.number,
        back_url=reverse("subsidies:letter", args=[found.pk]),
        back_label=found.number,
    )


@page(policies.may_issue_letters)
@require_http_methods(["GET", "POST"])
def letter_withdraw(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """Withdraw a letter with its reason."""
    found = _visible(request, letter_id)
    form = WithdrawLetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_letter(actor=request.actor, letter=found, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The letter is withdrawn; its code says so from now on."))
            return redirect("subsidies:letter", found.pk)
    context = {"letter": found, "form": form}
    return render(request, "subsidies/letter_withdraw.html", context, status=422 if form.errors else 200)


@page(policies.may_see_letters)
@require_GET
def letter_file(request: OfficeRequest, letter_id: UUID) -> HttpResponse:
    """The letter for the printer, the same whenever it is printed."""
    found = _visible(request, letter_id)
    county = f"{found.division_code[:6]}000000"
    issuer = Division.objects.filter(pk=county).values_list("name", flat=True).first() or county
    paper = paper_of_letter(found, village=_village(found), issuer=issuer)
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"{found.number}.pdf"
    ) or ("inline")
    answer["Cache-Control"] = "no-store"
    return answer
