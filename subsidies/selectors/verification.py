"""The ledger recomputed from nothing: postings, lines, appropriations, commitments, answers, closed books."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from offices.database.planning import joining_whole_tables


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
         WHERE (kind IN ('source', 'outside')) = (balance > 0) AND balance <> 0 ORDER BY 1 LIMIT 20
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
        "budget_is_what_was_entered_and_changed",
        """
        SELECT concat_ws(' ', l.programme_id, l.year, l.source), l.amount::text,
               (l.first_amount + coalesce(sum(CASE WHEN c.to_line_id = l.id THEN c.amount ELSE -c.amount END), 0))::text
          FROM subsidies_budgetline l
          LEFT JOIN subsidies_budgetchange c ON l.id IN (c.to_line_id, c.from_line_id) AND c.state = 'done'
         GROUP BY l.id
        HAVING l.amount <> l.first_amount
               + coalesce(sum(CASE WHEN c.to_line_id = l.id THEN c.amount ELSE -c.amount END), 0)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "commitment_is_what_the_grants_cost",
        """
        SELECT concat_ws(' ', l.programme_id, l.year, l.source), l.committed_amount::text, coalesce(x.amount, 0)::text
          FROM subsidies_budgetline l LEFT JOIN (
               SELECT c.programme_id, c.year, s.source, sum(s.part * c.count) AS amount
                 FROM (SELECT g.programme_id, g.policy_version_id, y.year, count(*) AS count,
                              CASE p.frequency
                                  WHEN 'once' THEN CASE WHEN date_part('year', g.from_on) = y.year
                                                        THEN g.annual_amount ELSE 0 END
                                  WHEN 'yearly' THEN CASE WHEN g.to_on < make_date(y.year + 1, 1, 1)
                                       THEN round(g.annual_amount * date_part('month', g.to_on - 1)::numeric / 12, 2)
                                       ELSE g.annual_amount END
                                  WHEN 'monthly' THEN
                                       round(g.annual_amount * least(12, coalesce(CASE
                                           WHEN g.to_on < make_date(y.year + 1, 1, 1)
                                           THEN date_part('month', g.to_on - 1)::numeric END, 12)) / 12, 2)
                                       - round(g.annual_amount * CASE WHEN g.from_on > make_date(y.year, 1, 1)
                                           THEN date_part('month', g.from_on)::numeric - 1 ELSE 0 END / 12, 2)
                                  ELSE 0 END AS cost
                         FROM subsidies_grant g JOIN subsidies_programme p ON p.code = g.programme_id
                         JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                           ON y.programme_id = g.programme_id
                        WHERE g.from_on < make_date(y.year + 1, 1, 1)
                          AND (g.to_on IS NULL OR (g.to_on > make_date(y.year, 1, 1) AND g.to_on > g.from_on))
                          AND NOT EXISTS (SELECT 1 FROM subsidies_grantamount a WHERE a.grant_id = g.id)
                        GROUP BY 1, 2, 3, 5
                        UNION ALL
                       SELECT m.programme_id, m.policy_version_id, m.year, 1, m.cost
                         FROM (SELECT g.id, g.programme_id, g.policy_version_id, y.year, sum(CASE
                                      WHEN p.frequency = 'monthly' OR g.to_on < make_date(y.year + 1, 1, 1)
                                      THEN CASE WHEN p.frequency = 'yearly' OR n.first >= date_trunc('month', g.from_on)
                                           THEN round(x.annual * n.month / 12, 2) - round(x.annual * (n.month - 1) / 12, 2)
                                           ELSE 0 END
                                      WHEN n.month = 12 THEN x.annual ELSE 0 END) AS cost
                                 FROM (SELECT DISTINCT grant_id FROM subsidies_grantamount) a
                                 JOIN subsidies_grant g ON g.id = a.grant_id
                                 JOIN subsidies_programme p ON p.code = g.programme_id
                                 JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                                   ON y.programme_id = g.programme_id
                                CROSS JOIN LATERAL (SELECT month, make_date(y.year, month, 1) AS first
                                                      FROM generate_series(1, 12) month) n
                                CROSS JOIN LATERAL (SELECT coalesce((
                                           SELECT b.annual_amount FROM subsidies_grantamount b
                                            WHERE b.grant_id = g.id AND b.from_on <= n.first
                                            ORDER BY b.from_on DESC LIMIT 1), g.annual_amount) AS annual) x
                                WHERE g.from_on < make_date(y.year + 1, 1, 1)
                                  AND (g.to_on IS NULL OR (g.to_on > n.first AND g.to_on > g.from_on))
                                GROUP BY 1, 2, 3, 4) m) c
                 JOIN subsidies_policyversion v ON v.id = c.policy_version_id
                 CROSS JOIN LATERAL (
                     SELECT r.source, (r.cents + CASE WHEN r.place <= r.rest THEN 1 ELSE 0 END) / 100 AS part
                       FROM (SELECT f.value ->> 'source' AS source, floor(f.exact) AS cents,
                                    row_number() OVER (ORDER BY floor(f.exact) - f.exact, f.ordinality) AS place,
                                    c.cost * 100 - sum(floor(f.exact)) OVER () AS rest, sum(f.exact) OVER () AS whole
                               FROM (SELECT e.value, e.ordinality,
                                            (e.value ->> 'share')::numeric * c.cost * 100 AS exact
                                       FROM jsonb_array_elements(v.funding) WITH ORDINALITY e) f) r
                      WHERE r.whole = c.cost * 100) s
                GROUP BY 1, 2, 3) x
            ON x.programme_id = l.programme_id AND x.year = l.year AND x.source = l.source
         WHERE l.committed_amount <> coalesce(x.amount, 0) ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "suspense_is_what_is_not_cleared",
        """
        SELECT concat_ws(' ', a.programme_id, a.year, a.source), a.balance::text, coalesce(x.amount, 0)::text
          FROM subsidies_ledgeraccount a LEFT JOIN (
               SELECT l.programme_id, l.year, l.source, sum(i.amount) AS amount
                 FROM subsidies_suspenseitem i JOIN subsidies_budgetline l ON l.id = i.line_id
                WHERE i.state = 'open' GROUP BY 1, 2, 3) x
            ON x.programme_id = a.programme_id AND x.year = a.year AND x.source = a.source
         WHERE a.kind = 'suspense' AND a.balance <> coalesce(x.amount, 0) ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "suspense_has_its_entries",
        """
        SELECT i.number, count(DISTINCT e.id)::text, CASE i.state WHEN 'open' THEN '1' ELSE '2' END
          FROM subsidies_suspenseitem i
          LEFT JOIN subsidies_ledgerentry e ON e.suspense_id = i.id
               AND EXISTS (SELECT 1 FROM subsidies_ledgerposting p WHERE p.entry_id = e.id AND p.amount = i.amount)
         GROUP BY i.id HAVING count(DISTINCT e.id) <> CASE i.state WHEN 'open' THEN 1 ELSE 2 END
         ORDER BY 1 LIMIT 20
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
          LEFT JOIN (subsidies_ledgerposting p JOIN subsidies_ledgerentry e
                     ON e.id = p.entry_id AND e.kind NOT IN ('recovery', 'refund')) ON p.payment_id = l.id
          LEFT JOIN subsidies_ledgeraccount a ON a.id = p.account_id
         GROUP BY b.number, l.id
        HAVING coalesce(sum(p.amount) FILTER (WHERE a.kind = 'paid'), 0)
               <> CASE l.state WHEN 'paid' THEN l.amount ELSE 0 END ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "recovered_money_is_in_the_ledger",
        """
        SELECT x.number, coalesce(sum(p.amount) FILTER (WHERE a.kind = 'funds'), 0)::text, x.amount::text
          FROM (SELECT r.number, i.entry_id, i.amount FROM subsidies_recoveryreceipt i
                  JOIN subsidies_recovery r ON r.id = i.recovery_id
                 UNION ALL
                SELECT r.number, i.entry_id, -i.amount FROM subsidies_recoveryrefund i
                  JOIN subsidies_recovery r ON r.id = i.recovery_id) x
          LEFT JOIN subsidies_ledgerposting p ON p.entry_id = x.entry_id
          LEFT JOIN subsidies_ledgeraccount a ON a.id = p.account_id
         GROUP BY x.number, x.entry_id, x.amount
        HAVING coalesce(sum(p.amount) FILTER (WHERE a.kind = 'funds'), 0) <> x.amount ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "recovery_is_what_came_in_and_was_waived",
        """
        SELECT r.number, concat_ws(' / ', r.received_amount, r.refunded_amount, r.waived_amount),
               concat_ws(' / ', x.received, x.refunded, x.waived)
          FROM subsidies_recovery r CROSS JOIN LATERAL (
               SELECT (SELECT coalesce(sum(amount), 0) FROM subsidies_recoveryreceipt WHERE recovery_id = r.id)
                          AS received,
                      (SELECT coalesce(sum(amount), 0) FROM subsidies_recoveryrefund WHERE recovery_id = r.id)
                          AS refunded,
                      (SELECT coalesce(sum(amount), 0) FROM subsidies_recoverywaiver
                        WHERE recovery_id = r.id AND state = 'confirmed') AS waived) x
         WHERE (r.received_amount, r.refunded_amount, r.waived_amount)
               IS DISTINCT FROM (x.received, x.refunded, x.waived) ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "nothing_is_recovered_twice",
        """
        SELECT l.id::text, sum(n.amount)::text, l.amount::text FROM subsidies_payment l
          JOIN subsidies_recoveryline n ON n.payment_id = l.id
          JOIN subsidies_recovery r ON r.id = n.recovery_id AND r.state NOT IN ('dropped', 'withdrawn')
         GROUP BY l.id HAVING sum(n.amount) > l.amount OR l.state <> 'paid' ORDER BY 1 LIMIT 20
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
        "closed_batch_ties_out",
        """
        SELECT x.number, concat_ws(' / ', x.file, x.bank, x.booked), x.total_amount::text FROM (
          SELECT b.number, b.total_amount, b.count,
                 (SELECT coalesce(sum(f.total_amount), 0) FROM subsidies_bankfile f
                   WHERE f.batch_id = b.id AND f.format = 'text') AS file,
                 (SELECT coalesce(sum(f.count), 0) FROM subsidies_bankfile f
                   WHERE f.batch_id = b.id AND f.format = 'text') AS file_count,
                 (SELECT coalesce(sum(a.paid_amount + a.returned_amount), 0) FROM subsidies_bankanswer a
                   WHERE a.batch_id = b.id) AS bank,
                 (SELECT coalesce(sum(a.paid_count + a.returned_count), 0) FROM subsidies_bankanswer a
                   WHERE a.batch_id = b.id) AS bank_count,
                 (SELECT coalesce(sum(p.amount), 0) FROM subsidies_ledgerentry e
                    JOIN subsidies_ledgerposting p ON p.entry_id = e.id AND p.payment_id IS NOT NULL
                   WHERE e.batch_id = b.id AND e.kind = 'answer') AS booked
            FROM subsidies_paymentbatch b WHERE b.state = 'closed') x
         WHERE (x.file, x.bank, x.booked) IS DISTINCT FROM (x.total_amount, x.total_amount, x.total_amount)
            OR (x.file_count, x.bank_count) IS DISTINCT FROM (x.count::bigint, x.count::bigint)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "refund_is_what_the_fund_did_not_take_in",
        """
        SELECT b.number, coalesce(x.amount, 0)::text, coalesce(sum(l.amount), 0)::text
          FROM subsidies_premiumtransfer t JOIN subsidies_paymentbatch b ON b.id = t.batch_id
          LEFT JOIN (SELECT transfer_id, sum(amount) AS amount FROM subsidies_premiumrefund GROUP BY 1) x
            ON x.transfer_id = t.id
          LEFT JOIN (subsidies_payment l JOIN subsidies_premiumrefusal r ON r.payment_id = l.id)
            ON l.batch_id = b.id AND l.state = 'returned'
         GROUP BY b.number, x.amount HAVING coalesce(x.amount, 0) <> coalesce(sum(l.amount), 0)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "closed_month_is_as_it_was_closed",
        """
        SELECT c.label, x.entries || ' ' || x.turnover || ' ' || left(x.digest, 12),
               c.entries || ' ' || c.turnover || ' ' || left(c.digest, 12)
          FROM subsidies_closedperiod c CROSS JOIN LATERAL (
               SELECT count(DISTINCT e.id) AS entries,
                      coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS turnover,
                      encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', e.kind, e.booked_on, p.id,
                          p.account_id, p.payment_id, p.amount), E'\\n' ORDER BY p.id), ''), 'UTF8')), 'hex') AS digest
                 FROM subsidies_ledgerentry e JOIN subsidies_ledgerposting p ON p.entry_id = e.id
                WHERE e.booked_on BETWEEN c.first_day AND c.last_day) x
         WHERE c.kind = 'month'
           AND (x.entries, x.turnover, x.digest) IS DISTINCT FROM (c.entries, c.turnover, c.digest)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "closed_year_is_as_it_was_closed",
        """
        SELECT c.label, x.entries || ' ' || x.turnover || ' ' || x.left_over,
               c.entries || ' ' || c.turnover || ' 0'
          FROM subsidies_closedperiod c CROSS JOIN LATERAL (
               SELECT count(DISTINCT p.entry_id) AS entries,
                      coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS turnover,
                      coalesce(sum(p.amount) FILTER (WHERE a.kind IN ('funds', 'in_transit', 'suspense')), 0)
                          AS left_over,
                      encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', a.kind, a.programme_id, a.source,
                          p.id, p.amount), E'\\n' ORDER BY p.id), ''), 'UTF8')), 'hex') AS digest
                 FROM subsidies_ledgeraccount a JOIN subsidies_ledgerposting p ON p.account_id = a.id
                WHERE a.year::text = c.label) x
         WHERE c.kind = 'year'
           AND ((x.entries, x.turnover, x.digest) IS DISTINCT FROM (c.entries, c.turnover, c.digest)
                OR x.left_over <> 0)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "payment_and_posting_are_of_what_there_is",
        """
        SELECT p.id::text, 'payment', 'its batch, grant and person' FROM subsidies_payment p
          LEFT JOIN subsidies_paymentbatch b ON b.id = p.batch_id AND b.programme_id = p.programme_id
          LEFT JOIN subsidies_grant g ON g.id = p.grant_id AND g.programme_id = p.programme_id
         WHERE b.id IS NULL OR g.id IS NULL OR g.person_id <> p.person_id
         UNION ALL
        SELECT o.id::text, 'posting', 'its entry, account and payment' FROM subsidies_ledgerposting o
          LEFT JOIN subsidies_ledgerentry e ON e.id = o.entry_id
          LEFT JOIN subsidies_ledgeraccount a ON a.id = o.account_id
          LEFT JOIN subsidies_payment p ON p.id = o.payment_id
         WHERE e.id IS NULL OR a.id IS NULL OR (o.payment_id IS NOT NULL AND p.id IS NULL)
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "nobody_is_paid_twice_for_a_period",
        """
        SELECT l.id::text, m.id::text, 'one' FROM subsidies_payment l
          JOIN subsidies_payment m ON m.person_id = l.person_id AND m.programme_id = l.programme_id AND m.id > l.id
           AND m.period_from_on < l.period_to_on AND m.period_to_on > l.period_from_on
           AND (m.share = l.share OR m.share IS NULL OR l.share IS NULL)
         WHERE l.state = 'paid' AND m.state = 'paid' ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "arrears_alone_are_their_sum",
        """
        SELECT l.id::text, l.amount, coalesce(r.amount, 0) FROM subsidies_payment l
          LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM subsidies_arrear GROUP BY payment_id) r
            ON r.payment_id = l.id
         WHERE l.period_from_on = l.period_to_on AND l.state IN ('planned', 'sent', 'paid') AND l.share IS NULL
           AND l.amount IS DISTINCT FROM r.amount
         ORDER BY 1 LIMIT 20
        """,
    ),
    (
        "heirs_share_arrears",
        """
        SELECT l.grant_id::text, l.amount, r.amount
          FROM (SELECT o.grant_id, o.share, q.representation_id, sum(o.amount) AS amount
                  FROM subsidies_payment o JOIN households_representative q ON q.id = o.representative_id
                 WHERE o.period_from_on = o.period_to_on AND o.share IS NOT NULL
                   AND o.state IN ('planned', 'sent', 'paid') GROUP BY 1, 2, 3) l
         CROSS JOIN LATERAL subsidies_arrears_of_share(l.grant_id, l.representation_id, l.share) r(amount)
         WHERE l.amount > r.amount
         ORDER BY 1 LIMIT 20
        """,
    ),
)


def find_in_ledger() -> list[Finding]:
    """Everything in the ledger that does not hold, rule by rule; needs a context of the whole county.

    Whole tables are joined in one pass each: of a batch just booked the planner has no statistics, and would
    compare every line with every other.
    """
    findings = []
    with joining_whole_tables(), connection.cursor() as cursor:
        for rule, statement in RULES:
            cursor.execute(statement)
            findings += [Finding(rule, *map(str, row)) for row in cursor.fetchall()]
    return findings
