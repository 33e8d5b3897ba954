"""A payment batch from its making to its sending: made, checked and sent by three people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.bank_files.writing import bank_files_of
from subsidies.enums import PAID_KINDS, BatchState, EntryKind, FundingSource, PaymentState, ProgrammeKind
from subsidies.models import Bank, BudgetLine, PaymentBatch, PolicyVersion, Programme
from subsidies.models.banks import DEFAULT_BANK
from subsidies.models.batches import TRANSITIONS
from subsidies.periods import Period, read_period
from subsidies.selectors.books import check_year_open, is_year_closed
from subsidies.selectors.selection import select
from subsidies.services.batch_lines import check_unchanged, write_lines
from subsidies.services.ledger import Kind, Posting, accounts_of, book, counter_postings
from subsidies.services.merges import let_no_record_merge
from subsidies.services.premium_transfers import (
    begin_transfer,
    budget_year_of_premiums,
    check_collection_begun,
    files_of_transfer,
    roster_digest_of,
)
from subsidies.shares import split


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
    the period's own; `bank` pays it out, by default in the default shape. Only the finance officer may. Raises NotAllowed, DomainError `period_form`,
    `period_not_begun`, `not_paid_to_accounts`, `empty_selection`, `being_paid_already`, `year_closed`, `bank_not_used`.
    """
    if not policies.may_make_batches(actor):
        raise NotAllowed()
    days = _period_of(programme, period)
    with county_scope():
        let_no_record_merge()
        selection = select(programme=programme, period=days)
        if not selection.selected:
            raise DomainError(
                "empty_selection",
                _(
                    "Nobody would be paid, so no batch is made. %(left_out)s grants of the period are left out: "
                    "clear their reasons first."
                )
                if selection.left_out
                else _("Nobody would be paid: no grant covers this period, or all of them are paid already."),
                left_out=len(selection.left_out),
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
            count=len(selection.selected),
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
            left_out={reason.value: count for reason, count in selection.left_out_by_reason},
        )
    return batch


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

    The county administrator may, never the maker. Every payment is divided over the sources of
    its policy version (shares.split). The budget lines are locked and must cover the batch;
    beyond that the database refuses an overdrawn account. Raises NotAllowed, Stale, DomainError
    `own_batch`, `selection_changed`, `no_budget_line`, `not_appropriated`.
    """
    if not policies.may_approve_batches(actor):
        raise NotAllowed()
    with county_scope():
        current = _locked_in(batch, BatchState.MADE)
        if actor.staff_id == current.made_by_id:
            raise NotAllowed("own_batch", _("You made this batch. Somebody else must approve it."))
        check_unchanged(current)
        postings = _shares_of(current)
        with _enough_money():
            book(
                actor=actor,
                kind=EntryKind.APPROVAL,
                batch=current,
                postings=[
                    *postings,
                    *_from_funds(current, postings),
                ],
            )
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


def _locked_in(batch: PaymentBatch, *states: BatchState) -> PaymentBatch:
    """The batch as it is now, locked, in one of the states. Raises Stale otherwise."""
    current = locked(batch)
    if current.state not in states:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=current.get_state_display(),
        )
    return current


def _shares_of(batch: PaymentBatch) -> list[Posting]:
    """Every payment of the batch on the in-transit accounts of its sources. Raises `no_budget_line`."""
    funding = dict(PolicyVersion.objects.filter(programme_id=batch.programme_id).values_list("pk", "funding"))
    # Locked in one order, so that two approvals wait for each other and both see what is left.
    lines = set(
        BudgetLine.objects.select_for_update()
        .filter(programme_id=batch.programme_id, year=batch.budget_year)
        .order_by("pk")
        .values_list("source", flat=True)
    )
    accounts = accounts_of(programme=batch.programme_id, year=batch.budget_year, sources=lines)
    known: dict[tuple[UUID, Decimal], list[tuple[UUID, Decimal]]] = {}
    postings: list[Posting] = []
    for payment_id, amount, policy_id in batch.payments.order_by("serial").values_list(
        "pk", "amount", "grant__policy_version_id"
    ):
        if (policy_id, amount) not in known:
            parts = split(amount, funding[policy_id])
            lacking = [source for source in parts if source not in lines]
            if lacking:
                raise DomainError(
                    "no_budget_line",
                    _(
                        "There is no budget line of %(year)s from: %(source)s. Enter it, then approve the batch."
                    ),
                    year=batch.budget_year,
                    source=FundingSource(lacking[0]).label,
                )
            known[policy_id, amount] = [
                (accounts[Kind.IN_TRANSIT, source].pk, part) for source, part in parts.items()
            ]
        postings += [Posting(account, part, payment_id) for account, part in known[policy_id, amount]]
    return postings


def _from_funds(batch: PaymentBatch, postings: list[Posting]) -> list[Posting]:
    """The other side: from the funds of each source. Raises `not_appropriated` with what is short."""
    sources = BudgetLine.objects.filter(programme_id=batch.programme_id, year=batch.budget_year).values_list(
        "source", flat=True
    )
    accounts = accounts_of(programme=batch.programme_id, year=batch.budget_year, sources=sources)
    needed = counter_postings(postings)
    drawn = []
    for source in sources:
        amount = Decimal(needed[accounts[Kind.IN_TRANSIT, source].pk])
        funds = accounts[Kind.FUNDS, source]
        if amount > funds.balance:
            raise DomainError(
                "not_appropriated",
                _(
                    "%(source)s: %(needed)s yuan are needed, %(available)s yuan are appropriated and not yet "
                    "used. Nothing is paid that is not appropriated: have the money appropriated first."
                ),
                source=FundingSource(source).label,
                needed=amount,
                available=funds.balance,
            )
        if amount:
            drawn.append(Posting(funds.pk, -amount))
    return drawn


@contextmanager
def _enough_money() -> Iterator[None]:
    """Say the database's refusal of an overdrawn account in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "account_is_never_overdrawn" not in str(error):
            raise
        raise DomainError(
            "not_appropriated_now",
            _("Another batch has just used the money. Have more appropriated, then approve this one."),
        ) from error


