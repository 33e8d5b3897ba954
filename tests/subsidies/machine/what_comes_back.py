"""What must hold of money that is asked back and comes back."""

from __future__ import annotations

from tests.subsidies.machine.what_holds import Seen, none

_OF_PAYMENTS = ("payment", "arrear", "leftout", "grant", "grantamount", "paymentbatch")

ASKED_TOO_MUCH = """
SELECT r.number, r.state, r.amount, r.received_amount, r.refunded_amount, r.waived_amount, n.first
  FROM subsidies_recovery r
  LEFT JOIN LATERAL (SELECT sum(amount) AS now, sum(first_amount) AS first FROM subsidies_recoveryline
                      WHERE recovery_id = r.id) n ON true
 WHERE n.now IS DISTINCT FROM r.amount AND r.state <> 'withdrawn'
    OR r.refunded_amount > r.received_amount
    OR r.received_amount - r.refunded_amount + r.waived_amount > n.first
    OR r.amount = n.first AND r.state IN ('decided', 'settled')
       AND r.received_amount - r.refunded_amount + r.waived_amount > r.amount
    OR r.state = 'settled' AND r.received_amount - r.refunded_amount + r.waived_amount < r.amount
    OR r.state IN ('proposed', 'notified', 'heard', 'dropped') AND r.received_amount + r.waived_amount > 0"""
"""More has come than was ever asked, or than is asked where no appeal lowered it; or it is closed with less."""

BACK_TO_ANOTHER = """
SELECT o.payment_id, a.source, sum(o.amount) FILTER (WHERE e.kind NOT IN ('recovery', 'refund')) AS paid,
       -sum(o.amount) FILTER (WHERE e.kind IN ('recovery', 'refund')) AS back
  FROM subsidies_ledgerposting o JOIN subsidies_ledgerentry e ON e.id = o.entry_id
  JOIN subsidies_ledgeraccount a ON a.id = o.account_id
 WHERE a.kind IN ('paid', 'outside') AND o.payment_id IS NOT NULL
 GROUP BY o.payment_id, a.source
HAVING coalesce(-sum(o.amount) FILTER (WHERE e.kind IN ('recovery', 'refund')), 0)
       NOT BETWEEN 0 AND coalesce(sum(o.amount) FILTER (WHERE e.kind NOT IN ('recovery', 'refund')), 0)"""
"""Of a payment a source has back more than it paid, or less than nothing."""

ASKED_UNHEARD = """
SELECT r.number FROM subsidies_recovery r
 WHERE r.state IN ('decided', 'settled', 'withdrawn')
   AND (r.heard_on IS NULL OR r.decided_by_id = r.proposed_by_id
        OR NOT EXISTS (SELECT FROM subsidies_decisionletter l WHERE l.recovery_id = r.id AND l.kind = 'recovery'))
UNION ALL
SELECT r.number FROM subsidies_recoverywaiver w JOIN subsidies_recovery r ON r.id = w.recovery_id
 WHERE w.decided_by_id = w.proposed_by_id
UNION ALL
SELECT r.number FROM subsidies_recoveryreceipt i JOIN subsidies_recovery r ON r.id = i.recovery_id
 WHERE NOT i.is_voluntary
   AND NOT EXISTS (SELECT FROM offices_act c WHERE c.record_id = r.id AND c."on" <= i.recorded_on
                      AND c.verb = 'subsidies.bring_recovery_into_force')"""
"""Decided without hearing, letter or a second person, waived by one alone, or asked for before it was in force."""

PLANNED_OTHERWISE = """
SELECT p.id FROM subsidies_recoveryplan p
 WHERE p.total_amount <> (SELECT sum(amount) FROM subsidies_recoveryinstalment WHERE plan_id = p.id)
UNION ALL
SELECT p.recovery_id FROM subsidies_recoveryplan p WHERE p.ended_on IS NULL GROUP BY p.recovery_id HAVING count(*) > 1"""


def what_is_asked_holds() -> None:
    none("asked back too much", ASKED_TOO_MUCH)
    none("came back to another", BACK_TO_ANOTHER)
    none("asked back unheard", ASKED_UNHEARD)
    none("instalments of another amount", PLANNED_OTHERWISE)


def nothing_is_set_off(before: Seen, after: Seen) -> None:
    """Whoever asks back, takes in or waives leaves what is paid, planned and due as it was."""

    def changed(*tables: str) -> list[str]:
        beginnings = tuple(f"subsidies_{table}" for table in tables)
        return [name for name in after if name.split(":")[0] in beginnings and after[name] != before[name]]

    money = changed(
        "recovery", "recoveryline", "recoveryplan", "recoveryreceipt", "recoveryrefund", "recoverywaiver"
    )
    assert not money or not changed(*_OF_PAYMENTS), "nothing is set off against what is paid"
