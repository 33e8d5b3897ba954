"""A review's roster stays as it was frozen; nobody reviews her own family; a sample is drawn once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION review_roster_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT FROM subsidies_reviewround r
                                         WHERE r.id = NEW.round_id AND r.roster_sha256 = '')
       OR TG_OP = 'UPDATE' AND (OLD.round_id, OLD.grant_id) IS DISTINCT FROM (NEW.round_id, NEW.grant_id)
       OR TG_OP = 'UPDATE' AND OLD.state = 'decided' AND
          (OLD.state, OLD.method, OLD.seen_on, OLD.result, OLD.stop_reason, OLD.event_on, OLD.proposed_by_id,
           OLD.decided_by_id, OLD.decided_on) IS DISTINCT FROM
          (NEW.state, NEW.method, NEW.seen_on, NEW.result, NEW.stop_reason, NEW.event_on, NEW.proposed_by_id,
           NEW.decided_by_id, NEW.decided_on)
       OR TG_OP = 'UPDATE' AND OLD.is_sampled AND NOT NEW.is_sampled
       OR TG_OP = 'UPDATE' AND OLD.told_on IS NOT NULL AND OLD.told_on IS DISTINCT FROM NEW.told_on THEN
        RAISE EXCEPTION 'the roster of a review stays as it was frozen, and what was decided stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'review_roster_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_roster_is_frozen BEFORE INSERT OR UPDATE ON subsidies_reviewitem
    FOR EACH ROW EXECUTE FUNCTION review_roster_is_frozen();

CREATE FUNCTION review_round_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'roster and sample of a review stay'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'review_round_stays';
END $$;
CREATE TRIGGER review_round_stays BEFORE UPDATE ON subsidies_reviewround FOR EACH ROW
    WHEN ((OLD.roster_sha256 <> '' AND (OLD.roster_sha256, OLD.count, OLD.accepts_precheck, OLD.programme_id, OLD.year)
           IS DISTINCT FROM (NEW.roster_sha256, NEW.count, NEW.accepts_precheck, NEW.programme_id, NEW.year))
          OR (OLD.sample_seed <> '' AND (OLD.sample_seed, OLD.sample_percent, OLD.sampled_on)
           IS DISTINCT FROM (NEW.sample_seed, NEW.sample_percent, NEW.sampled_on)))
    EXECUTE FUNCTION review_round_stays();

CREATE FUNCTION review_is_not_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
BEGIN
    SELECT g.person_id INTO whose FROM subsidies_grant g WHERE g.id = NEW.grant_id;
    IF (NEW.proposed_by_id IS NOT NULL AND NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id
        AND households_is_own_family(NEW.proposed_by_id, whose, NEW.proposed_on))
       OR (NEW.decided_by_id IS NOT NULL AND NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
           AND households_is_own_family(NEW.decided_by_id, whose, NEW.decided_on))
       OR (NEW.found_by_id IS NOT NULL AND NEW.found_by_id IS DISTINCT FROM OLD.found_by_id
           AND households_is_own_family(NEW.found_by_id, whose, NEW.found_on)) THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    IF NEW.method = 'precheck' AND NEW.method <> OLD.method
       AND (NEW.reasons <> '{}' OR NOT EXISTS (SELECT FROM subsidies_reviewround r
                                                WHERE r.id = NEW.round_id AND r.accepts_precheck)) THEN
        RAISE EXCEPTION 'comparing registers alone is not enough here'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'comparing_registers_is_enough_where_the_policy_says';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_is_not_of_own_family BEFORE UPDATE ON subsidies_reviewitem
    FOR EACH ROW EXECUTE FUNCTION review_is_not_of_own_family();
"""
BACKWARD = """
DROP TRIGGER review_is_not_of_own_family ON subsidies_reviewitem;
DROP FUNCTION review_is_not_of_own_family();
DROP TRIGGER review_round_stays ON subsidies_reviewround;
DROP FUNCTION review_round_stays();
DROP TRIGGER review_roster_is_frozen ON subsidies_reviewitem;
DROP FUNCTION review_roster_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0029_paid_for_another_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
