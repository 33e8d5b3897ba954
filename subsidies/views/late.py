"""Late knowledge: what became known late, which grants and payments it touches, and the decision."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from households.enums import KINDS_FOR_RULES_ALONE
from households.selectors.life_events import words_of
from offices.errors import DomainError, NotAllowed
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.debt_forms import LateDecisionForm, LateFilter
from subsidies.enums import LateCause, LateDecision, LateState
from subsidies.models import LateFinding, Recovery
from subsidies.models.recoveries import OVER
from subsidies.selectors.recoveries import recoveries_of
from subsidies.selectors.stop_rules import stop_rule_on
from subsidies.services.late_decisions import decide_late, decisions_for

ONE_DAY = datetime.timedelta(days=1)
COLUMNS = (
    Column(gettext_lazy("Name"), "name", ("grant__person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme"), "programme", ("grant__programme__order", "grant__programme_id")),
    Column(gettext_lazy("What became known late")),
    Column(gettext_lazy("Happened on"), "happened", ("happened_on",)),
    Column(gettext_lazy("Known on"), "known", ("known_on",)),
    Column(gettext_lazy("Paid (yuan)"), kind="number"),
    Column(gettext_lazy("Would be right (yuan)"), kind="number"),
    Column(gettext_lazy("State")),
)
_FIELD_OF = {"late_basis": "basis", "late_decision": "decision"}


def cause_words(finding: LateFinding) -> str:
    """What became known; of what rules alone read it is only said that an event was."""
    if finding.cause == LateCause.EVENT and finding.event and finding.event.kind not in KINDS_FOR_RULES_ALONE:
        return str(words_of(finding.event))
    if finding.cause == LateCause.POLICY and finding.policy_version:
        return _("Policy: %(basis)s, version %(number)s") % {
            "basis": finding.policy_version.basis_title,
            "number": finding.policy_version.number,
        }
    return str(LateCause(finding.cause).label)


@page(policies.may_see_late)
@require_GET
def late_list(request: OfficeRequest) -> HttpResponse:
    """Findings within scope; without a filter those that wait for a decision."""
    filters = LateFilter(request.GET or None, actor=request.actor)
    rows = LateFinding.objects.visible_to(request.actor).select_related(
        "grant__person", "grant__programme", "event", "policy_version"
    )
    listing = make_listing(
        query=request.GET, rows=filters.narrow(rows), columns=COLUMNS, default_sort="-known", filters=filters
    )
    shown = list(listing.page)
    note_read(request, [one.grant.person for one in shown], reason="late")
    villages = names_of_divisions(one.division_code for one in shown)
    context = {
        "listing": listing,
        "filters": filters,
        "lines": [
            {
                "finding": one,
                "village": villages.get(one.division_code, ""),
                "cause": cause_words(one),
                "state": LateState(one.state),
            }
            for one in shown
        ],
    }
    return render(request, "subsidies/late_list.html", context)


def _visible_finding(request: OfficeRequest, finding_id: UUID) -> LateFinding:
    findings = LateFinding.objects.visible_to(request.actor).select_related(
        "grant__person", "grant__programme", "grant__application", "event", "policy_version", "decided_by"
    )
    found = get_object_or_404(findings, pk=finding_id)
    note_read(request, found.grant.person, reason="late")
    return found


@page(policies.may_see_late)
@require_GET
def late(request: OfficeRequest, finding_id: UUID) -> HttpResponse:
    """One finding: what was paid, what would have been right, what was decided."""
    found = _visible_finding(request, finding_id)
    return render(request, "subsidies/late.html", _context(request, found))


@page(policies.may_decide_late)
@require_http_methods(["GET", "POST"])
def late_decide(request: OfficeRequest, finding_id: UUID) -> HttpResponse:
    """Decide about a finding, with what the decision rests on."""
    found = _visible_finding(request, finding_id)
    decisions = decisions_for(found, actor=request.actor)
    form = LateDecisionForm(
        request.POST if request.method == "POST" else None,
        decisions=decisions,
        initial={"reckoning": found.reckoning},
    )
    if found.state != LateState.OPEN:
        messages.info(request, _("This is decided already, or has fallen away."))
        return redirect("subsidies:late", found.pk)
    if form.is_bound and form.is_valid():
        try:
            decide_late(
                finding=found,
                reckoning=form.cleaned_data["reckoning"],
                decision=LateDecision(form.cleaned_data["decision"]),
                basis=form.cleaned_data["basis"],
                actor=request.actor,
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            # The page that answers shows the amounts as they are now.
            form.data = request.POST.copy()
            form.data["reckoning"] = found.reckoning
            form.add_error(_FIELD_OF.get(refusal.code), str(refusal))
        else:
            messages.success(request, _("Decided. Nothing has been done with money by itself."))
            return redirect("subsidies:late", found.pk)
    context = {**_context(request, found), "form": form}
    return render(request, "subsidies/late_decide.html", context, status=422 if form.errors else 200)


def _context(request: OfficeRequest, found: LateFinding) -> dict[str, Any]:
    return {
        "finding": found,
        "cause": cause_words(found),
        "state": LateState(found.state),
        "village": names_of_divisions([found.division_code]).get(found.division_code, ""),
        "periods": [_period(row) for row in found.periods],
        "last_day": found.right_until - ONE_DAY if found.right_until else None,
        "stop_rule": stop_rule_on(found.grant.programme, max(found.happened_on, found.grant.from_on)).label,
        "decision": LateDecision(found.decision).label if found.decision else "",
        "recoveries": _recoveries(found),
        "arrears": found.arrears.select_related("payment__batch"),
        "may_recover": found.decision == LateDecision.RECOVER
        and policies.may_propose_recoveries(request.actor)
        and not any(one.state not in OVER for one in _recoveries(found)),
        "may_decide": policies.may_decide_late(request.actor) and found.state == LateState.OPEN,
    }


def _recoveries(found: LateFinding) -> list[Recovery]:
    return [one for one in recoveries_of(found.grant) if one.late_finding_id == found.pk]


def _period(row: dict[str, str]) -> dict[str, Any]:
    paid, right = Decimal(row["paid"]), Decimal(row["right"])
    return {
        "from_on": datetime.date.fromisoformat(row["from"]),
        "last_day": datetime.date.fromisoformat(row["to"]) - ONE_DAY,
        "paid": paid,
        "right": right,
        "difference": right - paid,
    }


@page(policies.may_see_late)
@require_GET
def late_history(request: OfficeRequest, finding_id: UUID) -> HttpResponse:
    """Who did what with a finding, and what it said before."""
    found = _visible_finding(request, finding_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.grant.person.name} · {found.grant.programme.name}",
        back_url=reverse("subsidies:late", args=[found.pk]),
        back_label=found.grant.person.name,
    )
