"""Recoveries: listed, shown with their way and money, proposed from a grant or a late finding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from offices.database.context import county_scope
from offices.errors import DomainError
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.pdf.print_out import print_document
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.case_papers import TEMPLATE
from subsidies.enums import RecoveryGround, RecoveryState, WaiverState
from subsidies.models import AppealTerms, Grant, LateFinding, Recovery
from subsidies.recovery_forms import RecoveryFilter, RecoveryForm
from subsidies.recovery_words import notice_paper
from subsidies.selectors.recoveries import (
    came_back_by,
    force_of,
    has_open_appeal,
    lines_of,
    plan_of,
    recoverable_of,
)
from subsidies.selectors.recovery_way import way_of_recovery
from subsidies.services.letters import office_that_answers
from subsidies.services.recoveries import propose_recovery
from subsidies.views.applications import village_of
from subsidies.views.recovery_steps import steps_for

COLUMNS = (
    Column(gettext_lazy("Number"), "number", ("number",)),
    Column(gettext_lazy("Who was paid"), "name", ("debtor_name",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Programme")),
    Column(gettext_lazy("Ground")),
    Column(gettext_lazy("Proposed on"), "proposed", ("proposed_on", "number")),
    Column(gettext_lazy("To be paid back (yuan)"), "amount", ("amount",), kind="number"),
    Column(gettext_lazy("Outstanding (yuan)"), kind="number"),
    Column(gettext_lazy("State")),
)


@page(policies.may_see_recoveries)
@require_GET
def recovery_list(request: OfficeRequest) -> HttpResponse:
    """Recoveries within scope; filters stand in the address."""
    filters = RecoveryFilter(request.GET or None, actor=request.actor)
    rows = Recovery.objects.visible_to(request.actor).select_related("grant__person", "grant__programme")
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(rows),
        columns=COLUMNS,
        default_sort="-proposed",
        filters=filters,
    )
    shown = list(listing.page)
    note_read(request, [one.grant.person for one in shown], reason="list")
    names = names_of_divisions({one.division_code for one in shown})
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [
            {
                "recovery": one,
                "state": RecoveryState(one.state),
                "village": names.get(one.division_code, ""),
            }
            for one in shown
        ],
    }
    return render(request, "subsidies/recovery_list.html", context)


def visible_recovery(request: OfficeRequest, recovery_id: UUID) -> Recovery:
    """A recovery within the reader's scope, and the log that she saw it; 404 otherwise."""
    found = get_object_or_404(
        Recovery.objects.visible_to(request.actor).select_related(
            "grant__person",
            "grant__programme",
            "grant__application",
            "grant__policy_version",
            "representative__representation",
            "late_finding",
            "proposed_by",
            "notified_by",
            "heard_by",
            "decided_by",
            "dropped_by",
        ),
        pk=recovery_id,
    )
    note_read(request, found.grant.person, reason="recovery")
    return found


@page(policies.may_see_recoveries)
@require_GET
def recovery(request: OfficeRequest, recovery_id: UUID) -> HttpResponse:
    """One recovery: its way, what is held against whom, what the family says, the decision and the money."""
    found = visible_recovery(request, recovery_id)
    return render(request, "subsidies/recovery.html", context_of(request, found))


def context_of(request: OfficeRequest, found: Recovery) -> dict[str, Any]:
    """What the page of a recovery shows."""
    today = request.business_day
    lines = lines_of(found)
    plan, instalments = plan_of(found, on=today)
    is_decided = found.state == RecoveryState.DECIDED
    with county_scope():
        back = {payment: sum(by.values()) for payment, by in came_back_by(found).items()}
        receipts = list(found.receipts.select_related("recorded_by", "entry"))
        refunds = list(found.refunds.select_related("recorded_by", "entry"))
        waivers = list(found.waivers.select_related("proposed_by", "decided_by"))
    return {
        "recovery": found,
        "state": RecoveryState(found.state),
        "ground": RecoveryGround(found.ground).label,
        "village": village_of(found.division_code),
        "lines": [{"line": line, "came_back": back.get(line.payment_id, Decimal())} for line in lines],
        "force": force_of(found, on=today) if is_decided else None,
        "is_appealed": is_decided and has_open_appeal(found),
        "plan": plan,
        "instalments": instalments,
        "receipts": receipts,
        "refunds": refunds,
        "waivers": [{"waiver": one, "state": WaiverState(one.state)} for one in waivers],
        "letters": found.letters.order_by("issued_on", "serial"),
        "way": way_of_recovery(found),
        "steps": steps_for(found, waivers, actor=request.actor, today=today),
        "may_see_grant": policies.may_see_grants(request.actor),
        "may_see_letters": policies.may_see_letters(request.actor),
        "may_see_money": policies.may_see_money(request.actor),
        "may_see_late": policies.may_see_late(request.actor),
    }


@page(policies.may_see_recoveries)
@require_GET
def recovery_history(request: OfficeRequest, recovery_id: UUID) -> HttpResponse:
    """Who did what with a recovery, and what its row was before."""
    found = visible_recovery(request, recovery_id)
    return show_history(
        request,
        record=found,
        heading=f"{found.number} · {found.debtor_name}",
        back_url=reverse("subsidies:recovery", args=[found.pk]),
        back_label=found.number,
    )


@page(policies.may_see_recoveries)
@require_GET
def recovery_notice(request: OfficeRequest, recovery_id: UUID) -> HttpResponse:
    """The notice for the family, to be signed for: what is held against it, and until when it may speak."""
    found = visible_recovery(request, recovery_id)
    terms = AppealTerms.objects.on(found.notified_on or request.business_day).first()
    if terms is None:
        raise Http404
    paper = notice_paper(
        found,
        lines_of(found),
        terms=terms,
        village=village_of(found.division_code),
        issuer=office_that_answers(actor=request.actor),
        on=found.proposed_on,
    )
    answer = HttpResponse(print_document(paper, template=TEMPLATE), content_type="application/pdf")
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "no-store"
    return answer


@page(policies.may_propose_recoveries)
@require_http_methods(["GET", "POST"])
def recovery_new(request: OfficeRequest, grant_id: UUID) -> HttpResponse:
    """Propose a recovery of what a grant paid; `finding` in the address: from a late finding referred here."""
    grant = get_object_or_404(
        Grant.objects.visible_to(request.actor).select_related("person", "programme", "application"),
        pk=grant_id,
    )
    note_read(request, grant.person, reason="recovery")
    finding = _finding(request, grant)
    lines = recoverable_of(grant, finding=finding)
    initial = {"facts": finding.basis if finding else "", "document": finding.basis if finding else ""}
    form = RecoveryForm(request.POST or None, lines=lines, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = propose_recovery(
                grant=grant,
                ground=RecoveryGround(given["ground"]),
                facts=given["facts"],
                document=given["document"],
                document_on=given["document_on"],
                amounts=form.amounts,
                finding=finding,
                actor=request.actor,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Proposed. Print the notice and tell the family first."))
            return redirect("subsidies:recovery", made.pk)
    context = {"grant": grant, "finding": finding, "form": form, "has_lines": bool(lines)}
    status = 422 if request.method == "POST" else 200
    return render(request, "subsidies/recovery_new.html", context, status=status)


def _finding(request: OfficeRequest, grant: Grant) -> LateFinding | None:
    asked = request.GET.get("finding", "")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(LateFinding.objects.visible_to(request.actor), pk=pk, grant=grant)
