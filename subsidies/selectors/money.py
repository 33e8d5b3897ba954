"""Batches as pages and commands read them: tie-outs, lines, what is left out, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from subsidies.enums import EntryKind, FileFormat, LeftOutReason, PaymentState, ProgrammeKind
from subsidies.models import (
    BankAnswer,
    BankFile,
    Grant,
    LedgerPosting,
    Payment,
    PaymentBatch,
)


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
    if batch.programme.kind == ProgrammeKind.PREMIUM:
        roster = BankFile.objects.filter(batch=batch, format=FileFormat.ROSTER).aggregate(
            n=Sum("count"), s=Sum("total_amount")
        )
        sides[2:4] = [
            ("roster", _("Roster sent to the fund"), roster["n"] or 0, roster["s"] or Decimal()),
            ("file", _("Transfer to the fund"), files["n"] or 0, files["s"] or Decimal()),
            ("bank", _("Answer of the fund (taken in and sent back)"), *sides[3][2:]),
        ]
    return TieOut(
        [
            Total(code, label, count, amount, count - batch.count, amount - batch.total_amount)
            for code, label, count, amount in sides
        ]
    )


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
        .select_related("person", "programme", "representative__representation")
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
        lines = grant.payments.select_related("batch", "representative__representation")
        return list(lines.order_by("-pk"))
