"""What a grant brings by date holds everywhere: amounts rise with periods, lines bind them, heirs share them."""

from django.db import migrations

# What a grant brings a year since it was raised, of every grant that was raised by a day: the one definition.
# One statement without settings, so that it is put into the query that calls it and costs nothing while there
# is no row.
AMOUNTS = """
CREATE FUNCTION subsidies_amounts_on(day date) RETURNS TABLE (grant_id uuid, annual_amount numeric)
    LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (a.grant_id) a.grant_id, a.annual_amount FROM subsidies_grantamount a
     WHERE a.from_on <= day ORDER BY a.grant_id, a.from_on DESC $$;

-- Every grant that was ever raised: the days in order, and the amount from each of them on.
CREATE FUNCTION subsidies_raises() RETURNS TABLE (grant_id uuid, days date[], amounts numeric[])
    LANGUAGE sql STABLE AS $$
    SELECT a.grant_id, array_agg(a.from_on ORDER BY a.from_on), array_agg(a.annual_amount ORDER BY a.from_on)
      FROM subsidies_grantamount a GROUP BY a.grant_id $$;

-- What a grant of [starts, ends) costs in a year: the sum of its stretches of one amount (0016 says of one).
CREATE FUNCTION subsidies_cost_by_days(
    annual numeric, frequency text, starts date, ends date, of_year integer, days date[], amounts numeric[])
    RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT sum(subsidies_grant_cost(s.amount, frequency, greatest(starts, s.begins), least(ends, s.stops), of_year))
      FROM (SELECT annual AS amount, '-infinity'::date AS begins, days[1] AS stops
             UNION ALL
            SELECT amounts[i], days[i], days[i + 1] FROM generate_subscripts(days, 1) i) s $$;

CREATE FUNCTION grant_amount_begins_with_a_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid text;
    begins date;
BEGIN
    SELECT p.frequency, g.from_on INTO paid, begins FROM subsidies_grant g
      JOIN subsidies_programme p ON p.code = g.programme_id WHERE g.id = NEW.grant_id;
    IF paid NOT IN ('yearly', 'monthly')
       OR NEW.from_on <> date_trunc(CASE paid WHEN 'monthly' THEN 'month' ELSE 'year' END, NEW.from_on)::date
       OR (TG_OP = 'INSERT' AND NEW.from_on
           < date_trunc(CASE paid WHEN 'monthly' THEN 'month' ELSE 'year' END, begins)::date) THEN
        RAISE EXCEPTION 'the amount of grant % would change within a period or before it begins', NEW.grant_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_amount_begins_with_a_period';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_amount_begins_with_a_period BEFORE INSERT OR UPDATE OF grant_id, from_on
    ON subsidies_grantamount FOR EACH ROW EXECUTE FUNCTION grant_amount_begins_with_a_period();

-- Amounts rise: no row is less than what was granted or than the row before it.
CREATE FUNCTION grant_amounts_rise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT grant_id FROM added) c
                 JOIN subsidies_grant g ON g.id = c.grant_id
                 JOIN subsidies_raises() r ON r.grant_id = c.grant_id
                 CROSS JOIN LATERAL generate_subscripts(r.amounts, 1) i
                WHERE r.amounts[i] < coalesce(r.amounts[i - 1], g.annual_amount)) THEN
        RAISE EXCEPTION 'the amount of a grant would fall by itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_amounts_rise';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grant_amounts_rise AFTER INSERT ON subsidies_grantamount
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION grant_amounts_rise();
CREATE TRIGGER changed_grant_amounts_rise AFTER UPDATE ON subsidies_grantamount
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION grant_amounts_rise();
"""
AMOUNTS_BEFORE = """
DROP TRIGGER changed_grant_amounts_rise ON subsidies_grantamount;
DROP TRIGGER grant_amounts_rise ON subsidies_grantamount;
DROP FUNCTION grant_amounts_rise();
DROP TRIGGER grant_amount_begins_with_a_period ON subsidies_grantamount;
DROP FUNCTION grant_amount_begins_with_a_period();
DROP FUNCTION subsidies_cost_by_days(numeric, text, date, date, integer, date[], numeric[]);
DROP FUNCTION subsidies_raises();
DROP FUNCTION subsidies_amounts_on(date);
"""

