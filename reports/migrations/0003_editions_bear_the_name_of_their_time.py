"""What was printed under a name keeps it, whatever the division is called later."""

from django.db import migrations, models


NAMES = """
UPDATE reports_edition e SET division_name = d.name FROM offices_division d WHERE d.code = e.division_code
"""


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0003_successions_of_divisions"),
        ("reports", "0002_figures_that_are_not_shown"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="division_name",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
    ]
