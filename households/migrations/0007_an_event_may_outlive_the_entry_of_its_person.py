import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An entry of a person that was taken back names her no more; one event of a kind on a day."""

    dependencies = [
        ('households', '0006_life_events_and_change_sets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lifeevent',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='life_events', to='households.person'),
        ),
        migrations.AddConstraint(
            model_name='lifeevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'recorded'), _negated=True), ('person__isnull', False), _connector='OR'), name='standing_event_has_its_person', violation_error_message='An event belongs to a person.'),
        ),
        migrations.AddConstraint(
            model_name='lifeevent',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'recorded')), fields=('person', 'kind', 'happened_on'), name='one_event_of_a_kind_on_a_day', violation_error_message='This event of the same day is recorded already. Open the person to see it.'),
        ),
    ]
