"""Lines of a batch not sent yet that can no longer be paid as they were frozen, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from offices import clock
from offices.database.context import county_scope
from offices.database.planning import joining_thousands
from subsidies.enums import BatchState, ChangeReason, ProgrammeKind
from subsidies.models import PaymentBatch

# What is due is reckoned as the selection does it: once for all grants that are alike; what the line took up
# of arrears is left aside, and so is what arrears bring of its period. An heir has a share of it.
# Arrears that an end has cut since are another amount.
_CHANGED = """
WITH stands AS (
    SELECT n.person_id, n.kind, q.id, q.account_digest
      FROM households_representation n JOIN households_representative q ON q.representation_id = n.id
     WHERE n.is_paid AND n.state = 'confirmed' AND n.from_on <= %(today)s
       AND (n.to_on IS NULL OR n.to_on > %(today)s)
), lines AS (
    SELECT l.id, l.grant_id, l.amount, l.share, l.representative_id, l.period_from_on, l.period_to_on,
           coalesce(raised.annual_amount, g.annual_amount) AS annual_amount,
           coalesce(g.to_on, 'infinity') AS ends,
           CASE WHEN p.died_on <= %(today)s THEN p.died_on ELSE 'infinity' END AS died,
           CASE WHEN g.state = 'suspended' THEN 'suspended'
                WHEN g.to_on <= greatest(g.from_on, %(from_on)s) AND l.period_from_on < l.period_to_on THEN 'ended'
                WHEN (l.share IS NOT NULL) <> (p.died_on IS NOT NULL AND p.died_on <= %(today)s) THEN 'died'
                WHEN CASE WHEN l.representative_id IS NULL
                          THEN a.id IS NULL OR EXISTS (SELECT FROM stands other
                                                        WHERE other.person_id = l.person_id AND other.kind <> 'heirs')
                          ELSE own.id IS NULL END THEN 'payee'
                END AS reason
      FROM subsidies_payment l
      JOIN subsidies_grant g ON g.id = l.grant_id
      JOIN households_person p ON p.id = l.person_id
      LEFT JOIN subsidies_amounts_on(%(from_on)s) raised ON raised.grant_id = g.id
      LEFT JOIN households_bankaccount a ON a.person_id = l.person_id AND a.account_digest = l.payee_account_digest
           AND (a.from_on IS NULL OR a.from_on <= %(today)s) AND (a.to_on IS NULL OR a.to_on > %(today)s)
      LEFT JOIN stands own ON own.id = l.representative_id AND own.person_id = l.person_id
           AND own.account_digest = l.payee_account_digest
     WHERE l.batch_id = %(batch)s
), alike AS MATERIALIZED (
    SELECT k.*, subsidies_due_until_death(
               k.annual_amount, %(frequency)s, subsidies_stop_rule(%(programme)s, nullif(k.died, 'infinity')),
               nullif(k.ends, 'infinity'), nullif(k.died, 'infinity'), %(from_on)s, %(to_on)s) AS due
      FROM (SELECT DISTINCT annual_amount, ends, died FROM lines) k
), carried AS (
    SELECT r.payment_id, sum(r.amount) AS amount, bool_or(subsidies_arrear_to_end(r.id) < r.amount) AS is_less
      FROM subsidies_arrear r JOIN lines l ON l.id = r.payment_id GROUP BY r.payment_id
), lacked AS (
    SELECT l.id, sum(subsidies_arrear_due(r.id)) AS amount
      FROM lines l JOIN subsidies_arrear r ON r.grant_id = l.grant_id
       AND r.period_from_on < l.period_to_on AND r.period_to_on > l.period_from_on
     GROUP BY l.id
)
SELECT l.id, coalesce(l.reason, 'amount') AS reason
  FROM lines l JOIN alike k USING (annual_amount, ends, died)
  LEFT JOIN carried c ON c.payment_id = l.id
  LEFT JOIN lacked w ON w.id = l.id
 WHERE l.reason IS NOT NULL OR c.is_less
    OR l.period_from_on < l.period_to_on
       AND l.amount - coalesce(c.amount, 0) IS DISTINCT FROM CASE
           WHEN l.share IS NULL THEN k.due - coalesce(w.amount, 0)
           ELSE subsidies_heir_part(
               greatest(k.due - coalesce(w.amount, 0), 0),
               (SELECT q.representation_id FROM households_representative q WHERE q.id = l.representative_id),
               l.share) END
"""
_CHANGED_PREMIUMS = """
SELECT * FROM (
    SELECT l.id,
           CASE WHEN g.state = 'suspended' THEN 'suspended'
                WHEN g.to_on <= greatest(g.from_on, %(from_on)s) THEN 'ended'
                WHEN p.died_on < %(from_on)s THEN 'died'
                WHEN p.name <> l.payee_name THEN 'payee'
                WHEN f.state <> 'confirmed' THEN 'fund' END AS reason
      FROM subsidies_payment l
      JOIN subsidies_grant g ON g.id = l.grant_id
      JOIN households_person p ON p.id = l.person_id
      JOIN subsidies_premiumtransfer t ON t.batch_id = l.batch_id
      JOIN subsidies_fundaccount f ON f.id = t.fund_id
     WHERE l.batch_id = %(batch)s) looked_at
 WHERE reason IS NOT NULL
"""
_WAITING = (BatchState.MADE, BatchState.APPROVED)


def count_changes(batch: PaymentBatch) -> dict[ChangeReason, int]:
    """How many lines changed since the batch was made, by reason; of a batch that was sent, none.

    At county scope: what is paid does not depend on who asks.
    """
    found = dict(_rows("SELECT reason, count(*) FROM ({changed}) line GROUP BY reason", batch))
    return {reason: found[reason.value] for reason in ChangeReason if reason.value in found}


def changes_among(batch: PaymentBatch, lines: Iterable[UUID]) -> dict[UUID, ChangeReason]:
    """Which of these lines changed, and why."""
    asked = list(lines)
    rows = _rows(
        "SELECT id, reason FROM ({changed}) line WHERE id = ANY(%(lines)s::uuid[])", batch, lines=asked
    )
    return {key: ChangeReason(reason) for key, reason in rows}


def _rows(statement: str, batch: PaymentBatch, **values: Any) -> list[tuple[Any, Any]]:
    if batch.state not in _WAITING:
        return []
    changed = _CHANGED_PREMIUMS if batch.programme.kind == ProgrammeKind.PREMIUM else _CHANGED
    with county_scope(), joining_thousands(batch.count), connection.cursor() as cursor:
        cursor.execute(
            statement.format(changed=changed),
            {
                "batch": batch.pk,
                "programme": batch.programme_id,
                "frequency": str(batch.programme.frequency),
                "from_on": batch.period_from_on,
                "to_on": batch.period_to_on,
                "today": clock.today(),
                **values,
            },
        )
        return list(cursor.fetchall())
