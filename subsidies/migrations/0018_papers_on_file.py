"""Scanned papers of an application: removed before the review only, and changed in nothing else."""

import django.db.models.deletion
import offices.fields
import offices.ids
from django.conf import settings
from django.db import migrations, models

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
        ('offices', '0003_successions_of_divisions'),
        ('subsidies', '0017_nobody_acts_on_own_family'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40, verbose_name='Paper')),
                ('pages', models.PositiveSmallIntegerField(verbose_name='Pages')),
                ('media_type', models.CharField(max_length=40)),
                ('sent_sha256', models.CharField(max_length=64)),
                ('is_virus_checked', models.BooleanField(default=False)),
                ('taken_on', models.DateField(verbose_name='Taken in on')),
                ('removed_on', models.DateField(blank=True, null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='subsidies.application')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offices.storedfile')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['taken_on', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_on', None)), fields=('application', 'sent_sha256'), name='same_file_is_taken_in_once', violation_error_message='This very file is in the case already.'), models.CheckConstraint(condition=models.Q(models.Q(('file__isnull', False), ('removed_by', None), ('removed_on', None)), models.Q(('file', None), ('removed_by__isnull', False), ('removed_on__isnull', False)), _connector='OR'), name='removed_scan_has_no_file', violation_error_message='A removed paper has its day and no file.'), models.CheckConstraint(condition=models.Q(('pages__gte', 1)), name='scan_has_a_page', violation_error_message='A paper has at least one page.')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
