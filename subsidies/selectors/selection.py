"""Whom a batch of a programme and period would pay, how much, and who is left out and why.

Thousands are selected at once, so a selection is a relation that the database reckons: summed up for
a preview, kept as lines for a batch (`services.batch_lines`).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.errors import DomainError
from subsidies.enums import (
    Frequency,
    GrantState,
    LeftOutReason,
    PaymentState,
    ProgrammeKind,
    ReturnReason,
)
from subsidies.models import Programme
from subsidies.models.batches import LIVE_PAYMENTS
from subsidies.periods import Period, period_paid
from subsidies.selectors.premiums import fund_of, premiums_of_year


@dataclass(frozen=True, slots=True)
class LeftOutSum:
    """So many grants of so many yuan cannot be paid now, for one reason."""

    reason: LeftOutReason
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Selection:
    """All grants of a programme that cover a period and are not paid or being paid for it, summed up (yuan)."""

    programme: Programme
    period: Period
    count: int
    total_amount: Decimal
    reissued_count: int
    arrears: Decimal
    left_out: list[LeftOutSum]

    @property
    def left_out_count(self) -> int:
        return sum(one.count for one in self.left_out)


@dataclass(frozen=True, slots=True)
class Relation:
    """SQL that gives rows, and the values it names.

    A row is a line of a batch, with `reason` one that cannot be paid: grant_id, person_id,
    division_code, name_sort, share (an heir's serial), amount (with arrears, of what can be paid),
    arrears, account_id (the person's own; of a premium the fund's), supersedes_id (the returned line
    that it takes up again), representative_id (who is paid for her), is_alone (arrears and no period).
    """

    rows: str
    values: dict[str, Any]


# What a grant pays for the period is reckoned once for all grants that are alike; of who has died, up to
# the end that the stop rule gives. Of several rows of a person the newest grant counts.
_LINES = """
WITH stands AS (
    SELECT n.person_id, n.kind, q.id, q.representation_id, q.account_digest, q.account_from_on,
           CASE n.kind WHEN 'heirs' THEN q.serial END AS share
      FROM households_representation n JOIN households_representative q ON q.representation_id = n.id
     WHERE n.is_paid AND n.state = 'confirmed' AND n.from_on <= %(today)s
       AND (n.to_on IS NULL OR n.to_on > %(today)s)
), returned AS (
    SELECT old.id, old.person_id, old.share, old.return_reason, old.returned_on, old.payee_account_digest
      FROM subsidies_payment old
     WHERE old.programme_id = %(programme)s AND old.state = %(returned)s
       AND old.period_from_on < %(paid_to)s AND old.period_to_on > %(paid_from)s
), arrears AS (
    SELECT r.grant_id, sum(subsidies_arrear_due(r.id)) AS amount,
           (array_agg(p.id ORDER BY p.returned_on DESC, p.id DESC) FILTER (WHERE p.state = %(returned)s))[1]
               AS returned_id
      FROM subsidies_arrear r
      JOIN subsidies_grant g ON g.id = r.grant_id
      LEFT JOIN subsidies_payment p ON p.id = r.payment_id
     WHERE g.programme_id = %(programme)s AND (p.id IS NULL OR p.state <> ALL(%(live)s))
       AND NOT EXISTS (SELECT FROM subsidies_payment o
                        WHERE p.share IS NOT NULL AND o.grant_id = r.grant_id AND o.share IS NOT NULL
                          AND o.period_from_on = o.period_to_on AND o.state = ANY(%(live)s))
     GROUP BY r.grant_id HAVING sum(subsidies_arrear_due(r.id)) > 0
), lacked AS (
    SELECT r.grant_id, sum(subsidies_arrear_due(r.id)) AS amount
      FROM subsidies_arrear r JOIN subsidies_grant g ON g.id = r.grant_id
     WHERE g.programme_id = %(programme)s AND r.period_from_on < %(paid_to)s AND r.period_to_on > %(paid_from)s
     GROUP BY r.grant_id
), owing AS (
    SELECT DISTINCT ON (g.person_id, h.share)
           g.id AS grant_id, g.person_id, g.division_code, p.name_sort,
           coalesce(raised.annual_amount, g.annual_amount) AS annual_amount, g.state,
           coalesce(g.to_on, 'infinity') AS ends, coalesce(p.died_on, 'infinity') AS died_on,
           p.id_number IS NULL AS has_no_number, a.id AS account_id,
           h.id AS representative_id, h.representation_id, h.share,
           r.id AS supersedes_id, r.return_reason,
           CASE WHEN h.id IS NULL
                THEN r.payee_account_digest = a.account_digest AND coalesce(a.from_on < r.returned_on, true)
                ELSE r.payee_account_digest = h.account_digest
                     AND coalesce(h.account_from_on < r.returned_on, true) END AS is_same_account
      FROM subsidies_grant g
      JOIN households_person p ON p.id = g.person_id
      LEFT JOIN subsidies_amounts_on(%(from_on)s) raised ON raised.grant_id = g.id
      LEFT JOIN households_bankaccount a ON a.person_id = g.person_id
           AND (a.from_on IS NULL OR a.from_on <= %(today)s) AND (a.to_on IS NULL OR a.to_on > %(today)s)
      LEFT JOIN stands h ON h.person_id = g.person_id
           AND (h.kind = 'heirs') = (p.died_on IS NOT NULL AND p.died_on <= %(today)s)
      LEFT JOIN returned r ON r.person_id = g.person_id
           AND (r.share IS NOT DISTINCT FROM h.share OR (r.share IS NULL AND h.share = 1))
     WHERE g.programme_id = %(programme)s
       AND g.from_on < %(to_on)s
       AND (g.to_on IS NULL OR (g.to_on > %(from_on)s AND g.to_on > g.from_on))
       AND NOT EXISTS (
           SELECT 1 FROM subsidies_payment live
            WHERE live.person_id = g.person_id AND live.programme_id = %(programme)s
              AND live.period_from_on < %(paid_to)s AND live.period_to_on > %(paid_from)s
              AND live.state = ANY(%(live)s) AND (live.share IS NULL OR h.share IS NULL OR live.share = h.share))
     ORDER BY g.person_id, h.share, g.from_on DESC, g.id DESC, r.returned_on DESC NULLS LAST, r.id DESC
), alike AS MATERIALIZED (
    SELECT k.*, subsidies_due_until_death(
               k.annual_amount, %(frequency)s, subsidies_stop_rule(%(programme)s, k.died), nullif(k.ends, 'infinity'),
               k.died, %(from_on)s, %(to_on)s) AS due
      FROM (SELECT DISTINCT annual_amount, ends, died_on, CASE WHEN died_on <= %(today)s THEN died_on END AS died
              FROM owing) k
), lines AS (
    SELECT o.*, CASE WHEN o.share IS NULL THEN k.due - coalesce(w.amount, 0)
                     ELSE subsidies_heir_part(greatest(k.due - coalesce(w.amount, 0), 0), o.representation_id, o.share)
                     END AS due,
           CASE WHEN o.died_on <= %(today)s AND o.representative_id IS NULL THEN %(is_dead)s
                WHEN o.state = %(suspended)s THEN %(is_suspended)s
                WHEN o.has_no_number AND o.representative_id IS NULL THEN %(lacks_number)s
                WHEN o.account_id IS NULL AND o.representative_id IS NULL THEN %(lacks_account)s
                WHEN o.supersedes_id IS NOT NULL AND o.is_same_account AND o.return_reason <> %(bank_failure)s
                THEN %(is_returned)s END AS reason
      FROM owing o JOIN alike k USING (annual_amount, ends, died_on)
      LEFT JOIN lacked w ON w.grant_id = o.grant_id
     WHERE k.due > coalesce(w.amount, 0)
), of_heirs AS (
    SELECT r.grant_id, h.id AS representative_id, h.share, h.account_digest, h.account_from_on,
           subsidies_arrears_of_share(r.grant_id, h.representation_id, h.share)
           - coalesce((SELECT sum(o.amount) FROM subsidies_payment o
                        WHERE o.grant_id = r.grant_id AND o.share = h.share AND o.state = ANY(%(live)s)
                          AND o.period_from_on = o.period_to_on), 0) AS amount
      FROM (SELECT DISTINCT grant_id FROM subsidies_arrear) r
      JOIN subsidies_grant g ON g.id = r.grant_id
      JOIN households_person p ON p.id = g.person_id
      JOIN stands h ON h.person_id = g.person_id AND h.kind = 'heirs'
     WHERE g.programme_id = %(programme)s AND g.from_on < %(to_on)s AND p.died_on <= %(today)s
), alone AS (
    SELECT DISTINCT ON (r.grant_id)
           r.grant_id, g.person_id, g.division_code, p.name_sort, r.amount, a.id AS account_id,
           CASE WHEN b.period_from_on = b.period_to_on THEN b.id END AS supersedes_id, h.id AS representative_id,
           CASE WHEN p.died_on <= %(today)s THEN %(is_dead)s
                WHEN g.state = %(suspended)s THEN %(is_suspended)s
                WHEN p.id_number IS NULL AND h.id IS NULL THEN %(lacks_number)s
                WHEN a.id IS NULL AND h.id IS NULL THEN %(lacks_account)s
                WHEN b.return_reason <> %(bank_failure)s
                     AND CASE WHEN h.id IS NULL
                              THEN b.payee_account_digest = a.account_digest AND coalesce(a.from_on < b.returned_on, true)
                              ELSE b.payee_account_digest = h.account_digest
                                   AND coalesce(h.account_from_on < b.returned_on, true) END
                THEN %(is_returned)s END AS reason
      FROM arrears r
      JOIN subsidies_grant g ON g.id = r.grant_id
      JOIN households_person p ON p.id = g.person_id
      LEFT JOIN households_bankaccount a ON a.person_id = g.person_id
           AND (a.from_on IS NULL OR a.from_on <= %(today)s) AND (a.to_on IS NULL OR a.to_on > %(today)s)
      LEFT JOIN stands h ON h.person_id = g.person_id AND h.kind <> 'heirs'
      LEFT JOIN subsidies_payment b ON b.id = r.returned_id
     WHERE g.from_on < %(to_on)s
       AND NOT EXISTS (SELECT FROM of_heirs o WHERE o.grant_id = r.grant_id)
       AND NOT EXISTS (SELECT FROM lines l WHERE l.grant_id = r.grant_id AND (l.due > 0 OR l.reason IS NOT NULL))
     ORDER BY r.grant_id, a.id, h.id
), shares_alone AS (
    SELECT o.grant_id, g.person_id, g.division_code, p.name_sort, o.share, o.amount, b.id AS supersedes_id,
           o.representative_id,
           CASE WHEN g.state = %(suspended)s THEN %(is_suspended)s
                WHEN b.return_reason <> %(bank_failure)s AND b.payee_account_digest = o.account_digest
                     AND coalesce(o.account_from_on < b.returned_on, true) THEN %(is_returned)s END AS reason
      FROM of_heirs o
      JOIN subsidies_grant g ON g.id = o.grant_id
      JOIN households_person p ON p.id = g.person_id
      LEFT JOIN LATERAL (
          SELECT old.* FROM subsidies_payment old
           WHERE old.grant_id = o.grant_id AND old.state = %(returned)s AND old.period_from_on = old.period_to_on
             AND (old.share = o.share OR old.share IS NULL AND o.share = 1)
             AND NOT EXISTS (SELECT FROM subsidies_payment again
                              WHERE again.supersedes_id = old.id AND again.state <> 'cancelled')
           ORDER BY old.returned_on DESC, old.id DESC LIMIT 1) b ON true
     WHERE o.amount > 0
)
-- Heirs have what was due up to the death. Arrears go with a line that is nobody's share; without one, alone,
-- and to heirs always alone: to each the share of every one of them, less what came to the share already.
SELECT l.grant_id, l.person_id, l.division_code, l.name_sort, l.share, l.reason,
       l.due + coalesce(r.amount, 0) AS amount, coalesce(r.amount, 0) AS arrears,
       CASE WHEN l.representative_id IS NULL THEN l.account_id END AS account_id,
       l.supersedes_id, l.representative_id, false AS is_alone
  FROM lines l
  LEFT JOIN arrears r ON r.grant_id = l.grant_id AND l.share IS NULL AND l.reason IS NULL
 WHERE l.due > 0 OR l.reason IS NOT NULL
UNION ALL
SELECT grant_id, person_id, division_code, name_sort, NULL, reason, amount, amount,
       CASE WHEN representative_id IS NULL THEN account_id END, supersedes_id, representative_id, true
  FROM alone
UNION ALL
SELECT grant_id, person_id, division_code, name_sort, share, reason, amount, amount, NULL, supersedes_id,
       representative_id, true
  FROM shares_alone
"""

_PREMIUMS = """
SELECT grant_id, person_id, division_code, name_sort, NULL::smallint AS share, reason, amount, 0::numeric AS arrears,
       CASE WHEN reason IS NULL THEN %(fund)s::uuid END AS account_id, supersedes_id, NULL::uuid AS representative_id,
       false AS is_alone
  FROM unnest(%(grants)s::uuid[], %(people)s::uuid[], %(villages)s::text[], %(names)s::text[], %(reasons)s::text[],
              %(amounts)s::numeric[], %(supersedes)s::uuid[])
       AS premium(grant_id, person_id, division_code, name_sort, reason, amount, supersedes_id)
"""


def select(*, programme: Programme, period: Period, on: datetime.date | None = None) -> Selection:
    """Go through the grants that cover the period, live or already ended, each person once.

    What earlier periods lack (Arrear) comes with the line, or as a line alone where none is left. A line
    returned by the bank comes up again when its account has been corrected or confirmed anew since, or when
    the fault was the bank's own. Of heirs each has a line of the share, and one of the share of arrears. Premiums go to the account of their fund. Needs a context
    of the whole county. Raises DomainError `no_fund_account`.
    """
    found = relation_of(programme=programme, period=period, on=on or clock.today())
    return sum_up(found.rows, found.values, programme=programme, period=period)


def relation_of(*, programme: Programme, period: Period, on: datetime.date) -> Relation:
    """The lines that can be paid and those that cannot. Raises DomainError `no_fund_account`."""
    if programme.kind == ProgrammeKind.PREMIUM:
        return _premiums(programme, period)
    paid_from, paid_to = period_paid(period, programme.frequency)
    return Relation(
        _LINES,
        {
            "today": on,
            "programme": programme.pk,
            "frequency": str(Frequency(programme.frequency)),
            "from_on": period.from_on,
            "to_on": period.to_on,
            "paid_from": paid_from,
            "paid_to": paid_to,
            "returned": PaymentState.RETURNED.value,
            "live": [state.value for state in LIVE_PAYMENTS],
            "suspended": GrantState.SUSPENDED.value,
            "bank_failure": ReturnReason.BANK_FAILURE.value,
            "is_dead": LeftOutReason.DIED.value,
            "is_suspended": LeftOutReason.SUSPENDED.value,
            "lacks_number": LeftOutReason.NO_NUMBER.value,
            "lacks_account": LeftOutReason.NO_ACCOUNT.value,
            "is_returned": LeftOutReason.RETURNED.value,
        },
    )


def _premiums(programme: Programme, period: Period) -> Relation:
    fund = fund_of(programme)
    found = premiums_of_year(programme=programme, period=period)
    if fund is None and any(reason is None for *_premium, reason in found):
        raise DomainError(
            "no_fund_account",
            _(
                "No confirmed account of the fund that takes the premiums of %(programme)s is on record. The "
                "finance officer enters it from the fund's paper, the county confirms it."
            ),
            programme=programme.name,
        )
    grants, people, villages, names, amounts, supersedes, reasons = (
        zip(*found, strict=True) if found else ((),) * 7
    )
    return Relation(
        _PREMIUMS,
        {
            "fund": fund and fund.pk,
            "grants": list(grants),
            "people": list(people),
            "villages": list(villages),
            "names": list(names),
            "amounts": list(amounts),
            "supersedes": list(supersedes),
            "reasons": [reason and reason.value for reason in reasons],
        },
    )


def sum_up(rows: str, values: dict[str, Any], *, programme: Programme, period: Period) -> Selection:
    """A selection of these rows; of several heirs who cannot be paid, the grant is left out once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, count(*), count(DISTINCT grant_id) FILTER (WHERE reason IS NOT NULL), sum(amount), "
            f"count(supersedes_id), sum(arrears) FROM ({rows}) line GROUP BY reason",
            values,
        )
        sums = {reason: tuple(more) for reason, *more in cursor.fetchall()}
    count, _grants, total, reissued, arrears = sums.get(None, (0, 0, Decimal(), 0, Decimal()))
    left_out = [
        LeftOutSum(reason, sums[reason][1], sums[reason][2])
        for reason in LeftOutReason
        if reason.value in sums
    ]
    return Selection(programme, period, count, total, reissued, arrears, left_out)
