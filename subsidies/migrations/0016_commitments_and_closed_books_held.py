"""What grants bind on the budget lines, and that nothing is booked in a closed month or year.

The commitment follows from the grants, whoever writes them: a grant costs in a year what its payments
of that year will be, divided over its policy's sources as a payment is (subsidies.shares). Lines are
brought up in the order of their keys, so that two writers wait for each other and cannot deadlock.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidies_twelfths(annual numeric, months integer) RETURNS numeric
    LANGUAGE sql IMMUTABLE AS $$ SELECT round(annual * months / 12, 2) $$;

-- What a grant of [starts, ends) pays in a year, in yuan; as subsidies.periods reckons it.
CREATE FUNCTION subsidies_grant_cost(annual numeric, frequency text, starts date, ends date, of_year integer)
    RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN starts >= make_date(of_year + 1, 1, 1) OR ends <= starts OR ends <= make_date(of_year, 1, 1) THEN 0
        WHEN frequency = 'once' THEN CASE WHEN date_part('year', starts) = of_year THEN annual ELSE 0 END
        WHEN frequency = 'yearly' THEN
            CASE WHEN ends < make_date(of_year + 1, 1, 1)
                 THEN subsidies_twelfths(annual, date_part('month', ends - 1)::integer) ELSE annual END
        WHEN frequency = 'monthly' THEN
            subsidies_twelfths(annual, CASE WHEN ends < make_date(of_year + 1, 1, 1)
                                            THEN date_part('month', ends - 1)::integer ELSE 12 END)
            - subsidies_twelfths(annual, CASE WHEN starts > make_date(of_year, 1, 1)
                                              THEN date_part('month', starts)::integer - 1 ELSE 0 END)
        ELSE 0 END $$;

-- Each source's part to the cent by largest remainders; nothing of shares that are not the whole.
CREATE FUNCTION subsidies_shares(amount numeric, funding jsonb)
    RETURNS TABLE (source text, part numeric) LANGUAGE sql IMMUTABLE AS $$
    WITH shares AS (
        SELECT s.value ->> 'source' AS source, (s.value ->> 'share')::numeric * amount * 100 AS exact, s.ordinality
          FROM jsonb_array_elements(funding) WITH ORDINALITY s
    ), ranked AS (
        SELECT shares.source, floor(exact) AS cents,
               row_number() OVER (ORDER BY floor(exact) - exact, ordinality) AS place,
               amount * 100 - sum(floor(exact)) OVER () AS left_over, sum(exact) OVER () AS whole
          FROM shares
    )
    SELECT ranked.source, (cents + CASE WHEN place <= left_over THEN 1 ELSE 0 END) / 100 FROM ranked
     WHERE whole = amount * 100 $$;

CREATE FUNCTION budget_line_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.first_amount := NEW.amount;
    SELECT coalesce(sum(s.part * c.count), 0) INTO NEW.committed_amount
      FROM (SELECT g.policy_version_id, count(*) AS count,
                   subsidies_grant_cost(g.annual_amount, p.frequency, g.from_on, g.to_on, NEW.year) AS cost
              FROM subsidies_grant g JOIN subsidies_programme p ON p.code = g.programme_id
             WHERE g.programme_id = NEW.programme_id GROUP BY 1, 3) c
      JOIN subsidies_policyversion v ON v.id = c.policy_version_id
      CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
     WHERE s.source = NEW.source;
    RETURN NEW;
END $$;

CREATE TRIGGER budget_line_begins BEFORE INSERT ON subsidies_budgetline
    FOR EACH ROW EXECUTE FUNCTION budget_line_begins();

CREATE FUNCTION commitment_follows_grants_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        NEW.committed_amount := OLD.committed_amount;
    END IF;
    NEW.first_amount := OLD.first_amount;
    RETURN NEW;
END $$;

CREATE TRIGGER commitment_follows_grants_alone BEFORE UPDATE ON subsidies_budgetline
    FOR EACH ROW EXECUTE FUNCTION commitment_follows_grants_alone();

CREATE FUNCTION grants_are_committed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT b.id, sum(s.part * c.count) AS amount
          FROM (SELECT g.programme_id, g.policy_version_id, y.year, count(*) AS count,
                       subsidies_grant_cost(g.annual_amount, p.frequency, g.from_on, g.to_on, y.year) AS cost
                  FROM added g JOIN subsidies_programme p ON p.code = g.programme_id
                  JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                    ON y.programme_id = g.programme_id
                 GROUP BY 1, 2, 3, 5) c
          JOIN subsidies_policyversion v ON v.id = c.policy_version_id
          CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
          JOIN subsidies_budgetline b
            ON b.programme_id = c.programme_id AND b.year = c.year AND b.source = s.source
         WHERE c.cost <> 0
         GROUP BY b.id ORDER BY b.id
    LOOP
        UPDATE subsidies_budgetline SET committed_amount = committed_amount + change.amount WHERE id = change.id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER grants_are_committed AFTER INSERT ON subsidies_grant
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION grants_are_committed();

CREATE FUNCTION changed_grants_are_committed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        WITH rows AS (
            SELECT n.programme_id, n.policy_version_id, n.annual_amount, n.from_on, n.to_on, 1 AS sign
              FROM added n JOIN removed o ON o.id = n.id
             WHERE (n.annual_amount, n.from_on, n.to_on, n.policy_version_id)
                   IS DISTINCT FROM (o.annual_amount, o.from_on, o.to_on, o.policy_version_id)
             UNION ALL
            SELECT o.programme_id, o.policy_version_id, o.annual_amount, o.from_on, o.to_on, -1
              FROM added n JOIN removed o ON o.id = n.id
             WHERE (n.annual_amount, n.from_on, n.to_on, n.policy_version_id)
                   IS DISTINCT FROM (o.annual_amount, o.from_on, o.to_on, o.policy_version_id)
        )
        SELECT b.id, sum(s.part * c.count) AS amount
          FROM (SELECT g.programme_id, g.policy_version_id, y.year, sum(g.sign) AS count,
                       subsidies_grant_cost(g.annual_amount, p.frequency, g.from_on, g.to_on, y.year) AS cost
                  FROM rows g JOIN subsidies_programme p ON p.code = g.programme_id
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

CREATE TRIGGER changed_grants_are_committed AFTER UPDATE ON subsidies_grant
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION changed_grants_are_committed();

UPDATE subsidies_budgetline l SET committed_amount = found.amount FROM (
    SELECT b.id, coalesce(sum(s.part * c.count), 0) AS amount FROM subsidies_budgetline b
      JOIN (SELECT g.programme_id, g.policy_version_id, y.year, count(*) AS count,
                   subsidies_grant_cost(g.annual_amount, p.frequency, g.from_on, g.to_on, y.year) AS cost
              FROM subsidies_grant g JOIN subsidies_programme p ON p.code = g.programme_id
              JOIN (SELECT DISTINCT programme_id, year FROM subsidies_budgetline) y
                ON y.programme_id = g.programme_id
             GROUP BY 1, 2, 3, 5) c ON c.programme_id = b.programme_id AND c.year = b.year
      JOIN subsidies_policyversion v ON v.id = c.policy_version_id
      CROSS JOIN LATERAL subsidies_shares(c.cost, v.funding) s
     WHERE s.source = b.source GROUP BY b.id) found WHERE found.id = l.id;

-- Whoever books holds the books open; whoever closes them waits for the bookings that are under way.
CREATE FUNCTION closed_month_takes_no_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('subsidies.books:' || TG_TABLE_SCHEMA, 0));
    IF EXISTS (SELECT 1 FROM subsidies_closedperiod WHERE kind = 'month' AND last_day >= NEW.booked_on) THEN
        RAISE EXCEPTION 'the books of the month of % are closed', NEW.booked_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_month_takes_no_entry';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER closed_month_takes_no_entry BEFORE INSERT ON subsidies_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION closed_month_takes_no_entry();

CREATE FUNCTION closed_year_takes_no_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT account_id FROM added) p
                 JOIN subsidies_ledgeraccount a ON a.id = p.account_id
                 JOIN subsidies_closedperiod y ON y.kind = 'year' AND y.label = a.year::text) THEN
        RAISE EXCEPTION 'the year of the account is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_year_takes_no_posting';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER closed_year_takes_no_posting AFTER INSERT ON subsidies_ledgerposting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION closed_year_takes_no_posting();

CREATE FUNCTION transfer_stays_in_its_year_and_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_budgetline f, subsidies_budgetline t
                WHERE f.id = NEW.from_line_id AND t.id = NEW.to_line_id
                  AND (f.year, f.source) IS DISTINCT FROM (t.year, t.source)) THEN
        RAISE EXCEPTION 'a transfer stays in its year and source'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_stays_in_its_year_and_source';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER transfer_stays_in_its_year_and_source BEFORE INSERT OR UPDATE ON subsidies_budgetchange
    FOR EACH ROW EXECUTE FUNCTION transfer_stays_in_its_year_and_source();
"""

BACKWARD = """
DROP TRIGGER transfer_stays_in_its_year_and_source ON subsidies_budgetchange;
DROP FUNCTION transfer_stays_in_its_year_and_source();
DROP TRIGGER closed_year_takes_no_posting ON subsidies_ledgerposting;
DROP FUNCTION closed_year_takes_no_posting();
DROP TRIGGER closed_month_takes_no_entry ON subsidies_ledgerentry;
DROP FUNCTION closed_month_takes_no_entry();
DROP TRIGGER changed_grants_are_committed ON subsidies_grant;
DROP FUNCTION changed_grants_are_committed();
DROP TRIGGER grants_are_committed ON subsidies_grant;
DROP FUNCTION grants_are_committed();
DROP TRIGGER commitment_follows_grants_alone ON subsidies_budgetline;
DROP FUNCTION commitment_follows_grants_alone();
DROP TRIGGER budget_line_begins ON subsidies_budgetline;
DROP FUNCTION budget_line_begins();
DROP FUNCTION subsidies_shares(numeric, jsonb);
DROP FUNCTION subsidies_grant_cost(numeric, text, date, date, integer);
DROP FUNCTION subsidies_twelfths(numeric, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0014_steps_follow_their_application")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
