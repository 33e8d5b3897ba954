"""Open tasks and accounts to confirm are counted on everybody's first page: by an index of their place."""

from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):
    dependencies = [
        ('households', '0027_statistics_by_one_function'),
    ]

    operations = together([
        migrations.AddIndex(
            model_name='accountcorrection',
            index=models.Index(condition=models.Q(('state', 'proposed')), fields=['division_code'], name='account_to_confirm_by_place'),
        ),
        migrations.AddIndex(
            model_name='registrytask',
            index=models.Index(condition=models.Q(('closed_on', None)), fields=['division_code'], name='open_task_by_place'),
        ),
    ])
