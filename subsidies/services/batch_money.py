"""The money of a batch: divided over its sources and drawn when it is approved, moved on as the bank answers.

Thousands of postings are reckoned by the database from a few parts: payments of one policy and amount
are divided alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import DomainError
from subsidies.enums import EntryKind, FundingSource
from subsidies.models import BudgetLine, LedgerAccount, PaymentBatch, PolicyVersion
from subsidies.services.ledger import Kind, accounts_of, book_for_batch
from subsidies.shares import split

_DIVIDED = """
SELECT part.account_id, p.id AS payment_id, part.amount
  FROM subsidies_payment p
  JOIN subsidies_grant g ON g.id = p.grant_id
  JOIN unnest(%(policies)s::uuid[], %(wholes)s::numeric[], %(accounts)s::uuid[], %(parts)s::numeric[])
       AS part(policy_id, whole, account_id, amount)
    ON part.policy_id = g.policy_version_id AND part.whole = p.amount
 WHERE p.batch_id = %(batch)s
UNION ALL
SELECT fund.account_id, NULL, -fund.amount
  FROM unnest(%(funds)s::uuid[], %(drawn)s::numeric[]) AS fund(account_id, amount)
"""

_TAKEN_BACK = """
SELECT o.account_id, o.payment_id, -o.amount AS amount
  FROM subsidies_ledgerposting o JOIN subsidies_ledgerentry e ON e.id = o.entry_id
 WHERE e.batch_id = %(batch)s AND e.kind = %(approval)s
"""

# From in transit to paid, or back to the funds that it came from. Each answered line looks its postings up by key: of
# a batch made a minute ago the planner has no statistics, and thinks that it may compare all of them with all lines.
_ANSWERED = """
WITH moved AS MATERIALIZED (
    SELECT o.account_id, o.payment_id, o.amount, line.serial = ANY(%(paid)s::integer[]) AS is_paid
      FROM (SELECT p.id, p.serial FROM subsidies_payment p
             WHERE p.batch_id = %(batch)s AND p.serial = ANY(%(paid)s::integer[] || %(returned)s::integer[])
            OFFSET 0) line
     CROSS JOIN LATERAL (SELECT * FROM subsidies_ledgerposting WHERE payment_id = line.id OFFSET 0) o
     WHERE o.entry_id IN (SELECT e.id FROM subsidies_ledgerentry e
                           WHERE e.batch_id = %(batch)s AND e.kind = %(approval)s)
)
SELECT CASE WHEN m.is_paid THEN t.paid_id ELSE t.funds_id END AS account_id, m.payment_id, m.amount
  FROM moved m
  JOIN unnest(%(in_transit)s::uuid[], %(to_paid)s::uuid[], %(to_funds)s::uuid[]) AS t(account_id, paid_id, funds_id)
    ON t.account_id = m.account_id
UNION ALL
SELECT account_id, NULL, -sum(amount) FROM moved GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one source gives to each payment of one policy and amount (yuan)."""

    policy_id: UUID
    whole: Decimal
    source: str
    amount: Decimal


def draw_money(*, actor: Actor, batch: PaymentBatch) -> None:
    """Put every payment on the in-transit accounts of its sources, out of their funds.

    Every payment is divided over the sources of its policy version (shares.split). The budget lines
    are locked and must cover the batch; beyond that the database refuses an overdrawn account.
    Raises DomainError `no_budget_line`, `not_appropriated`, `not_appropriated_now`.
    """
    # Locked in one order, so that two approvals wait for each other and both see what is left.
    lines = list(
        BudgetLine.objects.select_for_update()
        .filter(programme_id=batch.programme_id, year=batch.budget_year)
        .order_by("pk")
        .values_list("source", flat=True)
    )
    accounts = accounts_of(programme=batch.programme_id, year=batch.budget_year, sources=lines)
    parts, needed = _divide(batch, lines)
    for source, amount in needed.items():
        _check_appropriated(source, amount, accounts[Kind.FUNDS, source])
    with _enough_money():
        book_for_batch(
            actor=actor,
            kind=EntryKind.APPROVAL,
            batch=batch,
            rows=_DIVIDED,
            values={
                "batch": batch.pk,
                "policies": [part.policy_id for part in parts],
                "wholes": [part.whole for part in parts],
                "accounts": [accounts[Kind.IN_TRANSIT, part.source].pk for part in parts],
                "parts": [part.amount for part in parts],
                "funds": [accounts[Kind.FUNDS, source].pk for source in needed],
                "drawn": list(needed.values()),
            },
        )


def _divide(batch: PaymentBatch, lines: Collection[str]) -> tuple[list[_Part], dict[str, Decimal]]:
    """Each source's part of every policy and amount, and what each source gives in all."""
    funding = dict(PolicyVersion.objects.filter(programme_id=batch.programme_id).values_list("pk", "funding"))
    alike = (
        batch.payments.values_list("grant__policy_version_id", "amount")
        .annotate(count=Count("pk"), first=Min("serial"))
        .order_by("first")
    )
    parts: list[_Part] = []
    needed: dict[str, Decimal] = {}
    for policy_id, whole, count, _first in alike:
        for source, amount in split(whole, funding[policy_id]).items():
            if source not in lines:
                raise DomainError(
                    "no_budget_line",
                    _(
                        "There is no budget line of %(year)s from: %(source)s. Enter it, then approve the batch."
                    ),
                    year=batch.budget_year,
                    source=FundingSource(source).label,
                )
            parts.append(_Part(policy_id, whole, source, amount))
            needed[source] = needed.get(source, Decimal()) + amount * count
    return parts, needed


def _check_appropriated(source: str, needed: Decimal, funds: LedgerAccount) -> None:
    if needed > funds.balance:
        raise DomainError(
            "not_appropriated",
            _(
                "%(source)s: %(needed)s yuan are needed, %(available)s yuan are appropriated and not yet "
                "used. Nothing is paid that is not appropriated: have the money appropriated first."
            ),
            source=FundingSource(source).label,
            needed=needed,
            available=funds.balance,
        )


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


def give_money_back(*, actor: Actor, batch: PaymentBatch) -> None:
    """What an approval drew is available again; nothing where the batch was not approved."""
    if batch.entries.filter(kind=EntryKind.APPROVAL).exists():
        book_for_batch(
            actor=actor,
            kind=EntryKind.DISCARD,
            batch=batch,
            rows=_TAKEN_BACK,
            values={"batch": batch.pk, "approval": EntryKind.APPROVAL.value},
        )


def book_answer(
    *, actor: Actor, batch: PaymentBatch, paid: Collection[int], returned: Collection[int]
) -> None:
    """The lines of these serials go from in transit to paid, or back to the funds that they came from."""
    in_transit = LedgerAccount.objects.filter(
        programme_id=batch.programme_id, year=batch.budget_year, kind=Kind.IN_TRANSIT
    ).order_by("pk")
    sources = [account.source for account in in_transit]
    accounts = accounts_of(programme=batch.programme_id, year=batch.budget_year, sources=sources)
    book_for_batch(
        actor=actor,
        kind=EntryKind.ANSWER,
        batch=batch,
        rows=_ANSWERED,
        values={
            "batch": batch.pk,
            "approval": EntryKind.APPROVAL.value,
            "paid": list(paid),
            "returned": list(returned),
            "in_transit": [account.pk for account in in_transit],
            "to_paid": [accounts[Kind.PAID, source].pk for source in sources],
            "to_funds": [accounts[Kind.FUNDS, source].pk for source in sources],
        },
    )
