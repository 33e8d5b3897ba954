"""What must hold after every step, and all that a step which was refused or cut off must have left as it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection

from offices import clock
from subsidies.selectors.verification import find_in_ledger
from tests.conftest import sql

KEPT = (
    "offices_act", "offices_storedfile", "offices_verification", "households_representation",
    "households_representative", "subsidies_application", "subsidies_applicationstep", "subsidies_notice",
    "subsidies_objection", "subsidies_grant", "subsidies_grantamount", "subsidies_decisionletter", "subsidies_letterdelivery",
    "subsidies_appeal", "subsidies_arrear", "subsidies_paymentbatch", "subsidies_payment", "subsidies_leftout",
    "subsidies_bankfile", "subsidies_bankanswer", "subsidies_ledgerentry", "subsidies_ledgerposting",
    "subsidies_appropriation", "subsidies_explanationreceipt", "subsidies_policyversion", "subsidies_sweep",
    "subsidies_latefinding", "subsidies_recovery", "subsidies_recoveryline", "subsidies_recoveryplan",
    "subsidies_recoveryinstalment", "subsidies_recoveryreceipt", "subsidies_recoveryrefund", "subsidies_recoverywaiver",
    "subsidies_reviewround", "subsidies_reviewitem", "households_visit", "subsidies_suspenseitem", "subsidies_closedperiod",
)  # fmt: skip
"""What only grows."""
CHANGES = {
    "subsidies_application": "state, annual_amount",
    "subsidies_grant": "state, annual_amount, from_on, to_on",
    "subsidies_grantamount": "annual_amount",
    "subsidies_paymentbatch": "state",
    "subsidies_payment": "state, amount",
    "subsidies_ledgeraccount": "balance",
    "subsidies_budgetline": "committed_amount",
    "subsidies_letterdelivery": "taken_back_on",
    "subsidies_appeal": "state, result, due_on, remedy_amount, carried_out_on",
    "subsidies_arrear": "payment_id",
    "subsidies_policyversion": "state, to_on",
    "subsidies_latefinding": "state, decision, right_until, paid_amount, right_amount",
    "subsidies_recovery": "state, amount, in_force_on, received_amount, refunded_amount, waived_amount",
    "subsidies_recoveryline": "amount",
    "subsidies_recoveryplan": "ended_on",
    "subsidies_recoverywaiver": "state, amount",
    "subsidies_reviewitem": "state, method, result, reasons, told_on",
    "subsidies_suspenseitem": 'state, "end"',
    "offices_verification": "is_withdrawn",
    "households_representation": "state, to_on",
    "households_representative": "account_digest, account_from_on, next_account_digest",
    "households_bankaccount": "to_on",
    "households_person": "died_on",
}
"""What of a table a step may change."""
_IS_EVERYTHING_NOW = " UNION ALL ".join(
    [f"SELECT '{table}', count(*)::text FROM {table}" for table in KEPT]
    + [
        f"SELECT '{table}: {columns}', md5(string_agg(concat_ws(' ', id, {columns}), ',' ORDER BY id)) FROM {table}"
        for table, columns in CHANGES.items()
    ]
)

PAID_TWICE = """
SELECT l.person_id, l.period_from_on FROM subsidies_payment l
  JOIN subsidies_payment o ON o.person_id = l.person_id AND o.programme_id = l.programme_id AND o.id > l.id
   AND o.period_from_on < l.period_to_on AND l.period_from_on < o.period_to_on
  LEFT JOIN households_representative q ON q.id = l.representative_id
  LEFT JOIN households_representative r ON r.id = o.representative_id
 WHERE l.state IN ('planned', 'sent', 'paid') AND o.state IN ('planned', 'sent', 'paid')
   AND (l.share IS NULL OR o.share IS NULL OR l.share = o.share OR q.representation_id <> r.representation_id
        OR l.grant_id <> o.grant_id)"""
"""The whole overlaps with everything, a share with itself; and shares of a period are of one document and grant."""

WITHOUT_GRANT = """
SELECT l.id FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id
  JOIN subsidies_application a ON a.id = g.application_id
 WHERE a.state <> 'granted' OR g.from_on >= l.period_to_on OR g.person_id <> l.person_id"""

WITHOUT_CERTIFICATE = """
SELECT s.id FROM subsidies_applicationstep s LEFT JOIN enforcement_officercertificate c ON c.number = s.certificate_number
 WHERE s.step IN ('village_review', 'township_review', 'county_review', 'county_confirmation')
   AND s.result = 'passed' AND (c.id IS NULL OR c.staff_id <> s.acted_by_id OR c.from_on > s.acted_on
                                OR c.to_on <= s.acted_on)"""

_MONTHS = """
WITH taken AS (SELECT payment_id, sum(amount) AS amount FROM subsidies_arrear GROUP BY payment_id),
owing AS (SELECT grant_id, period_from_on, sum(amount) AS amount FROM subsidies_arrear GROUP BY grant_id, period_from_on),
months AS (
    SELECT l.grant_id, l.period_from_on, sum(l.amount - coalesce(t.amount, 0)) AS own, coalesce(w.amount, 0) AS arrears,
           count(l.share) AS heirs, max(q.representation_id::text)::uuid AS representation_id,
           round(y.amount * date_part('month', l.period_from_on)::numeric / 12, 2)
           - round(y.amount * (date_part('month', l.period_from_on)::numeric - 1) / 12, 2) AS worth,
           CASE WHEN g.to_on IS NOT NULL OR p.died_on IS NOT NULL THEN v.amount END AS policy, array_agg(l.batch_id) AS batches
      FROM subsidies_payment l JOIN subsidies_grant g ON g.id = l.grant_id JOIN households_person p ON p.id = g.person_id
     CROSS JOIN LATERAL (SELECT max((v.parameters -> 'amount' -> 0 ->> 'value')::numeric) AS amount
                           FROM subsidies_policyversion v
                          WHERE v.programme_id = g.programme_id AND v.state = 'published'
                            AND v.from_on < l.period_to_on AND (v.to_on IS NULL OR v.to_on > l.period_from_on)) v
     CROSS JOIN LATERAL (SELECT coalesce((SELECT a.annual_amount FROM subsidies_grantamount a
                                            WHERE a.grant_id = g.id AND a.from_on <= l.period_from_on
                                            ORDER BY a.from_on DESC LIMIT 1), g.annual_amount) AS amount) y
      LEFT JOIN taken t ON t.payment_id = l.id
      LEFT JOIN owing w ON w.grant_id = l.grant_id AND w.period_from_on = l.period_from_on
      LEFT JOIN households_representative q ON q.id = l.representative_id
     WHERE l.state IN ('planned', 'sent', 'paid') AND l.period_from_on < l.period_to_on
     GROUP BY l.grant_id, l.period_from_on, y.amount, w.amount, v.amount, g.to_on, p.died_on)
