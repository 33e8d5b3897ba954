"""Files of other departments, the events they propose, and who is insured elsewhere."""

from django.conf import settings
from django.db import migrations

FOLLOW_PEOPLE = """
CREATE FUNCTION households_proposals_follow_people() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Of a record that went into another one, the village of the one that stayed.
    UPDATE households_eventproposal p SET division_code = coalesce(s.division_code, x.division_code)
      FROM households_person x LEFT JOIN households_person s ON s.id = x.merged_into_id
     WHERE x.id = p.person_id AND (x.id = NEW.id OR x.merged_into_id = NEW.id)
       AND p.division_code <> coalesce(s.division_code, x.division_code);
    RETURN NULL;
END $$;
CREATE TRIGGER proposals_follow_people
    AFTER UPDATE OF division_code, merged_into_id ON households_person FOR EACH ROW
    WHEN (OLD.division_code <> NEW.division_code OR OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION households_proposals_follow_people();
"""
STAY = """
DROP TRIGGER proposals_follow_people ON households_person;
DROP FUNCTION households_proposals_follow_people();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("households", "0011_visits_outreach_units_associations"),
        ("offices", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FOLLOW_PEOPLE, STAY),
    ]
