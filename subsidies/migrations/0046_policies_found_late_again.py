"""A policy whose lack was decided for some payments may be found again for others: one undecided finding at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0045_fewer_indexes_of_payments")]

    operations = [
        migrations.RemoveConstraint(
            model_name="latefinding", name="a_policy_is_found_late_once_for_a_grant"
        ),
        migrations.AddConstraint(
            model_name="latefinding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cause", "policy"), models.Q(("state", "decided"), _negated=True)),
                fields=("grant", "policy_version"),
                name="a_policy_is_found_late_once_for_a_grant",
            ),
        ),
    ]
