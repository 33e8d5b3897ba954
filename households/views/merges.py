"""Merges: what one would move, doing it, the list of them, and undoing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import MergeState
from households.forms_of_duplicates import MergeChoicesForm, MergeFilterForm
from households.models import DuplicatePair, PersonMerge
from households.policies import may_decide_duplicates, may_merge_money, may_see_duplicates
from households.services.merge_plan import MergePlan
from households.services.merges import merge_people, preview_merge, undo_merge
from offices.errors import DomainError, NotAllowed
from offices.listing import Column, make_listing
from offices.pages import note_read, page

_COLUMNS = (
    Column(gettext_lazy("Merged on"), key="day", order=("-merged_at",)),
    Column(gettext_lazy("Person")),
    Column(gettext_lazy("Merged by")),
    Column(gettext_lazy("Rows moved"), key="rows", order=("moved_rows",), kind="number"),
    Column(gettext_lazy("Yuan paid"), key="amount", order=("moved_amount",), kind="number"),
    Column(gettext_lazy("State"), key="state", order=("state",)),
)


@page(may_decide_duplicates)
@require_http_methods(["GET", "POST"])
def merge_new(request: Any, pk: UUID) -> HttpResponse:
    """Every row and yuan that a merge would move, then the merge itself."""
    pairs = DuplicatePair.objects.visible_to(request.actor).select_related("first", "second")
    pair = get_object_or_404(pairs, pk=pk)
    asked = request.POST if request.method == "POST" else request.GET
    keep = _keep(pair, asked.get("keep", ""))
    plan = preview_merge(actor=request.actor, pair=pair, keep=keep, chosen=asked.dict())
    note_read(request, [plan.survivor, plan.absorbed], reason="merge")
    if request.method != "POST":
        return _show_plan(request, plan)
    try:
        merge = merge_people(actor=request.actor, pair=pair, keep=keep, chosen=asked.dict())
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show_plan(request, plan, error=str(refusal))
    messages.success(
        request, _("The two records are one now. As long as nothing else changes, this can be undone.")
    )
    return redirect("households:merge", pk=merge.pk)


def _keep(pair: DuplicatePair, asked: str) -> UUID:
    """The record that was asked for, else the one that was recorded first."""
    for person in (pair.first, pair.second):
        if str(person.pk) == asked:
            return person.pk
    if asked:
        raise Http404
    return min((pair.first, pair.second), key=lambda person: person.recorded_at).pk


def _show_plan(request: Any, plan: MergePlan, *, error: str = "") -> HttpResponse:
    sides = (str(plan.survivor.pk), str(plan.absorbed.pk))
    may_merge = not plan.hindrances and (not plan.moves_money or may_merge_money(request.actor))
    return render(
        request,
        "households/merge_new.html",
        {
            "plan": plan,
            "form": MergeChoicesForm(
                initial={**plan.chosen, "keep": sides[0]}, choices=plan.choices, sides=sides
            ),
            "chosen": [(choice.code, plan.chosen[choice.code]) for choice in plan.choices],
            "may_merge": may_merge,
            "is_county_s": plan.moves_money and not may_merge_money(request.actor),
            "error": error,
        },
        status=422 if error else 200,
    )


@page(may_see_duplicates)
@require_GET
def merge_list(request: Any) -> HttpResponse:
    """Merges within scope, the newest first."""
    filters = MergeFilterForm(request.GET or None)
    rows = filters.narrow(PersonMerge.objects.visible_to(request.actor)).select_related(
        "survivor", "merged_by"
    )
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="day", filters=filters
    )
    shown = list(listing.page.object_list)
    note_read(request, [merge.survivor for merge in shown])
    return render(
        request,
        "households/merge_list.html",
        {
            "listing": listing,
            "filters": filters,
            "merges": [{"merge": merge, "state": MergeState(merge.state)} for merge in shown],
        },
    )


@page(may_see_duplicates)
@require_GET
def merge_detail(request: Any, pk: UUID) -> HttpResponse:
    """A merge: which records, by whom, how much moved, and whether it can be undone."""
    merge = _merge(request, pk)
    note_read(request, merge.survivor, reason="merge")
    return render(
        request,
        "households/merge.html",
        {
            "merge": merge,
            "state": MergeState(merge.state),
            "may_undo": merge.state == MergeState.DONE and _may_undo(request, merge),
        },
    )


@page(may_decide_duplicates)
@require_http_methods(["GET", "POST"])
def merge_undo(request: Any, pk: UUID) -> HttpResponse:
    """Ask, then restore both records exactly."""
    merge = _merge(request, pk)
    error = ""
    if request.method == "POST":
        try:
            undo_merge(actor=request.actor, merge=merge)
        except NotAllowed:
            raise
        except DomainError as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Both records are as they were before the merge."))
            return redirect("households:merge", pk=merge.pk)
    note_read(request, merge.survivor, reason="merge")
    return render(
        request,
        "households/merge_undo.html",
        {"merge": merge, "error": error},
        status=422 if error else 200,
    )


def _merge(request: Any, pk: UUID) -> PersonMerge:
    merges = PersonMerge.objects.visible_to(request.actor).select_related(
        "survivor", "absorbed", "merged_by", "undone_by"
    )
    return get_object_or_404(merges, pk=pk)


def _may_undo(request: Any, merge: PersonMerge) -> bool:
    return may_decide_duplicates(request.actor) and (not merge.moved_amount or may_merge_money(request.actor))
