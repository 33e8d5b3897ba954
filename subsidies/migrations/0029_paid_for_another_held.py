"""Who is paid for another stands for her on that day, and heirs' shares add up to what is due, to the cent."""

from django.db import migrations

FORWARD = """
-- The first day no longer paid after a day, by a programme's stop rule; as subsidies.services.grants.end_after.
CREATE FUNCTION subsidies_end_after(rule text, day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE rule
        WHEN 'end_of_year' THEN make_date(date_part('year', day)::integer + 1, 1, 1)
        WHEN 'end_of_month' THEN (date_trunc('month', day) + interval '1 month')::date
        ELSE (date_trunc('month', day) + interval '2 months')::date END $$;

-- What a grant of who died on a day is still due for a period, in yuan.
CREATE FUNCTION subsidies_due_until_death(
    annual numeric, frequency text, rule text, ends date, died date, starts_period date, ends_period date)
    RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN frequency = 'once' THEN annual
        WHEN last <= starts_period THEN 0
        WHEN frequency = 'monthly' THEN
            subsidies_twelfths(annual, date_part('month', starts_period)::integer)
            - subsidies_twelfths(annual, date_part('month', starts_period)::integer - 1)
        WHEN last < ends_period THEN subsidies_twelfths(annual, date_part('month', last - 1)::integer)
        ELSE annual END
      FROM (SELECT least(ends, subsidies_end_after(rule, died)) AS last) x $$;

-- A share of an amount to the cent: whole cents first, what is left over to the largest remainders in order.
CREATE FUNCTION subsidies_heir_part(amount numeric, representation uuid, of_serial integer)
    RETURNS numeric LANGUAGE sql STABLE AS $$
    WITH shares AS (
        SELECT q.serial, div(amount * 100 * q.parts, sum(q.parts) OVER ()) AS cents,
               amount * 100 * q.parts % sum(q.parts) OVER () AS remainder
          FROM households_representative q WHERE q.representation_id = representation
    ), placed AS (
        SELECT s.serial, s.cents, row_number() OVER (ORDER BY s.remainder DESC, s.serial) AS place,
               amount * 100 - sum(s.cents) OVER () AS left_over FROM shares s
    )
    SELECT (cents + CASE WHEN place <= left_over THEN 1 ELSE 0 END) / 100 FROM placed WHERE serial = of_serial $$;

CREATE FUNCTION payee_stands_for_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
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
          JOIN subsidies_grant g ON g.id = l.grant_id
          JOIN subsidies_programme m ON m.code = l.programme_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(g.annual_amount, m.frequency, m.stop_rule, g.to_on, p.died_on,
                                         l.period_from_on, l.period_to_on),
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
CREATE TRIGGER payee_stands_for_the_person AFTER INSERT ON subsidies_payment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payee_stands_for_the_person();

DROP TRIGGER payment_line_is_frozen ON subsidies_payment;
CREATE TRIGGER payment_line_is_frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW
    WHEN ((OLD.batch_id, OLD.serial, OLD.grant_id, OLD.programme_id, OLD.person_id, OLD.period_from_on,
           OLD.period_to_on, OLD.amount, OLD.payee_name, OLD.payee_id_number, OLD.payee_bank,
           OLD.payee_account, OLD.payee_account_digest, OLD.supersedes_id, OLD.representative_id, OLD.share)
          IS DISTINCT FROM
          (NEW.batch_id, NEW.serial, NEW.grant_id, NEW.programme_id, NEW.person_id, NEW.period_from_on,
           NEW.period_to_on, NEW.amount, NEW.payee_name, NEW.payee_id_number, NEW.payee_bank,
           NEW.payee_account, NEW.payee_account_digest, NEW.supersedes_id, NEW.representative_id, NEW.share))
    EXECUTE FUNCTION payment_line_is_frozen();

CREATE FUNCTION heirs_who_are_paid_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM subsidies_payment l JOIN households_representative q ON q.id = l.representative_id
                WHERE q.representation_id = NEW.id AND l.share IS NOT NULL
                  AND l.state IN ('planned', 'sent', 'paid')) THEN
        RAISE EXCEPTION 'heirs have been paid by this document'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'heirs_who_are_paid_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER heirs_who_are_paid_stay BEFORE UPDATE OF state ON households_representation
    FOR EACH ROW WHEN (NEW.state = 'ended' AND NEW.kind = 'heirs') EXECUTE FUNCTION heirs_who_are_paid_stay();
"""
BACKWARD = """
DROP TRIGGER heirs_who_are_paid_stay ON households_representation;
DROP FUNCTION heirs_who_are_paid_stay();
DROP TRIGGER payment_line_is_frozen ON subsidies_payment;
CREATE TRIGGER payment_line_is_frozen BEFORE UPDATE ON subsidies_payment FOR EACH ROW
    WHEN ((OLD.batch_id, OLD.serial, OLD.grant_id, OLD.programme_id, OLD.person_id, OLD.period_from_on,
           OLD.period_to_on, OLD.amount, OLD.payee_name, OLD.payee_id_number, OLD.payee_bank,
           OLD.payee_account, OLD.payee_account_digest, OLD.supersedes_id)
          IS DISTINCT FROM
          (NEW.batch_id, NEW.serial, NEW.grant_id, NEW.programme_id, NEW.person_id, NEW.period_from_on,
           NEW.period_to_on, NEW.amount, NEW.payee_name, NEW.payee_id_number, NEW.payee_bank,
           NEW.payee_account, NEW.payee_account_digest, NEW.supersedes_id))
    EXECUTE FUNCTION payment_line_is_frozen();
DROP TRIGGER payee_stands_for_the_person ON subsidies_payment;
DROP FUNCTION payee_stands_for_the_person();
DROP FUNCTION subsidies_heir_part(numeric, uuid, integer);
DROP FUNCTION subsidies_due_until_death(numeric, text, text, date, date, date, date);
DROP FUNCTION subsidies_end_after(text, date);
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0027_letters_and_appeals_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
