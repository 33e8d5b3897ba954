import django.contrib.postgres.constraints
from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):
    """Of parents of a role one at a time, of step-parents one beside: back only while no child has both."""

    dependencies = [
        ('households', '0019_entries_corrected_and_kin_completed'),
    ]

    operations = together([
        migrations.RemoveConstraint(
            model_name='parentage',
            name='one_father_and_mother_at_a_time',
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'step'), _negated=True), expressions=[(models.F('person'), '='), (models.F('role'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='one_father_and_mother_at_a_time', violation_error_message='Another entry already holds for part of this period.'),
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'step')), expressions=[(models.F('person'), '='), (models.F('role'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='one_stepfather_and_stepmother_at_a_time', violation_error_message='Another entry already holds for part of this period.'),
        ),
    ])
