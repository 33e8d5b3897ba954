"""What of agents, guardians and heirs must never be false: own family, officials, what was confirmed."""

from django.db import migrations

# Whoever stands for a person brings the own family along: the person herself, found by the number's digest
# on the day of the act, and who names it as parent or spouse.
FAMILY = """
ALTER FUNCTION households_is_own_family(uuid, uuid, date) RENAME TO households_is_kin;

CREATE FUNCTION households_is_own_family(who uuid, subject uuid, day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
SELECT households_is_kin(who, subject, day) OR EXISTS (
    SELECT FROM households_representation r
      JOIN households_representative q ON q.representation_id = r.id
      LEFT JOIN households_person p ON p.id_number_digest = q.id_number_digest
     WHERE r.person_id = subject AND r.state IN ('proposed', 'confirmed') AND (r.to_on IS NULL OR r.to_on > day)
       AND (households_is_kin(who, coalesce(p.merged_into_id, p.id), day)
            OR EXISTS (SELECT FROM households_staffidentity i
                         LEFT JOIN households_person o ON o.id_number_digest = i.id_number_digest
                        WHERE i.staff_id = who
                          AND (i.id_number_digest = q.id_number_digest
                               OR EXISTS (SELECT FROM households_parentage a
                                           WHERE a.person_id = coalesce(o.merged_into_id, o.id)
                                             AND a.parent_digest = q.id_number_digest)
                               OR EXISTS (SELECT FROM households_maritalfact m
                                           WHERE m.person_id = coalesce(o.merged_into_id, o.id)
                                             AND m.spouse_digest = q.id_number_digest
                                             AND (m.from_on IS NULL OR m.from_on <= day)
                                             AND (m.to_on IS NULL OR m.to_on > day))))))
$$;
"""
HELD = """
CREATE FUNCTION representation_is_not_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry households_representation;
    who uuid;
    day date;
BEGIN
    IF TG_TABLE_NAME = 'households_representation' THEN
        who := coalesce(NEW.ended_by_id, NEW.decided_by_id, NEW.entered_by_id);
        day := coalesce(NEW.decided_on, NEW.entered_on);
        entry := NEW;
    ELSE
        SELECT * INTO entry FROM households_representation r WHERE r.id = NEW.representation_id;
        who := coalesce(NEW.next_by_id, entry.entered_by_id);
        day := entry.entered_on;
    END IF;
    IF households_is_own_family(who, entry.person_id, day) THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER representation_is_not_of_own_family
    AFTER INSERT OR UPDATE OF decided_by_id, ended_by_id ON households_representation
    FOR EACH ROW EXECUTE FUNCTION representation_is_not_of_own_family();
CREATE TRIGGER representation_is_not_of_own_family
    AFTER INSERT OR UPDATE OF next_by_id ON households_representative
    FOR EACH ROW EXECUTE FUNCTION representation_is_not_of_own_family();

-- An agent who works here is never paid; nobody is paid to the account of somebody else who works here.
CREATE FUNCTION no_official_is_paid_for_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM households_representative q JOIN households_representation r ON r.id = q.representation_id
         WHERE r.is_paid AND r.state IN ('proposed', 'confirmed')
           AND CASE TG_TABLE_NAME WHEN 'households_representation' THEN r.id = NEW.id ELSE q.id = NEW.id END
           AND (r.kind = 'agent' AND EXISTS (SELECT FROM households_staffidentity i
                                              WHERE i.id_number_digest = q.id_number_digest)
                OR EXISTS (SELECT FROM households_staffidentity i
                             JOIN households_person p ON p.id_number_digest = i.id_number_digest
                             JOIN households_bankaccount b ON b.person_id = coalesce(p.merged_into_id, p.id)
                            WHERE b.account_digest IN (q.account_digest, q.next_account_digest)
                              AND (r.kind = 'agent' OR i.id_number_digest <> q.id_number_digest)))) THEN
        RAISE EXCEPTION 'nobody who works here is paid for another'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_official_is_paid_for_another';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_official_is_paid_for_another
    AFTER INSERT OR UPDATE OF account_digest, next_account_digest ON households_representative
    FOR EACH ROW EXECUTE FUNCTION no_official_is_paid_for_another();
CREATE TRIGGER no_official_is_paid_for_another
    AFTER UPDATE OF state ON households_representation
    FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION no_official_is_paid_for_another();

-- What was entered stays as it was entered; of a merge the person alone changes.
CREATE FUNCTION representation_stays_as_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was entered stays: end it and enter it anew'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'representation_stays_as_entered';
END $$;
CREATE TRIGGER representation_stays_as_entered BEFORE UPDATE ON households_representation FOR EACH ROW
    WHEN ((OLD.kind, OLD.ground, OLD.is_paid, OLD.document, OLD.document_on, OLD.from_on, OLD.file_id,
           OLD.entered_by_id, OLD.entered_on)
          IS DISTINCT FROM
          (NEW.kind, NEW.ground, NEW.is_paid, NEW.document, NEW.document_on, NEW.from_on, NEW.file_id,
           NEW.entered_by_id, NEW.entered_on)
          OR (OLD.state <> 'proposed' AND (OLD.decided_by_id, OLD.decided_on)
              IS DISTINCT FROM (NEW.decided_by_id, NEW.decided_on))
          OR (OLD.state IN ('ended', 'rejected') AND OLD.state <> NEW.state)
          OR (NEW.state = 'ended' AND OLD.to_on < NEW.to_on))
    EXECUTE FUNCTION representation_stays_as_entered();
CREATE TRIGGER representation_stays_as_entered BEFORE UPDATE ON households_representative FOR EACH ROW
    WHEN ((OLD.representation_id, OLD.serial, OLD.name, OLD.id_number_digest, OLD.parts)
          IS DISTINCT FROM
          (NEW.representation_id, NEW.serial, NEW.name, NEW.id_number_digest, NEW.parts)
          OR (OLD.account_digest IS DISTINCT FROM NEW.account_digest
              AND (NEW.account_digest IS DISTINCT FROM OLD.next_account_digest
                   OR NEW.account_confirmed_by_id IS NULL
                   OR NEW.account_confirmed_by_id = OLD.next_by_id)))
    EXECUTE FUNCTION representation_stays_as_entered();

CREATE FUNCTION representatives_are_entered_with_their_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM households_representation r
                    WHERE r.id = NEW.representation_id AND r.state = 'proposed'
                      AND (r.is_paid = (NEW.account_digest IS NOT NULL))) THEN
        RAISE EXCEPTION 'a representative is entered with the document, and with an account if paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'representatives_are_entered_with_their_document';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER representatives_are_entered_with_their_document BEFORE INSERT ON households_representative
    FOR EACH ROW EXECUTE FUNCTION representatives_are_entered_with_their_document();
"""
BACKWARD = """
DROP TRIGGER representatives_are_entered_with_their_document ON households_representative;
DROP FUNCTION representatives_are_entered_with_their_document();
DROP TRIGGER representation_stays_as_entered ON households_representative;
DROP TRIGGER representation_stays_as_entered ON households_representation;
DROP FUNCTION representation_stays_as_entered();
DROP TRIGGER no_official_is_paid_for_another ON households_representation;
DROP TRIGGER no_official_is_paid_for_another ON households_representative;
DROP FUNCTION no_official_is_paid_for_another();
DROP TRIGGER representation_is_not_of_own_family ON households_representative;
DROP TRIGGER representation_is_not_of_own_family ON households_representation;
DROP FUNCTION representation_is_not_of_own_family();
DROP FUNCTION households_is_own_family(uuid, uuid, date);
ALTER FUNCTION households_is_kin(uuid, uuid, date) RENAME TO households_is_own_family;
"""


class Migration(migrations.Migration):
    dependencies = [("households", "0015_statistics_of_what_is_joined")]

    operations = [
        migrations.RunSQL(FAMILY + HELD, BACKWARD),
    ]
