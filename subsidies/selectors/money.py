"""Money as pages, commands and reports read it: budgets, tie-outs, days to the account."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from subsidies.enums import EntryKind, FileFormat, GrantState, LeftOutReason, PaymentState
from subsidies.models import (
    BankAnswer,
    BankFile,
    BudgetLine,
    Grant,
    LedgerAccount,
    LedgerPosting,
    Payment,
    PaymentBatch,
    Programme,
)
from subsidies.shares import split

Kind = LedgerAccount.Kind


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget line in yuan: set aside, appropriated, bound by grants, on its way, paid, available."""

    line: BudgetLine
    appropriated: Decimal
    committed: Decimal
    in_transit: Decimal
    paid: Decimal
    available: Decimal

    @property
    def is_short(self) -> bool:
        """Whether the live grants of the year need more than is appropriated."""
        return self.committed > self.appropriated


def budget_states(*, actor: Actor, year: int | None = None) -> list[BudgetState]:
    """Every budget line with what has become of it, the newest year first."""
    lines = BudgetLine.objects.filter(
        division_code__gte=actor.scope, division_code__lt=actor.scope + "~"
    ).select_related("programme")
    if year:
        lines = lines.filter(year=year)
    rows = list(lines.annotate(appropriated=Sum("appropriations__amount")))
    balances = {
        (account.kind, account.programme_id, account.year, account.source): account.balance
        for account in LedgerAccount.objects.filter(year__in={line.year for line in rows})
    }
    committed: dict[tuple[str, int], dict[str, Decimal]] = {}
    states = []
    for line in rows:
        key = (line.programme_id, line.year)
        if key not in committed:
            committed[key] = commitment(programme=line.programme, year=line.year)
        of_line = (line.programme_id, line.year, line.source)
        states.append(
            BudgetState(
                line=line,
                appropriated=line.appropriated or Decimal(),
                committed=committed[key].get(line.source, Decimal()),
                in_transit=balances.get((Kind.IN_TRANSIT, *of_line), Decimal()),
                paid=balances.get((Kind.PAID, *of_line), Decimal()),
                available=balances.get((Kind.FUNDS, *of_line), Decimal()),
            )
        )
    return states


