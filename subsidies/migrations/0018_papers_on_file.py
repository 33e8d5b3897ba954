"""Scanned papers of an application: removed before the review only, and changed in nothing else."""

from django.conf import settings
from django.db import migrations

FORWARD = """
CREATE FUNCTION scan_stays_after_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{file_id,removed_on,removed_by_id,division_code}'::text[]
       <> to_jsonb(OLD) - '{file_id,removed_on,removed_by_id,division_code}'::text[]
       OR OLD.removed_on IS NOT NULL AND (NEW.removed_on IS DISTINCT FROM OLD.removed_on OR NEW.file_id IS NOT NULL)
       OR NEW.removed_on IS NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id THEN
        RAISE EXCEPTION 'a paper on file changes in nothing but its removal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scan_stays_as_it_is';
    END IF;
    IF NEW.removed_on IS NOT NULL AND OLD.removed_on IS NULL
       AND EXISTS (SELECT 1 FROM subsidies_applicationstep s
                    WHERE s.application_id = NEW.application_id AND s.step <> 'entry' AND s.result = 'passed') THEN
        RAISE EXCEPTION 'a paper that was reviewed stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scan_stays_after_review';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scan_stays_after_review
    BEFORE UPDATE ON subsidies_scan FOR EACH ROW EXECUTE FUNCTION scan_stays_after_review();
"""
BACKWARD = """
DROP TRIGGER scan_stays_after_review ON subsidies_scan;
DROP FUNCTION scan_stays_after_review();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("offices", "0001_initial"),
        ('subsidies', '0017_nobody_acts_on_own_family'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