# What grants bind on the lines: `cost` of a grant g in a year, with `raises` joined to it.
_COMMITMENTS = """
CREATE OR REPLACE FUNCTION budget_line_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.first_amount := NEW.amount;
    SELECT coalesce(sum(s.part * c.count), 0) INTO NEW.committed_amount
      FROM (SELECT g.policy_version_id, count(*) AS count,
                   %(cost_of_line)s AS cost
              FROM subsidies_grant g JOIN subsidies_programme p ON p.code = g.programme_id%(raises)s
             WHERE g.programme_id = NEW.programme_id GROUP BY 1, 3) c
      JOIN subsidies_policyversion v ON v.id = c.policy_version_id
      CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
     WHERE s.source = NEW.source;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION changed_grants_are_committed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        WITH rows AS (
            SELECT n.id, n.programme_id, n.policy_version_id, n.annual_amount, n.from_on, n.to_on, 1 AS sign
              FROM added n JOIN removed o ON o.id = n.id
             WHERE (n.annual_amount, n.from_on, n.to_on, n.policy_version_id)
                   IS DISTINCT FROM (o.annual_amount, o.from_on, o.to_on, o.policy_version_id)
             UNION ALL
            SELECT o.id, o.programme_id, o.policy_version_id, o.annual_amount, o.from_on, o.to_on, -1
              FROM added n JOIN removed o ON o.id = n.id
             WHERE (n.annual_amount, n.from_on, n.to_on, n.policy_version_id)
                   IS DISTINCT FROM (o.annual_amount, o.from_on, o.to_on, o.policy_version_id)
        )
        SELECT b.id, sum(s.part * c.count) AS amount
          FROM (SELECT g.programme_id, g.policy_version_id, y.year, sum(g.sign) AS count,
                       %(cost)s AS cost
                  FROM rows g JOIN subsidies_programme p ON p.code = g.programme_id%(raises)s
                  JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                    ON y.programme_id = g.programme_id
                 GROUP BY 1, 2, 3, 5 HAVING sum(g.sign) <> 0) c
          JOIN subsidies_policyversion v ON v.id = c.policy_version_id
          CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
          JOIN subsidies_budgetline b
            ON b.programme_id = c.programme_id AND b.year = c.year AND b.source = s.source
         WHERE c.cost <> 0
         GROUP BY b.id HAVING sum(s.part * c.count) <> 0 ORDER BY b.id
    LOOP
        UPDATE subsidies_budgetline SET committed_amount = committed_amount + change.amount WHERE id = change.id;
    END LOOP;
    RETURN NULL;
END $$;
"""
_OF_ONE_AMOUNT = "subsidies_grant_cost(g.annual_amount, p.frequency, g.from_on, g.to_on, {})"
# Of a hundred thousand grants that were never raised, the expression of 0016 costs what it cost.
_BY_DAYS = (
    "CASE WHEN r.days IS NULL THEN " + _OF_ONE_AMOUNT + " ELSE subsidies_cost_by_days("
    "g.annual_amount, p.frequency, g.from_on, g.to_on, {}, r.days, r.amounts) END"
)
COMMITMENTS = _COMMITMENTS % {
    "cost": _BY_DAYS.format("y.year", "y.year"),
    "cost_of_line": _BY_DAYS.format("NEW.year", "NEW.year"),
    "raises": "\n                  LEFT JOIN subsidies_raises() r ON r.grant_id = g.id",
}
COMMITMENTS_BEFORE = _COMMITMENTS % {
    "cost": _OF_ONE_AMOUNT.format("y.year"),
    "cost_of_line": _OF_ONE_AMOUNT.format("NEW.year"),
    "raises": "",
}

# A raise binds the difference: what each grant costs with its rows as they are, less what it cost before.
_RAISES = """
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        WITH concerned AS (
            SELECT DISTINCT grant_id FROM added
        ), rows AS (
            SELECT a.grant_id, a.from_on, a.annual_amount, 1 AS sign
              FROM subsidies_grantamount a JOIN concerned USING (grant_id)
             UNION ALL
            SELECT a.grant_id, a.from_on, a.annual_amount, -1
              FROM subsidies_grantamount a JOIN concerned USING (grant_id)
             WHERE NOT EXISTS (SELECT FROM added n WHERE n.id = a.id)%(former)s
        ), raised AS (
            SELECT c.grant_id, s.sign,
                   array_agg(r.from_on ORDER BY r.from_on) FILTER (WHERE r.from_on IS NOT NULL) AS days,
                   array_agg(r.annual_amount ORDER BY r.from_on) FILTER (WHERE r.from_on IS NOT NULL) AS amounts
              FROM concerned c CROSS JOIN (VALUES (1), (-1)) s (sign)
              LEFT JOIN rows r ON r.grant_id = c.grant_id AND r.sign = s.sign
             GROUP BY 1, 2
        )
        SELECT b.id, sum(s.part * c.count) AS amount
          FROM (SELECT g.programme_id, g.policy_version_id, y.year, sum(r.sign) AS count,
                       subsidies_cost_by_days(g.annual_amount, p.frequency, g.from_on, g.to_on, y.year,
                                              r.days, r.amounts) AS cost
                  FROM raised r JOIN subsidies_grant g ON g.id = r.grant_id
                  JOIN subsidies_programme p ON p.code = g.programme_id
                  JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                    ON y.programme_id = g.programme_id
                 GROUP BY 1, 2, 3, 5 HAVING sum(r.sign) <> 0) c
          JOIN subsidies_policyversion v ON v.id = c.policy_version_id
          CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
          JOIN subsidies_budgetline b
            ON b.programme_id = c.programme_id AND b.year = c.year AND b.source = s.source
         WHERE c.cost <> 0
         GROUP BY b.id HAVING sum(s.part * c.count) <> 0 ORDER BY b.id
    LOOP
        UPDATE subsidies_budgetline SET committed_amount = committed_amount + change.amount WHERE id = change.id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER %(name)s AFTER %(event)s ON subsidies_grantamount
    REFERENCING %(tables)s FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();
"""
RAISES = _RAISES % {
    "name": "raises_are_committed",
    "event": "INSERT",
    "tables": "NEW TABLE AS added",
    "former": "",
} + _RAISES % {
    "name": "changed_raises_are_committed",
    "event": "UPDATE",
    "tables": "OLD TABLE AS removed NEW TABLE AS added",
    "former": "\n             UNION ALL\n            SELECT o.grant_id, o.from_on, o.annual_amount, -1 FROM removed o",
}
RAISES_BEFORE = """
DROP TRIGGER changed_raises_are_committed ON subsidies_grantamount;
DROP FUNCTION changed_raises_are_committed();
DROP TRIGGER raises_are_committed ON subsidies_grantamount;
DROP FUNCTION raises_are_committed();
"""

