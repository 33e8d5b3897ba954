"""For whom a batch would pay a premium of a year, how much, and who is left out and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from offices.database.context import county_scope
from subsidies.enums import GrantState, LeftOutReason, PaymentState, ReturnReason
from subsidies.models import (
    FundAccount,
    Payment,
    PaymentBatch,
    PolicyVersion,
    PremiumRefund,
    PremiumRefusal,
    PremiumTransfer,
    Programme,
)
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import Period
from subsidies.selectors.amounts import amounts_on

_GRANTS = """
SELECT DISTINCT ON (g.person_id)
       g.id, g.person_id, g.division_code, g.annual_amount, g.policy_version_id, g.state,
       p.died_on < %(from_on)s, p.id_number IS NULL,
       EXISTS (SELECT 1 FROM households_insuranceelsewhere i
                WHERE i.person_id = g.person_id AND i.scheme = ANY(%(schemes)s)
                  AND (i.from_on IS NULL OR i.from_on <= %(from_on)s)
                  AND (i.to_on IS NULL OR i.to_on > %(from_on)s)),
       r.id, p.name_sort
  FROM subsidies_grant g
  JOIN households_person p ON p.id = g.person_id
  LEFT JOIN LATERAL (
       SELECT old.id FROM subsidies_payment old
        WHERE old.person_id = g.person_id AND old.programme_id = g.programme_id
          AND old.period_from_on < %(to_on)s AND old.period_to_on > %(from_on)s
          AND old.state = %(returned)s
        ORDER BY old.returned_on DESC, old.id DESC LIMIT 1) r ON true
 WHERE g.programme_id = %(programme)s
   AND g.from_on < %(to_on)s
   AND (g.to_on IS NULL OR (g.to_on > %(from_on)s AND g.to_on > g.from_on))
   AND NOT EXISTS (
       SELECT 1 FROM subsidies_payment live
        WHERE live.person_id = g.person_id AND live.programme_id = g.programme_id
          AND live.period_from_on < %(to_on)s AND live.period_to_on > %(from_on)s
          AND live.state = ANY(%(live)s))
 ORDER BY g.person_id, g.from_on DESC, g.id DESC
