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
from subsidies.periods import Period, amount_for, period_paid
from subsidies.selectors.premiums import fund_of, premiums_of_year


@dataclass(frozen=True, slots=True)
class Selected:
    """A grant that can be paid: to which account (of a premium, the fund's), and which returned line it takes up again.

    `amount` is the line's: the period's and, with them, the arrears of earlier periods.
    """

    grant_id: UUID
    person_id: UUID
    division_code: str
    amount: Decimal
    account_id: UUID
    supersedes_id: UUID | None
    arrears: Decimal = Decimal()


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
SELECT DISTINCT ON (g.person_id)
       g.id, g.person_id, g.division_code, g.annual_amount, g.state, g.to_on,
       p.died_on IS NOT NULL AND p.died_on <= %(today)s, p.id_number IS NULL,
       a.id, r.id, r.return_reason,
       r.payee_account_digest = a.account_digest AND coalesce(a.from_on < r.returned_on, true),
       p.name_sort
  FROM subsidies_grant g
  JOIN households_person p ON p.id = g.person_id
  LEFT JOIN households_bankaccount a ON a.person_id = g.person_id
       AND (a.from_on IS NULL OR a.from_on <= %(today)s) AND (a.to_on IS NULL OR a.to_on > %(today)s)
  LEFT JOIN LATERAL (
       SELECT old.id, old.return_reason, old.returned_on, old.payee_account_digest
         FROM subsidies_payment old
        WHERE old.person_id = g.person_id AND old.programme_id = g.programme_id
          AND old.period_from_on < %(paid_to)s AND old.period_to_on > %(paid_from)s
          AND old.state = %(returned)s
        ORDER BY old.returned_on DESC, old.id DESC LIMIT 1) r ON true
 WHERE g.programme_id = %(programme)s
   AND g.from_on < %(to_on)s
   AND (g.to_on IS NULL OR (g.to_on > %(from_on)s AND g.to_on > g.from_on))
   AND NOT EXISTS (
       SELECT 1 FROM subsidies_payment live
        WHERE live.person_id = g.person_id AND live.programme_id = g.programme_id
          AND live.period_from_on < %(paid_to)s AND live.period_to_on > %(paid_from)s
          AND live.state = ANY(%(live)s))
 ORDER BY g.person_id, g.from_on DESC, g.id DESC
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
    rows.sort(key=lambda row: (row[2], row[12], row[0]))
    selected: list[Selected] = []
    left_out: list[NotSelected] = []
    for row in rows:
        amount = amount_for(
            annual_amount=row[3], frequency=programme.frequency, period=period, ends_on=row[5]
        )
        if amount <= 0:
            continue
        reason = _why_not(row)
        if reason is None:
            more = arrears.get(row[0], Decimal())
            selected.append(Selected(row[0], row[1], row[2], amount + more, row[8], row[9], more))
        else:
            left_out.append(NotSelected(row[0], row[1], row[2], amount, reason))
    return Selection(programme, period, selected, left_out)


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


def _why_not(row: tuple[Any, ...]) -> LeftOutReason | None:
    state, has_died, has_no_number, account_id = row[4], row[6], row[7], row[8]
    returned_id, return_reason, is_same_account = row[9], row[10], row[11]
    if has_died:
        return LeftOutReason.DIED
    if state == GrantState.SUSPENDED:
        return LeftOutReason.SUSPENDED
    if has_no_number:
        return LeftOutReason.NO_NUMBER
    if account_id is None:
        return LeftOutReason.NO_ACCOUNT
    if returned_id is not None and is_same_account and return_reason != ReturnReason.BANK_FAILURE:
        return LeftOutReason.RETURNED
    return None