@transaction.atomic
def send_batch(*, actor: Actor, batch: PaymentBatch) -> PaymentBatch:
    """Make the bank's files of an approved batch and hand the payment over.

    The cashier may, never the maker or the checker. Files are kept sealed with their SHA-256.
    Raises NotAllowed, Stale, DomainError `own_batch`, `selection_changed`.
    """
    if not policies.may_send_batches(actor):
        raise NotAllowed()
    with county_scope():
        current = _locked_in(batch, BatchState.APPROVED)
        if actor.staff_id in (current.made_by_id, current.approved_by_id):
            raise NotAllowed("own_batch", _("You made or approved this batch. Somebody else must send it."))
        check_unchanged(current)
        is_premium = current.programme.kind == ProgrammeKind.PREMIUM
        files = files_of_transfer(batch=current) if is_premium else bank_files_of(current)
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
        current = _locked_in(batch, BatchState.MADE, BatchState.APPROVED)
        approval = current.entries.filter(kind=EntryKind.APPROVAL).first()
        if approval is not None:
            book(
                actor=actor,
                kind=EntryKind.DISCARD,
                batch=current,
                postings=[
                    Posting(account_id, -amount, payment_id)
                    for account_id, amount, payment_id in approval.postings.values_list(
                        "account_id", "amount", "payment_id"
                    )
                ],
            )
        current.payments.update(state=PaymentState.CANCELLED)
        return move(
            record=current,
            to=BatchState.DISCARDED,
            transitions=TRANSITIONS,
            actor=actor,
            verb="subsidies.discard_batch",
            detail={"reason": reason},
        )
