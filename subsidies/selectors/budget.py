"""Budget lines as pages and services read them: set aside, bound, appropriated, free."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from offices.actors import Actor
from subsidies.enums import RECOVERY_ENTRIES, BudgetChangeKind, BudgetChangeState, EntryKind
from subsidies.models import BudgetChange, BudgetLine, LedgerAccount, LedgerPosting

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget line in yuan: set aside, bound by grants, appropriated, carried, on its way, paid, available.

    `recovered` is what recoveries of closed years brought in; of an open one they lessen what is paid.
    """

    line: BudgetLine
    appropriated: Decimal
    carried: Decimal
    in_transit: Decimal
    paid: Decimal
    available: Decimal
    recovered: Decimal = Decimal()

    @property
    def committed(self) -> Decimal:
        """What the grants of the year need of this source."""
        return self.line.committed_amount

    @property
    def free(self) -> Decimal:
        """What no grant binds; below zero where more is granted than set aside."""
        return self.line.free_amount

    @property
    def is_short(self) -> bool:
        """Whether the grants of the year need more than is appropriated."""
        return self.committed > self.appropriated + self.carried

    @property
    def is_beyond_budget(self) -> bool:
        """Whether more is granted than set aside and carried over."""
        return self.committed > self.line.amount + max(self.carried, Decimal())


def budget_states(*, actor: Actor, year: int | None = None) -> list[BudgetState]:
    """Every budget line with what has become of it, the newest year first."""
    lines = BudgetLine.objects.filter(
        division_code__gte=actor.scope, division_code__lt=actor.scope + "~"
    ).select_related("programme")
    if year:
        lines = lines.filter(year=year)
    rows = list(lines.annotate(appropriated=Sum("appropriations__amount")))
    years = {line.year for line in rows}
    balances = {
        (account.kind, account.programme_id, account.year, account.source): account.balance
        for account in LedgerAccount.objects.filter(year__in=years)
    }
    carried = {
        key: amount
        for *key_parts, amount in LedgerPosting.objects.filter(
            entry__kind=EntryKind.CARRIED, account__year__in=years, account__kind=Kind.FUNDS
        )
        .values_list("account__programme_id", "account__year", "account__source")
        .annotate(Sum("amount"))
        .order_by()
        for key in [tuple(key_parts)]
    }
    recovered = {
        tuple(key): -amount
        for *key, amount in LedgerPosting.objects.filter(
            entry__kind__in=RECOVERY_ENTRIES, account__year__in=years, account__kind=Kind.OUTSIDE
        )
        .values_list("account__programme_id", "account__year", "account__source")
        .annotate(Sum("amount"))
        .order_by()
    }
    states = []
    for line in rows:
        of_line = (line.programme_id, line.year, line.source)
        states.append(
            BudgetState(
                line=line,
                appropriated=line.appropriated or Decimal(),
                carried=carried.get(of_line, Decimal()),
                in_transit=balances.get((Kind.IN_TRANSIT, *of_line), Decimal()),
                paid=balances.get((Kind.PAID, *of_line), Decimal()),
                available=balances.get((Kind.FUNDS, *of_line), Decimal()),
                recovered=recovered.get(of_line, Decimal()),
            )
        )
    return states


def movable_amount(line: BudgetLine) -> Decimal:
    """Yuan of a line that are neither appropriated nor bound by grants."""
    appropriated = line.appropriations.aggregate(total=Sum("amount"))["total"] or Decimal()
    return line.amount - max(appropriated, line.committed_amount)


def other_lines(line: BudgetLine) -> QuerySet[BudgetLine]:
    """Lines that money of this one may be moved to."""
    return (
        BudgetLine.objects.filter(year=line.year, source=line.source)
        .exclude(pk=line.pk)
        .select_related("programme")
        .order_by("programme__order", "pk")
    )


def changes_of(line: BudgetLine) -> QuerySet[BudgetChange]:
    """Every supplement and transfer of a line, the oldest first."""
    return (
        (BudgetChange.objects.filter(to_line=line) | BudgetChange.objects.filter(from_line=line))
        .select_related("from_line__programme", "to_line__programme", "proposed_by", "decided_by")
        .order_by("proposed_on", "pk")
    )


def transfers_to_decide(actor: Actor) -> QuerySet[BudgetChange]:
    """Transfers that wait for their second person, without the actor's own."""
    return BudgetChange.objects.filter(
        kind=BudgetChangeKind.TRANSFER, state=BudgetChangeState.PROPOSED
    ).exclude(proposed_by_id=actor.staff_id)
