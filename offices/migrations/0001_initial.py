import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import offices.fields
import offices.ids
from django.conf import settings
from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = together([
        migrations.CreateModel(
            name='Staff',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=60, unique=True, verbose_name='User name')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('is_active', models.BooleanField(default=True)),
                ('is_system', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['username'],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('on', models.DateField(verbose_name='Business day')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20)),
                ('channel', models.CharField(choices=[('page', 'Page'), ('command', 'Command'), ('task', 'Background work')], max_length=8)),
                ('address', models.GenericIPAddressField(blank=True, null=True)),
                ('verb', models.CharField(max_length=60)),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.UUIDField(blank=True, null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('detail', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['record_type', 'record_id', 'at'], name='act_by_record'), models.Index(fields=['division_code', 'at'], name='act_by_division')],
            },
        ),
        migrations.CreateModel(
            name='Read',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20)),
                ('address', models.GenericIPAddressField(blank=True, null=True)),
                ('page', models.CharField(max_length=120)),
                ('reason', models.CharField(blank=True, max_length=120)),
                ('record_type', models.CharField(max_length=60)),
                ('record_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['division_code', 'at'], name='read_by_division')],
            },
        ),
        migrations.CreateModel(
            name='WorkingDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('is_working', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='BusinessDay',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('day', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_business_day')],
            },
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('code', offices.fields.DivisionCodeField(db_collation='C', max_length=12, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('level', models.CharField(choices=[('province', 'Province'), ('prefecture', 'Prefecture'), ('county', 'County'), ('township', 'Township'), ('village', 'Village')], max_length=12)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='offices.division')),
                ('from_on', models.DateField(blank=True, null=True)),
                ('to_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{12}$')), name='division_code_has_twelve_digits', violation_error_message='A division code has twelve digits.'), models.CheckConstraint(condition=models.Q(('from_on', None), ('to_on', None), ('to_on__gt', models.F('from_on')), _connector='OR'), name='division_ends_after_it_begins', violation_error_message='A division ends after the day it begins.')],
            },
        ),
        migrations.CreateModel(
            name='DivisionSuccession',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('change', models.UUIDField(db_index=True)),
                ('kind', models.CharField(choices=[('merge', 'Merged'), ('split', 'Split'), ('transfer', 'Moved to another township'), ('rename', 'Renamed')], max_length=10)),
                ('effective_on', models.DateField()),
                ('document', models.CharField(max_length=120)),
                ('old_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('old_name', models.CharField(max_length=60)),
                ('new_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('new_name', models.CharField(max_length=60)),
                ('is_default', models.BooleanField(default=True)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['effective_on', 'old_code', 'new_code'],
                'indexes': [models.Index(fields=['old_code', 'effective_on'], name='succession_by_old_code')],
                'constraints': [models.UniqueConstraint(fields=('change', 'old_code', 'new_code'), name='a_division_is_followed_once_by_another'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('change', 'old_code'), name='a_division_has_one_default_successor')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=10)),
                ('steps_done', models.PositiveIntegerField(default=0)),
                ('steps_total', models.PositiveIntegerField(blank=True, null=True)),
                ('message', models.TextField(blank=True)),
                ('result', models.JSONField(blank=True, default=dict)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-requested_at'],
                'indexes': [models.Index(fields=['division_code', '-requested_at'], name='job_by_division')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ['waiting', 'running'])), models.Q(('finished_at__isnull', False), ('state__in', ['done', 'failed', 'cancelled'])), _connector='OR'), name='job_is_finished_when_it_has_a_time', violation_error_message='A finished job has a time, an unfinished one has none.')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stored_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stored_at', models.DateTimeField(auto_now_add=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-stored_at'],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60, verbose_name='What')),
                ('purpose', models.CharField(choices=[('annual_review', 'For the annual review'), ('home_visits', 'To visit the families at home and check what is recorded'), ('comparison', "To compare with another office's register"), ('report', 'To report to the office above'), ('audit', 'For an audit'), ('case_file', 'For the paper file of the person or family'), ('person_asked', 'The person asked for what is held about her'), ('other', 'Something else, under a document number')], max_length=20, verbose_name='What for')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='Document number')),
                ('file_format', models.CharField(choices=[('xlsx', 'Excel workbook (.xlsx)'), ('csv', 'Text with commas (.csv)'), ('pdf', 'Sheet to be printed (.pdf)')], max_length=4, verbose_name='Format')),
                ('language', models.CharField(max_length=10)),
                ('filters', models.JSONField(blank=True, default=dict)),
                ('subject_id', models.UUIDField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='Rows')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='Code')),
                ('state', models.CharField(choices=[('waiting', 'Being made'), ('ready', 'Made'), ('refused', 'Not made')], default='waiting', max_length=10, verbose_name='State')),
                ('refusal', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='offices.storedfile')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offices.job')),
                ('exported_on', models.DateField(verbose_name='Exported on')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_role', models.CharField(choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-requested_at', '-id'],
                'indexes': [models.Index(fields=['division_code', '-requested_at'], name='export_by_division')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'other'), _negated=True), models.Q(('reference', ''), _negated=True), _connector='OR'), name='other_purpose_of_an_export_has_its_document', violation_error_message='An export for something else needs its document number.'), models.CheckConstraint(condition=models.Q(models.Q(('refusal', ''), ('state', 'ready'), models.Q(('sha256', ''), _negated=True)), models.Q(('refusal', ''), ('sha256', ''), ('state', 'waiting')), models.Q(('sha256', ''), ('state', 'refused'), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='export_is_ready_when_its_file_has_a_digest', violation_error_message="A finished export has its file's digest, a refused one its reason.")],
            },
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=40)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('series', 'year'), name='one_counter_for_a_series_and_year')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('village', 'Village specialist'), ('township', 'Township counter'), ('township-reviewer', 'Township reviewer'), ('county-reviewer', 'County reviewer'), ('county', 'County administrator'), ('finance', 'Finance officer'), ('cashier', 'Cashier'), ('clinician', 'Clinician'), ('auditor', 'Auditor'), ('system-admin', 'System administrator'), ('security-admin', 'Security administrator'), ('audit-admin', 'Audit administrator'), ('system', 'The installation itself')], max_length=20, verbose_name='Role')),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='offices.division', verbose_name='Division')),
                ('from_on', models.DateField(verbose_name='From')),
                ('to_on', models.DateField(blank=True, null=True, verbose_name='Until')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['from_on', 'role'],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on', None), ('to_on__gt', models.F('from_on')), _connector='OR'), name='role_grant_ends_after_it_begins', violation_error_message='A role ends after the day it begins.'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('staff'), '='), (models.F('role'), '='), (models.F('division'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='one_grant_of_a_role_at_a_time', violation_error_message='This person already holds the role for this division in that period.')],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('report', 'Report'), ('certificate', 'Officer certificate'), ('letter', 'Letter of decision'), ('list', 'List for another office'), ('priority', 'Letter of priority'), ('award', 'Certificate of honour')], max_length=12)),
                ('title', models.CharField(max_length=200)),
                ('division_name', models.CharField(max_length=60)),
                ('issued_on', models.DateField()),
                ('figures_digest', models.CharField(blank=True, max_length=64)),
                ('file_digest', models.CharField(blank=True, max_length=64)),
                ('is_withdrawn', models.BooleanField(default=False)),
                ('record_id', models.UUIDField()),
            ],
            options={
                'ordering': ['-issued_on'],
            },
        ),
    ])
