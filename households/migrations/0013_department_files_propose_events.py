"""Files of other departments, the events they propose, and who is insured elsewhere."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
import offices.fields
import offices.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FOLLOW_PEOPLE = """
CREATE FUNCTION households_proposals_follow_people() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Of a record that went into another one, the village of the one that stayed.
    UPDATE households_eventproposal p SET division_code = coalesce(s.division_code, x.division_code)
      FROM households_person x LEFT JOIN households_person s ON s.id = x.merged_into_id
     WHERE x.id = p.person_id AND (x.id = NEW.id OR x.merged_into_id = NEW.id)
       AND p.division_code <> coalesce(s.division_code, x.division_code);
    RETURN NULL;
END $$;
CREATE TRIGGER proposals_follow_people
    AFTER UPDATE OF division_code, merged_into_id ON households_person FOR EACH ROW
    WHEN (OLD.division_code <> NEW.division_code OR OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION households_proposals_follow_people();
"""
STAY = """
DROP TRIGGER proposals_follow_people ON households_person;
DROP FUNCTION households_proposals_follow_people();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0012_changes_of_divisions'),
        ('offices', '0002_exports_with_their_marks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DepartmentFile',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=200, verbose_name='File')),
                ('sha256', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('deaths', 'Deaths'), ('hukou', 'Hukou changes'), ('insured', 'Insured elsewhere'), ('examinations', 'Examination registrations')], max_length=14, verbose_name='What it tells')),
                ('source', models.CharField(choices=[('file', 'Resident file'), ('counter', 'Counter'), ('document', 'Document'), ('civil', 'Civil affairs bureau'), ('police', 'Police'), ('hospital', 'Hospital'), ('insurance', 'Social insurance'), ('education', 'Education bureau')], max_length=10, verbose_name='Department')),
                ('sender', models.CharField(max_length=60, verbose_name='Sender')),
                ('document', models.CharField(max_length=80, verbose_name='Number of the letter')),
                ('dated_on', models.DateField(verbose_name='Day of the letter')),
                ('headers', models.JSONField(blank=True, default=dict)),
                ('unknown_headers', models.JSONField(blank=True, default=list)),
                ('state', models.CharField(choices=[('headers', 'Columns to be assigned'), ('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Refused'), ('cancelled', 'Cancelled'), ('taken_back', 'Taken back')], default='waiting', max_length=10)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('proposed', models.PositiveIntegerField(default=0)),
                ('known', models.PositiveIntegerField(default=0)),
                ('ambiguous', models.PositiveIntegerField(default=0)),
                ('repeated', models.PositiveIntegerField(default=0)),
                ('unmatched', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('refusal', models.TextField(blank=True)),
                ('brought_role', models.CharField(choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20)),
                ('brought_at', models.DateTimeField(auto_now_add=True)),
                ('taken_back_on', models.DateField(null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-brought_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='EventProposal',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField(verbose_name='Row')),
                ('row_key', offices.fields.DigestField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('birth', 'Born into the family'), ('adoption', 'Adopted'), ('death', 'Died'), ('marriage', 'Joined with a spouse'), ('divorce', 'Parted from a spouse'), ('move', 'Moved within the county'), ('arrival', 'Came from outside the county'), ('departure', 'Left the county'), ('return', 'Came back to the county'), ('split', 'Set up an own household'), ('join', 'Joined another household'), ('head', 'New head of the household'), ('hukou', 'Hukou changed'), ('employment', 'Employment changed'), ('disability', 'Disability grade changed'), ('certificate', 'Only-child certificate'), ('examination', 'Entrance examination'), ('medical', 'Medical insurance elsewhere'), ('pension', 'Pension insurance elsewhere')], max_length=12, verbose_name='Event')),
                ('happened_on', models.DateField(verbose_name='Happened on')),
                ('particulars', models.JSONField(blank=True, default=dict)),
                ('source', models.CharField(choices=[('file', 'Resident file'), ('counter', 'Counter'), ('document', 'Document'), ('civil', 'Civil affairs bureau'), ('police', 'Police'), ('hospital', 'Hospital'), ('insurance', 'Social insurance'), ('education', 'Education bureau')], max_length=10, verbose_name='Source')),
                ('document', models.CharField(max_length=120, verbose_name='Document')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('number_masked', models.CharField(blank=True, max_length=18, verbose_name='Identity number')),
                ('birth_date', models.DateField(null=True, verbose_name='Born on')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='Village')),
                ('matched_by', models.CharField(blank=True, choices=[('number', 'By the identity number'), ('name', 'By name and birth date'), ('choice', 'Chosen by a clerk')], max_length=6)),
                ('state', models.CharField(choices=[('ambiguous', 'Whom does it mean?'), ('proposed', 'To be confirmed'), ('known', 'Known already'), ('confirmed', 'Confirmed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn with its file')], max_length=10, verbose_name='State')),
                ('reason', models.CharField(blank=True, choices=[('other_person', 'It is about another person'), ('wrong_in_file', 'The department corrected it: the file was wrong'), ('papers', "The family's papers say otherwise"), ('entered', 'It is entered in another way already')], max_length=16, verbose_name='Reason')),
                ('remark', models.CharField(blank=True, max_length=200, verbose_name='What was found out')),
                ('decided_role', models.CharField(blank=True, choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20)),
                ('decided_on', models.DateField(null=True)),
                ('proposed_on', models.DateField(verbose_name='Proposed on')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12, verbose_name='Village')),
            ],
            options={
                'ordering': ['division_code', 'happened_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='InsuranceElsewhere',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('from_on', models.DateField(blank=True, null=True, verbose_name='From')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='Until')),
                ('source', models.CharField(choices=[('file', 'Resident file'), ('counter', 'Counter'), ('document', 'Document'), ('civil', 'Civil affairs bureau'), ('police', 'Police'), ('hospital', 'Hospital'), ('insurance', 'Social insurance'), ('education', 'Education bureau')], default='file', max_length=10, verbose_name='Source')),
                ('document', models.CharField(blank=True, max_length=120, verbose_name='Document')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('scheme', models.CharField(choices=[('medical', 'Medical insurance'), ('pension', 'Pension insurance')], max_length=10, verbose_name='Insurance')),
            ],
            options={
                'verbose_name': 'Insured elsewhere',
            },
        ),
        migrations.CreateModel(
            name='InsuranceElsewhereEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, serialize=False)),
                ('from_on', models.DateField(blank=True, null=True, verbose_name='From')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='Until')),
                ('source', models.CharField(choices=[('file', 'Resident file'), ('counter', 'Counter'), ('document', 'Document'), ('civil', 'Civil affairs bureau'), ('police', 'Police'), ('hospital', 'Hospital'), ('insurance', 'Social insurance'), ('education', 'Education bureau')], default='file', max_length=10, verbose_name='Source')),
                ('document', models.CharField(blank=True, max_length=120, verbose_name='Document')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('scheme', models.CharField(choices=[('medical', 'Medical insurance'), ('pension', 'Pension insurance')], max_length=10, verbose_name='Insurance')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='headermapping',
            name='one_mapping_of_a_sender',
        ),
        migrations.AddField(
            model_name='headermapping',
            name='file_kind',
            field=models.CharField(default='residents', max_length=14),
        ),
        migrations.AlterField(
            model_name='lifeevent',
            name='kind',
            field=models.CharField(choices=[('birth', 'Born into the family'), ('adoption', 'Adopted'), ('death', 'Died'), ('marriage', 'Joined with a spouse'), ('divorce', 'Parted from a spouse'), ('move', 'Moved within the county'), ('arrival', 'Came from outside the county'), ('departure', 'Left the county'), ('return', 'Came back to the county'), ('split', 'Set up an own household'), ('join', 'Joined another household'), ('head', 'New head of the household'), ('hukou', 'Hukou changed'), ('employment', 'Employment changed'), ('disability', 'Disability grade changed'), ('certificate', 'Only-child certificate'), ('examination', 'Entrance examination'), ('medical', 'Medical insurance elsewhere'), ('pension', 'Pension insurance elsewhere')], max_length=12, verbose_name='Event'),
        ),
        migrations.AddConstraint(
            model_name='headermapping',
            constraint=models.UniqueConstraint(fields=('division_code', 'sender', 'file_kind'), name='one_mapping_of_a_sender', violation_error_message='The columns of this sender are assigned already.'),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='brought_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='error_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='offices.storedfile'),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='offices.storedfile'),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='offices.job'),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='taken_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='departmentfile',
            name='unmatched_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='offices.storedfile'),
        ),
        migrations.AddField(
            model_name='eventproposal',
            name='brought',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='households.departmentfile'),
        ),
        migrations.AddField(
            model_name='eventproposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='eventproposal',
            name='event',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.lifeevent'),
        ),
        migrations.AddField(
            model_name='eventproposal',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.person'),
        ),
        migrations.AddField(
            model_name='insuranceelsewhere',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to='households.person'),
        ),
        migrations.AddField(
            model_name='insuranceelsewhereevent',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='households.person'),
        ),
        migrations.AddField(
            model_name='insuranceelsewhereevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='households.insuranceelsewhere'),
        ),
        migrations.AddIndex(
            model_name='departmentfile',
            index=models.Index(fields=['division_code', '-brought_at'], name='department_file_by_division'),
        ),
        migrations.AddIndex(
            model_name='departmentfile',
            index=models.Index(fields=['sha256'], name='department_file_by_digest'),
        ),
        migrations.AddConstraint(
            model_name='departmentfile',
            constraint=models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('proposed'), '+', models.F('known')), '+', models.F('ambiguous')), '+', models.F('repeated')), '+', models.F('unmatched')), '+', models.F('refused')))), name='rows_of_a_department_file_add_up', violation_error_message='What came of the rows must add up to all rows.'),
        ),
        migrations.AddConstraint(
            model_name='departmentfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'taken_back'), ('taken_back_by__isnull', False), ('taken_back_on__isnull', False)), models.Q(models.Q(('state', 'taken_back'), _negated=True), ('taken_back_by', None), ('taken_back_on', None)), _connector='OR'), name='department_file_is_taken_back_by_somebody_on_a_day', violation_error_message='A file that was withdrawn has its person and its day.'),
        ),
        migrations.AddIndex(
            model_name='eventproposal',
            index=models.Index(fields=['division_code', 'state', 'happened_on'], name='proposal_by_place_and_state'),
        ),
        migrations.AddIndex(
            model_name='eventproposal',
            index=models.Index(fields=['person'], name='proposal_by_person'),
        ),
        migrations.AddIndex(
            model_name='eventproposal',
            index=models.Index(condition=models.Q(('event__isnull', False)), fields=['event'], name='proposal_by_event'),
        ),
        migrations.AddConstraint(
            model_name='eventproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('row_key',), name='one_proposal_for_the_same_words', violation_error_message='An earlier file says the same already.'),
        ),
        migrations.AddConstraint(
            model_name='eventproposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['ambiguous', 'withdrawn', 'declined']), ('person__isnull', False), _connector='OR'), name='proposal_means_somebody_once_it_can_be_decided', violation_error_message='Say first whom the row means.'),
        ),
        migrations.AddConstraint(
            model_name='eventproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), ('state__in', ('confirmed', 'declined')), models.Q(('decided_role', ''), _negated=True)), models.Q(models.Q(('state__in', ('confirmed', 'declined')), _negated=True), ('decided_by', None), ('decided_on', None), ('decided_role', '')), _connector='OR'), name='decided_proposal_has_who_decided_and_when', violation_error_message='A decision has its person, her role and its day.'),
        ),
        migrations.AddConstraint(
            model_name='eventproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('event__isnull', False), _connector='OR'), name='confirmed_proposal_has_its_event', violation_error_message='What was confirmed is recorded as an event.'),
        ),
        migrations.AddConstraint(
            model_name='eventproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('state', 'declined'), _negated=True), ('reason', ''), ('remark', '')), _connector='OR'), name='declined_proposal_has_its_reason', violation_error_message='Say why it is not entered.'),
        ),
        migrations.AddConstraint(
            model_name='insuranceelsewhere',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('person'), '='), (models.F('scheme'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='insured_elsewhere_once_at_a_time', violation_error_message='Another entry already holds for part of this period.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='insuranceelsewhere',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "households_insuranceelsewhereevent" ("division_code", "document", "from_on", "id", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "scheme", "source", "to_on") VALUES (OLD."division_code", OLD."document", OLD."from_on", OLD."id", OLD."person_id", NOW(), \'update\', OLD."id", OLD."recorded_at", OLD."scheme", OLD."source", OLD."to_on"); RETURN NULL;', hash='2fe9677630607787b1e3139b88bf5adec60f3a55', operation='UPDATE', pgid='pgtrigger_update_update_3c10e', table='households_insuranceelsewhere', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='insuranceelsewhere',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "households_insuranceelsewhereevent" ("division_code", "document", "from_on", "id", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "scheme", "source", "to_on") VALUES (OLD."division_code", OLD."document", OLD."from_on", OLD."id", OLD."person_id", NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."scheme", OLD."source", OLD."to_on"); RETURN NULL;', hash='b79f2881874f3870710e7cab1cefa2b3c91cab24', operation='DELETE', pgid='pgtrigger_delete_delete_0cf8f', table='households_insuranceelsewhere', when='AFTER')),
        ),
        migrations.RunSQL(FOLLOW_PEOPLE, STAY),
    ]
