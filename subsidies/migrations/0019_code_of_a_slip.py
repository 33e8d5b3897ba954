"""The code on a family's slip: state and day follow the application, whoever moves it."""

import secrets

import offices.ids
from django.db import migrations, models

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
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def give_codes(apps, _schema_editor):
    """Applications of before get a code too."""
    status = apps.get_model("subsidies", "PublicStatus")
    steps = apps.get_model("subsidies", "ApplicationStep")
    last = dict(steps.objects.order_by().values_list("application").annotate(models.Max("acted_on")))
    status.objects.bulk_create(
        (
            status(
                code="-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)),
                application_id=case.pk,
                state=case.state,
                since=last.get(case.pk, case.entered_on),
            )
            for case in apps.get_model("subsidies", "Application").objects.order_by().iterator()
        ),
        batch_size=2000,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0018_papers_on_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicStatus',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('application_id', models.UUIDField(unique=True)),
                ('state', models.CharField(choices=[('entered', 'Entered'), ('documents_missing', 'Documents missing'), ('village_reviewed', 'Reviewed by the village'), ('township_reviewed', 'Reviewed by the township'), ('county_reviewed', 'Reviewed by the county'), ('county_confirmed', 'Confirmed by the county'), ('granted', 'Granted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('since', models.DateField()),
            ],
            options={
                'ordering': ['since', 'id'],
            },
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
