from importlib import import_module

from django.db import migrations

_FORMER = import_module("households.migrations.0005_statistics_after_an_import")


class Migration(migrations.Migration):
    """Statistics are refreshed by the function of all apps (offices 0002)."""

    dependencies = [("offices", "0002_statistics_after_thousands"), ("households", "0026_what_was_taken_back_holds_no_import")]

    operations = [
        migrations.RunSQL("DROP FUNCTION households_refresh_statistics()", _FORMER.REFRESH),
    ]
