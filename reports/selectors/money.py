"""T2: yuan by programme and source, up to the end of a month.

A year's money is that of its budget lines and what earlier years' lines still had on 1 January,
so that nothing paid in the month stands in no report. What a recovery brings back changes nothing of
what was paid: it can be paid once more, so from its booking on it counts like money carried to the
line. Budgets belong to the county; what was paid and returned is also told by the township of the
payee. Sources are those of the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from reports.months import Month
from subsidies.enums import RECOVERY_ENTRIES, EntryKind, PaymentState
from subsidies.models import Appropriation, BudgetLine, LedgerAccount, LedgerPosting, Payment
from subsidies.models.batches import PaymentQuerySet

Key = tuple[str, str]
"""Programme and source."""
Sums = dict[Key, Decimal]


@dataclass(frozen=True, slots=True)
class MoneySums:
    """The sums of T2 in yuan: the county's, and what payees received by township (9 digits)."""

    budget: Sums
    appropriated: Sums
    paid: dict[str, Sums] = field(default_factory=dict)
    returned: dict[str, Sums] = field(default_factory=dict)


def payments_paid(month: Month) -> PaymentQuerySet:
    """Payments that reached the account in the month's year up to its end."""
    return Payment.objects.filter(
        state=PaymentState.PAID, paid_on__gte=month.year_start, paid_on__lt=month.next_day
    )


def payments_of_month(month: Month) -> PaymentQuerySet:
    """Payments that reached the account in the month."""
    return payments_paid(month).filter(paid_on__gte=month.first_day)


def payments_returned(month: Month) -> PaymentQuerySet:
    """Payments that had come back by the end of the month and were not paid again by then.

    Of a line that came back twice the later one counts.
    """
    later = Payment.objects.filter(supersedes=OuterRef("pk")).filter(
        Q(state=PaymentState.PAID, paid_on__lt=month.next_day)
        | Q(state=PaymentState.RETURNED, returned_on__lt=month.next_day)
    )
    return Payment.objects.filter(~Exists(later), state=PaymentState.RETURNED, returned_on__lt=month.next_day)


def sum_money(month: Month) -> MoneySums:
    """T2 over everything in scope."""
    lines = list(
        BudgetLine.objects.filter(year__lte=month.year).values_list(
            "programme_id", "year", "source", "amount"
        )
    )
    handed_over = _appropriated(month)
    carried = _carried(month)
    spent_before = _spent_before(month)
    budget: defaultdict[Key, Decimal] = defaultdict(Decimal)
    appropriated: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for programme, year, source, amount in lines:
        moved = carried.get((programme, year, source), Decimal())
        amount += moved
        given = handed_over.get((programme, year, source), Decimal()) + moved
        spent = spent_before.get((programme, year, source), Decimal())
        if year == month.year or given > spent:
            budget[programme, source] += amount - spent
            appropriated[programme, source] += given - spent
    paid = LedgerPosting.objects.filter(
        account__kind=LedgerAccount.Kind.PAID, payment__in=payments_paid(month)
    ).exclude(entry__kind__in=RECOVERY_ENTRIES)
    returned = LedgerPosting.objects.filter(
        entry__kind=EntryKind.APPROVAL, amount__gt=0, payment__in=payments_returned(month)
    )
    return MoneySums(dict(budget), dict(appropriated), _by_township(paid), _by_township(returned))


def _appropriated(month: Month) -> dict[tuple[str, int, str], Decimal]:
    rows = (
        Appropriation.objects.filter(appropriated_on__lt=month.next_day)
        .values_list("line__programme_id", "line__year", "line__source")
        .annotate(Sum("amount"))
        .order_by()
    )
    return {(programme, year, source): amount for programme, year, source, amount in rows}


def _carried(month: Month) -> dict[tuple[str, int, str], Decimal]:
    """What the closing of a year took from its lines and gave to those of the next, and what recoveries brought back."""
    rows = (
        LedgerPosting.objects.filter(
            entry__kind__in=[EntryKind.CARRIED, *RECOVERY_ENTRIES],
            entry__booked_on__lt=month.next_day,
            account__kind=LedgerAccount.Kind.FUNDS,
        )
        .values_list("account__programme_id", "account__year", "account__source")
        .annotate(Sum("amount"))
        .order_by()
    )
    return {(programme, year, source): amount for programme, year, source, amount in rows}


def _spent_before(month: Month) -> dict[tuple[str, int, str], Decimal]:
    """What earlier budget lines had paid before the month's year."""
    rows = (
        LedgerPosting.objects.filter(
            account__kind=LedgerAccount.Kind.PAID, payment__paid_on__lt=month.year_start
        )
        .exclude(entry__kind__in=RECOVERY_ENTRIES)
        .values_list("account__programme_id", "account__year", "account__source")
        .annotate(Sum("amount"))
        .order_by()
    )
    return {(programme, year, source): amount for programme, year, source, amount in rows}


def _by_township(postings: QuerySet[LedgerPosting]) -> dict[str, Sums]:
    rows = (
        postings.annotate(township=Substr("payment__division_code", 1, 9), programme=F("account__programme"))
        .values_list("township", "programme", "account__source")
        .annotate(Sum("amount"))
        .order_by()
    )
    found: dict[str, Sums] = {}
    for township, programme, source, amount in rows:
        found.setdefault(township, {})[programme, source] = amount
    return found
