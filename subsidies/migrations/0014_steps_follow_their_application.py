"""Steps of an application, deeds about a debt: they go with it to the village that follows, nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION subsidies_steps_follow(wanted uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    followed integer;
BEGIN
    UPDATE subsidies_applicationstep s SET division_code = a.division_code
      FROM subsidies_application a
      JOIN households_divisionmove m ON m.row_id = a.id AND m.row_table = 'subsidies_application'
     WHERE m.change_id = wanted AND s.application_id = a.id AND s.division_code <> a.division_code;
    UPDATE subsidies_debtact s SET division_code = d.division_code
      FROM subsidies_debt d
      JOIN households_divisionmove m ON m.row_id = d.id AND m.row_table = 'subsidies_debt'
     WHERE m.change_id = wanted AND s.debt_id = d.id AND s.division_code <> d.division_code;
    GET DIAGNOSTICS followed = ROW_COUNT;
    RETURN followed;
END $$;
"""

BACKWARD = "DROP FUNCTION subsidies_steps_follow(uuid)"


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0011_policies_entered_and_approved"),
        ("households", "0011_visits_outreach_units_associations"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
