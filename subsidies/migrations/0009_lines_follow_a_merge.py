"""A payment's line changes its person when, and only when, two records of one person become one."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION payment_line_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id'
       AND EXISTS (SELECT FROM households_person p
                    WHERE (p.id = OLD.person_id AND p.merged_into_id = NEW.person_id)
                       OR (p.id = NEW.person_id AND p.merged_into_id = OLD.person_id)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a payment line changes in nothing but its state'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_line_is_frozen';
END $$;

-- Deferred: it looks at the grant as it is then, whatever it was in between.
CREATE OR REPLACE FUNCTION grant_rests_on_a_granted_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM subsidies_grant g
                WHERE g.id = NEW.id AND NOT EXISTS (
                      SELECT FROM subsidies_application a
                       WHERE a.id = g.application_id AND a.state = 'granted'
                         AND a.person_id = g.person_id AND a.programme_id = g.programme_id)) THEN
        RAISE EXCEPTION 'a grant without its granted application'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_rests_on_a_granted_application';
    END IF;
    RETURN NULL;
END $$;

-- Waits for a merge that is going on (KEY SHARE against its lock) and then sees it.
CREATE FUNCTION application_is_of_a_standing_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_record uuid;
BEGIN
    SELECT merged_into_id INTO into_record FROM households_person WHERE id = NEW.person_id FOR KEY SHARE;
    IF into_record IS NOT NULL THEN
        RAISE EXCEPTION 'the record % was merged into another', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'application_is_of_a_standing_record';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER application_is_of_a_standing_record
    BEFORE INSERT ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION application_is_of_a_standing_record();
"""

BACKWARD = """
DROP TRIGGER application_is_of_a_standing_record ON subsidies_application;
DROP FUNCTION application_is_of_a_standing_record();
CREATE OR REPLACE FUNCTION grant_rests_on_a_granted_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_application a
                    WHERE a.id = NEW.application_id AND a.state = 'granted'
                      AND a.person_id = NEW.person_id AND a.programme_id = NEW.programme_id) THEN
        RAISE EXCEPTION 'a grant without its granted application'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_rests_on_a_granted_application';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION payment_line_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a payment line changes in nothing but its state'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_line_is_frozen';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0008_day_of_a_return"),
        ("households", "0010_duplicates_and_merges"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
