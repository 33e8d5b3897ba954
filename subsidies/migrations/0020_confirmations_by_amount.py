"""Two county reviewers from an amount on: a dated parameter, kept by the trigger that knows the steps."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import offices.fields
import offices.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

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
        migrations.CreateModel(
            name='ConfirmationBand',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('from_amount', offices.fields.MoneyField(decimal_places=2, max_digits=14, verbose_name='From a yearly amount of (yuan)')),
                ('confirmations', models.PositiveSmallIntegerField(verbose_name='County reviewers')),
                ('from_on', models.DateField(verbose_name='From')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='Until')),
                ('document', models.CharField(max_length=120, verbose_name='Document')),
            ],
            options={
                'ordering': ['from_amount', 'from_on'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='application',
            name='confirmations',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='County reviewers'),
        ),
        migrations.AddField(
            model_name='applicationevent',
            name='confirmations',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='County reviewers'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "subsidies_applicationevent" ("annual_amount", "confirmations", "decided_on", "division_code", "documents_brought", "documents_missing", "due_on", "entered_by_id", "entered_on", "file_number", "id", "missing_named_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version_id", "programme_id", "refusal_reason", "state") VALUES (NEW."annual_amount", NEW."confirmations", NEW."decided_on", NEW."division_code", NEW."documents_brought", NEW."documents_missing", NEW."due_on", NEW."entered_by_id", NEW."entered_on", NEW."file_number", NEW."id", NEW."missing_named_on", NEW."person_id", NOW(), \'update\', NEW."id", NEW."policy_version_id", NEW."programme_id", NEW."refusal_reason", NEW."state"); RETURN NULL;', hash='5aac53a592389c0cba769fa11a773a1cc99fda20', operation='UPDATE', pgid='pgtrigger_update_update_c508d', table='subsidies_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "subsidies_applicationevent" ("annual_amount", "confirmations", "decided_on", "division_code", "documents_brought", "documents_missing", "due_on", "entered_by_id", "entered_on", "file_number", "id", "missing_named_on", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_version_id", "programme_id", "refusal_reason", "state") VALUES (OLD."annual_amount", OLD."confirmations", OLD."decided_on", OLD."division_code", OLD."documents_brought", OLD."documents_missing", OLD."due_on", OLD."entered_by_id", OLD."entered_on", OLD."file_number", OLD."id", OLD."missing_named_on", OLD."person_id", NOW(), \'delete\', OLD."id", OLD."policy_version_id", OLD."programme_id", OLD."refusal_reason", OLD."state"); RETURN NULL;', hash='a9845d77cd06988c7e316150b5934ba114d02587', operation='DELETE', pgid='pgtrigger_delete_delete_17d34', table='subsidies_application', when='AFTER')),
        ),
        migrations.AddField(
            model_name='confirmationband',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='confirmationband',
            constraint=models.CheckConstraint(condition=models.Q(('confirmations__gte', 1), ('confirmations__lte', 2), ('from_amount__gte', 0)), name='one_or_two_reviewers_confirm', violation_error_message='One or two county reviewers confirm, from an amount of 0 on.'),
        ),
        migrations.AddConstraint(
            model_name='confirmationband',
            constraint=models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gte', models.F('from_on')), _connector='OR'), name='confirmation_band_ends_after_it_begins', violation_error_message='A band ends after the day it begins.'),
        ),
        migrations.AddConstraint(
            model_name='confirmationband',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('from_amount'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='one_band_of_an_amount_at_a_time', violation_error_message='A band of this amount holds in that time already.'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
