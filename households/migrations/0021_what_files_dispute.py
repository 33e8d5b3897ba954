import django.db.models.deletion
import offices.fields
import offices.ids
import offices.sealing
from django.conf import settings
from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):
    """What a file says otherwise than it was put right waits for a decision by another."""

    dependencies = [
        ('households', '0020_step_parents_beside_parents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='DisputedEntry',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField(verbose_name='Row')),
                ('word', models.CharField(choices=[('name', 'Name'), ('sex', 'Sex'), ('born', 'Born on'), ('number', 'Identity number')], max_length=8)),
                ('said', models.CharField(max_length=64)),
                ('said_number', offices.fields.SealedField(blank=True, null=True, purpose=offices.sealing.Purpose['IDENTITY_NUMBER'])),
                ('decision', models.CharField(blank=True, choices=[('keep', 'It stays as it was put right'), ('take', 'The file is right')], max_length=8)),
                ('settled_on', models.DateField(null=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['line', 'word', 'id'],
            },
        ),
        migrations.AlterField(
            model_name='registrytask',
            name='kind',
            field=models.CharField(choices=[('no_head', 'Household without a living head'), ('two_heads', 'Household with two living heads'), ('ambiguous', 'Row of a file that fits several people'), ('disputed', 'A file says otherwise than what was put right')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='lifeevent',
            index=models.Index(condition=models.Q(('kind', 'correction')), fields=['person'], name='event_that_corrects'),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='brought',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.residentimport'),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.lifeevent'),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='households.person'),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='put_right_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disputedentry',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputed_entries', to='households.registrytask'),
        ),
        migrations.AddConstraint(
            model_name='disputedentry',
            constraint=models.UniqueConstraint(fields=('person', 'word', 'said'), name='one_dispute_of_a_value'),
        ),
        migrations.AddConstraint(
            model_name='disputedentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), ('settled_by', None), ('settled_on', None)), models.Q(('settled_by__isnull', False), ('settled_on__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='dispute_is_settled_by_somebody_on_a_day', violation_error_message='A settled question has its answer, its person and its day.'),
        ),
        migrations.AddConstraint(
            model_name='disputedentry',
            constraint=models.CheckConstraint(condition=models.Q(('settled_by', None), models.Q(('settled_by', models.F('put_right_by')), _negated=True), _connector='OR'), name='dispute_is_settled_by_another', violation_error_message='You put this entry right yourself. Whether it stays is decided by somebody else.'),
        ),
        migrations.AddConstraint(
            model_name='disputedentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('said_number__isnull', False), ('word', 'number')), models.Q(models.Q(('word', 'number'), _negated=True), ('said_number', None)), _connector='OR'), name='disputed_number_is_sealed', violation_error_message='Of an identity number the number itself is kept, sealed.'),
        ),
    ])