"""

Due = tuple[UUID, UUID, str, str, Decimal, UUID | None, LeftOutReason | None]
"""Grant, person, village, sorted name, premium, the returned line that is taken up again, why it is left out."""


def fund_of(programme: Programme | str) -> FundAccount | None:
    """The confirmed account to which the premiums of a programme go."""
    code = programme if isinstance(programme, str) else programme.pk
    with county_scope():
        return FundAccount.objects.confirmed().filter(programme_id=code).first()


def premiums_of_year(*, programme: Programme, period: Period) -> list[Due]:
    """Every grant that covers the year and whose premium is neither paid nor on its way, each person once.

    The premium is that of the year covered, by the policy in force at its beginning (by the grant's own if
    that is newer), whatever it was when it was granted. A person whom the fund did not take in comes up again when her name or number has been
    corrected since; what a bank sent back, when the fund's account has changed or the fault was the
    bank's. Needs a context of the whole county.
    """
    versions = {version.pk: version for version in programme.versions.select_related("programme")}
    in_force = PolicyVersion.objects.published_on(period.from_on).filter(programme=programme)
    newest = in_force.select_related("programme").order_by("-from_on").first()
    premiums = {
        key: _premium(
            newest if newest is not None and newest.from_on > version.from_on else version, period.from_on
        )
        for key, version in versions.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _GRANTS,
            {
                "programme": programme.pk,
                "from_on": period.from_on,
                "to_on": period.to_on,
                "schemes": sorted({scheme for one in versions.values() for scheme in _schemes(one.rule)}),
                "returned": PaymentState.RETURNED.value,
                "live": [state.value for state in LIVE_PAYMENTS],
            },
        )
        rows = cursor.fetchall()
    again = _may_go_again([row[9] for row in rows if row[9]], fund_of(programme))
    found: list[Due] = []
    for row in rows:
        amount = premiums[row[4]] or row[3]
        if amount > 0:
            found.append((row[0], row[1], row[2], row[10], amount, row[9], _why_not(row, again)))
    return found


def _premium(version: PolicyVersion, first_day: datetime.date) -> Decimal:
    """The premium of the year that begins on a day; 0 where the policy names none."""
    return amounts_on(version, first_day).least


def _schemes(rule: Any) -> Iterator[str]:
    """The schemes of which a rule says that nobody insured in them is paid for."""
    if isinstance(rule, dict):
        told = rule.get("insured_elsewhere")
        if isinstance(told, dict) and "scheme" in told:
            yield str(told["scheme"])
        for part in rule.values():
            yield from _schemes(part)
    elif isinstance(rule, list):
        for part in rule:
            yield from _schemes(part)


def _may_go_again(returned: Sequence[UUID], fund: FundAccount | None) -> dict[UUID, LeftOutReason | None]:
    """Of each returned line, why it does not go out again yet."""
    found: dict[UUID, LeftOutReason | None] = {}
    for line in Payment.objects.filter(pk__in=returned).select_related("person", "premium_refusal"):
        if hasattr(line, "premium_refusal"):
            number, sent = line.person.id_number, line.payee_id_number
            is_corrected = line.person.name != line.payee_name or (
                number is not None and sent is not None and number.reveal() != sent.reveal()
            )
            found[line.pk] = None if is_corrected else LeftOutReason.NOT_TAKEN
        else:
            is_other_account = fund is not None and fund.account_digest != line.payee_account_digest
            goes = is_other_account or line.return_reason == ReturnReason.BANK_FAILURE
            found[line.pk] = None if goes else LeftOutReason.RETURNED
    return found


def _why_not(row: tuple[Any, ...], again: dict[UUID, LeftOutReason | None]) -> LeftOutReason | None:
    state, has_died, has_no_number, is_insured, returned_id = row[5:10]
    if has_died:
        return LeftOutReason.NOT_DUE
    if state == GrantState.SUSPENDED:
        return LeftOutReason.SUSPENDED
    if has_no_number:
        return LeftOutReason.NO_NUMBER
    if is_insured:
        return LeftOutReason.INSURED
    return again.get(returned_id) if returned_id else None


def open_refusals(batch: PaymentBatch) -> QuerySet[PremiumRefusal]:
    """Those whom the fund did not take in and whose money is not back yet."""
    return PremiumRefusal.objects.filter(payment__batch=batch, payment__state=PaymentState.SENT)


def to_be_refunded(batch: PaymentBatch) -> tuple[int, Decimal]:
    """How many of a batch the fund did not take in, and how much it still has to send back (yuan)."""
    found = open_refusals(batch).aggregate(n=Count("pk"), s=Sum("payment__amount"))
    return found["n"], found["s"] or Decimal()


@dataclass(frozen=True, slots=True)
class PremiumState:
    """How far the transfer of a batch of premiums is: its fund, roster, arrival, and what is owed back (yuan)."""

    transfer: PremiumTransfer
    refused_count: int
    refused_amount: Decimal
    refunds: Sequence[PremiumRefund]


def premium_state(batch: PaymentBatch) -> PremiumState:
    """The transfer of a batch of premiums and what is still to come back."""
    transfer = PremiumTransfer.objects.select_related("fund").get(batch=batch)
    count, amount = to_be_refunded(batch)
    return PremiumState(transfer, count, amount, list(transfer.refunds.select_related("recorded_by")))


def premiums_paid_for(people: Sequence[Any]) -> list[Payment]:
    """What was paid to funds on behalf of these people, the newest year first, for whoever may see them.

    At county scope: the batch and the fund are the county's.
    """
    with county_scope():
        return list(
            Payment.objects.filter(
                person__in=people, state=PaymentState.PAID, batch__premium_transfer__isnull=False
            )
            .select_related("programme", "person", "batch__premium_transfer__fund")
            .order_by("-period_from_on", "programme__order", "person_id")
        )
