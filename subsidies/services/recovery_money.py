"""Money of a recovery: it comes in to those whose it was, and goes back where an appeal says so.

Booked from `paid` back to `funds` of the year that paid. Where that year's books are closed it is income of
the running year, from `outside` (docs/adr/0022).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import EntryKind, RecoveryState
from subsidies.models import (
    BudgetLine,
    LedgerAccount,
    Payment,
    Recovery,
    RecoveryLine,
    RecoveryReceipt,
    RecoveryRefund,
)
from subsidies.models.recoveries import TRANSITIONS
from subsidies.selectors.books import check_month_open, is_year_closed
from subsidies.selectors.recoveries import came_back_by, came_back_to, funded_by, has_open_appeal
from subsidies.services.ledger import Kind, Posting, accounts_of, book
from subsidies.services.recoveries import come_into_force
from subsidies.services.steps import constraint_of
from subsidies.shares import split_back


@transaction.atomic
def record_receipt(
    *,
    recovery: Recovery,
    amount: Decimal,
    received_on: datetime.date,
    document: str,
    actor: Actor,
    is_voluntary: bool = False,
) -> RecoveryReceipt:
    """Take in money that a payee has paid back, by the bank's slip; it is available again to those whose it was.

    By the cashier. Once the decision is in force and under no appeal; before, from its delivery on, only what
    is paid of the own will. The oldest period first; of each payment in proportion to who funded it, to the
    cent. Raises NotAllowed, Stale, DomainError `own_family`, `slip_missing`, `received_later`,
    `nothing_owed`, `more_than_owed`, `not_in_force`, `not_delivered`, `slip_recorded`, `month_closed`.
    """
    if not policies.may_record_recovery_money(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    _check_slip(amount, received_on, document)
    with county_scope():
        check_not_own_family(actor=actor, person=recovery.grant.person_id)
        current = come_into_force(recovery=recovery, actor=actor)
        if current.state != RecoveryState.DECIDED:
            raise DomainError(
                "nothing_owed",
                _("Nothing is owed of this recovery: it is “%(state)s”."),
                state=current.get_state_display(),
            )
        if amount > current.outstanding_amount:
            raise DomainError(
                "more_than_owed",
                _("%(outstanding)s yuan are still owed. What is beyond it goes back to who paid it."),
                outstanding=current.outstanding_amount,
            )
        is_asked = current.in_force_on is not None and not has_open_appeal(current)
        if not is_asked and not is_voluntary:
            raise DomainError(
                "not_in_force",
                _(
                    "The decision is not in force, or is under appeal: nothing may be asked for. What the family pays of its own will can be taken in; say so on the form."
                ),
            )
        check_month_open(clock.today())
        postings = [
            posting
            for line, part in _lines_for(current, amount)
            for posting in _back_to_sources(actor, line.payment, part)
        ]
        with _in_words():
            entry = book(actor=actor, kind=EntryKind.RECOVERY, postings=postings)
            receipt = RecoveryReceipt.objects.create(
                recovery=current,
                amount=amount,
                received_on=received_on,
                document=document.strip(),
                is_voluntary=not is_asked,
                entry=entry,
                recorded_by_id=actor.staff_id,
                recorded_on=clock.today(),
                division_code=current.division_code,
            )
        record_act(
            actor=actor,
            verb="subsidies.record_recovery_receipt",
            record=current,
            number=current.number,
            amount=amount,
            received_on=received_on,
            document=document,
        )
        settle_if_paid(recovery=current, actor=actor)
    return receipt


@transaction.atomic
def record_refund(
    *, recovery: Recovery, amount: Decimal, refunded_on: datetime.date, document: str, actor: Actor
) -> RecoveryRefund:
    """Record that what came in too much since an appeal was paid back, by the bank's slip.

    By the cashier; out of the lines that it came in on, while their year is open. Raises NotAllowed,
    DomainError `own_family`, `slip_missing`, `received_later`, `nothing_to_refund`, `not_available`,
    `slip_recorded`, `month_closed`.
    """
    if not policies.may_record_recovery_money(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    _check_slip(amount, refunded_on, document)
    with county_scope():
        check_not_own_family(actor=actor, person=recovery.grant.person_id)
        current = locked(recovery)
        if amount > current.excess_amount:
            raise DomainError(
                "nothing_to_refund",
                _("%(excess)s yuan came in too much; no more than that is paid back."),
                excess=current.excess_amount,
            )
        check_month_open(clock.today())
        with _in_words():
            entry = book(actor=actor, kind=EntryKind.REFUND, postings=list(_out_of_sources(current, amount)))
            refund = RecoveryRefund.objects.create(
                recovery=current,
                amount=amount,
                refunded_on=refunded_on,
                document=document.strip(),
                entry=entry,
                recorded_by_id=actor.staff_id,
                recorded_on=clock.today(),
                division_code=current.division_code,
            )
        record_act(
            actor=actor,
            verb="subsidies.record_recovery_refund",
            record=current,
            number=current.number,
            amount=amount,
            refunded_on=refunded_on,
            document=document,
        )
    return refund


def settle_if_paid(*, recovery: Recovery, actor: Actor) -> Recovery:
    """Close a recovery of which nothing is outstanding any more; part of the service that brought it there."""
    current = locked(recovery)
    if current.state != RecoveryState.DECIDED or current.outstanding_amount:
        return current
    return move(
        record=current,
        to=RecoveryState.SETTLED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.settle_recovery",
        detail={
            "number": current.number,
            "received": current.kept_amount,
            "waived": current.waived_amount,
        },
    )


def _check_slip(amount: Decimal, day: datetime.date, document: str) -> None:
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")) or not document.strip():
        raise DomainError(
            "slip_missing",
            _("Give the amount in yuan, to the cent at most, and the number of the bank slip."),
        )
    if day > clock.today():
        raise DomainError("received_later", _("The day lies in the future. Record it when it has happened."))


def _lines_for(recovery: Recovery, amount: Decimal) -> Iterator[tuple[RecoveryLine, Decimal]]:
    """The lines that money counts to, the oldest period first, each until it has come back whole."""
    came = came_back_by(recovery)
    left = amount
    for line in recovery.lines.select_related("payment__batch"):
        part = min(line.amount - sum(came.get(line.payment_id, {}).values(), Decimal()), left)
        if part > 0:
            yield line, part
            left -= part


def _back_to_sources(actor: Actor, payment: Payment, amount: Decimal) -> Iterator[Posting]:
    """From paid back to the funds of each source, or in from outside where the year that paid is closed."""
    returned = came_back_to(payment)
    parts = split_back(
        amount, {source: paid - returned[source] for source, paid in funded_by(payment).items()}
    )
    year = payment.batch.budget_year
    is_closed = is_year_closed(year)
    if is_closed:
        year = clock.today().year
        _have_lines(actor, payment.programme_id, year, parts)
    accounts = accounts_of(programme=payment.programme_id, year=year, sources=parts)
    for source, part in parts.items():
        side = Kind.OUTSIDE if is_closed else Kind.PAID
        yield Posting(accounts[side, source].pk, -part, payment.pk)
        yield Posting(accounts[Kind.FUNDS, source].pk, part, payment.pk)


def _out_of_sources(recovery: Recovery, amount: Decimal) -> Iterator[Posting]:
    """The way back of what came in too much: where it was booked while that year is open, else the running year."""
    came = came_back_by(recovery)
    due = {
        line.payment_id: line.amount if recovery.due_amount else Decimal() for line in recovery.lines.all()
    }
    payments = Payment.objects.in_bulk(list(came))
    left = amount
    for payment_id, by_account in came.items():
        excess = sum(by_account.values(), Decimal()) - due.get(payment_id, Decimal())
        part = min(excess, left)
        if part > 0:
            left -= part
            yield from _refunded(payments[payment_id], by_account, part)


def _refunded(payment: Payment, by_account: dict[UUID, Decimal], amount: Decimal) -> Iterator[Posting]:
    accounts = LedgerAccount.objects.in_bulk(list(by_account))
    by_source: dict[str, Decimal] = {}
    for pk, came in sorted(by_account.items()):
        by_source[accounts[pk].source] = by_source.get(accounts[pk].source, Decimal()) + came
    for source, part in split_back(amount, by_source).items():
        left = part
        for pk, came in sorted(by_account.items(), key=lambda pair: (-accounts[pair[0]].year, pair[0])):
            account = accounts[pk]
            if account.source != source or came <= 0 or is_year_closed(account.year):
                continue
            here = min(came, left)
            left -= here
            yield from _moved(payment, account.year, source, here, Kind(account.kind))
        if left:
            yield from _moved(payment, clock.today().year, source, left, Kind.PAID)


def _moved(
    payment: Payment, year: int, source: str, amount: Decimal, to: LedgerAccount.Kind
) -> Iterator[Posting]:
    if amount:
        accounts = accounts_of(programme=payment.programme_id, year=year, sources=[source])
        yield Posting(accounts[Kind.FUNDS, source].pk, -amount, payment.pk)
        yield Posting(accounts[to, source].pk, amount, payment.pk)


def _have_lines(actor: Actor, programme: str, year: int, sources: Iterable[str]) -> None:
    """A budget line of the running year behind each source, so that what comes in there can be paid."""
    for source in sources:
        BudgetLine.objects.get_or_create(
            programme_id=programme,
            year=year,
            source=source,
            defaults={
                "amount": 0,
                "document": f"追回{year}",
                "made_by_id": actor.staff_id,
                "made_on": clock.today(),
                "division_code": full_code(current_context().county),
            },
        )


@contextmanager
def _in_words() -> Iterator[None]:
    """What the database refuses of money that comes in or goes back, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        match constraint_of(error):
            case "a_bank_slip_is_recorded_once" | "a_refund_slip_is_recorded_once":
                raise Stale("slip_recorded", _("This bank slip is recorded already.")) from error
            case "recovery_is_asked_for_when_in_force":
                raise DomainError(
                    "not_delivered",
                    _("The letter has not reached the family yet. Record its delivery first."),
                ) from error
            case "account_is_never_overdrawn":
                raise DomainError(
                    "not_available",
                    _("So much is not available on the budget line now. Have money appropriated first."),
                ) from error
        raise
