from django.db import migrations

DEPOSIT = """
CREATE FUNCTION clinical_deposit(
    deposit_id uuid, booking uuid, checkup_session uuid, sealed_name bytea, sealed_phone bytea,
    deposited_on date, division text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO checkups_bookedperson
        (id, booking_id, session_id, name, phone, recorded_on, division_code)
    VALUES (deposit_id, booking, checkup_session, sealed_name, sealed_phone, deposited_on, division)
$$;
"""
PLACES = """
CREATE FUNCTION checkups_place_exists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.place > (SELECT places FROM checkups_checkupsession WHERE id = NEW.session_id) THEN
        RAISE EXCEPTION 'the session has no place %', NEW.place
            USING ERRCODE = 'check_violation', CONSTRAINT = 'place_exists_in_its_session';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER place_exists_in_its_session BEFORE INSERT OR UPDATE OF place, session_id ON checkups_booking
    FOR EACH ROW EXECUTE FUNCTION checkups_place_exists();
CREATE FUNCTION checkups_places_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.places < (SELECT coalesce(max(place), 0) FROM checkups_booking
                      WHERE session_id = NEW.id AND state <> 'cancelled') THEN
        RAISE EXCEPTION 'places are already given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'given_places_are_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER given_places_are_kept BEFORE UPDATE OF places ON checkups_checkupsession
    FOR EACH ROW EXECUTE FUNCTION checkups_places_are_kept();
"""


class Migration(migrations.Migration):
    """The counter's letter-box into the clinical wall, and places that cannot be overdrawn."""

    dependencies = [("checkups", "0001_initial")]

    operations = [
        migrations.RunSQL(
            DEPOSIT,
            "DROP FUNCTION clinical_deposit(uuid, uuid, uuid, bytea, bytea, date, text)",
        ),
        migrations.RunSQL(
            PLACES,
            "DROP TRIGGER given_places_are_kept ON checkups_checkupsession;"
            "DROP FUNCTION checkups_places_are_kept();"
            "DROP TRIGGER place_exists_in_its_session ON checkups_booking;"
            "DROP FUNCTION checkups_place_exists();",
        ),
    ]
