import django.db.models.fields.json
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from offices.database.together import together

FORWARD = """
CREATE FUNCTION entry_is_not_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF households_is_own_family(NEW.recorded_by_id, NEW.person_id, NEW.reported_on)
       OR (NEW.other_id IS NOT NULL
           AND households_is_own_family(NEW.recorded_by_id, NEW.other_id, NEW.reported_on)) THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_is_not_of_own_family
    BEFORE INSERT ON households_lifeevent FOR EACH ROW
    WHEN (NEW.kind IN ('correction', 'parentage')) EXECUTE FUNCTION entry_is_not_of_own_family();
"""
BACKWARD = """
DROP TRIGGER entry_is_not_of_own_family ON households_lifeevent;
DROP FUNCTION entry_is_not_of_own_family();
"""


class Migration(migrations.Migration):
    """Two kinds of event that may come more than once a day, never of who records them or her family."""

    dependencies = [
        ('households', '0018_home_and_hukou_may_move_on_one_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.RemoveConstraint(
            model_name='lifeevent',
            name='one_event_of_a_kind_on_a_day',
        ),
        migrations.AlterField(
            model_name='eventproposal',
            name='kind',
            field=models.CharField(choices=[('birth', 'Born into the family'), ('adoption', 'Adopted'), ('death', 'Died'), ('marriage', 'Joined with a spouse'), ('divorce', 'Parted from a spouse'), ('move', 'Moved within the county'), ('arrival', 'Came from outside the county'), ('departure', 'Left the county'), ('return', 'Came back to the county'), ('split', 'Set up an own household'), ('join', 'Joined another household'), ('head', 'New head of the household'), ('hukou', 'Hukou changed'), ('employment', 'Employment changed'), ('disability', 'Disability grade changed'), ('certificate', 'Only-child certificate'), ('examination', 'Entrance examination'), ('medical', 'Medical insurance elsewhere'), ('pension', 'Pension insurance elsewhere'), ('parentage', 'Parent of a child'), ('correction', 'Entry corrected')], max_length=12, verbose_name='Event'),
        ),
        migrations.AlterField(
            model_name='lifeevent',
            name='kind',
            field=models.CharField(choices=[('birth', 'Born into the family'), ('adoption', 'Adopted'), ('death', 'Died'), ('marriage', 'Joined with a spouse'), ('divorce', 'Parted from a spouse'), ('move', 'Moved within the county'), ('arrival', 'Came from outside the county'), ('departure', 'Left the county'), ('return', 'Came back to the county'), ('split', 'Set up an own household'), ('join', 'Joined another household'), ('head', 'New head of the household'), ('hukou', 'Hukou changed'), ('employment', 'Employment changed'), ('disability', 'Disability grade changed'), ('certificate', 'Only-child certificate'), ('examination', 'Entrance examination'), ('medical', 'Medical insurance elsewhere'), ('pension', 'Pension insurance elsewhere'), ('parentage', 'Parent of a child'), ('correction', 'Entry corrected')], max_length=12, verbose_name='Event'),
        ),
        migrations.AddConstraint(
            model_name='lifeevent',
            constraint=models.UniqueConstraint(
                models.F("person"),
                models.F("kind"),
                models.F("happened_on"),
                django.db.models.functions.comparison.Coalesce(
                    django.db.models.fields.json.KeyTextTransform("moved", "detail"),
                    models.Value(""),
                    output_field=models.TextField(),
                ),
                condition=models.Q(
                    ("state", "recorded"),
                    models.Q(("kind__in", ["correction", "parentage"]), _negated=True),
                ),
                name="one_event_of_a_kind_on_a_day",
                violation_error_message=(
                    "This event of the same day is recorded already. Open the person to see it."
                ),
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ])