"""
PAID_TOO_MUCH = (
    _MONTHS
    + "SELECT grant_id, period_from_on, own, arrears, worth FROM months WHERE own + arrears > greatest(worth, policy)"
)
"""A month with what it lacked brings no more than the grant says; where it has ended, the policy may say more."""

PAID_TOO_LITTLE = (
    _MONTHS
    + """
SELECT grant_id, period_from_on, own, arrears, worth FROM months m
 WHERE own + arrears NOT BETWEEN worth AND greatest(worth, policy) AND batches && %s::uuid[]
   AND (heirs = 0 OR heirs = (SELECT count(*) FROM households_representative q
                               WHERE q.representation_id = m.representation_id))"""
)
"""What a new batch pays is what is due, to the cent, for the whole and for all shares together."""

PAID_TO_ANOTHER = """
SELECT l.id FROM subsidies_payment l JOIN subsidies_paymentbatch b ON b.id = l.batch_id
  JOIN households_person p ON p.id = l.person_id
 WHERE l.batch_id = ANY(%s::uuid[])
   AND (l.share IS NOT NULL) <> (p.died_on IS NOT NULL AND p.died_on <= b.made_on)
    OR l.batch_id = ANY(%s::uuid[]) AND l.representative_id IS DISTINCT FROM (
       SELECT q.id FROM households_representation r JOIN households_representative q ON q.representation_id = r.id
        WHERE r.person_id = l.person_id AND r.is_paid AND r.state = 'confirmed' AND r.from_on <= b.made_on
          AND (r.to_on IS NULL OR r.to_on > b.made_on)
          AND (r.kind = 'heirs') = (l.share IS NOT NULL) AND (l.share IS NULL OR q.serial = l.share))"""
"""Of a new batch: lines whose payee does not stand for the person on its day, or that pass over who does."""

ALONE_IS_ITS_ARREARS = """
SELECT l.id, l.amount FROM subsidies_payment l
  LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM subsidies_arrear GROUP BY payment_id) t ON t.payment_id = l.id
 WHERE l.state IN ('planned', 'sent', 'paid') AND l.period_from_on = l.period_to_on
   AND l.share IS NULL AND l.amount IS DISTINCT FROM t.amount"""
"""A line for arrears alone, of who is no heir, brings those that name it."""

_ARREARS = """
WITH whole AS (
    SELECT r.grant_id, sum(r.amount) AS amount
      FROM subsidies_arrear r JOIN subsidies_payment l ON l.id = r.payment_id
     WHERE l.share IS NULL AND l.state IN ('planned', 'sent', 'paid') GROUP BY r.grant_id
), shared AS (
    SELECT l.grant_id, sum(l.amount) AS amount, count(DISTINCT l.share) AS heirs, array_agg(l.batch_id) AS batches,
           max(q.representation_id::text)::uuid AS representation_id, count(DISTINCT q.representation_id) AS documents
      FROM subsidies_payment l JOIN households_representative q ON q.id = l.representative_id
     WHERE l.share IS NOT NULL AND l.period_from_on = l.period_to_on AND l.state IN ('planned', 'sent', 'paid')
     GROUP BY l.grant_id
), entered AS (SELECT grant_id, sum(amount) AS amount FROM subsidies_arrear GROUP BY grant_id)
SELECT e.grant_id, e.amount, w.amount AS whole, s.amount AS shared FROM entered e
  LEFT JOIN whole w ON w.grant_id = e.grant_id LEFT JOIN shared s ON s.grant_id = e.grant_id
