"""What is overdue goes up a level: a row for each time."""

import django.db.models.deletion
import offices.fields
import offices.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0020_confirmations_by_amount'),
    ]

    operations = [
        migrations.CreateModel(
            name='Overdue',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('step', models.CharField(blank=True, choices=[('entry', 'Entry'), ('village_review', 'Village review'), ('township_review', 'Township review'), ('county_review', 'County review'), ('county_confirmation', 'County confirmation'), ('grant', 'Grant')], max_length=20)),
                ('level', models.CharField(choices=[('township', 'Township'), ('county', 'County')], max_length=10, verbose_name='Raised to')),
                ('due_on', models.DateField(verbose_name='Was due on')),
                ('raised_on', models.DateField(verbose_name='Raised on')),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overdue', to='subsidies.application')),
                ('objection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='overdue', to='subsidies.objection')),
            ],
            options={
                'ordering': ['raised_on', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('objection', None)), fields=('application', 'step', 'due_on', 'level'), name='overdue_step_is_raised_once_to_a_level', violation_error_message='This step was raised to that level already.'), models.UniqueConstraint(condition=models.Q(('objection__isnull', False)), fields=('objection', 'level'), name='overdue_answer_is_raised_once_to_a_level', violation_error_message='This answer was raised to that level already.'), models.CheckConstraint(condition=models.Q(models.Q(('objection', None), models.Q(('step', ''), _negated=True)), models.Q(('objection__isnull', False), ('step', '')), _connector='OR'), name='overdue_is_a_step_or_an_answer', violation_error_message='What is overdue is a step or the answer to an objection.'), models.CheckConstraint(condition=models.Q(('raised_on__gt', models.F('due_on'))), name='overdue_is_raised_after_it_was_due', violation_error_message='Nothing is raised before it is overdue.')],
            },
        ),
    ]
