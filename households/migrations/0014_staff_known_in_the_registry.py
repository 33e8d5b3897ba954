"""Who stands behind an account, and that nobody decides on the account of her own family."""

from django.conf import settings
from django.db import migrations

FAMILY = """
-- Whether a person is of a member of staff's own family on a day; see households/selectors/own_family.py.
CREATE FUNCTION households_is_own_family(who uuid, subject uuid, day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
WITH known AS (
    SELECT i.id_number_digest AS digest FROM households_staffidentity i WHERE i.staff_id = who
), own AS (
    SELECT coalesce(p.merged_into_id, p.id) AS id
      FROM households_person p JOIN known ON p.id_number_digest = known.digest
), couple AS (
    SELECT id FROM own
    UNION
    SELECT m.spouse_id FROM households_maritalfact m JOIN own ON m.person_id = own.id
     WHERE m.spouse_id IS NOT NULL AND (m.from_on IS NULL OR m.from_on <= day) AND (m.to_on IS NULL OR m.to_on > day)
    UNION
    SELECT m.person_id FROM households_maritalfact m JOIN own ON m.spouse_id = own.id
     WHERE (m.from_on IS NULL OR m.from_on <= day) AND (m.to_on IS NULL OR m.to_on > day)
    UNION
    SELECT m.person_id FROM households_maritalfact m JOIN known ON m.spouse_digest = known.digest
     WHERE (m.from_on IS NULL OR m.from_on <= day) AND (m.to_on IS NULL OR m.to_on > day)
), parent AS (
    SELECT a.parent_id AS id, a.parent_digest AS digest
      FROM households_parentage a JOIN couple ON a.person_id = couple.id
     WHERE (a.from_on IS NULL OR a.from_on <= day) AND (a.to_on IS NULL OR a.to_on > day)
), kin AS (
    SELECT id FROM couple
    UNION
    SELECT id FROM parent WHERE id IS NOT NULL
    UNION
    SELECT a.person_id FROM households_parentage a JOIN couple ON a.parent_id = couple.id
     WHERE (a.from_on IS NULL OR a.from_on <= day) AND (a.to_on IS NULL OR a.to_on > day)
    UNION
    SELECT a.person_id FROM households_parentage a JOIN known ON a.parent_digest = known.digest
     WHERE (a.from_on IS NULL OR a.from_on <= day) AND (a.to_on IS NULL OR a.to_on > day)
    UNION
    SELECT a.person_id FROM households_parentage a JOIN parent ON a.parent_id = parent.id
     WHERE (a.from_on IS NULL OR a.from_on <= day) AND (a.to_on IS NULL OR a.to_on > day)
    UNION
    SELECT a.person_id FROM households_parentage a JOIN parent ON a.parent_digest = parent.digest
     WHERE (a.from_on IS NULL OR a.from_on <= day) AND (a.to_on IS NULL OR a.to_on > day)
)
SELECT EXISTS (SELECT FROM kin WHERE kin.id = subject)
    OR EXISTS (SELECT FROM households_membership theirs
                 JOIN households_membership ours ON ours.household_id = theirs.household_id
                 JOIN kin ON kin.id = ours.person_id
                WHERE theirs.person_id = subject
                  AND (theirs.from_on IS NULL OR theirs.from_on <= day) AND (theirs.to_on IS NULL OR theirs.to_on > day)
                  AND (ours.from_on IS NULL OR ours.from_on <= day) AND (ours.to_on IS NULL OR ours.to_on > day))
$$;
"""
REFUSAL = """
CREATE FUNCTION account_is_not_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := coalesce(NEW.decided_by_id, NEW.proposed_by_id);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.decided_by_id IS NOT DISTINCT FROM OLD.decided_by_id THEN
        RETURN NEW;
    END IF;
    IF households_is_own_family(who, NEW.person_id, coalesce(NEW.decided_on, NEW.proposed_on)) THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_is_not_of_own_family
    BEFORE INSERT OR UPDATE OF decided_by_id ON households_accountcorrection
    FOR EACH ROW EXECUTE FUNCTION account_is_not_of_own_family();
"""
BACKWARD = """
DROP TRIGGER account_is_not_of_own_family ON households_accountcorrection;
DROP FUNCTION account_is_not_of_own_family();
DROP FUNCTION households_is_own_family(uuid, uuid, date);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0013_department_files_propose_events'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FAMILY + REFUSAL, BACKWARD),
    ]