"""
ARREARS_PAID_TWICE = (
    _ARREARS
    + "WHERE coalesce(w.amount, 0) + coalesce(s.amount, 0) > e.amount OR coalesce(s.documents, 1) > 1"
)
"""What the person and her heirs have of a grant's arrears is no more than was entered; heirs are of one document."""

ARREARS_NOT_SHARED = (
    _ARREARS
    + """
 WHERE s.batches && %s::uuid[] AND coalesce(w.amount, 0) + s.amount < e.amount
   AND s.heirs = (SELECT count(*) FROM households_representative q WHERE q.representation_id = s.representation_id)"""
)
"""All heirs together have all arrears after a batch that brings arrears to them, to the cent."""

ARREARS_OF_NOTHING = """
SELECT w.id FROM subsidies_arrear w JOIN subsidies_grant g ON g.id = w.grant_id
  JOIN households_person p ON p.id = g.person_id
 WHERE NOT w.id = ANY(%s::uuid[])
   AND w.period_from_on >= least(g.to_on, make_date(date_part('year', p.died_on)::integer + 1, 1, 1))"""
"""New arrears of a month for which nothing was due any more (the programme pays to the end of the year)."""

RECEIVES_TOO_LITTLE = """
SELECT g.id, m.begins::date, coalesce(a.annual_amount, g.annual_amount) AS brings, v.id
  FROM subsidies_grant g JOIN households_person p ON p.id = g.person_id
 CROSS JOIN LATERAL generate_series(date_trunc('month', g.from_on), %(today)s::date, '1 month') m(begins)
  JOIN subsidies_policyversion v ON v.programme_id = g.programme_id AND v.state = 'published'
   AND v.from_on <= least(m.begins + interval '1 month -1 day', %(today)s::date)
   AND (v.to_on IS NULL OR v.to_on > least(m.begins + interval '1 month -1 day', %(today)s::date))
  LEFT JOIN LATERAL subsidies_amounts_on(m.begins::date) a ON a.grant_id = g.id
 WHERE g.programme_id = %(programme)s AND g.state <> 'stopped' AND g.from_on <= %(today)s
   AND (g.to_on IS NULL OR g.to_on > %(today)s) AND (p.died_on IS NULL OR p.died_on > %(today)s)
   AND coalesce(a.annual_amount, g.annual_amount) < 12 * (v.parameters -> 'amount' -> 0 ->> 'value')::numeric"""
"""After an assessment: months of who receives that bring less than the policy of their last day."""

RAISED_WITHOUT_ACT = """
SELECT a.id FROM subsidies_grantamount a
 WHERE NOT EXISTS (SELECT FROM offices_act c WHERE c.record_id = a.grant_id
                      AND (c.verb = 'subsidies.raise_grant' AND c.detail ->> 'from_on' = a.from_on::text
                           OR c.verb = 'subsidies.raise_on_appeal')
                      AND (c.detail ->> 'annual_amount')::numeric = a.annual_amount)"""

