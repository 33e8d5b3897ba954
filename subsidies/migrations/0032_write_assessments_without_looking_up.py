"""A day's assessments refer to what they were found by; the database does not look it up a second time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('subsidies', '0031_annual_review_held'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assessment',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='households.person'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='policy_version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='subsidies.policyversion'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='programme',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='subsidies.programme'),
        ),
    ]
