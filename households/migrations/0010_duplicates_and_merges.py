"""Pairs of records of one person, merges that can be undone, and taking back in whatever order it needs."""

import importlib

import django.contrib.postgres.fields
import django.db.models.deletion
import offices.fields
import offices.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FORMER = importlib.import_module("households.migrations.0006_life_events_and_change_sets").TAKE_BACK

TAKE_BACK = """
CREATE FUNCTION households_put_back(row_table text, row_id uuid, image jsonb) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    names text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO names
      FROM pg_attribute a
     WHERE a.attrelid = to_regclass(quote_ident(row_table)) AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format(
        'UPDATE %I t SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%I, $1)) WHERE t.id = $2',
        row_table, names, names, row_table
    ) USING image, row_id;
END $$;

CREATE OR REPLACE FUNCTION households_take_back(wanted uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    change record;
    present jsonb;
    waiting uuid[];
    left_over uuid[];
    restored integer := 0;
    -- What a resident file notes on a person is no change of what is known of her.
    unread constant text[] := ARRAY['row_digest', 'row_as_of'];
BEGIN
    -- Only rows that a serving role may itself correct: evidence and reference data are out of reach.
    IF EXISTS (
        SELECT FROM households_rowchange r
         WHERE r.change_set = wanted AND NOT EXISTS (
               SELECT FROM pg_class c, aclexplode(c.relacl) granted
                WHERE c.oid = to_regclass(quote_ident(r.row_table)) AND c.relrowsecurity
                  AND granted.privilege_type = 'UPDATE' AND granted.grantee <> c.relowner)
    ) THEN
        RAISE EXCEPTION 'not a table whose rows are corrected' USING ERRCODE = 'HM001';
    END IF;
    FOR change IN
        SELECT row_table, row_id, before, after FROM households_rowchange WHERE change_set = wanted ORDER BY id
    LOOP
        EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1 FOR UPDATE', change.row_table)
           INTO present USING change.row_id;
        IF present IS NULL OR present - unread <> change.after - unread THEN
            RAISE EXCEPTION 'changed since' USING ERRCODE = 'HM001';
        END IF;
    END LOOP;
    FOR change IN
        SELECT row_table, row_id FROM households_rowchange
         WHERE change_set = wanted AND before IS NULL ORDER BY recorded_at DESC, id DESC
    LOOP
        EXECUTE format('DELETE FROM %I t WHERE t.id = $1', change.row_table) USING change.row_id;
        restored := restored + 1;
    END LOOP;
    -- Numbers that two persons exchanged go back one after the other: the place is freed first.
    UPDATE households_person p SET id_number = NULL, id_number_digest = NULL, id_number_tail_digest = NULL
      FROM households_rowchange r
     WHERE r.change_set = wanted AND r.row_table = 'households_person' AND r.row_id = p.id
       AND r.before ->> 'id_number_digest' IS DISTINCT FROM r.after ->> 'id_number_digest'
       AND r.before ->> 'id_number_digest' IS NOT NULL AND p.id_number_digest IS NOT NULL;
    -- Who goes last: other rows may change their person only while the two records belong together.
    SELECT array_agg(id ORDER BY row_table = 'households_person', recorded_at DESC, id DESC) INTO waiting
      FROM households_rowchange WHERE change_set = wanted AND before IS NOT NULL;
    BEGIN
        FOR change IN
            SELECT row_table, row_id, before FROM households_rowchange r
              JOIN unnest(waiting) WITH ORDINALITY AS w(id, place) USING (id) ORDER BY w.place
        LOOP
            PERFORM households_put_back(change.row_table, change.row_id, change.before);
        END LOOP;
        RETURN restored + coalesce(cardinality(waiting), 0);
    EXCEPTION WHEN exclusion_violation OR unique_violation THEN
        NULL;
    END;
    -- What frees a period or a number must go back before what takes it again: round by round.
    WHILE cardinality(waiting) > 0 LOOP
        left_over := '{}';
        FOR change IN
            SELECT r.id, row_table, row_id, before FROM households_rowchange r
              JOIN unnest(waiting) WITH ORDINALITY AS w(id, place) USING (id) ORDER BY w.place
        LOOP
            BEGIN
                PERFORM households_put_back(change.row_table, change.row_id, change.before);
                restored := restored + 1;
            EXCEPTION WHEN exclusion_violation OR unique_violation THEN
                left_over := left_over || change.id;
            END;
        END LOOP;
        IF cardinality(left_over) = cardinality(waiting) THEN
            RAISE EXCEPTION 'something later stands in the way' USING ERRCODE = 'HM001';
        END IF;
        waiting := left_over;
    END LOOP;
    RETURN restored;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0009_people_found_by_parts_of_their_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('score', models.PositiveSmallIntegerField(verbose_name='Likeness')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('old_form', 'The numbers are the same in their old form of 15 digits'), ('swapped', 'Two digits of the number are swapped'), ('one_digit', 'One digit of the number differs'), ('same_parent', 'Same name, birth date and parent'), ('temporary', 'Same name and birth date, one without a number or with a temporary one'), ('same_tail', 'Same birth date and last four of the number, and the names sound alike'), ('same_phone', 'Same name and phone')], max_length=16), default=list, size=None)),
                ('facts_digest', offices.fields.DigestField(blank=True, null=True)),
                ('state', models.CharField(choices=[('candidate', 'To be compared'), ('same', 'The same person'), ('different', 'Two persons'), ('merged', 'Merged'), ('cleared', 'No longer alike')], default='candidate', max_length=10)),
                ('found_on', models.DateField(verbose_name='Found on')),
                ('decided_on', models.DateField(blank=True, null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-score', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PersonMerge',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('chosen', models.JSONField(blank=True, default=dict)),
                ('moved_rows', models.PositiveIntegerField(default=0, verbose_name='Rows moved')),
                ('moved_amount', offices.fields.MoneyField(decimal_places=2, default=0, max_digits=14, verbose_name='Yuan paid')),
                ('state', models.CharField(choices=[('done', 'Merged'), ('undone', 'Undone')], default='done', max_length=10)),
                ('merged_on', models.DateField(verbose_name='Merged on')),
                ('merged_at', models.DateTimeField(auto_now_add=True)),
                ('undone_on', models.DateField(blank=True, null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-merged_at', '-id'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='households.person'),
        ),
        migrations.AddField(
            model_name='personevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.person'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "households_personevent" ("birth_date", "died_on", "division_code", "id", "id_number", "id_number_digest", "id_number_tail_digest", "merged_into_id", "name", "name_sort", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_digest", "phone_tail_digest", "recorded_at", "row_as_of", "row_digest", "sex") VALUES (OLD."birth_date", OLD."died_on", OLD."division_code", OLD."id", OLD."id_number", OLD."id_number_digest", OLD."id_number_tail_digest", OLD."merged_into_id", OLD."name", OLD."name_sort", NOW(), \'update\', OLD."id", OLD."phone", OLD."phone_digest", OLD."phone_tail_digest", OLD."recorded_at", OLD."row_as_of", OLD."row_digest", OLD."sex"); RETURN NULL;', hash='6deebc4149eea3ba47cd5df0a4fe8a75428ac54e', operation='UPDATE', pgid='pgtrigger_update_update_5a79e', table='households_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "households_personevent" ("birth_date", "died_on", "division_code", "id", "id_number", "id_number_digest", "id_number_tail_digest", "merged_into_id", "name", "name_sort", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_digest", "phone_tail_digest", "recorded_at", "row_as_of", "row_digest", "sex") VALUES (OLD."birth_date", OLD."died_on", OLD."division_code", OLD."id", OLD."id_number", OLD."id_number_digest", OLD."id_number_tail_digest", OLD."merged_into_id", OLD."name", OLD."name_sort", NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_digest", OLD."phone_tail_digest", OLD."recorded_at", OLD."row_as_of", OLD."row_digest", OLD."sex"); RETURN NULL;', hash='c4a68a156d03d5e45cd1955643467f60049c39a8', operation='DELETE', pgid='pgtrigger_delete_delete_4b29e', table='households_person', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='nobody_is_merged_into_herself', violation_error_message='A record cannot be merged with itself.'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs_as_first', to='households.person'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs_as_second', to='households.person'),
        ),
        migrations.AddField(
            model_name='personmerge',
            name='absorbed',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_gone', to='households.person'),
        ),
        migrations.AddField(
            model_name='personmerge',
            name='merged_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='personmerge',
            name='pair',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='households.duplicatepair'),
        ),
        migrations.AddField(
            model_name='personmerge',
            name='survivor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_kept', to='households.person'),
        ),
        migrations.AddField(
            model_name='personmerge',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['division_code', 'state'], name='duplicate_pair_by_place'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='two_records_are_one_pair', violation_error_message='These two records are compared already.'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='a_pair_is_in_order', violation_error_message='A pair has two different records, in the order of their keys.'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(('score__gte', 0), ('score__lte', 100)), name='likeness_is_a_percentage', violation_error_message='A likeness lies between 0 and 100.'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('state__in', ('same', 'different'))), models.Q(('state__in', ('same', 'different')), _negated=True), _connector='OR'), name='decided_pair_has_its_person_and_day', violation_error_message='A decision about a pair has its person and its day.'),
        ),
        migrations.AddConstraint(
            model_name='personmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'done')), fields=('absorbed',), name='a_record_goes_into_one_other', violation_error_message='This record has been merged into another already.'),
        ),
        migrations.AddConstraint(
            model_name='personmerge',
            constraint=models.CheckConstraint(condition=models.Q(('survivor', models.F('absorbed')), _negated=True), name='a_record_is_not_merged_with_itself', violation_error_message='A record cannot be merged with itself.'),
        ),
        migrations.AddConstraint(
            model_name='personmerge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'undone'), ('undone_by__isnull', False), ('undone_on__isnull', False)), models.Q(('state', 'done'), ('undone_by', None), ('undone_on', None)), _connector='OR'), name='undone_merge_has_its_person_and_day', violation_error_message='A merge that was undone has its person and its day.'),
        ),
        migrations.RunSQL(
            TAKE_BACK,
            f"DROP FUNCTION households_take_back(uuid); DROP FUNCTION households_put_back(text, uuid, jsonb); {FORMER}",
        ),
    ]