def commitment(*, programme: Programme, year: int) -> dict[str, Decimal]:
    """What the live grants of a year bind of each source, in yuan."""
    totals: dict[str, Decimal] = {}
    bound = (
        Grant.objects.filter(
            programme=programme, state=GrantState.LIVE, from_on__lt=datetime.date(year + 1, 1, 1)
        )
        .filter(Q(to_on=None) | Q(to_on__gt=datetime.date(year, 1, 1)))
        .values("annual_amount", "policy_version__funding")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for row in bound:
        try:
            parts = split(row["annual_amount"], row["policy_version__funding"])
        except DomainError:
            continue
        for source, part in parts.items():
            totals[source] = totals.get(source, Decimal()) + part * row["count"]
    return totals


@dataclass(frozen=True, slots=True)
class Total:
    """One side of a tie-out: where it comes from, lines and yuan, and whether it agrees."""

    code: str
    label: str | Promise
    count: int
    amount: Decimal
    count_difference: int
    amount_difference: Decimal

    @property
    def agrees(self) -> bool:
        return not self.count_difference and not self.amount_difference


@dataclass(frozen=True, slots=True)
class TieOut:
    """Approved, file, bank and ledger of a batch beside each other; differences are against approved."""

    totals: list[Total]

    @property
    def ties(self) -> bool:
        return all(total.agrees for total in self.totals)

    @property
    def first_difference(self) -> Total | None:
        return next((total for total in self.totals if not total.agrees), None)


def tie_out(batch: PaymentBatch) -> TieOut:
    """Compare what was approved with the lines, the files sent, the bank's answers and the ledger."""
    lines = batch.payments.exclude(state=PaymentState.CANCELLED).aggregate(n=Count("pk"), s=Sum("amount"))
    files = BankFile.objects.filter(batch=batch, format=FileFormat.TEXT).aggregate(
        n=Sum("count"), s=Sum("total_amount")
    )
    bank = BankAnswer.objects.filter(batch=batch).aggregate(
        n=Sum("paid_count"), s=Sum("paid_amount"), rn=Sum("returned_count"), rs=Sum("returned_amount")
    )
    ledger = LedgerPosting.objects.filter(
        entry__batch=batch, entry__kind=EntryKind.ANSWER, payment__isnull=False
    ).aggregate(n=Count("payment", distinct=True), s=Sum("amount"))
    sides: list[tuple[str, str | Promise, int, Decimal]] = [
        ("approved", _("Approved"), batch.count, batch.total_amount),
        ("lines", _("Lines of the batch"), lines["n"], lines["s"] or Decimal()),
        ("file", _("File sent to the bank"), files["n"] or 0, files["s"] or Decimal()),
        (
            "bank",
            _("Answer of the bank (paid and returned)"),
            (bank["n"] or 0) + (bank["rn"] or 0),
            (bank["s"] or Decimal()) + (bank["rs"] or Decimal()),
        ),
        ("ledger", _("Ledger (paid and returned)"), ledger["n"], ledger["s"] or Decimal()),
    ]
    return TieOut(
        [
            Total(code, label, count, amount, count - batch.count, amount - batch.total_amount)
            for code, label, count, amount in sides
        ]
    )


@dataclass(frozen=True, slots=True)
class DaysToAccount:
    """Days from the county's confirmation to the account, over first payments that arrived."""

    count: int
    median: int | None
    longest: int | None
    waiting: int
    waiting_longest: int | None


_DAYS = """
SELECT count(*) FILTER (WHERE l.state = 'paid'),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY l.paid_on - g.confirmed_on) FILTER (WHERE l.state = 'paid'),
       max(l.paid_on - g.confirmed_on) FILTER (WHERE l.state = 'paid'),
       count(*) FILTER (WHERE l.state IN ('planned', 'sent', 'returned')),
       max(%(today)s::date - g.confirmed_on) FILTER (WHERE l.state IN ('planned', 'sent', 'returned'))
  FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id
 WHERE l.batch_id = %(batch)s
   AND NOT EXISTS (SELECT 1 FROM subsidies_payment e
                    WHERE e.grant_id = l.grant_id AND e.state = 'paid' AND e.id <> l.id
                      AND e.paid_on <= coalesce(l.paid_on, %(today)s::date))
"""


def days_to_account(batch: PaymentBatch, *, today: datetime.date) -> DaysToAccount:
    """How long families waited: a grant's first payment alone counts, later years do not."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"batch": batch.pk, "today": today})
        return DaysToAccount(*cursor.fetchone())


def lines_by_state(batch: PaymentBatch) -> dict[PaymentState, int]:
    """How many lines of a batch are in each state, every state named."""
    counted = dict(batch.payments.values_list("state").annotate(Count("pk")).order_by())
    return {state: counted.get(state, 0) for state in PaymentState}


def left_out_by_reason(batch: PaymentBatch) -> list[tuple[LeftOutReason, int]]:
    """How many grants a batch left out, by reason."""
    counted = dict(batch.left_out.values_list("reason").annotate(Count("pk")).order_by())
    return [(reason, counted[reason]) for reason in LeftOutReason if reason in counted]


def returns_to_clear(actor: Actor) -> QuerySet[Payment]:
    """Returned lines within the actor's scope whose money has not gone out again, the oldest first.

    Not joined to their batches: those are the county's, and out of a township's sight.
    """
    return (
        Payment.objects.visible_to(actor)
        .to_reissue()
        .select_related("person", "programme")
        .order_by("returned_on", "pk")
    )


def find_batch(name: str, *, actor: Actor) -> PaymentBatch:
    """A batch by its number. Raises DomainError `unknown_batch`."""
    batch = (
        PaymentBatch.objects.visible_to(actor).select_related("programme").filter(number=name.strip()).first()
    )
    if batch is None:
        raise DomainError(
            "unknown_batch",
            _("There is no batch %(number)s. Batches are named as in the list, such as B2014-0001."),
            number=name,
        )
    return batch


def payments_of(grant: Grant) -> list[Payment]:
    """The payments that rest on a grant, the newest first, for whoever may see the grant.

    At county scope: what was paid before a change of divisions stays under the old village's code.
    """
    with county_scope():
        return list(grant.payments.order_by("-pk"))