# Heirs share what the grant brings for the period: `amount`, with `raised` joined to it.
_HEIRS = """
CREATE OR REPLACE FUNCTION payee_stands_for_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added WHERE representative_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM added l
          JOIN subsidies_paymentbatch b ON b.id = l.batch_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
          JOIN households_representation r ON r.id = q.representation_id
         WHERE r.person_id <> l.person_id OR NOT r.is_paid OR r.state <> 'confirmed'
            OR r.from_on > b.made_on OR r.to_on <= b.made_on
            OR (r.kind = 'heirs') <> (p.died_on IS NOT NULL AND p.died_on <= b.made_on)
            OR (r.kind = 'heirs') <> (l.share IS NOT NULL) OR l.share <> q.serial
            OR l.payee_name <> q.name OR l.payee_account_digest IS DISTINCT FROM q.account_digest) THEN
        RAISE EXCEPTION 'somebody is paid who does not stand for the person on that day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payee_stands_for_the_person';
    END IF;
    -- One after the other: of two batches at once the second sees whose shares the first one pays.
    PERFORM FROM households_representation r
      WHERE r.id IN (SELECT q.representation_id FROM added l JOIN households_representative q
                       ON q.id = l.representative_id WHERE l.share IS NOT NULL)
      ORDER BY r.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM added l
          JOIN subsidies_grant g ON g.id = l.grant_id%(raised)s
          JOIN subsidies_programme m ON m.code = l.programme_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(%(amount)s, m.frequency, m.stop_rule, g.to_on, p.died_on,
                                         l.period_from_on, l.period_to_on)
               - coalesce((SELECT sum(r.amount) FROM subsidies_arrear r
                            WHERE r.grant_id = l.grant_id AND r.period_from_on < l.period_to_on
                              AND r.period_to_on > l.period_from_on), 0),
               q.representation_id, l.share)) THEN
        RAISE EXCEPTION 'an heir is paid another amount than the share of what is due'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up_to_what_is_due';
    END IF;
    IF EXISTS (
        SELECT FROM added l
          JOIN households_representative q ON q.id = l.representative_id
          JOIN subsidies_payment o ON o.person_id = l.person_id AND o.programme_id = l.programme_id
               AND o.period_from_on < l.period_to_on AND o.period_to_on > l.period_from_on
               AND o.state IN ('planned', 'sent', 'paid') AND o.share IS NOT NULL
          JOIN households_representative oq ON oq.id = o.representative_id
         WHERE l.share IS NOT NULL
           AND (oq.representation_id <> q.representation_id OR o.grant_id <> l.grant_id)) THEN
        RAISE EXCEPTION 'the shares of a period are of one document'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_are_of_one_document';
    END IF;
    RETURN NULL;
END $$;
"""
HEIRS = _HEIRS % {
    "amount": "coalesce(a.annual_amount, g.annual_amount)",
    "raised": "\n          LEFT JOIN LATERAL subsidies_amounts_on(l.period_from_on) a ON a.grant_id = g.id",
}
HEIRS_BEFORE = _HEIRS % {"amount": "g.annual_amount", "raised": ""}


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0039_amounts_by_date")]

    operations = [
        migrations.RunSQL(AMOUNTS, AMOUNTS_BEFORE),
        migrations.RunSQL(COMMITMENTS, COMMITMENTS_BEFORE),
        migrations.RunSQL(RAISES, RAISES_BEFORE),
        migrations.RunSQL(HEIRS, HEIRS_BEFORE),
    ]
