"""Choosing the households of a village that is split: a list with filters, some of it or all of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from households.division_forms import SplitChoiceForm, SplitFilterForm
from households.enums import DivisionChangeState
from households.models import DivisionChange, Household
from households.policies import may_draft_division_changes
from households.selectors.people import household_lines
from households.services.division_changes.drafting import choose_households, count_change
from offices.enums import SuccessionKind
from offices.errors import DomainError, NotAllowed
from offices.listing import Column, make_listing
from offices.pages import note_read, page

_COLUMNS = (
    Column(gettext_lazy("Goes")),
    Column(gettext_lazy("Household number"), key="number", order=("number",)),
    Column(gettext_lazy("Head")),
    Column(gettext_lazy("Living members"), kind="number"),
    Column(gettext_lazy("Goes to")),
)
_A_PAGE = 200


@page(may_draft_division_changes)
@require_http_methods(["GET", "POST"])
def split_households(request: Any, pk: UUID) -> HttpResponse:
    """The households of a village that is split, and where each goes."""
    change = get_object_or_404(
        DivisionChange.objects.visible_to(request.actor).filter(
            kind=SuccessionKind.SPLIT, state=DivisionChangeState.DRAFT
        ),
        pk=pk,
    )
    lines = list(change.lines.all())
    if not lines:
        raise Http404
    filters = SplitFilterForm(request.GET or None, lines=lines)
    village = Household.objects.visible_to(request.actor).filter(division_code=lines[0].old_code)
    rows = filters.narrow(village, change)
    form = SplitChoiceForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_valid():
        is_all = form.cleaned_data["which"] == "shown"
        ticked = [one for one in request.POST.getlist("household") if _is_key(one)]
        households = list(rows.values_list("pk", flat=True)) if is_all else ticked
        try:
            choose_households(
                actor=request.actor,
                change=change,
                households=households,
                new_code=form.cleaned_data["new_code"],
            )
            count_change(actor=request.actor, change=change)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The choice is kept, and what moves is counted anew."))
            return redirect(request.get_full_path())
    listing = make_listing(
        query=request.GET,
        rows=rows,
        columns=_COLUMNS,
        default_sort="number",
        filters=filters,
        per_page=_A_PAGE,
    )
    return _show(request, change, lines, listing, filters, form)


def _show(
    request: Any, change: DivisionChange, lines: list[Any], listing: Any, filters: Any, form: Any
) -> HttpResponse:
    shown = list(listing.page.object_list)
    note_read(request, shown, reason="split")
    names = {line.new_code: line.new_name for line in lines}
    rest = next(line.new_name for line in lines if line.is_default)
    ticked = set(request.POST.getlist("household"))
    return render(
        request,
        "households/division_change_households.html",
        {
            "change": change,
            "village": lines[0].old_name,
            "rest": rest,
            "listing": listing,
            "filters": filters,
            "form": form,
            "rows": [
                {
                    "line": line,
                    "goes_to": names.get(household.goes_to, rest),
                    "is_chosen": household.goes_to is not None,
                    "is_ticked": str(household.pk) in ticked,
                }
                for household, line in zip(
                    shown, household_lines(shown, on=request.business_day), strict=True
                )
            ],
        },
        status=422 if form.errors else 200,
    )


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
