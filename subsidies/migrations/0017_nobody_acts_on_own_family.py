"""No step, no objection and no act on a case of one's own family: refused whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidies_nobody_acts_on_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid;
    whose uuid;
    day date;
BEGIN
    IF TG_TABLE_NAME = 'subsidies_applicationstep' THEN
        who := NEW.acted_by_id;
        day := NEW.acted_on;
        SELECT a.person_id INTO whose FROM subsidies_application a WHERE a.id = NEW.application_id;
    ELSIF TG_TABLE_NAME = 'subsidies_objection' THEN
        IF TG_OP = 'UPDATE' AND NEW.answered_by_id IS NOT DISTINCT FROM OLD.answered_by_id THEN
            RETURN NEW;
        END IF;
        who := coalesce(NEW.answered_by_id, NEW.recorded_by_id);
        day := coalesce(NEW.answered_on, NEW.received_on);
        SELECT a.person_id INTO whose FROM subsidies_notice n
          JOIN subsidies_application a ON a.id = n.application_id WHERE n.id = NEW.notice_id;
    ELSE
        who := NEW.by_id;
        day := NEW."on";
        CASE NEW.record_type
            WHEN 'subsidies.application' THEN
                SELECT a.person_id INTO whose FROM subsidies_application a WHERE a.id = NEW.record_id;
            WHEN 'subsidies.grant' THEN
                SELECT g.person_id INTO whose FROM subsidies_grant g WHERE g.id = NEW.record_id;
            ELSE
                SELECT g.person_id INTO whose FROM subsidies_latefinding f
                  JOIN subsidies_grant g ON g.id = f.grant_id WHERE f.id = NEW.record_id;
        END CASE;
    END IF;
    IF whose IS NOT NULL AND households_is_own_family(who, whose, day) THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER nobody_acts_on_own_family
    BEFORE INSERT ON subsidies_applicationstep
    FOR EACH ROW EXECUTE FUNCTION subsidies_nobody_acts_on_own_family();
CREATE TRIGGER nobody_acts_on_own_family
    BEFORE INSERT OR UPDATE OF answered_by_id ON subsidies_objection
    FOR EACH ROW EXECUTE FUNCTION subsidies_nobody_acts_on_own_family();
CREATE TRIGGER nobody_acts_on_own_family
    BEFORE INSERT ON offices_act FOR EACH ROW
    WHEN (NEW.record_type IN ('subsidies.application', 'subsidies.grant', 'subsidies.latefinding'))
    EXECUTE FUNCTION subsidies_nobody_acts_on_own_family();
"""

BACKWARD = """
DROP TRIGGER nobody_acts_on_own_family ON offices_act;
DROP TRIGGER nobody_acts_on_own_family ON subsidies_objection;
DROP TRIGGER nobody_acts_on_own_family ON subsidies_applicationstep;
DROP FUNCTION subsidies_nobody_acts_on_own_family();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0016_commitments_and_closed_books_held"),
        ("households", "0014_staff_known_in_the_registry"),
        ("offices", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
