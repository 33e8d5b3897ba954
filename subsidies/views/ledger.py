"""The ledger: accounts, entries, every yuan followed, closed months and years."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from subsidies import policies
from subsidies.books_forms import CloseForm, EntryFilter
from subsidies.enums import BookPeriodKind, PaymentState, SuspenseState
from subsidies.models import Appropriation, ClosedPeriod, LedgerAccount, LedgerEntry, Payment, SuspenseItem
from subsidies.selectors.budget import budget_states
from subsidies.selectors.days_to_account import days_of_grant, days_of_office
from subsidies.selectors.recoveries import came_back_of, lines_about
from subsidies.selectors.tracing import drawn_from, parts_of, postings_of_payment, sides_of
from subsidies.services.books import close_month, close_year

ENTRY_COLUMNS = (
    Column(gettext_lazy("Booked on"), "booked", ("booked_on", "pk")),
    Column(gettext_lazy("What")),
    Column(gettext_lazy("About")),
    Column(gettext_lazy("By"), "by", ("booked_by__name",)),
    Column(gettext_lazy("Postings"), "postings", ("postings_count",), kind="number"),
)
_ABOUT = (
    "booked_by",
    "batch",
    "appropriation__line__programme",
    "suspense",
    "recovery_receipt__recovery",
    "recovery_refund__recovery",
)
POSTING_COLUMNS = (
    Column(gettext_lazy("No."), "serial", ("payment__serial",), kind="number"),
    Column(gettext_lazy("Name")),
    Column(gettext_lazy("Account")),
    Column(gettext_lazy("Amount (yuan)"), "amount", ("amount",), kind="number"),
)


@page(policies.may_see_money)
@require_GET
def ledger(request: OfficeRequest) -> HttpResponse:
    """The accounts of a year with their balances, what is closed, what stands in suspense."""
    years = list(LedgerAccount.objects.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else next(iter(years), None)
    accounts = (
        LedgerAccount.objects.filter(year=year or 0)
        .exclude(balance=0)
        .select_related("programme")
        .order_by("programme__order", "programme_id", "source", "kind")
    )
    context = {
        "days": days_of_office(request.actor, today=request.business_day),
        "year": year,
        "years": years,
        "accounts": accounts,
        "closed": ClosedPeriod.objects.select_related("closed_by")[:24],
        "in_suspense": SuspenseItem.objects.filter(state=SuspenseState.OPEN).count(),
        "may_close": policies.may_close_books(request.actor),
    }
    return render(request, "subsidies/ledger.html", context)


@page(policies.may_see_money)
@require_GET
def entry_list(request: OfficeRequest) -> HttpResponse:
    """Every entry; filters stand in the address."""
    filters = EntryFilter(request.GET or None)
    rows = LedgerEntry.objects.select_related(*_ABOUT)
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(rows),
        columns=ENTRY_COLUMNS,
        default_sort="-booked",
        filters=filters,
    )
    return render(request, "subsidies/entry_list.html", {"listing": listing, "filters": filters})


@page(policies.may_see_money)
@require_GET
def entry(request: OfficeRequest, entry_id: UUID) -> HttpResponse:
    """One entry: its accounts, and the persons' lines that it is about."""
    found = get_object_or_404(
        LedgerEntry.objects.select_related(*_ABOUT),
        pk=entry_id,
    )
    rows = found.postings.filter(payment__isnull=False).select_related("payment__person", "account")
    listing = make_listing(query=request.GET, rows=rows, columns=POSTING_COLUMNS, default_sort="serial")
    shown = list(listing.page)
    note_read(request, [one.payment.person for one in shown], reason="ledger")
    context = {"entry": found, "sides": sides_of(found), "listing": listing, "postings": shown}
    return render(request, "subsidies/entry.html", context)


@page(policies.may_see_money)
@require_GET
def payment(request: OfficeRequest, payment_id: UUID) -> HttpResponse:
    """One payment followed back: who, on which grant, by which batch, out of whose money."""
    found = get_object_or_404(
        Payment.objects.visible_to(request.actor).select_related(
            "person",
            "programme",
            "batch",
            "grant__application",
            "supersedes__batch",
            "representative__representation",
        ),
        pk=payment_id,
    )
    note_read(request, found.person, reason="ledger")
    context = {
        "payment": found,
        "state": PaymentState(found.state),
        "days": days_of_grant(found.grant, today=request.business_day),
        "parts": parts_of(found),
        "postings": postings_of_payment(found),
        "recovery_lines": lines_about(found),
        "came_back": came_back_of([found])[found.pk],
        "later": found.superseded_by.select_related("batch").first(),
        "may_see_grant": policies.may_see_grants(request.actor),
    }
    return render(request, "subsidies/payment.html", context)


@page(policies.may_see_money)
@require_GET
def appropriation(request: OfficeRequest, appropriation_id: UUID) -> HttpResponse:
    """Money that was handed over, followed to the batches that drew on it and so to the families."""
    found = get_object_or_404(
        Appropriation.objects.select_related("line__programme", "made_by", "entry"), pk=appropriation_id
    )
    states = budget_states(actor=request.actor, year=found.line.year)
    context = {
        "appropriation": found,
        "line": found.line,
        "state": next(state for state in states if state.line.pk == found.line_id),
        "drawn": drawn_from(found.line),
    }
    return render(request, "subsidies/appropriation.html", context)


@page(policies.may_close_books)
@require_http_methods(["GET", "POST"])
def books_close(request: OfficeRequest) -> HttpResponse:
    """Close a month or a year; it asks before, because nothing opens it again."""
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        label = form.cleaned_data["label"].strip()
        try:
            if form.cleaned_data["kind"] == BookPeriodKind.MONTH:
                closed = close_month(actor=request.actor, month=label)
            elif label.isdigit():
                closed = close_year(actor=request.actor, year=int(label))
            else:
                raise DomainError("year_form", _("Write the year as 2013."))
        except DomainError as refusal:
            form.add_error("label", str(refusal))
        else:
            messages.success(
                request,
                _("%(period)s is closed: nothing is booked in it any more.") % {"period": closed.label},
            )
            return redirect("subsidies:ledger")
    context = {"form": form}
    return render(request, "subsidies/books_close.html", context, status=422 if form.errors else 200)
