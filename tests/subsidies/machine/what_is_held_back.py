"""What must hold of grants under review: held back while they are suspended, and paid whole afterwards."""

from __future__ import annotations

import datetime
from uuid import UUID

from offices import clock
from subsidies.models import Grant
from subsidies.selectors.annual_reviews import Arithmetic
from tests.conftest import sql
from tests.subsidies.machine.what_holds import Keys, none

PAID_WHILE_SUSPENDED = """
SELECT l.id FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id
 WHERE l.batch_id = ANY(%s::uuid[]) AND g.state = 'suspended'"""

FORGOTTEN = """
SELECT g.id, g.state, b.period FROM subsidies_paymentbatch b JOIN subsidies_grant g ON g.programme_id = b.programme_id
  JOIN households_person p ON p.id = g.person_id
 WHERE b.id = ANY(%s::uuid[]) AND p.died_on IS NULL AND g.from_on < b.period_to_on
   AND (g.to_on IS NULL OR g.to_on > greatest(b.period_from_on, g.from_on))
   AND NOT EXISTS (SELECT FROM subsidies_arrear r WHERE r.grant_id = g.id AND r.period_from_on = b.period_from_on)
   AND NOT EXISTS (SELECT FROM subsidies_payment l
                    WHERE l.person_id = g.person_id AND l.programme_id = g.programme_id
                      AND l.period_from_on < b.period_to_on AND l.period_to_on > b.period_from_on
                      AND l.state IN ('planned', 'sent', 'paid'))
   AND NOT EXISTS (SELECT FROM subsidies_leftout o JOIN subsidies_grant h ON h.id = o.grant_id
                    WHERE o.batch_id = b.id AND h.person_id = g.person_id)"""
"""Who lives and has a right to the period of a new batch is in it, was paid for it, or is left out by name."""

REVIEWED_ALONE = """
SELECT i.id FROM subsidies_reviewitem i WHERE i.decided_by_id = i.proposed_by_id OR i.found_by_id = i.decided_by_id
UNION ALL
SELECT i.id FROM subsidies_reviewitem i JOIN subsidies_grant g ON g.id = i.grant_id
 WHERE i.state <> 'decided' AND i.told_on IS NOT NULL"""

UNPAID = """
SELECT coalesce(sum(round(y.amount * n.month / 12, 2) - round(y.amount * (n.month - 1) / 12, 2)), 0)
  FROM subsidies_grant g
 CROSS JOIN LATERAL (SELECT first::date AS first, date_part('month', first)::numeric AS month
                       FROM generate_series(greatest(date_trunc('month', g.from_on), make_date(%(year)s - 1, 1, 1)),
                                            %(today)s, '1 month') first) n
 CROSS JOIN LATERAL (SELECT coalesce((SELECT a.annual_amount FROM subsidies_grantamount a
                                        WHERE a.grant_id = g.id AND a.from_on <= n.first
                                        ORDER BY a.from_on DESC LIMIT 1), g.annual_amount) AS amount) y
 WHERE g.id = %(grant)s AND (g.to_on IS NULL OR n.first < g.to_on)
   AND NOT EXISTS (SELECT FROM subsidies_payment l
                    WHERE l.person_id = g.person_id AND l.programme_id = g.programme_id
                      AND l.period_from_on <= n.first AND l.period_to_on > n.first
                      AND l.state IN ('planned', 'sent', 'paid'))"""
"""What a grant by the month brings for the months of last year and this one that are not paid, as it stands."""


def nobody_suspended_is_paid(batches: Keys) -> None:
    none("paid while it is suspended", PAID_WHILE_SUSPENDED, batches)


def nobody_is_forgotten(made: Keys) -> None:
    none("neither paid nor left out", FORGOTTEN, made)


def reviews_are_of_two() -> None:
    none("reviewed by one alone", REVIEWED_ALONE)


def arithmetic_holds(grant: UUID, shown: Arithmetic) -> None:
    """After the decision: the grant ends on the day that was shown, and has the unpaid amount that was shown."""
    now, today = Grant.objects.get(pk=grant), clock.today()
    last_day = now.to_on - datetime.timedelta(days=1) if now.to_on else None
    assert shown.last_day == last_day, "the last day that was shown"
    ((unpaid,),) = sql(UNPAID, {"grant": grant, "year": today.year, "today": today})
    assert shown.unpaid_amount == unpaid, "the unpaid amount that was shown"
