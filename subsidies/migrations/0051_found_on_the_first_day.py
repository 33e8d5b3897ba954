"""What was paid on the first day of a policy may lack what it brings, and is found on that day."""

from django.db import migrations, models
from django.db.models import F, Q

NAME = "late_is_known_after_it_happened"


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0050_arrears_after_what_heirs_have")]

    operations = [
        migrations.RemoveConstraint(model_name="latefinding", name=NAME),
        migrations.AddConstraint(
            model_name="latefinding",
            constraint=models.CheckConstraint(
                name=NAME,
                condition=Q(known_on__gt=F("happened_on")) | Q(cause="policy", known_on=F("happened_on")),
                violation_error_message="Only what was known after it happened is late.",
            ),
        ),
    ]
