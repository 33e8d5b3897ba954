"""A yuan followed: from an appropriation to the people it was paid to, and from a payment back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from subsidies.enums import EntryKind
from subsidies.models import Appropriation, BudgetLine, LedgerAccount, LedgerEntry, LedgerPosting, Payment

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class SourcePart:
    """What one source bears of a payment, and the money it came from."""

    source: str
    amount: Decimal
    line: BudgetLine | None
    appropriations: Sequence[Appropriation]


def parts_of(payment: Payment) -> list[SourcePart]:
    """A payment divided over its sources, each with its budget line and what was appropriated on it."""
    postings = list(
        LedgerPosting.objects.filter(
            payment=payment, entry__kind=EntryKind.APPROVAL, account__kind=Kind.IN_TRANSIT
        )
        .select_related("account")
        .order_by("account__source", "pk")
    )
    lines = {
        line.source: line
        for line in BudgetLine.objects.filter(
            programme_id=payment.programme_id, year__in={one.account.year for one in postings}
        )
        .select_related("programme")
        .prefetch_related("appropriations__entry")
    }
    return [
        SourcePart(
            source=one.account.get_source_display(),
            amount=one.amount,
            line=lines.get(one.account.source),
            appropriations=list(lines[one.account.source].appropriations.all())
            if one.account.source in lines
            else [],
        )
        for one in postings
    ]


def postings_of_payment(payment: Payment) -> QuerySet[LedgerPosting]:
    """Everything booked about one payment, in order."""
    return payment.postings.select_related("entry__booked_by", "account").order_by("entry__booked_on", "pk")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a batch drew from the money of a line."""

    batch_id: object
    number: str
    state: str
    count: int
    amount: Decimal


def drawn_from(line: BudgetLine) -> list[Drawn]:
    """The batches that were approved out of a line's money, the oldest first."""
    rows = (
        LedgerPosting.objects.filter(
            account__kind=Kind.IN_TRANSIT,
            account__programme_id=line.programme_id,
            account__year=line.year,
            account__source=line.source,
            entry__kind=EntryKind.APPROVAL,
            payment__isnull=False,
        )
        .values_list("entry__batch_id", "entry__batch__number", "entry__batch__state")
        .annotate(count=Count("payment", distinct=True), amount=Sum("amount"))
        .order_by("entry__batch__number")
    )
    return [Drawn(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Side:
    """One account of an entry: what its postings add up to, and how many persons' lines they concern."""

    account: LedgerAccount
    amount: Decimal
    lines: int


def sides_of(entry: LedgerEntry) -> list[Side]:
    """An entry by account; an approval has thousands of postings on few accounts."""
    rows = list(
        entry.postings.values_list("account").annotate(Sum("amount"), Count("payment")).order_by("account")
    )
    accounts = LedgerAccount.objects.select_related("programme").in_bulk([row[0] for row in rows])
    return [Side(accounts[account], amount, lines) for account, amount, lines in rows]
