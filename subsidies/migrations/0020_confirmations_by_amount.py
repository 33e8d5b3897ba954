"""Two county reviewers from an amount on: a dated parameter, kept by the trigger that knows the steps."""

from django.conf import settings
from django.db import migrations

FORWARD = """
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
BACKWARD = """
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0019_code_of_a_slip'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
