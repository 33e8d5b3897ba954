"""Payment batches to look at: their lines, files and answers, who is left out and what came back."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from households.policies import may_see_accounts
from offices.actors import Actor
from offices.history import show_history
from offices.listing import Column, make_listing
from offices.pages import OfficeRequest, note_read, page
from offices.selectors.asked_jobs import jobs_to_tell
from offices.selectors.divisions import names_of_divisions
from subsidies import policies
from subsidies.enums import (
    BATCH_STEPS,
    FUND_REASONS,
    BatchState,
    ChangeReason,
    LeftOutReason,
    PaymentState,
    ProgrammeKind,
    ReturnReason,
)
from subsidies.models import BankFile, PaymentBatch
from subsidies.money_forms import BatchFilter, LineFilter
from subsidies.selectors.batch_jobs import BATCH_TASK, job_at_batch, refusal_at_batch
from subsidies.selectors.changed_lines import changes_among, count_changes
from subsidies.selectors.days_to_account import days_of_batch, days_of_office
from subsidies.selectors.money import (
    left_out_by_reason,
    lines_by_state,
    returns_to_clear,
    tie_out,
)
from subsidies.selectors.premiums import premium_state
from subsidies.services.bank_files import take_files
from subsidies.views.offers import Offer, premium_offers

BATCH_COLUMNS = (
    Column(gettext_lazy("Batch"), "number", ("made_on", "number")),
    Column(gettext_lazy("Programme"), "programme", ("programme__order", "programme_id")),
    Column(gettext_lazy("Period"), "period", ("period",)),
    Column(gettext_lazy("State")),
    Column(gettext_lazy("Lines"), "lines", ("count",), kind="number"),
    Column(gettext_lazy("Total (yuan)"), "total", ("total_amount",), kind="number"),
    Column(gettext_lazy("Made on"), "made", ("made_on",)),
)
LINE_COLUMNS = (
    Column(gettext_lazy("No."), "serial", ("serial",), kind="number"),
    Column(gettext_lazy("Name"), "name", ("person__name_sort",)),
    Column(gettext_lazy("Village"), "village", ("division_code",)),
    Column(gettext_lazy("Account")),
    Column(gettext_lazy("Amount (yuan)"), "amount", ("amount",), kind="number"),
    Column(gettext_lazy("State"), "state", ("state",)),
)
RETURN_COLUMNS = (
    Column(gettext_lazy("Name")),
    Column(gettext_lazy("Village")),
    Column(gettext_lazy("Programme")),
    Column(gettext_lazy("Amount (yuan)"), kind="number"),
    Column(gettext_lazy("Returned on")),
    Column(gettext_lazy("Why, and what to do")),
)

WHAT_TO_DO: dict[str, Promise] = {
    LeftOutReason.NO_ACCOUNT: gettext_lazy("Ask the family for the passbook and enter the account."),
    LeftOutReason.NO_NUMBER: gettext_lazy("Complete the identity number in the register."),
    LeftOutReason.RETURNED: gettext_lazy(
        "Correct the account; the money goes out again with the next batch."
    ),
    LeftOutReason.SUSPENDED: gettext_lazy("Settle why the payment is suspended, then resume the grant."),
    LeftOutReason.NOT_DUE: gettext_lazy("Nothing is due for that year: stop the grant."),
    LeftOutReason.INSURED: gettext_lazy(
        "Ask the family; if she is no longer insured there, correct the register."
    ),
    LeftOutReason.NOT_TAKEN: gettext_lazy(
        "Compare name and number with the card and correct the register; who is insured already needs nothing."
    ),
    LeftOutReason.DIED: gettext_lazy("Stop the grant; what is owed up to the end goes to the heirs."),
}
WHAT_A_NEW_BATCH_DOES: dict[ChangeReason, Promise] = {
    ChangeReason.SUSPENDED: gettext_lazy("It is left out of the new batch until the grant is resumed."),
    ChangeReason.ENDED: gettext_lazy("Nothing is due for the period: the new batch leaves it out."),
    ChangeReason.DIED: gettext_lazy(
        "The new batch pays the heirs, or leaves it out until they are confirmed."
    ),
    ChangeReason.PAYEE: gettext_lazy("The new batch pays to the payee and the account of today."),
    ChangeReason.AMOUNT: gettext_lazy("The new batch pays what is due today."),
    ChangeReason.FUND: gettext_lazy("Confirm the account of the fund, then make the new batch."),
}


def return_advice(reason: str) -> Promise:
    """What the office does about a returned line."""
    if reason == ReturnReason.BANK_FAILURE:
        return gettext_lazy("The bank's own fault: it goes out again with the next batch by itself.")
    if reason in FUND_REASONS:
        return WHAT_TO_DO[LeftOutReason.NOT_TAKEN]
    if reason == ReturnReason.HOLDER_DECEASED:
        return gettext_lazy("Ask the village; a death is recorded and the grant stopped.")
    return gettext_lazy("Correct or confirm the account; the money goes out again with the next batch.")


@page(policies.may_see_money)
@require_GET
def batch_list(request: OfficeRequest) -> HttpResponse:
    """Every batch; filters stand in the address."""
    filters = BatchFilter(request.GET or None)
    rows = filters.narrow(PaymentBatch.objects.visible_to(request.actor).select_related("programme"))
    listing = make_listing(
        query=request.GET, rows=rows, columns=BATCH_COLUMNS, default_sort="-number", filters=filters
    )
    context = {
        "listing": listing,
        "filters": filters,
        "rows": [{"batch": batch, "state": BatchState(batch.state)} for batch in listing.page],
        "days": days_of_office(request.actor, today=request.business_day),
        "may_make": policies.may_make_batches(request.actor),
        "returned": returns_to_clear(request.actor).count(),
        "jobs": jobs_to_tell(request.actor, BATCH_TASK)
        if policies.may_work_on_batches(request.actor)
        else (),
    }
    return render(request, "subsidies/batch_list.html", context)


def visible_batch(request: OfficeRequest, batch_id: UUID) -> PaymentBatch:
    """The batch, if whoever asks may see it. Raises Http404."""
    return get_object_or_404(
        PaymentBatch.objects.visible_to(request.actor).select_related(
            "programme", "bank", "made_by", "approved_by", "sent_by"
        ),
        pk=batch_id,
    )


@page(policies.may_see_money)
@require_GET
def batch(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """One batch: its way, its four totals, its lines, files and answers."""
    found = visible_batch(request, batch_id)
    filters = LineFilter(request.GET or None)
    lines = found.payments.select_related("person", "representative__representation")
    listing = make_listing(
        query=request.GET,
        rows=filters.narrow(lines),
        columns=LINE_COLUMNS,
        default_sort="serial",
        filters=filters,
    )
    shown = list(listing.page)
    note_read(request, [line.person for line in shown], reason=found.number)
    villages = names_of_divisions({line.division_code for line in shown})
    state = BatchState(found.state)
    job = job_at_batch(found)
    changed = count_changes(found)
    changes = changes_among(found, [line.pk for line in shown]) if changed else {}
    context = {
        "batch": found,
        "job": job,
        "refusal": refusal_at_batch(found, request.actor),
        "is_own_job": job is not None and job.requested_by_id == request.actor.staff_id,
        "state": state,
        "steps": _steps(found),
        "tied": tie_out(found),
        "has_answer": state in (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED),
        "days": days_of_batch(found, today=request.business_day),
        "counts": [(one, count) for one, count in lines_by_state(found).items() if count],
        "left_out": [
            {"reason": reason, "count": count, "advice": WHAT_TO_DO[reason]}
            for reason, count in left_out_by_reason(found)
        ],
        "changed": [
            {"reason": reason, "count": count, "advice": WHAT_A_NEW_BATCH_DOES[reason]}
            for reason, count in changed.items()
        ],
        "listing": listing,
        "filters": filters,
        "lines": [
            {
                "line": line,
                "changed": changes.get(line.pk),
                "state": PaymentState(line.state),
                "village": villages.get(line.division_code, ""),
                "advice": return_advice(line.return_reason) if line.return_reason else "",
            }
            for line in shown
        ],
        "files": found.files.all(),
        "answers": found.answers.select_related("read_by"),
        "offers": [] if job else _offers(found, request.actor, is_changed=bool(changed)),
        "premium": premium_state(found) if found.programme.kind == ProgrammeKind.PREMIUM else None,
        "may_take_files": policies.may_send_batches(request.actor),
    }
    return render(request, "subsidies/batch.html", context)


def _steps(batch: PaymentBatch) -> list[dict[str, Any]]:
    order = [BatchState.MADE, BatchState.APPROVED, BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED]
    people = {
        BatchState.MADE: (batch.made_by, batch.made_on),
        BatchState.APPROVED: (batch.approved_by, batch.approved_on),
        BatchState.SENT: (batch.sent_by, batch.sent_on),
        BatchState.CLOSED: (None, batch.closed_on),
    }
    reached = order.index(BatchState(batch.state)) if batch.state in order else -1
    steps = []
    for place, step in enumerate(order):
        who, on = people.get(step, (None, None))
        if batch.state == BatchState.DISCARDED:
            state = "done" if on else "skipped"
        else:
            state = "done" if place <= reached else "current" if place == reached + 1 else "waiting"
        steps.append({"label": BATCH_STEPS[step], "state": state, "who": who.name if who else "", "on": on})
    return steps


def _offers(batch: PaymentBatch, actor: Actor, *, is_changed: bool) -> list[Offer]:
    is_open_to = not is_changed and actor.staff_id not in {batch.made_by_id, batch.approved_by_id}
    offers = []
    if batch.state == BatchState.MADE and policies.may_approve_batches(actor) and is_open_to:
        offers.append(Offer("approve", _("Approve"), "check"))
    if batch.state == BatchState.APPROVED and policies.may_send_batches(actor) and is_open_to:
        offers.append(Offer("send", _("Send to the bank"), "send"))
    if batch.programme.kind == ProgrammeKind.PREMIUM and batch.state == BatchState.SENT:
        offers += premium_offers(batch, actor)
    elif batch.state == BatchState.SENT and policies.may_read_answers(actor):
        offers.append(Offer("answer", _("Read the bank's answer"), "file-import"))
    if batch.state == BatchState.ANSWERED and policies.may_close_batches(actor):
        offers.append(Offer("close", _("Close the batch"), "lock"))
    if batch.state in (BatchState.MADE, BatchState.APPROVED) and policies.may_discard_batches(actor):
        offers.append(Offer("discard", _("Give up the batch"), "trash", is_main=False))
    return offers


@page(policies.may_send_batches)
@require_POST
def batch_file(request: OfficeRequest, batch_id: UUID, file_id: UUID) -> HttpResponse:
    """A file for the bank as a download: names, numbers and accounts leave the office, so it is an act."""
    found = visible_batch(request, batch_id)
    file = get_object_or_404(BankFile, pk=file_id, batch=found)
    (taken,) = take_files(actor=request.actor, batch=found, files=[file])
    note_read(request, [line.person for line in found.payments.select_related("person")], reason=found.number)
    response = HttpResponse(taken.content, content_type=taken.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    return response


@page(policies.may_see_money)
@require_GET
def batch_left_out(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """The grants of the period that the batch could not take, each with what to do."""
    found = visible_batch(request, batch_id)
    rows = found.left_out.select_related("grant__person", "grant__application").order_by(
        "reason", "division_code", "pk"
    )
    note_read(request, [row.grant.person for row in rows], reason=found.number)
    villages = names_of_divisions({row.division_code for row in rows})
    lines = [
        {
            "row": row,
            "village": villages.get(row.division_code, ""),
            "advice": WHAT_TO_DO[LeftOutReason(row.reason)],
        }
        for row in rows
    ]
    return render(
        request,
        "subsidies/batch_left_out.html",
        {"batch": found, "lines": lines, "may_see_grants": policies.may_see_grants(request.actor)},
    )


@page(policies.may_see_money)
@require_GET
def batch_history(request: OfficeRequest, batch_id: UUID) -> HttpResponse:
    """Who made, approved, sent, answered and closed it."""
    found = visible_batch(request, batch_id)
    return show_history(
        request,
        record=found,
        heading=found.number,
        back_url=reverse("subsidies:batch", args=[found.pk]),
        back_label=found.number,
    )


@page(policies.may_see_returns)
@require_GET
def return_list(request: OfficeRequest) -> HttpResponse:
    """Returned lines whose money has not gone out again, the oldest first."""
    listing = make_listing(
        query=request.GET, rows=returns_to_clear(request.actor), columns=RETURN_COLUMNS, default_sort=""
    )
    shown = list(listing.page)
    note_read(request, [line.person for line in shown], reason="returns")
    villages = names_of_divisions({line.division_code for line in shown})
    context = {
        "days": days_of_office(request.actor, today=request.business_day),
        "listing": listing,
        "may_see_accounts": may_see_accounts(request.actor),
        "lines": [
            {
                "line": line,
                "last_day": line.period_to_on - datetime.timedelta(days=1),
                "village": villages.get(line.division_code, ""),
                "advice": return_advice(line.return_reason),
            }
            for line in shown
        ],
    }
    return render(request, "subsidies/return_list.html", context)
