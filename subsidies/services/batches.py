"""A payment batch from its making to its sending: made, checked and sent by three people."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.database.planning import joining_thousands
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.bank_files.writing import bank_files_of
from subsidies.enums import PAID_KINDS, BatchState, PaymentState, ProgrammeKind
from subsidies.models import Bank, PaymentBatch, Programme
from subsidies.models.banks import DEFAULT_BANK
from subsidies.models.batches import TRANSITIONS
from subsidies.periods import Period, read_period
from subsidies.selectors.batch_jobs import APPROVE, SEND
from subsidies.selectors.books import check_year_open, is_year_closed
from subsidies.services.batch_lines import check_unchanged, gather_lines, write_lines
from subsidies.services.batch_money import draw_money, give_money_back
from subsidies.services.merges import let_no_record_merge
from subsidies.services.premium_transfers import (
    begin_transfer,
    budget_year_of_premiums,
    check_collection_begun,
    files_of_transfer,
    roster_digest_of,
)


@transaction.atomic
def create_batch(
    *,
    actor: Actor,
    programme: Programme,
    period: str,
    budget_year: int | None = None,
    bank: Bank | None = None,
) -> PaymentBatch:
    """Freeze who is paid how much for a period, to which account; who cannot be is listed with the reason.

    `period` is a year or a month, by the programme; the money is that of `budget_year`, by default
    the period's own; `bank` pays it out, by default in the default shape. Only the finance officer may.
    Raises NotAllowed, DomainError of `check_making`, `empty_selection`, `no_fund_account`, Stale
    `being_paid_already`, `selection_changed`.
    """
    days = check_making(actor=actor, programme=programme, period=period, budget_year=budget_year, bank=bank)
    with county_scope():
        let_no_record_merge()
        selection = gather_lines(programme=programme, period=days)
        if not selection.count:
            raise DomainError(
                "empty_selection",
                _(
                    "Nobody would be paid, so no batch is made. %(left_out)s grants of the period are left out: "
                    "clear their reasons first."
                )
                if selection.left_out
                else _("Nobody would be paid: no grant covers this period, or all of them are paid already."),
                left_out=selection.left_out_count,
            )
        today = clock.today()
        batch = PaymentBatch.objects.create(
            number=f"B{today.year}-{next_number(series='payment_batch', year=today.year):04d}",
            programme=programme,
            period=days.label,
            period_from_on=days.from_on,
            period_to_on=days.to_on,
            bank_id=_bank(bank),
            budget_year=_budget_year(programme, days, budget_year),
            count=selection.count,
            total_amount=selection.total_amount,
            made_by_id=actor.staff_id,
            made_on=today,
            division_code=full_code(current_context().county),
        )
        if programme.kind == ProgrammeKind.PREMIUM:
            begin_transfer(batch=batch)
        write_lines(batch, selection)
        record_act(
            actor=actor,
            verb="subsidies.create_batch",
            record=batch,
            number=batch.number,
            programme=programme.pk,
            period=days.label,
            count=batch.count,
            total=batch.total_amount,
            left_out={one.reason.value: one.count for one in selection.left_out},
        )
    return batch


def check_making(
    *, actor: Actor, programme: Programme, period: str, budget_year: int | None, bank: Bank | None
) -> Period:
    """What can be said of a batch before anybody is selected; the period it pays for.

    Raises NotAllowed, DomainError `period_form`, `period_not_begun`, `not_paid_to_accounts`,
    `collection_not_begun`, `year_closed`, `bank_not_used`.
    """
    if not policies.may_make_batches(actor):
        raise NotAllowed()
    days = _period_of(programme, period)
    with county_scope():
        _bank(bank)
        _budget_year(programme, days, budget_year)
    return days


def _bank(asked: Bank | None) -> str:
    """The bank asked for, if batches still go to it. Raises `bank_not_used`."""
    if asked is not None and not asked.is_active:
        raise DomainError(
            "bank_not_used", _("%(bank)s is no longer used. Choose another bank."), bank=asked.name
        )
    return asked.pk if asked else DEFAULT_BANK


def _budget_year(programme: Programme, days: Period, asked: int | None) -> int:
    """Whose money pays: the year asked for, else the period's own, else the running one once that is closed."""
    if asked is not None:
        check_year_open(asked)
        return asked
    if programme.kind == ProgrammeKind.PREMIUM:
        return budget_year_of_premiums(days.year)
    return clock.today().year if is_year_closed(days.year) else days.year


