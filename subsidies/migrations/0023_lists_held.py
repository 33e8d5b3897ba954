"""A sealed list stays as it is: entries come in while it is frozen, and nothing changes after."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION list_entries_come_while_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added e JOIN subsidies_sealedlist l ON l.id = e.list_id WHERE l.state <> 'frozen')
       OR EXISTS (SELECT FROM added e JOIN subsidies_sealedlist l ON l.id = e.list_id
                   WHERE l.count < (SELECT count(*) FROM subsidies_sealedlistentry o WHERE o.list_id = l.id)) THEN
        RAISE EXCEPTION 'a list takes entries only while it is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'list_entries_come_while_frozen';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER list_entries_come_while_frozen AFTER INSERT ON subsidies_sealedlistentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION list_entries_come_while_frozen();

CREATE FUNCTION sealed_list_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'list % is sealed and stays as it is', OLD.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'sealed_list_stays';
END $$;

CREATE TRIGGER sealed_list_stays BEFORE UPDATE ON subsidies_sealedlist FOR EACH ROW
    WHEN (OLD.number <> ''
          AND (OLD.state = 'sent' OR NEW.state = 'frozen'
               OR (OLD.programme_id, OLD.year, OLD.supplements_id, OLD.reason, OLD.count, OLD.number, OLD.code,
                   OLD.digest, OLD.content, OLD.frozen_by_id, OLD.sealed_by_id, OLD.sealed_on)
                  IS DISTINCT FROM
                  (NEW.programme_id, NEW.year, NEW.supplements_id, NEW.reason, NEW.count, NEW.number, NEW.code,
                   NEW.digest, NEW.content, NEW.frozen_by_id, NEW.sealed_by_id, NEW.sealed_on)))
    EXECUTE FUNCTION sealed_list_stays();

CREATE FUNCTION letter_stays_as_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'letter % changes in nothing but its withdrawal', OLD.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'letter_stays_as_issued';
END $$;

CREATE TRIGGER letter_stays_as_issued BEFORE UPDATE ON subsidies_priorityletter FOR EACH ROW
    WHEN (OLD.withdrawn_on IS NOT NULL
          OR (OLD.number, OLD.code, OLD.programme_id, OLD.receipt_id, OLD.purpose, OLD.issued_on, OLD.last_day,
              OLD.digest, OLD.issued_by_id)
             IS DISTINCT FROM
             (NEW.number, NEW.code, NEW.programme_id, NEW.receipt_id, NEW.purpose, NEW.issued_on, NEW.last_day,
              NEW.digest, NEW.issued_by_id))
    EXECUTE FUNCTION letter_stays_as_issued();
"""

BACKWARD = """
DROP TRIGGER letter_stays_as_issued ON subsidies_priorityletter;
DROP FUNCTION letter_stays_as_issued();
DROP TRIGGER sealed_list_stays ON subsidies_sealedlist;
DROP FUNCTION sealed_list_stays();
DROP TRIGGER list_entries_come_while_frozen ON subsidies_sealedlistentry;
DROP FUNCTION list_entries_come_while_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0020_confirmations_by_amount")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
