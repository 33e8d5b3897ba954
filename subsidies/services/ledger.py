"""The double-entry ledger: entries are booked whole, never changed, and add up to zero."""

from __future__ import annotations

import datetime
from collections import Counter
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
from offices.divisions import full_code
from offices.errors import DomainError
from offices.ids import new_id
from subsidies.enums import EntryKind
from subsidies.models import (
    Appropriation,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
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
    try:
        return _write(
            actor=actor,
            kind=kind,
            postings=postings,
            on=on or clock.today(),
            batch=batch,
            appropriation=appropriation,
            suspense=suspense,
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


def _write(
    *, actor: Actor, kind: EntryKind, postings: Sequence[Posting], on: datetime.date, **about: Any
) -> LedgerEntry:
    division_code = full_code(current_context().county)
    entry = LedgerEntry.objects.create(
        booked_on=on,
        kind=kind,
        booked_by_id=actor.staff_id,
        division_code=division_code,
        **about,
    )
    rows = [posting for posting in postings if posting.amount]
    table = connection.ops.quote_name(LedgerPosting._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, entry_id, account_id, payment_id, amount, division_code) "
            "SELECT id, %s, account_id, payment_id, amount, %s "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::numeric[]) "
            "AS posting(id, account_id, payment_id, amount)",
            [
                entry.pk,
                division_code,
                [new_id() for _ in rows],
                [row.account_id for row in rows],
                [row.payment_id for row in rows],
                [row.amount for row in rows],
            ],
        )
    return entry


def counter_postings(postings: Sequence[Posting]) -> Counter[UUID]:
    """What stands on each account of the postings, for the sum on the other side."""
    totals: Counter[UUID] = Counter()
    for posting in postings:
        totals[posting.account_id] += posting.amount  # type: ignore[assignment] # a sum of yuan
    return totals
