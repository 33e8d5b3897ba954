"""The code on a family's slip: state and day follow the application, whoever moves it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION public_status_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    case_id uuid;
BEGIN
    IF TG_TABLE_NAME = 'subsidies_application' THEN
        case_id := NEW.id;
    ELSE
        case_id := NEW.application_id;
    END IF;
    UPDATE subsidies_publicstatus p
       SET state = a.state,
           since = coalesce((SELECT max(s.acted_on) FROM subsidies_applicationstep s WHERE s.application_id = a.id),
                            a.entered_on)
      FROM subsidies_application a
     WHERE a.id = case_id AND p.application_id = a.id;
    RETURN NULL;
END $$;
CREATE TRIGGER public_status_follows
    AFTER UPDATE OF state ON subsidies_application
    FOR EACH ROW EXECUTE FUNCTION public_status_follows();
CREATE TRIGGER public_status_follows
    AFTER INSERT ON subsidies_applicationstep
    FOR EACH ROW EXECUTE FUNCTION public_status_follows();
"""
BACKWARD = """
DROP TRIGGER public_status_follows ON subsidies_applicationstep;
DROP TRIGGER public_status_follows ON subsidies_application;
DROP FUNCTION public_status_follows();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0018_papers_on_file'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
