"""A published policy stands: every decision that rests on it can be looked up as it was taken."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION published_policy_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'to_on' IS DISTINCT FROM to_jsonb(OLD) - 'to_on'
       OR OLD.to_on IS NOT NULL AND NEW.to_on IS DISTINCT FROM OLD.to_on THEN
        RAISE EXCEPTION 'a published policy never changes: publish a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_policy_stands';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER published_policy_stands BEFORE UPDATE OR DELETE ON subsidies_policyversion
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION published_policy_stands();
"""
BACKWARD = """
DROP TRIGGER published_policy_stands ON subsidies_policyversion;
DROP FUNCTION published_policy_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0005_money_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
