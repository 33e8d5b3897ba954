"""Changes of divisions: the list, preparing one, what it moves, confirming and withdrawing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.division_forms import FORMS, DivisionChangeFilterForm, TownshipForm
from households.enums import DivisionChangeState
from households.models import DivisionChange
from households.policies import (
    may_confirm_division_changes,
    may_draft_division_changes,
    may_see_division_changes,
)
from households.selectors.division_changes import preview_of, ways_of
from households.services.division_changes.drafting import (
    confirm_change,
    count_change,
    draft_change,
    have_done,
    withdraw_change,
)
from offices.enums import SuccessionKind
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import page
from offices.services.jobs import progress_of

_COLUMNS = (
    Column(gettext_lazy("Holds from"), key="day", order=("-effective_on", "-drafted_at")),
    Column(gettext_lazy("What happens"), key="kind", order=("kind", "-effective_on")),
    Column(gettext_lazy("Villages")),
    Column(gettext_lazy("Legal document")),
    Column(gettext_lazy("State"), key="state", order=("state", "-effective_on")),
)
_TITLES = {
    SuccessionKind.MERGE.value: gettext_lazy("Merge villages"),
    SuccessionKind.SPLIT.value: gettext_lazy("Split a village"),
    SuccessionKind.TRANSFER.value: gettext_lazy("Move a village to another township"),
    SuccessionKind.RENAME.value: gettext_lazy("Rename a village or township"),
}
_FIELD_OF = {
    "document_missing": "document",
    "month_locked": "effective_on",
    "village_not_yet": "effective_on",
    "changed_since": "effective_on",
    "merge_of_two": "villages",
    "name_is_the_same": "new_name",
    "same_township": "new_code",
}


@page(may_see_division_changes)
@require_GET
def change_list(request: Any) -> HttpResponse:
    """Changes of divisions, the latest day first."""
    filters = DivisionChangeFilterForm(request.GET or None)
    rows = filters.narrow(DivisionChange.objects.visible_to(request.actor))
    listing = make_listing(
        query=request.GET, rows=rows, columns=_COLUMNS, default_sort="day", filters=filters
    )
    shown = list(listing.page.object_list)
    lines = ways_of(shown)
    return render(
        request,
        "households/division_change_list.html",
        {
            "listing": listing,
            "filters": filters,
            "rows": [
                {"change": one, "lines": lines[one.pk], "state": DivisionChangeState(one.state)}
                for one in shown
            ],
            "kinds": list(_TITLES.items()) if may_draft_division_changes(request.actor) else [],
        },
    )


@page(may_draft_division_changes)
@require_http_methods(["GET", "POST"])
def change_new(request: Any, kind: str) -> HttpResponse:
    """Prepare a change; what it moves is counted and shown next."""
    if kind not in FORMS:
        raise Http404
    townships = TownshipForm(request.GET)
    is_sent = request.method == "POST"
    township = request.POST.get("township", "") if is_sent else townships.chosen
    form = FORMS[kind](request.POST if is_sent else None, township=township)
    if form.is_valid():
        try:
            change = draft_change(actor=request.actor, **form.said())
        except NotAllowed:
            raise
        except DomainError as refusal:
            field = _FIELD_OF.get(refusal.code, "")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            if kind == SuccessionKind.SPLIT:
                messages.success(request, _("The change is prepared. Now choose the households that go."))
                return redirect("households:division_change_households", pk=change.pk)
            messages.success(request, _("The change is prepared. Look at what it moves."))
            return redirect("households:division_change", pk=change.pk)
    context = {
        "form": form,
        "title": _TITLES[kind],
        "townships": TownshipForm({"township": township}),
    }
    return render(request, "households/division_change_new.html", context, status=422 if form.errors else 200)


@page(may_see_division_changes)
@require_GET
def change_detail(request: Any, pk: UUID) -> HttpResponse:
    """A change: its villages, what follows, what stays, and what comes next."""
    change = _change(request, pk)
    return render(request, "households/division_change.html", _context(request, change))


def _context(request: Any, change: DivisionChange) -> dict[str, Any]:
    actor, state = request.actor, DivisionChangeState(change.state)
    is_draft, is_waiting = state == "draft", state == "confirmed"
    if change.job is not None:
        change.job.steps_done, change.job.steps_total = progress_of(change.job)
    may_draft = may_draft_division_changes(actor)
    is_mine = change.drafted_by_id == actor.staff_id
    return {
        "change": change,
        "title": _TITLES[change.kind],
        "state": state,
        "preview": preview_of(change),
        "may_choose": may_draft and is_draft and change.kind == SuccessionKind.SPLIT,
        "may_count": may_draft and is_draft,
        "may_confirm": may_confirm_division_changes(actor) and is_draft and not is_mine,
        "waits_for_another": is_draft and is_mine,
        "may_withdraw": may_draft and (is_draft or is_waiting),
        "may_try_again": may_confirm_division_changes(actor)
        and is_waiting
        and change.effective_on <= request.business_day
        and (change.job is None or change.job.state == "failed"),
        "is_past": change.effective_on <= request.business_day,
    }


@page(may_see_division_changes)
@require_http_methods(["GET", "POST"])
def change_step(request: Any, pk: UUID, step: str) -> HttpResponse:
    """Ask before a change is confirmed or withdrawn; count it anew or try it again at once."""
    change = _change(request, pk)
    if step not in _STEPS:
        raise Http404
    policy, service, done, label, tone = _STEPS[step]
    if not policy(request.actor):
        raise NotAllowed()
    context = {
        **_context(request, change),
        "step": step,
        "confirm_label": label,
        "confirm_tone": tone,
        "cancel_url": reverse("households:division_change", args=[change.pk]),
    }
    if request.method != "POST":
        return render(request, "households/division_change_step.html", context)
    try:
        service(actor=request.actor, change=change)
    except NotAllowed:
        raise
    except DomainError as refusal:
        context["error"] = str(refusal)
        return render(request, "households/division_change_step.html", context, status=422)
    messages.success(request, done)
    return redirect("households:division_change", pk=change.pk)


_STEPS: dict[str, Any] = {
    "confirm": (
        may_confirm_division_changes,
        confirm_change,
        gettext_lazy("The change is confirmed. It is done on its day, or at once where that has come."),
        gettext_lazy("Confirm the change"),
        "primary",
    ),
    "withdraw": (
        may_draft_division_changes,
        withdraw_change,
        gettext_lazy("The change is withdrawn; nothing has been changed."),
        gettext_lazy("Withdraw the change"),
        "danger",
    ),
    "count": (
        may_draft_division_changes,
        count_change,
        gettext_lazy("Counted anew."),
        gettext_lazy("Count anew"),
        "primary",
    ),
    "again": (
        may_confirm_division_changes,
        have_done,
        gettext_lazy("The change is on its way."),
        gettext_lazy("Try again"),
        "primary",
    ),
}


@page(may_see_division_changes)
@require_GET
def change_history(request: Any, pk: UUID) -> HttpResponse:
    """Who prepared, confirmed and did a change."""
    change = _change(request, pk)
    return show_history(
        request,
        record=change,
        heading=_("History of this change of divisions"),
        back_url=reverse("households:division_change", args=[change.pk]),
        back_label=str(_TITLES[change.kind]),
    )


def _change(request: Any, pk: UUID) -> DivisionChange:
    changes = DivisionChange.objects.visible_to(request.actor)
    related = ("drafted_by", "confirmed_by", "withdrawn_by", "job")
    return get_object_or_404(changes.select_related(*related), pk=pk)
