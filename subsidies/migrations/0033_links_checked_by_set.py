"""What payments and postings refer to is checked for all rows of a statement together.

A foreign key looks each row's reference up: of thirty thousand payments half a million times. A trigger
of the statement joins them once and refuses more: a payment's grant, person, programme and batch fit
together. Whatever payments and postings refer to cannot be deleted, and
keeps its key.
"""

import django.db.models.deletion
from django.db import migrations, models

# An installation that had the keys loses them here; a new one never has them.
FORWARD = """
DO $$
DECLARE
    former record;
BEGIN
    FOR former IN
        SELECT c.conrelid::regclass AS of_table, c.conname
          FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
         WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1
           AND (c.conrelid = 'subsidies_payment'::regclass
                AND a.attname IN ('batch_id', 'grant_id', 'programme_id', 'person_id')
                OR c.conrelid = 'subsidies_ledgerposting'::regclass
                AND a.attname IN ('entry_id', 'account_id', 'payment_id'))
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', former.of_table, former.conname);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION payments_belong_to_their_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM added) <> (
        SELECT count(*) FROM added p
          JOIN subsidies_paymentbatch b ON b.id = p.batch_id
          JOIN subsidies_grant g ON g.id = p.grant_id
         WHERE b.state = 'made' AND p.state = 'planned' AND p.programme_id = b.programme_id
           AND p.programme_id = g.programme_id AND p.person_id = g.person_id) THEN
        RAISE EXCEPTION 'a payment is added only to a batch being made, for its grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_belong_to_their_batch';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION postings_are_booked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT entry_id FROM added) a
                 LEFT JOIN subsidies_ledgerentry e ON e.id = a.entry_id
                WHERE e.written_in IS DISTINCT FROM pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a ledger entry takes no posting after its own transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_takes_no_later_posting';
    END IF;
    IF (SELECT count(payment_id) FROM added) <> (
        SELECT count(*) FROM added a JOIN subsidies_payment p ON p.id = a.payment_id) THEN
        RAISE EXCEPTION 'a posting is of a payment that there is'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_is_of_a_payment';
    END IF;
    UPDATE subsidies_ledgerentry e SET postings_count = e.postings_count + a.count
      FROM (SELECT entry_id, count(*) FROM added GROUP BY entry_id) a
     WHERE e.id = a.entry_id;
    FOR change IN SELECT account_id, sum(amount) AS amount FROM added GROUP BY account_id ORDER BY account_id LOOP
        UPDATE subsidies_ledgeraccount SET balance = balance + change.amount WHERE id = change.account_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a posting is on an account that there is'
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_is_on_an_account';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Arguments: the table and column that may refer to the row, the row's own key, and its type.
CREATE FUNCTION referred_to_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_referred_to boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I = $1::%I)', TG_ARGV[0], TG_ARGV[1], TG_ARGV[3])
       INTO is_referred_to USING to_jsonb(OLD) ->> TG_ARGV[2];
    IF is_referred_to THEN
        RAISE EXCEPTION 'rows of % refer to this row of %', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'referred_to_stays';
    END IF;
    RETURN OLD;
END $$;
"""
FORWARD += """
CREATE FUNCTION keys_and_links_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'keys and links of % never change', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'keys_and_links_stay';
END $$;

CREATE TRIGGER posting_stays BEFORE UPDATE OF id, entry_id, account_id, payment_id, amount ON subsidies_ledgerposting
    FOR EACH ROW EXECUTE FUNCTION keys_and_links_stay();
"""
BACKWARD = """
DROP TRIGGER posting_stays ON subsidies_ledgerposting;
DROP FUNCTION keys_and_links_stay();
DROP FUNCTION referred_to_stays();
"""
_REFERRED_TO = (
    ("subsidies_paymentbatch", "id", "subsidies_payment", "batch_id"),
    ("subsidies_grant", "id", "subsidies_payment", "grant_id"),
    ("subsidies_programme", "code", "subsidies_payment", "programme_id"),
    ("households_person", "id", "subsidies_payment", "person_id"),
    ("subsidies_ledgerentry", "id", "subsidies_ledgerposting", "entry_id"),
    ("subsidies_ledgeraccount", "id", "subsidies_ledgerposting", "account_id"),
    ("subsidies_payment", "id", "subsidies_ledgerposting", "payment_id"),
)


_GUARDS = "".join(
    f"CREATE TRIGGER {by.partition('_')[2]}_is_of_what_there_is BEFORE DELETE ON {table} FOR EACH ROW "
    f"EXECUTE FUNCTION referred_to_stays('{by}', '{column}', '{key}', '{'text' if key == 'code' else 'uuid'}');\n"
    f"CREATE TRIGGER key_stays_for_{by.partition('_')[2]} BEFORE UPDATE OF {key} ON {table} FOR EACH ROW "
    f"WHEN (OLD.{key} IS DISTINCT FROM NEW.{key}) EXECUTE FUNCTION keys_and_links_stay();\n"
    for table, key, by, column in _REFERRED_TO
)
_UNGUARDED = "".join(
    f"DROP TRIGGER {by.partition('_')[2]}_is_of_what_there_is ON {table};\n"
    f"DROP TRIGGER key_stays_for_{by.partition('_')[2]} ON {table};\n"
    for table, _key, by, _column in _REFERRED_TO
)


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0017_agents_guardians_heirs_held'),
        ("subsidies", "0031_annual_review_held"),
    ]

    operations = [
        migrations.RunSQL(FORWARD + _GUARDS, _UNGUARDED + BACKWARD),
    ]
