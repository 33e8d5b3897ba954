"""Whom a batch of a programme and period would pay, how much, and who is left out and why."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.errors import DomainError
from subsidies.enums import GrantState, LeftOutReason, PaymentState, ProgrammeKind, ReturnReason
from subsidies.models import Programme
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import Period, amount_for, ends_with_death, period_paid
from subsidies.selectors.premiums import fund_of, premiums_of_year
from subsidies.shares import share_out


@dataclass(frozen=True, slots=True)
class Selected:
    """A grant that can be paid: to which account (of a premium, the fund's), and which returned line it takes up again.

    To the person's own account, or to who stands for her (`representative_id`); of heirs each has a
    line of the `share`. `amount` is the line's: the period's and, with them, the arrears of earlier periods.
    """

    grant_id: UUID
    person_id: UUID
    division_code: str
    amount: Decimal
    account_id: UUID | None
    supersedes_id: UUID | None
    arrears: Decimal = Decimal()
    representative_id: UUID | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class NotSelected:
    """A grant that cannot be paid now, and why."""

    grant_id: UUID
    person_id: UUID
    division_code: str
    amount: Decimal
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class Selection:
    """All grants of a programme that cover a period and are not paid or being paid for it."""

    programme: Programme
    period: Period
    selected: list[Selected]
    left_out: list[NotSelected]

    @property
    def total_amount(self) -> Decimal:
        return sum((line.amount for line in self.selected), Decimal())

    @property
    def reissued_count(self) -> int:
        return sum(line.supersedes_id is not None for line in self.selected)

    @property
    def left_out_by_reason(self) -> list[tuple[LeftOutReason, int]]:
        counted = Counter(line.reason for line in self.left_out)
        return [(reason, counted[reason]) for reason in LeftOutReason if counted[reason]]


_GRANTS = """
SELECT DISTINCT ON (g.person_id, h.share)
       g.id, g.person_id, g.division_code, g.annual_amount, g.state, g.to_on, p.died_on, p.id_number IS NULL,
       a.id, r.id, r.return_reason,
       CASE WHEN h.id IS NULL
            THEN r.payee_account_digest = a.account_digest AND coalesce(a.from_on < r.returned_on, true)
            ELSE r.payee_account_digest = h.account_digest AND coalesce(h.account_from_on < r.returned_on, true) END,
       p.name_sort, h.id, h.share, h.parts
  FROM subsidies_grant g
  JOIN households_person p ON p.id = g.person_id
  LEFT JOIN households_bankaccount a ON a.person_id = g.person_id
       AND (a.from_on IS NULL OR a.from_on <= %(today)s) AND (a.to_on IS NULL OR a.to_on > %(today)s)
  LEFT JOIN (
       SELECT n.person_id, n.kind, q.id, q.account_digest, q.account_from_on,
              CASE n.kind WHEN 'heirs' THEN q.serial END AS share,
              array_agg(q.parts) OVER (PARTITION BY n.id ORDER BY q.serial
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS parts
         FROM households_representation n JOIN households_representative q ON q.representation_id = n.id
        WHERE n.is_paid AND n.state = 'confirmed' AND n.from_on <= %(today)s
          AND (n.to_on IS NULL OR n.to_on > %(today)s)) h
    ON h.person_id = g.person_id
       AND (h.kind = 'heirs') = (p.died_on IS NOT NULL AND p.died_on <= %(today)s)
  LEFT JOIN LATERAL (
       SELECT old.id, old.return_reason, old.returned_on, old.payee_account_digest
         FROM subsidies_payment old
        WHERE old.person_id = g.person_id AND old.programme_id = g.programme_id
          AND old.period_from_on < %(paid_to)s AND old.period_to_on > %(paid_from)s
          AND old.state = %(returned)s AND (old.share IS NOT DISTINCT FROM h.share OR (old.share IS NULL AND h.share = 1))
        ORDER BY old.returned_on DESC, old.id DESC LIMIT 1) r ON true
 WHERE g.programme_id = %(programme)s
   AND g.from_on < %(to_on)s
   AND (g.to_on IS NULL OR (g.to_on > %(from_on)s AND g.to_on > g.from_on))
   AND NOT EXISTS (
       SELECT 1 FROM subsidies_payment live
        WHERE live.person_id = g.person_id AND live.programme_id = g.programme_id
          AND live.period_from_on < %(paid_to)s AND live.period_to_on > %(paid_from)s
          AND live.state = ANY(%(live)s) AND (live.share IS NULL OR h.share IS NULL OR live.share = h.share))
 ORDER BY g.person_id, h.share, g.from_on DESC, g.id DESC
"""


_ARREARS = """
SELECT r.grant_id, sum(r.amount) FROM subsidies_arrear r
  JOIN subsidies_grant g ON g.id = r.grant_id
  LEFT JOIN subsidies_payment p ON p.id = r.payment_id
 WHERE g.programme_id = %(programme)s AND (p.id IS NULL OR p.state <> ALL(%(live)s))
 GROUP BY r.grant_id
"""


def select(*, programme: Programme, period: Period, on: datetime.date | None = None) -> Selection:
    """Go through the grants that cover the period, live or already ended, each person once.

    What earlier periods lack (Arrear) comes with the line. A line returned by the bank comes up again
    when its account has been corrected or confirmed anew since, or when the fault was the bank's own.
    Premiums go to the account of their fund. Needs a context of the whole county. Raises DomainError
    `no_fund_account`.
    """
    if programme.kind == ProgrammeKind.PREMIUM:
        return _select_premiums(programme, period)
    today = on or clock.today()
    paid_from, paid_to = period_paid(period, programme.frequency)
    with connection.cursor() as cursor:
        cursor.execute(
            _GRANTS,
            {
                "today": today,
                "programme": programme.pk,
                "from_on": period.from_on,
                "to_on": period.to_on,
                "paid_from": paid_from,
                "paid_to": paid_to,
                "returned": PaymentState.RETURNED.value,
                "live": [state.value for state in LIVE_PAYMENTS],
            },
        )
        rows = cursor.fetchall()
        live = [state.value for state in LIVE_PAYMENTS]
        cursor.execute(_ARREARS, {"programme": programme.pk, "live": live})
        arrears: dict[UUID, Decimal] = dict(cursor.fetchall())
    rows.sort(key=lambda row: (row[2], row[12], row[0], row[14] or 0))
    selected: list[Selected] = []
    left_out: dict[UUID, NotSelected] = {}
    for row in rows:
        has_died = row[6] is not None and row[6] <= today
        amount = _due(row, programme, period, died_on=row[6] if has_died else None)
        if amount <= 0:
            continue
        share = row[14]
        if share is not None:
            amount = share_out(amount, row[15])[share - 1]
        reason = _why_not(row, has_died=has_died)
        if reason is not None:
            # Of several heirs who cannot be paid, the grant is left out once, with the sum of their shares.
            before = left_out.get(row[0])
            whole = amount + before.amount if before else amount
            left_out[row[0]] = NotSelected(row[0], row[1], row[2], whole, reason)
        elif amount > 0:
            account = None if row[13] else row[8]
            # Heirs have what was due up to the death; arrears go with a line that is nobody's share.
            more = arrears.get(row[0], Decimal()) if share is None else Decimal()
            selected.append(
                Selected(row[0], row[1], row[2], amount + more, account, row[9], more, row[13], share)
            )
    return Selection(programme, period, selected, list(left_out.values()))


def _select_premiums(programme: Programme, period: Period) -> Selection:
    fund = fund_of(programme)
    selected: list[Selected] = []
    left_out: list[NotSelected] = []
    for grant, person, village, amount, returned, reason in premiums_of_year(
        programme=programme, period=period
    ):
        if reason is None and fund is None:
            raise DomainError(
                "no_fund_account",
                _(
                    "No confirmed account of the fund that takes the premiums of %(programme)s is on record. The "
                    "finance officer enters it from the fund's paper, the county confirms it."
                ),
                programme=programme.name,
            )
        if reason is None and fund is not None:
            selected.append(Selected(grant, person, village, amount, fund.pk, returned))
        elif reason is not None:
            left_out.append(NotSelected(grant, person, village, amount, reason))
    return Selection(programme, period, selected, left_out)


def _due(
    row: tuple[Any, ...], programme: Programme, period: Period, died_on: datetime.date | None
) -> Decimal:
    """What the grant pays for the period; of who has died, up to the end that the stop rule gives."""
    ends = ends_with_death(programme, ends_on=row[5], died_on=died_on)
    if ends is not None and ends <= period.from_on:
        return Decimal()
    return amount_for(annual_amount=row[3], frequency=programme.frequency, period=period, ends_on=ends)


def _why_not(row: tuple[Any, ...], *, has_died: bool) -> LeftOutReason | None:
    state, has_no_number, account_id, representative_id = row[4], row[7], row[8], row[13]
    returned_id, return_reason, is_same_account = row[9], row[10], row[11]
    if has_died and representative_id is None:
        return LeftOutReason.DIED
    if state == GrantState.SUSPENDED:
        return LeftOutReason.SUSPENDED
    if has_no_number and representative_id is None:
        return LeftOutReason.NO_NUMBER
    if account_id is None and representative_id is None:
        return LeftOutReason.NO_ACCOUNT
    if returned_id is not None and is_same_account and return_reason != ReturnReason.BANK_FAILURE:
        return LeftOutReason.RETURNED
    return None
