"""A payment batch from its making to its sending: made, checked and sent by three people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.ids import new_id
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.bank_files.writing import bank_files_of
from subsidies.enums import PAID_KINDS, BatchState, EntryKind, FundingSource, PaymentState, ProgrammeKind
from subsidies.models import Bank, BudgetLine, LeftOut, PaymentBatch, PolicyVersion, Programme
from subsidies.models.banks import DEFAULT_BANK
from subsidies.models.batches import LIVE_PAYMENTS, TRANSITIONS
from subsidies.periods import Period, period_paid, read_period
from subsidies.selectors.books import check_year_open, is_year_closed
from subsidies.selectors.selection import Selection, select
from subsidies.services.ledger import Kind, Posting, accounts_of, book, counter_postings
from subsidies.services.merges import let_no_record_merge
from subsidies.services.premium_transfers import (
    INSERT_PREMIUMS,
    begin_transfer,
    budget_year_of_premiums,
    check_collection_begun,
    count_changed_premiums,
    files_of_transfer,
    roster_digest_of,
)
from subsidies.shares import split

_INSERT_LINES = """
INSERT INTO subsidies_payment
      (id, batch_id, serial, grant_id, programme_id, person_id, period_from_on, period_to_on, amount, state,
       payee_name, payee_id_number, payee_bank, payee_account, payee_account_digest, return_reason,
       supersedes_id, representative_id, share, division_code)
SELECT line.id, %(batch)s, line.serial, line.grant_id, %(programme)s, p.id, %(from_on)s, %(to_on)s, line.amount,
       %(state)s, coalesce(q.name, p.name), CASE WHEN q.id IS NULL THEN p.id_number ELSE q.id_number END,
       coalesce(q.bank, a.bank), coalesce(q.account, a.account), coalesce(q.account_digest, a.account_digest), '',
       line.supersedes_id, q.id, line.share, p.division_code
  FROM unnest(%(ids)s::uuid[], %(serials)s::integer[], %(grants)s::uuid[], %(people)s::uuid[],
              %(amounts)s::numeric[], %(accounts)s::uuid[], %(supersedes)s::uuid[], %(representatives)s::uuid[],
              %(shares)s::smallint[])
       AS line(id, serial, grant_id, person_id, amount, account_id, supersedes_id, representative_id, share)
  JOIN households_person p ON p.id = line.person_id
  LEFT JOIN households_bankaccount a ON a.id = line.account_id
  LEFT JOIN households_representative q ON q.id = line.representative_id
 WHERE a.id IS NOT NULL OR q.id IS NOT NULL
 ORDER BY line.serial
"""

# The arrears that a line pays point to it (an heir's share pays none); a line that did not arrive has let them go.
_TAKE_UP_ARREARS = """
UPDATE subsidies_arrear r SET payment_id = l.id
  FROM subsidies_payment l
 WHERE l.batch_id = %(batch)s AND l.grant_id = r.grant_id AND l.share IS NULL
   AND (r.payment_id IS NULL OR EXISTS (SELECT 1 FROM subsidies_payment p
                                         WHERE p.id = r.payment_id AND p.state <> ALL(%(live)s)))
"""

# Who stands for somebody on a day and is paid for her.
_STANDS = """
SELECT FROM households_representation n JOIN households_representative q ON q.representation_id = n.id
 WHERE n.person_id = l.person_id AND n.is_paid AND n.state = 'confirmed' AND n.from_on <= %(today)s
   AND (n.to_on IS NULL OR n.to_on > %(today)s)
"""

# Lines of a batch whose payee or right is no longer what it was when the batch was made.
_CHANGED = f"""
SELECT count(*)
  FROM subsidies_payment l
  JOIN subsidies_grant g ON g.id = l.grant_id
  JOIN households_person p ON p.id = l.person_id
 WHERE l.batch_id = %(batch)s
   AND (g.state = 'suspended'
        OR g.to_on <= greatest(g.from_on, %(from_on)s)
        OR (l.share IS NOT NULL) <> (p.died_on IS NOT NULL AND p.died_on <= %(today)s)
        OR CASE WHEN l.representative_id IS NULL
                THEN EXISTS ({_STANDS})
                     OR NOT EXISTS (SELECT 1 FROM households_bankaccount a
                        WHERE a.person_id = l.person_id AND a.account_digest = l.payee_account_digest
                          AND (a.from_on IS NULL OR a.from_on <= %(today)s)
                          AND (a.to_on IS NULL OR a.to_on > %(today)s))
                ELSE NOT EXISTS ({_STANDS} AND q.id = l.representative_id
                                 AND q.account_digest = l.payee_account_digest) END)
"""


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
        _write_lines(batch, selection)
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


def _write_lines(batch: PaymentBatch, selection: Selection) -> None:
    """The lines with their payees as they are now, in one statement: sealed values are copied sealed."""
    paid_from, paid_to = period_paid(selection.period, selection.programme.frequency)
    lines = selection.selected
    is_premium = selection.programme.kind == ProgrammeKind.PREMIUM
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                INSERT_PREMIUMS if is_premium else _INSERT_LINES,
                {
                    "batch": batch.pk,
                    "programme": batch.programme_id,
                    "from_on": paid_from,
                    "to_on": paid_to,
                    "state": PaymentState.PLANNED.value,
                    "ids": [new_id() for _ in lines],
                    "serials": list(range(1, len(lines) + 1)),
                    "grants": [line.grant_id for line in lines],
                    "people": [line.person_id for line in lines],
                    "amounts": [line.amount for line in lines],
                    "accounts": [line.account_id for line in lines],
                    "supersedes": [line.supersedes_id for line in lines],
                    "representatives": [line.representative_id for line in lines],
                    "shares": [line.share for line in lines],
                },
            )
            if cursor.rowcount != len(lines):
                raise Stale("selection_changed", _("The register changed meanwhile. Make the batch again."))
    except IntegrityError as error:
        raise Stale(
            "being_paid_already",
            _(
                "Somebody in this batch is being paid for the period by another batch. Look at the batches first."
            ),
        ) from error
    if any(line.arrears for line in lines):
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE_UP_ARREARS,
                {"batch": batch.pk, "live": [state.value for state in LIVE_PAYMENTS]},
            )
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                batch=batch,
                grant_id=line.grant_id,
                reason=line.reason,
                amount=line.amount,
                division_code=line.division_code,
            )
            for line in selection.left_out
        ],
        batch_size=5000,
    )


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
        _check_unchanged(current)
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


def _check_unchanged(batch: PaymentBatch) -> None:
    """No line may be paid whose grant, payee or account changed since the batch was made."""
    if batch.programme.kind == ProgrammeKind.PREMIUM:
        count_changed = count_changed_premiums(batch=batch)
        if count_changed:
            raise _changed(count_changed)
        return
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"batch": batch.pk, "from_on": batch.period_from_on, "today": clock.today()})
        (changed,) = cursor.fetchone()
    if changed:
        raise _changed(changed)


def _changed(count: int) -> Stale:
    return Stale(
        "selection_changed",
        _(
            "%(count)s lines can no longer be paid as they stand: a grant was suspended or ended, an account "
            "changed, or a payee died. Discard the batch and make it again."
        ),
        count=count,
    )


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
        _check_unchanged(current)
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
