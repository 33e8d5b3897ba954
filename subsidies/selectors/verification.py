"""The ledger recomputed from nothing: from postings, lines, appropriations and answers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which rule, which record, found and expected."""

    rule: str
    record: str
    found: str
    expected: str


# Each statement returns (record, found, expected) of what does not hold, the first ones first.
RULES: tuple[tuple[str, str], ...] = (
    (
        "entry_is_balanced",
        """
        SELECT e.id::text, coalesce(sum(p.amount), 0)::text, '0' FROM subsidies_ledgerentry e
          LEFT JOIN subsidies_ledgerposting p ON p.entry_id = e.id
         GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> 0 OR count(p.id) < 2
                          OR count(p.id) <> max(e.postings_count) ORDER BY e.id LIMIT 20
        """,
    ),
    (
        "balance_is_the_sum_of_its_postings",
        """
        SELECT concat_ws(' ', a.kind, a.programme_id, a.year, a.source), a.balance::text,
               coalesce(sum(p.amount), 0)::text
          FROM subsidies_ledgeraccount a LEFT JOIN subsidies_ledgerposting p ON p.account_id = a.id
         GROUP BY a.id HAVING a.balance <> coalesce(sum(p.amount), 0) ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "account_is_never_overdrawn",
        """
        SELECT concat_ws(' ', kind, programme_id, year, source), balance::text, '0' FROM subsidies_ledgeraccount
         WHERE (kind = 'source') = (balance > 0) AND balance <> 0 ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "appropriation_is_in_the_ledger",
        """
        SELECT a.id::text, coalesce(sum(p.amount), 0)::text, a.amount::text FROM subsidies_appropriation a
          LEFT JOIN subsidies_ledgerentry e ON e.appropriation_id = a.id
          LEFT JOIN subsidies_ledgerposting p ON p.entry_id = e.id AND p.amount > 0
         GROUP BY a.id HAVING coalesce(sum(p.amount), 0) <> a.amount ORDER BY a.id LIMIT 20
        """,
    ),
    (
        "budget_covers_its_appropriations",
        """
        SELECT l.id::text, sum(a.amount)::text, l.amount::text FROM subsidies_budgetline l
          JOIN subsidies_appropriation a ON a.line_id = l.id
         GROUP BY l.id HAVING sum(a.amount) > l.amount ORDER BY l.id LIMIT 20
        """,
    ),
    (
        "batch_is_the_sum_of_its_lines",
        """
        SELECT b.number, coalesce(sum(l.amount), 0)::text, b.total_amount::text FROM subsidies_paymentbatch b
          LEFT JOIN subsidies_payment l ON l.batch_id = b.id
         GROUP BY b.id HAVING coalesce(sum(l.amount), 0) <> b.total_amount OR count(l.id) <> b.count
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "approved_line_is_in_transit",
        """
        SELECT b.number || ' ' || l.serial, coalesce(sum(p.amount), 0)::text, l.amount::text
          FROM subsidies_payment l JOIN subsidies_paymentbatch b ON b.id = l.batch_id
          LEFT JOIN subsidies_ledgerentry e ON e.batch_id = b.id AND e.kind = 'approval'
          LEFT JOIN subsidies_ledgerposting p ON p.entry_id = e.id AND p.payment_id = l.id
         WHERE b.state IN ('approved', 'sent', 'answered', 'closed')
         GROUP BY b.number, l.id HAVING coalesce(sum(p.amount), 0) <> l.amount ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "paid_line_is_paid_in_the_ledger",
        """
        SELECT b.number || ' ' || l.serial, coalesce(sum(p.amount) FILTER (WHERE a.kind = 'paid'), 0)::text,
               CASE l.state WHEN 'paid' THEN l.amount ELSE 0 END::text
          FROM subsidies_payment l JOIN subsidies_paymentbatch b ON b.id = l.batch_id
          LEFT JOIN subsidies_ledgerposting p ON p.payment_id = l.id
          LEFT JOIN subsidies_ledgeraccount a ON a.id = p.account_id
         GROUP BY b.number, l.id
        HAVING coalesce(sum(p.amount) FILTER (WHERE a.kind = 'paid'), 0)
               <> CASE l.state WHEN 'paid' THEN l.amount ELSE 0 END ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "in_transit_is_what_the_bank_owes_an_answer",
        """
        SELECT x.programme_id || ' ' || x.year, x.booked::text, x.open::text FROM (
          SELECT a.programme_id, a.year, sum(a.balance) AS booked,
                 (SELECT coalesce(sum(l.amount), 0) FROM subsidies_payment l
                    JOIN subsidies_paymentbatch b ON b.id = l.batch_id
                   WHERE b.programme_id = a.programme_id AND b.budget_year = a.year
                     AND ((b.state = 'approved' AND l.state = 'planned') OR l.state = 'sent')) AS open
            FROM subsidies_ledgeraccount a WHERE a.kind = 'in_transit' GROUP BY a.programme_id, a.year) x
         WHERE x.booked <> x.open ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "closed_batch_has_no_open_line",
        """
        SELECT b.number, count(*)::text, '0' FROM subsidies_paymentbatch b
          JOIN subsidies_payment l ON l.batch_id = b.id
         WHERE b.state IN ('answered', 'closed') AND l.state NOT IN ('paid', 'returned')
         GROUP BY b.number ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "nobody_is_paid_twice_for_a_period",
        """
        SELECT l.id::text, m.id::text, 'one' FROM subsidies_payment l
          JOIN subsidies_payment m ON m.person_id = l.person_id AND m.programme_id = l.programme_id AND m.id > l.id
           AND m.period_from_on < l.period_to_on AND m.period_to_on > l.period_from_on
         WHERE l.state = 'paid' AND m.state = 'paid' ORDER BY 1 LIMIT 20
        """,
    ),
)


def find_in_ledger() -> list[Finding]:
    """Everything in the ledger that does not hold, rule by rule; needs a context of the whole county."""
    findings = []
    with connection.cursor() as cursor:
        for rule, statement in RULES:
            cursor.execute(statement)
            findings += [Finding(rule, *map(str, row)) for row in cursor.fetchall()]
    return findings
