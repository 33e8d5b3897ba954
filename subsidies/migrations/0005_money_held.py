"""What of money must never be false, whoever writes: kept by triggers.

They run as the owner (see offices.database.access), so they see every row and may keep the
columns that the serving role cannot change. Thousands of lines come in one statement, so what
can be checked for a statement is checked once for it, by transition tables.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION account_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.balance := 0;
    RETURN NEW;
END $$;

CREATE TRIGGER account_begins_empty BEFORE INSERT ON subsidies_ledgeraccount
    FOR EACH ROW EXECUTE FUNCTION account_begins_empty();

CREATE FUNCTION entry_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.postings_count := 0;
    NEW.written_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;

CREATE TRIGGER entry_begins_empty BEFORE INSERT ON subsidies_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION entry_begins_empty();

-- The balances are brought up in the order of their keys, so that two batches cannot deadlock
-- on them; the constraint account_is_never_overdrawn then refuses what is not there.
CREATE FUNCTION postings_are_booked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT entry_id FROM added) a
                 JOIN subsidies_ledgerentry e ON e.id = a.entry_id
                WHERE e.written_in <> pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a ledger entry takes no posting after its own transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_takes_no_later_posting';
    END IF;
    UPDATE subsidies_ledgerentry e SET postings_count = e.postings_count + a.count
      FROM (SELECT entry_id, count(*) FROM added GROUP BY entry_id) a
     WHERE e.id = a.entry_id;
    FOR change IN SELECT account_id, sum(amount) AS amount FROM added GROUP BY account_id ORDER BY account_id LOOP
        UPDATE subsidies_ledgeraccount SET balance = balance + change.amount WHERE id = change.account_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER postings_are_booked AFTER INSERT ON subsidies_ledgerposting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION postings_are_booked();

-- Queued once when the entry is made and once for each statement of postings; only the last of
-- them adds up, so an entry of a hundred thousand postings is added up once.
CREATE FUNCTION entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    current_count integer;
    total numeric;
    counted integer;
BEGIN
    SELECT postings_count INTO current_count FROM subsidies_ledgerentry WHERE id = NEW.id;
    IF current_count IS DISTINCT FROM NEW.postings_count THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(amount), 0), count(*) INTO total, counted
      FROM subsidies_ledgerposting WHERE entry_id = NEW.id;
    IF total <> 0 OR counted < 2 OR counted <> current_count THEN
        RAISE EXCEPTION 'ledger entry % has % postings that add up to %', NEW.id, counted, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_is_balanced AFTER INSERT OR UPDATE ON subsidies_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_is_balanced();

CREATE FUNCTION budget_covers_its_appropriations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line uuid := CASE TG_TABLE_NAME WHEN 'subsidies_budgetline' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'line_id')::uuid END;
    budget numeric;
    appropriated numeric;
BEGIN
    SELECT amount INTO budget FROM subsidies_budgetline WHERE id = line FOR UPDATE;
    SELECT coalesce(sum(amount), 0) INTO appropriated FROM subsidies_appropriation WHERE line_id = line;
    IF appropriated > budget THEN
        RAISE EXCEPTION '% would be appropriated on a budget of %', appropriated, budget
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_covers_its_appropriations';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER budget_covers_its_appropriations AFTER INSERT ON subsidies_appropriation
    FOR EACH ROW EXECUTE FUNCTION budget_covers_its_appropriations();
CREATE TRIGGER budget_covers_its_appropriations AFTER UPDATE OF amount ON subsidies_budgetline
    FOR EACH ROW EXECUTE FUNCTION budget_covers_its_appropriations();

CREATE FUNCTION payments_belong_to_their_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added p
                 JOIN subsidies_paymentbatch b ON b.id = p.batch_id
                 JOIN subsidies_grant g ON g.id = p.grant_id
                WHERE b.state <> 'made' OR p.state <> 'planned'
                   OR p.programme_id <> b.programme_id OR p.programme_id <> g.programme_id
                   OR p.person_id <> g.person_id) THEN
        RAISE EXCEPTION 'a payment is added only to a batch being made, for its grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_belong_to_their_batch';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER payments_belong_to_their_batch AFTER INSERT ON subsidies_payment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payments_belong_to_their_batch();

CREATE FUNCTION payment_line_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a payment line changes in nothing but its state'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_line_is_frozen';
END $$;

CREATE TRIGGER payment_line_is_frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW
    WHEN ((OLD.batch_id, OLD.serial, OLD.grant_id, OLD.programme_id, OLD.person_id, OLD.period_from_on,
           OLD.period_to_on, OLD.amount, OLD.payee_name, OLD.payee_id_number, OLD.payee_bank,
           OLD.payee_account, OLD.payee_account_digest, OLD.supersedes_id)
          IS DISTINCT FROM
          (NEW.batch_id, NEW.serial, NEW.grant_id, NEW.programme_id, NEW.person_id, NEW.period_from_on,
           NEW.period_to_on, NEW.amount, NEW.payee_name, NEW.payee_id_number, NEW.payee_bank,
           NEW.payee_account, NEW.payee_account_digest, NEW.supersedes_id))
    EXECUTE FUNCTION payment_line_is_frozen();

CREATE FUNCTION settled_payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'payment % stays as the bank answered: %', OLD.id, OLD.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_payment_stays';
END $$;

CREATE TRIGGER settled_payment_stays BEFORE UPDATE ON subsidies_payment FOR EACH ROW
    WHEN (OLD.state IN ('paid', 'returned', 'cancelled')
          AND (OLD.state, OLD.paid_on, OLD.return_reason) IS DISTINCT FROM (NEW.state, NEW.paid_on, NEW.return_reason))
    EXECUTE FUNCTION settled_payment_stays();
"""

BACKWARD = """
DROP TRIGGER settled_payment_stays ON subsidies_payment;
DROP FUNCTION settled_payment_stays();
DROP TRIGGER payment_line_is_frozen ON subsidies_payment;
DROP FUNCTION payment_line_is_frozen();
DROP TRIGGER payments_belong_to_their_batch ON subsidies_payment;
DROP FUNCTION payments_belong_to_their_batch();
DROP TRIGGER budget_covers_its_appropriations ON subsidies_budgetline;
DROP TRIGGER budget_covers_its_appropriations ON subsidies_appropriation;
DROP FUNCTION budget_covers_its_appropriations();
DROP TRIGGER entry_is_balanced ON subsidies_ledgerentry;
DROP FUNCTION entry_is_balanced();
DROP TRIGGER postings_are_booked ON subsidies_ledgerposting;
DROP FUNCTION postings_are_booked();
DROP TRIGGER entry_begins_empty ON subsidies_ledgerentry;
DROP FUNCTION entry_begins_empty();
DROP TRIGGER account_begins_empty ON subsidies_ledgeraccount;
DROP FUNCTION account_begins_empty();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_way_of_an_application_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
