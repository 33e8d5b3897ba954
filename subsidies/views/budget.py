"""Budgets: what is set aside, handed over, bound, on its way, paid and left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from offices.errors import DomainError
from offices.history import show_history
from offices.pages import OfficeRequest, page
from subsidies import policies
from subsidies.enums import BudgetChangeState, FundingSource
from subsidies.models import BudgetLine
from subsidies.money_forms import AppropriationForm, BudgetLineForm, RaiseForm
from subsidies.selectors.budget import BudgetState, budget_states, changes_of
from subsidies.selectors.days_to_account import days_of_office
from subsidies.services.budget import add_budget_line, appropriate, raise_budget


@dataclass(frozen=True, slots=True)
class ProgrammeBudget:
    """The budget lines of a programme in a year, and their sums in yuan."""

    name: str
    lines: list[BudgetState]

    def _sum(self, name: str) -> Decimal:
        return sum((getattr(line, name) for line in self.lines), Decimal())

    @property
    def budget(self) -> Decimal:
        return sum((line.line.amount for line in self.lines), Decimal())

    @property
    def appropriated(self) -> Decimal:
        return self._sum("appropriated")

    @property
    def committed(self) -> Decimal:
        return self._sum("committed")

    @property
    def free(self) -> Decimal:
        return self._sum("free")

    @property
    def in_transit(self) -> Decimal:
        return self._sum("in_transit")

    @property
    def paid(self) -> Decimal:
        return self._sum("paid")

    @property
    def available(self) -> Decimal:
        return self._sum("available")


@page(policies.may_see_money)
@require_GET
def budget(request: OfficeRequest) -> HttpResponse:
    """The budget of a year, by programme and source."""
    years = list(BudgetLine.objects.order_by("-year").values_list("year", flat=True).distinct())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else next(iter(years), None)
    states = budget_states(actor=request.actor, year=year) if year else []
    by_programme: dict[str, list[BudgetState]] = {}
    for state in states:
        by_programme.setdefault(str(state.line.programme.name), []).append(state)
    context = {
        "year": year,
        "years": years,
        "programmes": [ProgrammeBudget(name, lines) for name, lines in by_programme.items()],
        "short": [state for state in states if state.is_short],
        "beyond": [state for state in states if state.is_beyond_budget],
        "days": days_of_office(request.actor, today=request.business_day),
        "may_set": policies.may_set_budget(request.actor),
    }
    return render(request, "subsidies/budget.html", context)


@page(policies.may_set_budget)
@require_http_methods(["GET", "POST"])
def budget_line_new(request: OfficeRequest) -> HttpResponse:
    """Set money aside."""
    form = BudgetLineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {**form.cleaned_data, "source": FundingSource(form.cleaned_data["source"])}
        try:
            line = add_budget_line(actor=request.actor, **fields)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The budget line is entered. Record the money when it is handed over.")
            )
            return redirect("subsidies:budget_line", line.pk)
    return render(
        request, "subsidies/budget_line_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _line(line_id: UUID) -> BudgetLine:
    # Row-level security keeps budgets of other places out: they belong to the county.
    return get_object_or_404(BudgetLine.objects.select_related("programme", "made_by"), pk=line_id)


@page(policies.may_see_money)
@require_GET
def budget_line(request: OfficeRequest, line_id: UUID) -> HttpResponse:
    """A budget line and every appropriation on it."""
    line = _line(line_id)
    states = budget_states(actor=request.actor, year=line.year)
    context = {
        "line": line,
        "state": next(state for state in states if state.line.pk == line.pk),
        "appropriations": line.appropriations.select_related("made_by").order_by("appropriated_on", "pk"),
        "changes": [
            {
                "change": change,
                "state": BudgetChangeState(change.state),
                "other": change.to_line if change.from_line_id == line.pk else change.from_line,
                "amount": -change.amount if change.from_line_id == line.pk else change.amount,
            }
            for change in changes_of(line)
        ],
        "may_set": policies.may_set_budget(request.actor),
    }
    return render(request, "subsidies/budget_line.html", context)


@page(policies.may_see_money)
@require_GET
def budget_line_history(request: OfficeRequest, line_id: UUID) -> HttpResponse:
    """Who entered, raised and filled a budget line, and moved money from or to it."""
    line = _line(line_id)
    return show_history(
        request,
        record=line,
        related=[*line.appropriations.all(), *line.changes_in.all(), *line.changes_out.all()],
        heading=_title(line),
        back_url=reverse("subsidies:budget_line", args=[line.pk]),
        back_label=_title(line),
    )


@page(policies.may_set_budget)
@require_http_methods(["GET", "POST"])
def budget_line_raise(request: OfficeRequest, line_id: UUID) -> HttpResponse:
    """A supplementary budget."""
    line = _line(line_id)
    form = RaiseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            raise_budget(actor=request.actor, line=line, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The budget is raised."))
            return redirect("subsidies:budget_line", line.pk)
    return _change(request, line, form, _("Raise the budget"))


@page(policies.may_set_budget)
@require_http_methods(["GET", "POST"])
def appropriation_new(request: OfficeRequest, line_id: UUID) -> HttpResponse:
    """Record money that was handed over."""
    line = _line(line_id)
    form = AppropriationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appropriate(actor=request.actor, line=line, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The appropriation is recorded: from now on it can be paid."))
            return redirect("subsidies:budget_line", line.pk)
    return _change(request, line, form, _("Record an appropriation"))


def _title(line: BudgetLine) -> str:
    return f"{line.programme.name} · {line.year} · {line.get_source_display()}"


def _change(request: OfficeRequest, line: BudgetLine, form: Any, heading: str) -> HttpResponse:
    return render(
        request,
        "subsidies/budget_line_change.html",
        {"line": line, "form": form, "heading": heading},
        status=422 if form.errors else 200,
    )
