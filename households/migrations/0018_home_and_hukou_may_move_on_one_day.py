"""A home and a hukou may move on one day by two reports: one event of a kind, and of what it moved."""

import django.db.models.fields.json
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("households", "0017_agents_guardians_heirs_held")]

    operations = [
        migrations.RemoveConstraint(model_name="lifeevent", name="one_event_of_a_kind_on_a_day"),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.UniqueConstraint(
                models.F("person"),
                models.F("kind"),
                models.F("happened_on"),
                django.db.models.functions.comparison.Coalesce(
                    django.db.models.fields.json.KeyTextTransform("moved", "detail"),
                    models.Value(""),
                    output_field=models.TextField(),
                ),
                condition=models.Q(("state", "recorded")),
                name="one_event_of_a_kind_on_a_day",
                violation_error_message=(
                    "This event of the same day is recorded already. Open the person to see it."
                ),
            ),
        ),
    ]
