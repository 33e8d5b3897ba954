"""Bundles of programmes, and benefits that are given on request."""
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subsidies', '0009_lines_follow_a_merge'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('code', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=60)),
                ('name_en', models.CharField(max_length=80)),
                ('remark_zh', models.CharField(blank=True, max_length=200)),
                ('remark_en', models.CharField(blank=True, max_length=200)),
                ('programmes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), default=list, size=None)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['order', 'code'],
            },
        ),
        migrations.AlterField(
            model_name='programme',
            name='frequency',
            field=models.CharField(choices=[('yearly', 'Yearly'), ('monthly', 'Monthly'), ('once', 'Once'), ('request', 'On request')], max_length=8),
        ),
    ]
