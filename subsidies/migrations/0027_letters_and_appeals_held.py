"""Letters stay as they were issued; who acted on a case decides no appeal of it; nobody is worse off by one."""

from django.db import migrations

STEPS_WITH_APPEALS = """
CREATE OR REPLACE FUNCTION application_has_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
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
    -- What was confirmed stays confirmed: bands are asked for the day of the confirmation, and only then.
    IF NEW.state = 'county_reviewed' OR (NOT is_posted AND NEW.state IN ('county_confirmed', 'granted'))
       OR (NEW.state = 'county_confirmed' AND 1 < (
            SELECT b.confirmations FROM subsidies_confirmationband b, subsidies_applicationstep s
             WHERE s.application_id = NEW.id AND s.step = 'county_confirmation' AND s.result = 'passed'
               AND b.from_on <= s.acted_on AND (b.to_on IS NULL OR b.to_on > s.acted_on)
               AND b.from_amount <= coalesce(NEW.annual_amount, 0)
             ORDER BY b.from_amount DESC LIMIT 1)) THEN
        needed := needed || ARRAY['county_review'];
    END IF;
    IF NEW.state IN ('county_confirmed', 'granted') THEN
        needed := needed || ARRAY['county_confirmation'];
    END IF;
    IF NEW.state = 'granted' THEN
        needed := needed || ARRAY['grant'];
    END IF;
    -- What was refused and is granted on an appeal has the appeal instead of the steps it never came to.
    IF NEW.state = 'granted' AND EXISTS (
        SELECT 1 FROM subsidies_appeal a JOIN subsidies_decisionletter l ON l.id = a.letter_id
         WHERE a.application_id = NEW.id AND l.kind = 'refused' AND a.state = 'decided' AND a.result = 'changed') THEN
        needed := ARRAY['entry'];
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
"""
STEPS_BEFORE = """
CREATE OR REPLACE FUNCTION application_has_its_steps() RETURNS trigger LANGUAGE plpgsql AS $$
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
    -- What was confirmed stays confirmed: bands are asked for the day of the confirmation, and only then.
    IF NEW.state = 'county_reviewed' OR (NOT is_posted AND NEW.state IN ('county_confirmed', 'granted'))
       OR (NEW.state = 'county_confirmed' AND 1 < (
            SELECT b.confirmations FROM subsidies_confirmationband b, subsidies_applicationstep s
             WHERE s.application_id = NEW.id AND s.step = 'county_confirmation' AND s.result = 'passed'
               AND b.from_on <= s.acted_on AND (b.to_on IS NULL OR b.to_on > s.acted_on)
               AND b.from_amount <= coalesce(NEW.annual_amount, 0)
             ORDER BY b.from_amount DESC LIMIT 1)) THEN
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
"""
FORWARD = """
CREATE FUNCTION decision_letter_stays_as_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['file_id', 'division_code'] <> to_jsonb(OLD) - ARRAY['file_id', 'division_code']
       OR (OLD.file_id IS NOT NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id) THEN
        RAISE EXCEPTION 'letter % is issued and stays as it is', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_letter_stays_as_issued';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_letter_stays_as_issued BEFORE UPDATE ON subsidies_decisionletter
    FOR EACH ROW EXECUTE FUNCTION decision_letter_stays_as_issued();

CREATE FUNCTION appeal_is_decided_by_who_has_not_acted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned subsidies_grant%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.decided_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.decided_by_id IS NOT DISTINCT FROM OLD.decided_by_id
       AND NEW.remedy_amount IS NOT DISTINCT FROM OLD.remedy_amount
       AND NEW.remedy_from_on IS NOT DISTINCT FROM OLD.remedy_from_on THEN
        RETURN NEW;
    END IF;
    -- Of the other ways the office only writes down what another body decided.
    IF NEW.kind = 'review' AND (
        EXISTS (SELECT 1 FROM subsidies_applicationstep s
                 WHERE s.application_id = NEW.application_id AND s.acted_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM subsidies_decisionletter l
                    WHERE l.application_id = NEW.application_id AND l.issued_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM offices_act a
                    WHERE a.by_id = NEW.decided_by_id
                      AND (a.record_type = 'subsidies.application' AND a.record_id = NEW.application_id
                           OR a.record_type = 'subsidies.grant' AND a.record_id IN (
                                SELECT g.id FROM subsidies_grant g WHERE g.application_id = NEW.application_id)))) THEN
        RAISE EXCEPTION 'who acted on the case decides no appeal of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_is_decided_by_who_has_not_acted';
    END IF;
    SELECT g.* INTO concerned FROM subsidies_grant g
      JOIN subsidies_decisionletter l ON l.grant_id = g.id WHERE l.id = NEW.letter_id;
    IF FOUND AND (NEW.remedy_amount < concerned.annual_amount OR NEW.remedy_from_on > concerned.from_on) THEN
        RAISE EXCEPTION 'nobody is worse off by an appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_is_worse_off_by_an_appeal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_decided_by_who_has_not_acted BEFORE INSERT OR UPDATE ON subsidies_appeal
    FOR EACH ROW EXECUTE FUNCTION appeal_is_decided_by_who_has_not_acted();

CREATE FUNCTION who_refused_takes_no_further_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_applicationstep s
                WHERE s.application_id = NEW.application_id AND s.acted_by_id = NEW.acted_by_id
                  AND s.result = 'refused') THEN
        RAISE EXCEPTION 'who refused takes no further step'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'each_step_is_by_another_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER who_refused_takes_no_further_step BEFORE INSERT ON subsidies_applicationstep
    FOR EACH ROW WHEN (NEW.result IN ('passed', 'refused'))
    EXECUTE FUNCTION who_refused_takes_no_further_step();

CREATE FUNCTION stopped_grant_runs_again_by_an_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_appeal a JOIN subsidies_decisionletter l ON l.id = a.letter_id
                    WHERE l.grant_id = NEW.id AND l.kind = 'stopped' AND a.state = 'decided'
                      AND a.result IN ('changed', 'sent_back')) THEN
        RAISE EXCEPTION 'a stopped grant runs again only by an appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stopped_grant_runs_again_by_an_appeal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stopped_grant_runs_again_by_an_appeal BEFORE UPDATE OF state ON subsidies_grant
    FOR EACH ROW WHEN (OLD.state = 'stopped' AND NEW.state <> 'stopped')
    EXECUTE FUNCTION stopped_grant_runs_again_by_an_appeal();

CREATE FUNCTION subsidies_no_letter_or_appeal_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
BEGIN
    IF NEW.record_type = 'subsidies.appeal' THEN
        SELECT a.person_id INTO whose FROM subsidies_appeal p
          JOIN subsidies_application a ON a.id = p.application_id WHERE p.id = NEW.record_id;
    ELSE
        SELECT a.person_id INTO whose FROM subsidies_decisionletter l
          JOIN subsidies_application a ON a.id = l.application_id WHERE l.id = NEW.record_id;
    END IF;
    IF whose IS NOT NULL AND households_is_own_family(NEW.by_id, whose, NEW."on") THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_letter_or_appeal_of_own_family BEFORE INSERT ON offices_act FOR EACH ROW
    WHEN (NEW.record_type IN ('subsidies.appeal', 'subsidies.decisionletter'))
    EXECUTE FUNCTION subsidies_no_letter_or_appeal_of_own_family();
"""
BACKWARD = """
DROP TRIGGER no_letter_or_appeal_of_own_family ON offices_act;
DROP FUNCTION subsidies_no_letter_or_appeal_of_own_family();
DROP TRIGGER stopped_grant_runs_again_by_an_appeal ON subsidies_grant;
DROP FUNCTION stopped_grant_runs_again_by_an_appeal();
DROP TRIGGER who_refused_takes_no_further_step ON subsidies_applicationstep;
DROP FUNCTION who_refused_takes_no_further_step();
DROP TRIGGER appeal_is_decided_by_who_has_not_acted ON subsidies_appeal;
DROP FUNCTION appeal_is_decided_by_who_has_not_acted();
DROP TRIGGER decision_letter_stays_as_issued ON subsidies_decisionletter;
DROP FUNCTION decision_letter_stays_as_issued();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0025_awards_held"),
    ]

    operations = [
        migrations.RunSQL(STEPS_WITH_APPEALS, STEPS_BEFORE),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
