import django.db.models.deletion
import offices.fields
import offices.ids
from django.conf import settings
from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('offices', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('monthly', 'Monthly report'), ('annual', 'Annual report')], max_length=8)),
                ('period', models.CharField(max_length=7)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('computed', 'Computed'), ('submitted', 'Submitted'), ('accepted', 'Accepted'), ('locked', 'Locked')], default='computed', max_length=10)),
                ('figures_digest', models.CharField(max_length=64)),
                ('seconds', models.FloatField(default=0)),
                ('computed_at', models.DateTimeField(auto_now_add=True)),
                ('computed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('division_name', models.CharField(blank=True, max_length=60)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-period', 'division_code', '-number'],
                'constraints': [models.UniqueConstraint(fields=('division_code', 'kind', 'period', 'number'), name='editions_of_a_period_are_numbered_once', violation_error_message='This edition has just been computed by somebody else.')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='reports.edition')),
                ('code', models.CharField(max_length=60)),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True)),
                ('suppression', models.CharField(blank=True, choices=[('<5', 'One to four'), ('*', 'Would give a small count away')], max_length=2)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'code'), name='one_figure_of_a_code_in_an_edition'), models.CheckConstraint(condition=models.Q(models.Q(('value', None), models.Q(('suppression', ''), _negated=True)), models.Q(('suppression', ''), ('value__isnull', False)), _connector='OR'), name='suppressed_figure_has_no_value', violation_error_message='A figure has its value, or the reason why it is not shown.')],
            },
        ),
        migrations.CreateModel(
            name='PrintedReport',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='reports.edition')),
                ('verification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='offices.verification')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='offices.storedfile')),
                ('language', models.CharField(max_length=10)),
                ('has_roster', models.BooleanField(default=False)),
                ('printed_on', models.DateField()),
                ('printed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['-printed_on', '-id'],
            },
        ),
    ])
