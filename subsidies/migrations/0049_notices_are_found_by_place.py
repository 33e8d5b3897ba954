"""Notices that hang are counted on everybody's first page: by an index of their place and last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('subsidies', '0048_a_sample_is_what_its_seed_draws'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['division_code', 'last_day'], name='notice_by_place_and_day'),
        ),
    ]