WITHOUT_LETTER = """
SELECT a.id::text FROM subsidies_application a WHERE a.state IN ('granted', 'refused')
   AND NOT EXISTS (SELECT 1 FROM subsidies_decisionletter l WHERE l.application_id = a.id
                      AND l.kind = ANY(CASE a.state WHEN 'refused' THEN ARRAY['refused'] ELSE ARRAY['granted', 'changed'] END))
UNION ALL
SELECT g.id::text FROM subsidies_grant g WHERE g.state = 'stopped'
   AND NOT EXISTS (SELECT 1 FROM subsidies_decisionletter l WHERE l.grant_id = g.id AND l.kind = 'stopped')
UNION ALL
SELECT p.number FROM subsidies_appeal p WHERE p.state IN ('decided', 'not_accepted')
   AND NOT EXISTS (SELECT 1 FROM subsidies_decisionletter l WHERE l.appeal_id = p.id AND l.kind = 'outcome')"""

IN_TWO_HANDS = """
SELECT p.number FROM subsidies_appeal p WHERE p.decided_by_id IN (p.received_by_id, p.carried_out_by_id)
UNION ALL
SELECT r.document FROM households_representation r WHERE r.state <> 'rejected' AND r.decided_by_id = r.entered_by_id
UNION ALL
SELECT l.number FROM subsidies_decisionletter l JOIN subsidies_letterdelivery d ON d.letter_id = l.id
 WHERE d.taken_back_on IS NULL GROUP BY l.number HAVING count(*) > 1"""
"""Appeals and representations that one person did alone; letters delivered twice."""

Seen = dict[str, str]
Keys = list[UUID]
Rights = dict[UUID, tuple[Any, Any]]


def everything() -> Seen:
    return dict(_asked_again(_IS_EVERYTHING_NOW))


def sent_now() -> Keys:
    return [key for (key,) in sql("SELECT id FROM subsidies_paymentbatch WHERE sent_on IS NOT NULL")]


def batches_now() -> Keys:
    return [key for (key,) in sql("SELECT id FROM subsidies_paymentbatch")]


def arrears_now() -> Keys:
    return [key for (key,) in sql("SELECT id FROM subsidies_arrear")]


def rights_now() -> Rights:
    """What each grant brings a year and since when, as it was granted and as it was raised by date."""
    found = sql(
        "SELECT id, annual_amount, from_on FROM subsidies_grant "
        "UNION ALL SELECT id, annual_amount, from_on FROM subsidies_grantamount"
    )
    return {key: (amount, from_on) for key, amount, from_on in found}


def books_hold() -> None:
    found = find_in_ledger()
    assert not found, found
    none("paid twice", PAID_TWICE)
    none("paid too much", PAID_TOO_MUCH)
    none("arrears alone of another amount", ALONE_IS_ITS_ARREARS)
    none("arrears paid twice", ARREARS_PAID_TWICE)
    none("paid without a grant", WITHOUT_GRANT)
    none("reviewed without a certificate", WITHOUT_CERTIFICATE)
    none("decided without a letter", WITHOUT_LETTER)
    none("raised without an act", RAISED_WITHOUT_ACT)
    none("done by one alone, or twice", IN_TWO_HANDS)


def new_lines_are_right(batches: Keys) -> None:
    none("new lines of another amount", PAID_TOO_LITTLE, batches)
    none("new lines to another", PAID_TO_ANOTHER, batches, batches)
    none("arrears that are not shared whole", ARREARS_NOT_SHARED, batches)


def sent_lines_are_right(batches: Keys) -> None:
    none("sent lines of another amount than is due", PAID_TOO_LITTLE, batches)


def new_arrears_are_right(known: Keys) -> None:
    none("arrears where nothing was due", ARREARS_OF_NOTHING, known)


def who_receives_is_paid_by_the_policy(programme: str) -> None:
    found = sql(RECEIVES_TOO_LITTLE, {"programme": programme, "today": clock.today()})
    assert not found, f"paid less than the policy pays: {found[:3]}"


def none(what: str, said: str, *values: Keys) -> None:
    found = sql(said, list(values)) if values else _asked_again(said)
    assert not found, f"{what}: {found[:3]}"


_prepared: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def _asked_again(said: str) -> list[tuple[Any, ...]]:
    """What is asked after every deed is planned once a session: planning takes most of its time."""
    with connection.cursor() as cursor:
        names = _prepared.setdefault(cursor.connection, {})
        if said not in names:
            names[said] = f"asked_{len(names)}"
            cursor.execute(f"PREPARE {names[said]} AS {said}")
        cursor.execute(f"EXECUTE {names[said]}")
        return cursor.fetchall()


def nobody_is_worse_off(before: Rights, after: Rights) -> None:
    for key, (amount, from_on) in before.items():
        amount_now, from_now = after[key]
        assert amount_now >= amount, "the amount got lower"
        assert from_now <= from_on, "the first day got later"
