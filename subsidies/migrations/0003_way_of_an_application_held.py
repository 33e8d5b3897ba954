"""What of an application's way must never be false, whoever writes: kept by triggers.

They run as the owner (see offices.database.access), so they see every row.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION application_has_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed text[] := ARRAY['entry'];
    lacking text;
    is_posted boolean;
BEGIN
    SELECT p.is_posted INTO is_posted FROM subsidies_programme p WHERE p.code = NEW.programme_id;
    IF NEW.state IN ('village_reviewed', 'township_reviewed', 'county_reviewed', 'county_confirmed', 'granted') THEN
        needed := needed || ARRAY['village_review'];
    END IF;
    IF NEW.state IN ('township_reviewed', 'county_reviewed', 'county_confirmed', 'granted') THEN
        needed := needed || ARRAY['township_review'];
    END IF;
    IF NEW.state = 'county_reviewed' OR (NOT is_posted AND NEW.state IN ('county_confirmed', 'granted')) THEN
        needed := needed || ARRAY['county_review'];
    END IF;
    IF NEW.state IN ('county_confirmed', 'granted') THEN
        needed := needed || ARRAY['county_confirmation'];
    END IF;
    IF NEW.state = 'granted' THEN
        needed := needed || ARRAY['grant'];
    END IF;
    SELECT name INTO lacking FROM unnest(needed) AS name
     WHERE NOT EXISTS (SELECT 1 FROM subsidies_applicationstep s
                        WHERE s.application_id = NEW.id AND s.step = name AND s.result = 'passed')
     LIMIT 1;
    IF lacking IS NOT NULL THEN
        RAISE EXCEPTION 'application % is % without its step %', NEW.file_number, NEW.state, lacking
            USING ERRCODE = 'check_violation', CONSTRAINT = 'application_has_its_steps';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER application_has_its_steps
    AFTER INSERT OR UPDATE OF state ON subsidies_application
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION application_has_its_steps();

CREATE FUNCTION missing_documents_are_named_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.missing_named_on IS NOT NULL
       AND (NEW.missing_named_on, NEW.documents_missing) IS DISTINCT FROM (OLD.missing_named_on, OLD.documents_missing) THEN
        RAISE EXCEPTION 'missing documents of % were named on %', OLD.file_number, OLD.missing_named_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'missing_documents_are_named_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER missing_documents_are_named_once
    BEFORE UPDATE OF missing_named_on, documents_missing ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION missing_documents_are_named_once();

CREATE FUNCTION step_waits_for_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_posted boolean;
    levels jsonb;
    needed text;
BEGIN
    IF NEW.result <> 'passed' OR NEW.step IN ('entry', 'village_review') THEN
        RETURN NEW;
    END IF;
    SELECT p.is_posted, v.notice -> 'levels' INTO is_posted, levels
      FROM subsidies_application a
      JOIN subsidies_programme p ON p.code = a.programme_id
      JOIN subsidies_policyversion v ON v.id = a.policy_version_id
     WHERE a.id = NEW.application_id;
    needed := CASE NEW.step WHEN 'township_review' THEN 'village' WHEN 'grant' THEN 'county' ELSE 'township' END;
    IF is_posted AND coalesce(levels, '[]'::jsonb) ? needed
       AND NOT EXISTS (SELECT 1 FROM subsidies_notice n WHERE n.application_id = NEW.application_id AND n.level = needed) THEN
        RAISE EXCEPTION 'step % comes without the % notice', NEW.step, needed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'step_has_its_notice';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_notice n
                WHERE n.application_id = NEW.application_id AND n.last_day >= NEW.acted_on) THEN
        RAISE EXCEPTION 'step % comes while a notice hangs', NEW.step
            USING ERRCODE = 'check_violation', CONSTRAINT = 'step_waits_for_notice';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_objection o JOIN subsidies_notice n ON n.id = o.notice_id
                WHERE n.application_id = NEW.application_id AND (o.answered_on IS NULL OR o.is_upheld)) THEN
        RAISE EXCEPTION 'step % comes against an objection', NEW.step
            USING ERRCODE = 'check_violation', CONSTRAINT = 'step_waits_for_objection';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step_waits_for_notice
    BEFORE INSERT ON subsidies_applicationstep
    FOR EACH ROW EXECUTE FUNCTION step_waits_for_notice();

CREATE FUNCTION sensitive_programme_is_never_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_posted boolean;
BEGIN
    IF TG_TABLE_NAME = 'subsidies_notice' THEN
        SELECT p.is_posted INTO is_posted FROM subsidies_application a
          JOIN subsidies_programme p ON p.code = a.programme_id WHERE a.id = NEW.application_id;
    ELSE
        SELECT p.is_posted INTO is_posted FROM subsidies_programme p WHERE p.code = NEW.programme_code;
    END IF;
    IF is_posted IS NOT TRUE THEN
        RAISE EXCEPTION 'this programme is never posted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sensitive_programme_is_never_posted';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sensitive_programme_is_never_posted
    BEFORE INSERT OR UPDATE ON subsidies_notice
    FOR EACH ROW EXECUTE FUNCTION sensitive_programme_is_never_posted();
CREATE TRIGGER sensitive_programme_is_never_posted
    BEFORE INSERT OR UPDATE ON subsidies_publicnotice
    FOR EACH ROW EXECUTE FUNCTION sensitive_programme_is_never_posted();

CREATE FUNCTION grant_rests_on_a_granted_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_application a
                    WHERE a.id = NEW.application_id AND a.state = 'granted'
                      AND a.person_id = NEW.person_id AND a.programme_id = NEW.programme_id) THEN
        RAISE EXCEPTION 'a grant without its granted application'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_rests_on_a_granted_application';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER grant_rests_on_a_granted_application
    AFTER INSERT OR UPDATE OF application_id, person_id, programme_id ON subsidies_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grant_rests_on_a_granted_application();
"""

BACKWARD = """
DROP TRIGGER grant_rests_on_a_granted_application ON subsidies_grant;
DROP FUNCTION grant_rests_on_a_granted_application();
DROP TRIGGER sensitive_programme_is_never_posted ON subsidies_publicnotice;
DROP TRIGGER sensitive_programme_is_never_posted ON subsidies_notice;
DROP FUNCTION sensitive_programme_is_never_posted();
DROP TRIGGER step_waits_for_notice ON subsidies_applicationstep;
DROP FUNCTION step_waits_for_notice();
DROP TRIGGER missing_documents_are_named_once ON subsidies_application;
DROP FUNCTION missing_documents_are_named_once();
DROP TRIGGER application_has_its_steps ON subsidies_application;
DROP FUNCTION application_has_its_steps();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
