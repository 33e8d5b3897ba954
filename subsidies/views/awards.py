"""Awards by selection: families nominated, goods kept and handed out, the certificate."""

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
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.award_forms import GoodsForm, GoodsMoveForm, HandOutForm, NominationForm
from subsidies.enums import GoodsMoveKind, ProgrammeKind
from subsidies.letter_papers import TEMPLATE, certificate_of_award
from subsidies.models import GoodsItem, Grant
from subsidies.services.goods import add_goods, hand_out_goods, move_goods
from subsidies.services.nominations import nominate_family

COLUMNS = (
    Column(gettext_lazy("Goods"), "name", ("name",)),
    Column(gettext_lazy("Value of one (yuan)"), "value", ("unit_value",), kind="number"),
    Column(gettext_lazy("In stock"), "stock", ("stock",), kind="number"),
)


@page(policies.may_nominate)
@require_http_methods(["GET", "POST"])
def nomination_new(request: OfficeRequest, person_id: UUID) -> HttpResponse:
    """Nominate a family for an award; the meeting, notices and decisions follow as for every application."""
    person = get_object_or_404(Person.objects.visible_to(request.actor), pk=person_id)
    note_read(request, person, reason="nomination")
    form = NominationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = nominate_family(actor=request.actor, person=person, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The family is nominated. The village's meeting is next."))
            return redirect("subsidies:application", case.pk)
    context = {"person": person, "form": form}
    return render(request, "subsidies/nomination_new.html", context, status=422 if form.errors else 200)


@page(policies.may_see_goods)
@require_GET
def goods_list(request: OfficeRequest) -> HttpResponse:
    """Goods of awards with their stock; they are the county's, seen by every counter that hands them out."""
    with county_scope():
        listing = make_listing(
            query=request.GET, rows=GoodsItem.objects.all(), columns=COLUMNS, default_sort="name"
        )
        rows = list(listing.page)
    context = {"listing": listing, "rows": rows, "may_keep": policies.may_keep_goods(request.actor)}
    return render(request, "subsidies/goods_list.html", context)


@page(policies.may_keep_goods)
@require_http_methods(["GET", "POST"])
def goods_new(request: OfficeRequest) -> HttpResponse:
    """Enter a kind of goods."""
    form = GoodsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_goods(actor=request.actor, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("subsidies:goods_item", made.pk)
    return render(request, "subsidies/goods_new.html", {"form": form}, status=422 if form.errors else 200)


@page(policies.may_keep_goods)
@require_http_methods(["GET", "POST"])
def goods_item(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """One kind of goods: its stock, its moves, and a move to book."""
    item = get_object_or_404(GoodsItem.objects.visible_to(request.actor), pk=item_id)
    form = GoodsMoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            move_goods(actor=request.actor, item=item, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Booked."))
            return redirect("subsidies:goods_item", item.pk)
    moves = item.moves.select_related("recorded_by", "grant__application").order_by("-moved_on", "-pk")[:200]
    context = {
        "item": item,
        "form": form,
        "moves": [{"move": move, "is_in": move.kind == GoodsMoveKind.RECEIVED} for move in moves],
    }
    return render(request, "subsidies/goods_item.html", context, status=422 if form.errors else 200)


@page(policies.may_keep_goods)
@require_GET
def goods_item_history(request: OfficeRequest, item_id: UUID) -> HttpResponse:
    """Who entered it and booked its moves."""
    item = get_object_or_404(GoodsItem.objects.visible_to(request.actor), pk=item_id)
    return show_history(
        request,
        record=item,
        heading=item.name,
        back_url=reverse("subsidies:goods_item", args=[item.pk]),
        back_label=item.name,
    )


def _award(request: OfficeRequest, grant_id: UUID) -> Grant:
    grant = get_object_or_404(
        Grant.objects.visible_to(request.actor).select_related("programme", "person", "application"),
        pk=grant_id,
        programme__kind=ProgrammeKind.AWARD,
    )
    note_read(request, grant.person, reason="award")
    return grant


@page(policies.may_hand_out_goods)
@require_http_methods(["GET", "POST"])
def goods_hand_out(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """Hand goods of an award out against signature."""
    grant = _award(request, grant_id)
    with county_scope():
        form = HandOutForm(request.POST or None, initial={"signed_by": grant.person.name})
        is_valid = request.method == "POST" and form.is_valid()
        if is_valid:
            try:
                hand_out_goods(actor=request.actor, grant=grant, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Handed out and signed for."))
                return redirect("subsidies:grant", grant.pk)
        context = {
            "grant": grant,
            "form": form,
            "given": list(grant.goods.select_related("item").order_by("moved_on", "pk")),
        }
        return render(request, "subsidies/goods_hand_out.html", context, status=422 if form.errors else 200)


@page(policies.may_see_grants)
@require_GET
def award_certificate(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """The certificate of an award for the printer."""
    grant = _award(request, grant_id)
    county = f"{grant.division_code[:6]}000000"
    names = names_of_divisions([grant.division_code, county])
    paper = certificate_of_award(
        grant, village=names.get(grant.division_code, ""), issuer=names.get(county, county)
    )
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=False, filename=f"{grant.application.file_number}.pdf"
    ) or ("inline")
    answer["Cache-Control"] = "no-store"
    return answer
