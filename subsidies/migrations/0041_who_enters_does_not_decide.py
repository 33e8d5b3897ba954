"""What follows from an event is decided by another person than who entered it: refused whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidies_who_enters_does_not_decide() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM households_lifeevent e
                WHERE e.id = NEW.event_id AND e.recorded_by_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'who entered an event does not decide what follows from it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'who_enters_an_event_does_not_decide';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER who_enters_an_event_does_not_decide
    BEFORE INSERT OR UPDATE OF decided_by_id, event_id ON subsidies_latefinding FOR EACH ROW
    WHEN (NEW.decided_by_id IS NOT NULL AND NEW.event_id IS NOT NULL)
    EXECUTE FUNCTION subsidies_who_enters_does_not_decide();
"""
BACKWARD = """
DROP TRIGGER who_enters_an_event_does_not_decide ON subsidies_latefinding;
DROP FUNCTION subsidies_who_enters_does_not_decide();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0040_amounts_by_date_held"),
        ("households", "0020_step_parents_beside_parents"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
