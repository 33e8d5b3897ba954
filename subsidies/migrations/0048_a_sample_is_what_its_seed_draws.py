"""A sample of an annual review names the paper of its seed; whom the seed does not draw is not in it."""

from django.db import migrations, models
from django.db.models import Q

# The digests are compared as bytes; `drawn` in selectors/annual_reviews.py compares their hexadecimal digits,
# which stand in the same order.
FORWARD = """
CREATE FUNCTION sample_is_what_its_seed_draws() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT i.is_sampled, r.sample_seed, r.sample_percent,
                   row_number() OVER (PARTITION BY r.id ORDER BY
                       sha256(convert_to(r.sample_seed || '|' || a.file_number, 'UTF8'))) AS place,
                   count(*) OVER (PARTITION BY r.id) AS count
              FROM subsidies_reviewround r
              JOIN subsidies_reviewitem i ON i.round_id = r.id
              JOIN subsidies_grant g ON g.id = i.grant_id
              JOIN subsidies_application a ON a.id = g.application_id
             WHERE r.id IN (SELECT n.round_id FROM latter n JOIN former o ON o.id = n.id
                             WHERE n.is_sampled AND NOT o.is_sampled)) drawn
         WHERE sample_seed = '' OR is_sampled IS DISTINCT FROM (place <= ceil(count * sample_percent / 100.0))) THEN
        RAISE EXCEPTION 'nobody is in a sample but whom its seed draws'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sample_is_what_its_seed_draws';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sample_is_what_its_seed_draws AFTER UPDATE ON subsidies_reviewitem
    REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION sample_is_what_its_seed_draws();

DROP TRIGGER review_round_stays ON subsidies_reviewround;
CREATE TRIGGER review_round_stays BEFORE UPDATE ON subsidies_reviewround FOR EACH ROW
    WHEN ((OLD.roster_sha256 <> '' AND (OLD.roster_sha256, OLD.count, OLD.accepts_precheck, OLD.programme_id, OLD.year)
           IS DISTINCT FROM (NEW.roster_sha256, NEW.count, NEW.accepts_precheck, NEW.programme_id, NEW.year))
          OR (OLD.sample_seed <> '' AND (OLD.sample_seed, OLD.sample_percent, OLD.sample_document, OLD.sampled_on)
           IS DISTINCT FROM (NEW.sample_seed, NEW.sample_percent, NEW.sample_document, NEW.sampled_on)))
    EXECUTE FUNCTION review_round_stays();
"""
BACKWARD = """
DROP TRIGGER review_round_stays ON subsidies_reviewround;
CREATE TRIGGER review_round_stays BEFORE UPDATE ON subsidies_reviewround FOR EACH ROW
    WHEN ((OLD.roster_sha256 <> '' AND (OLD.roster_sha256, OLD.count, OLD.accepts_precheck, OLD.programme_id, OLD.year)
           IS DISTINCT FROM (NEW.roster_sha256, NEW.count, NEW.accepts_precheck, NEW.programme_id, NEW.year))
          OR (OLD.sample_seed <> '' AND (OLD.sample_seed, OLD.sample_percent, OLD.sampled_on)
           IS DISTINCT FROM (NEW.sample_seed, NEW.sample_percent, NEW.sampled_on)))
    EXECUTE FUNCTION review_round_stays();
DROP TRIGGER sample_is_what_its_seed_draws ON subsidies_reviewitem;
DROP FUNCTION sample_is_what_its_seed_draws();
"""
# Samples that were drawn before there was a place for it rest on the document of their review.
KNOWN_DOCUMENT = """
UPDATE subsidies_reviewround SET sample_document = coalesce(nullif(document, ''), '-') WHERE sample_seed <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0047_arrears_end_with_their_grant")]

    operations = [
        migrations.AddField(
            model_name="reviewround",
            name="sample_document",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="The city's document"),
            preserve_default=False,
        ),
        migrations.RunSQL(KNOWN_DOCUMENT, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="reviewround", name="sample_has_seed_share_and_day"),
        migrations.AddConstraint(
            model_name="reviewround",
            constraint=models.CheckConstraint(
                condition=Q(
                    sample_document="", sample_percent=None, sample_seed="", sampled_by=None, sampled_on=None
                )
                | (
                    Q(sample_percent__gte=1, sample_percent__lte=100)
                    & Q(sampled_by__isnull=False, sampled_on__isnull=False)
                    & ~Q(sample_seed="")
                    & ~Q(sample_document="")
                ),
                name="sample_has_seed_share_and_day",
                violation_error_message="A sample has its seed, the document that names it, its share and its day.",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
