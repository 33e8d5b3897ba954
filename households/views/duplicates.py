"""People who may be recorded twice: the queue, two records side by side, and what somebody decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from households.enums import PairState
from households.forms_of_duplicates import PairFilterForm
from households.models import DuplicatePair, Person
from households.models.duplicates import PAIR_TRANSITIONS
from households.policies import may_decide_duplicates, may_see_duplicates
from households.selectors.duplicates import (
    compare_people,
    compared,
    kin_of,
    pair_lines,
    reasons_in_words,
)
from households.services.duplicates import decide_pair, reopen_pair
from households.services.merge_facts import facts_side_by_side
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import note_read, page

_COLUMNS = (
    Column(gettext_lazy("Likeness"), key="score", order=("-score",), kind="number"),
    Column(gettext_lazy("First record")),
    Column(gettext_lazy("Second record")),
    Column(gettext_lazy("Why")),
    Column(gettext_lazy("State"), key="state", order=("state",)),
    Column(gettext_lazy("Found on"), key="found", order=("found_on",)),
    Column("", kind="actions"),
)


@page(may_see_duplicates)
@require_GET
def duplicate_list(request: Any) -> HttpResponse:
    """Pairs of records that may be of one person, the most alike first."""
    filters = PairFilterForm(request.GET or None)
    rows = filters.narrow(DuplicatePair.objects.visible_to(request.actor)).select_related("first", "second")
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="score", filters=filters
    )
    shown = list(listing.page.object_list)
    note_read(request, [person for pair in shown for person in (pair.first, pair.second)])
    return render(
        request,
        "households/duplicate_list.html",
        {
            "listing": listing,
            "filters": filters,
            "lines": [{"line": line, "state": PairState(line.pair.state)} for line in pair_lines(shown)],
        },
    )


@page(may_see_duplicates)
@require_GET
def duplicate_pair(request: Any, pk: UUID) -> HttpResponse:
    """Two records side by side: what agrees, what differs, and why they may be of one person."""
    return _show_pair(request, _pair(request, pk))


@page(may_decide_duplicates)
@require_POST
def duplicate_decide(request: Any, pk: UUID, decision: str) -> HttpResponse:
    """Decide that the two are one person or two, or take the decision back."""
    pair = _pair(request, pk)
    if decision not in ("same", "different", "reopen"):
        raise Http404
    try:
        if decision == "reopen":
            reopen_pair(actor=request.actor, pair=pair)
        else:
            decide_pair(actor=request.actor, pair=pair, is_same=decision == "same")
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _show_pair(request, pair, error=str(refusal))
    messages.success(request, _DONE[decision])
    if decision == "same":
        return redirect("households:duplicate", pk=pair.pk)
    return redirect("households:duplicates")


_DONE = {
    "same": gettext_lazy("They are one person. Look at what would move, then make the two records one."),
    "different": gettext_lazy(
        "They are two persons. The pair comes back only if a name, birth date, sex or number changes."
    ),
    "reopen": gettext_lazy("The pair waits again."),
}


@page(may_see_duplicates)
@require_GET
def duplicate_history(request: Any, pk: UUID) -> HttpResponse:
    """Who decided what about a pair, and when."""
    pair = _pair(request, pk)
    return show_history(
        request,
        record=pair,
        heading=_("History of this pair"),
        back_url=reverse("households:duplicate", args=[pair.pk]),
        back_label=_("Two records side by side"),
    )


def _pair(request: Any, pk: UUID) -> DuplicatePair:
    pairs = DuplicatePair.objects.visible_to(request.actor).select_related("first", "second", "decided_by")
    return get_object_or_404(pairs, pk=pk)


def _show_pair(request: Any, pair: DuplicatePair, *, error: str = "") -> HttpResponse:
    first, second = pair.first, pair.second
    note_read(request, [first, second], reason="duplicate")
    possible = PAIR_TRANSITIONS.get(pair.state, frozenset())
    is_standing = not first.merged_into_id and not second.merged_into_id
    may_decide = may_decide_duplicates(request.actor) and is_standing
    return render(
        request,
        "households/duplicate.html",
        {
            "pair": pair,
            "state": PairState(pair.state),
            "reasons": reasons_in_words(pair),
            "lines": compare_people(first, second),
            "facts": _facts(request, first, second),
            "error": error,
            "is_standing": is_standing,
            "may_say_same": may_decide and PairState.SAME in possible,
            "may_say_different": may_decide and PairState.DIFFERENT in possible,
            "may_reopen": may_decide and PairState.CANDIDATE in possible,
            "may_merge": may_decide and PairState.MERGED in possible,
            "merge": pair.merges.order_by("-merged_at").first(),
        },
        status=422 if error else 200,
    )


def _facts(request: Any, first: Person, second: Person) -> list[Any]:
    with county_scope():
        parents, children = zip(kin_of(request.actor, first), kin_of(request.actor, second), strict=True)
        said: list[tuple[Any, str, str]] = [
            (gettext_lazy("Parents"), "、".join(parents[0]), "、".join(parents[1])),
            (gettext_lazy("Children"), "、".join(children[0]), "、".join(children[1])),
            *facts_side_by_side(actor=request.actor, first=first, second=second, on=request.business_day),
        ]
        return [compared(label, own, other) for label, own, other in said if own or other]
