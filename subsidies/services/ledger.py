"""The double-entry ledger: entries are booked whole, never changed, and add up to zero."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.database.memory import room_for_thousands
from offices.database.new_keys import beginning_of_keys, numbered_key
from offices.divisions import full_code
from offices.errors import DomainError
from subsidies.enums import EntryKind
from subsidies.models import (
    Appropriation,
    LedgerAccount,
    LedgerEntry,
    PaymentBatch,
    Programme,
    SuspenseItem,
)
from subsidies.services.steps import constraint_of

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount (yuan) for an account; `payment_id` where it concerns one person's line."""

    account_id: UUID
    amount: Decimal
    payment_id: UUID | None = None


def accounts_of(
    *, programme: Programme | str, year: int, sources: Iterable[str]
) -> dict[tuple[str, str], LedgerAccount]:
    """The ledger accounts of a programme, year and sources by (kind, source), opened where missing."""
    code = programme if isinstance(programme, str) else programme.pk
    wanted = [(kind.value, source) for source in sorted(set(sources)) for kind in Kind]
    found = {
        (account.kind, account.source): account
        for account in LedgerAccount.objects.filter(programme_id=code, year=year)
    }
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        LedgerAccount.objects.bulk_create(
            [
                LedgerAccount(kind=kind, programme_id=code, year=year, source=source)
                for kind, source in missing
            ],
            ignore_conflicts=True,
        )
        found = {
            (account.kind, account.source): account
            for account in LedgerAccount.objects.filter(programme_id=code, year=year)
        }
    return {pair: found[pair] for pair in wanted}


def book(
    *,
    actor: Actor,
    kind: EntryKind,
    postings: Sequence[Posting],
    batch: PaymentBatch | None = None,
    appropriation: Appropriation | None = None,
    suspense: SuspenseItem | None = None,
    on: datetime.date | None = None,
) -> LedgerEntry:
    """Write an entry with all its postings, in one statement however many they are.

    The database refuses, at commit, an entry whose postings do not add up to zero and, at once,
    an account that would be overdrawn (IntegrityError `account_is_never_overdrawn`), a day in a
    closed month and an account of a closed year (DomainError `month_closed`, `year_closed`).
    """
    rows = (
        "SELECT account_id, payment_id, amount FROM unnest(%(accounts)s::uuid[], %(payments)s::uuid[], "
        "%(amounts)s::numeric[]) AS posting(account_id, payment_id, amount)"
    )
    values = {
        "accounts": [posting.account_id for posting in postings],
        "payments": [posting.payment_id for posting in postings],
        "amounts": [posting.amount for posting in postings],
    }
    about = {"batch": batch, "appropriation": appropriation, "suspense": suspense}
    return _write(actor=actor, kind=kind, rows=rows, values=values, on=on or clock.today(), about=about)


def book_for_batch(
    *, actor: Actor, kind: EntryKind, batch: PaymentBatch, rows: str, values: dict[str, Any]
) -> LedgerEntry:
    """As `book`, of postings that the database reckons: `rows` gives account_id, payment_id, amount."""
    with room_for_thousands():
        return _write(
            actor=actor, kind=kind, rows=rows, values=values, on=clock.today(), about={"batch": batch}
        )


def _write(
    *,
    actor: Actor,
    kind: EntryKind,
    rows: str,
    values: dict[str, Any],
    on: datetime.date,
    about: dict[str, Any],
) -> LedgerEntry:
    division_code = full_code(current_context().county)
    try:
        entry = LedgerEntry.objects.create(
            booked_on=on,
            kind=kind,
            booked_by_id=actor.staff_id,
            division_code=division_code,
            **about,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO subsidies_ledgerposting (id, entry_id, account_id, payment_id, amount, division_code) "
                f"SELECT {numbered_key('keys', 'row_number() OVER ()')}, %(entry)s, account_id, payment_id, amount, %(division)s "
                f"FROM ({rows}) posting WHERE amount <> 0",
                {**values, "entry": entry.pk, "division": division_code, "keys": beginning_of_keys()},
            )
    except IntegrityError as error:
        # Closed between the caller's look and this moment.
        if "closed_month_takes_no_entry" in constraint_of(error):
            raise DomainError(
                "month_closed", _("The month has just been closed. Book it on a later day.")
            ) from error
        if "closed_year_takes_no_posting" in constraint_of(error):
            raise DomainError(
                "year_closed", _("The year has just been closed. Use the budget of the next.")
            ) from error
        raise
    return entry