def _period_of(programme: Programme, text: str) -> Period:
    if programme.kind not in PAID_KINDS:
        raise DomainError(
            "not_paid_to_accounts",
            _("%(programme)s is not paid to families' accounts, so it needs no batch for the bank."),
            programme=programme.name,
        )
    days = read_period(text, programme.frequency)
    if programme.kind == ProgrammeKind.PREMIUM:
        check_collection_begun(programme=programme, period=days)
    elif days.from_on > clock.today():
        raise DomainError("period_not_begun", _("%(period)s has not begun yet."), period=days.label)
    return days


@transaction.atomic
def approve_batch(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """Check a batch and draw its money from what is appropriated.

    The county administrator may, never the maker. Raises NotAllowed `own_batch`, Stale `state_changed`,
    `selection_changed`, DomainError `no_budget_line`, `not_appropriated`, `not_appropriated_now`,
    `funding_shares`, `month_closed`, `year_closed`.
    """
    with county_scope():
        current = locked(batch)
        check_step(actor=actor, batch=current, step=APPROVE)
        check_unchanged(current)
        with joining_thousands(current.count):
            draw_money(actor=actor, batch=current)
        return move(
            record=current,
            to=BatchState.APPROVED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.approve_batch",
            detail={"count": current.count, "total": current.total_amount},
            approved_by_id=actor.staff_id,
            approved_on=clock.today(),
        )


def check_step(*, actor: Actor, batch: PaymentBatch, step: str) -> None:
    """Whether the actor may approve or send a batch as it is: maker, checker and payer are three people.

    Raises NotAllowed `own_batch`, Stale `state_changed`.
    """
    is_approval = step == APPROVE
    if not (policies.may_approve_batches if is_approval else policies.may_send_batches)(actor):
        raise NotAllowed()
    _check_state(batch, BatchState.MADE if is_approval else BatchState.APPROVED)
    if is_approval and actor.staff_id == batch.made_by_id:
        raise NotAllowed("own_batch", _("You made this batch. Somebody else must approve it."))
    if not is_approval and actor.staff_id in (batch.made_by_id, batch.approved_by_id):
        raise NotAllowed("own_batch", _("You made or approved this batch. Somebody else must send it."))


def _check_state(batch: PaymentBatch, *states: BatchState) -> None:
    if batch.state not in states:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=batch.get_state_display(),
        )


@transaction.atomic
def send_batch(
    *, actor: Actor, batch: PaymentBatch, progress: Callable[[int], None] | None = None
) -> PaymentBatch:
    """Make the bank's files of an approved batch and hand the payment over.

    The cashier may, never the maker or the checker. Files are kept sealed with their SHA-256;
    `progress` hears after each part how many lines are written.
    Raises NotAllowed `own_batch`, Stale `state_changed`, `selection_changed`.
    """
    with county_scope():
        current = locked(batch)
        check_step(actor=actor, batch=current, step=SEND)
        check_unchanged(current)
        is_premium = current.programme.kind == ProgrammeKind.PREMIUM
        files = files_of_transfer(batch=current) if is_premium else bank_files_of(current, progress)
        for file in files:
            file.save(force_insert=True)
        current.payments.update(state=PaymentState.SENT)
        return move(
            record=current,
            to=BatchState.SENT,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.send_batch",
            detail={
                "files": {file.name: file.sha256 for file in files},
                "total": current.total_amount,
                **({"roster": roster_digest_of(batch=current)} if is_premium else {}),
            },
            sent_by_id=actor.staff_id,
            sent_on=clock.today(),
        )


@transaction.atomic
def discard_batch(*, actor: Actor, batch: PaymentBatch, reason: str) -> PaymentBatch:
    """Give up a batch that has not been sent: its lines are cancelled, its money is available again.

    The finance officer or the county may. Raises NotAllowed, Stale, DomainError `reason_needed`.
    """
    if not policies.may_discard_batches(actor):
        raise NotAllowed()
    if not reason.strip():
        raise DomainError("reason_needed", _("Say why the batch is given up."))
    with county_scope():
        current = locked(batch)
        _check_state(current, BatchState.MADE, BatchState.APPROVED)
        give_money_back(actor=actor, batch=current)
        current.payments.update(state=PaymentState.CANCELLED)
        return move(
            record=current,
            to=BatchState.DISCARDED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.discard_batch",
            detail={"reason": reason},
        )
