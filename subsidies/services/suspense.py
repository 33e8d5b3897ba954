"""Money that matches no line: taken into suspense by one, cleared by another with a second entry."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import EntryKind, SuspenseEnd, SuspenseOrigin, SuspenseState
from subsidies.models import BudgetLine, LedgerAccount, PaymentBatch, SuspenseItem
from subsidies.models.books import SUSPENSE_TRANSITIONS
from subsidies.selectors.books import check_month_open, check_year_open
from subsidies.services.budget import check_money
from subsidies.services.ledger import Kind, Posting, accounts_of, book

_FROM = {SuspenseOrigin.PAID: Kind.PAID, SuspenseOrigin.OUTSIDE: Kind.OUTSIDE}
_TO = {SuspenseEnd.FUNDS: Kind.FUNDS, SuspenseEnd.PAID: Kind.PAID, SuspenseEnd.OUTSIDE: Kind.OUTSIDE}


@transaction.atomic
def record_suspense(
    *,
    actor: Actor,
    line: BudgetLine,
    origin: SuspenseOrigin,
    amount: Decimal,
    received_on: datetime.date,
    document: str,
    batch: PaymentBatch | None = None,
) -> SuspenseItem:
    """Book money (yuan) that came and matches no line, on the budget line that it touches.

    By the cashier, who has the bank's slip. It stays out of what may be paid until it is cleared.
    Raises NotAllowed, DomainError `document_needed`, `amount_not_positive`, `received_later`,
    `never_paid`, `other_line`, `year_closed`.
    """
    if not policies.may_record_suspense(actor):
        raise NotAllowed()
    check_money(amount, document)
    if received_on > clock.today():
        raise DomainError("received_later", _("The money has not come yet: the day lies in the future."))
    if batch is not None and (batch.programme_id, batch.budget_year) != (line.programme_id, line.year):
        raise DomainError(
            "other_line", _("That batch was paid out of another budget. Choose one of its lines.")
        )
    check_year_open(line.year)
    check_month_open(clock.today())
    with county_scope():
        item = SuspenseItem.objects.create(
            number=f"S{clock.today().year}-{next_number(series='suspense', year=clock.today().year):04d}",
            line=line,
            batch=batch,
            origin=origin,
            amount=amount,
            received_on=received_on,
            document=document,
            recorded_by_id=actor.staff_id,
            recorded_on=clock.today(),
            division_code=line.division_code,
        )
        accounts = _accounts(line)
        with _not_overdrawn():
            book(
                actor=actor,
                kind=EntryKind.SUSPENSE,
                suspense=item,
                postings=[
                    Posting(accounts[Kind.SUSPENSE].pk, amount),
                    Posting(accounts[_FROM[origin]].pk, -amount),
                ],
            )
        record_act(
            actor=actor,
            verb="subsidies.record_suspense",
            record=item,
            number=item.number,
            line=line.pk,
            origin=origin,
            amount=amount,
            document=document,
        )
    return item


@transaction.atomic
def clear_suspense(*, actor: Actor, item: SuspenseItem, end: SuspenseEnd, document: str) -> SuspenseItem:
    """Book money in suspense to where it belongs, by a second entry with its document.

    By the finance officer, never the one who recorded it. Raises NotAllowed, Stale, DomainError
    `document_needed`, `own_suspense`, `not_received_from_outside`, `year_closed`.
    """
    if not policies.may_clear_suspense(actor):
        raise NotAllowed()
    if actor.staff_id == item.recorded_by_id:
        raise NotAllowed("own_suspense", _("You recorded this money. Somebody else must clear it."))
    if not document.strip():
        raise DomainError("document_needed", _("Name the document that this money rests on."))
    with county_scope():
        current = locked(item)
        if (end == SuspenseEnd.OUTSIDE) != (current.origin == SuspenseOrigin.OUTSIDE):
            raise DomainError(
                "end_does_not_fit",
                _(
                    "What we paid and got back belongs to the line or to the family; what came from elsewhere is "
                    "sent back there. Choose the end that fits where the money came from."
                ),
            )
        check_year_open(current.line.year)
        done = move(
            record=current,
            to=SuspenseState.CLEARED,
            transitions=SUSPENSE_TRANSITIONS,
            actor=actor,
            verb="subsidies.clear_suspense",
            detail={"number": current.number, "end": end, "amount": current.amount, "document": document},
            end=end,
            clearing_document=document,
            cleared_by_id=actor.staff_id,
            cleared_on=clock.today(),
        )
        accounts = _accounts(done.line)
        book(
            actor=actor,
            kind=EntryKind.CLEARING,
            suspense=done,
            postings=[
                Posting(accounts[Kind.SUSPENSE].pk, -done.amount),
                Posting(accounts[_TO[end]].pk, done.amount),
            ],
        )
    return done


def _accounts(line: BudgetLine) -> dict[str, LedgerAccount]:
    found = accounts_of(programme=line.programme_id, year=line.year, sources=[line.source])
    return {kind: account for (kind, _source), account in found.items()}


@contextmanager
def _not_overdrawn() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "account_is_never_overdrawn" not in str(error):
            raise
        raise DomainError(
            "never_paid",
            _(
                "Less than that was ever paid out of this line, so so much cannot have come back. Check the line."
            ),
        ) from error
