"""Pairs of records of one person, merges that can be undone, and taking back in whatever order it needs."""

import importlib

from django.conf import settings
from django.db import migrations

FORMER = importlib.import_module("households.migrations.0006_life_events_and_change_sets").TAKE_BACK

TAKE_BACK = """
CREATE FUNCTION households_put_back(row_table text, row_id uuid, image jsonb) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    names text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO names
      FROM pg_attribute a
     WHERE a.attrelid = to_regclass(quote_ident(row_table)) AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format(
        'UPDATE %I t SET (%s) = (SELECT %s FROM jsonb_populate_record(NULL::%I, $1)) WHERE t.id = $2',
        row_table, names, names, row_table
    ) USING image, row_id;
END $$;

CREATE OR REPLACE FUNCTION households_take_back(wanted uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    change record;
    present jsonb;
    waiting uuid[];
    left_over uuid[];
    restored integer := 0;
    -- What a resident file notes on a person is no change of what is known of her.
    unread constant text[] := ARRAY['row_digest', 'row_as_of'];
BEGIN
    -- Only rows that a serving role may itself correct: evidence and reference data are out of reach.
    IF EXISTS (
        SELECT FROM households_rowchange r
         WHERE r.change_set = wanted AND NOT EXISTS (
               SELECT FROM pg_class c, aclexplode(c.relacl) granted
                WHERE c.oid = to_regclass(quote_ident(r.row_table)) AND c.relrowsecurity
                  AND granted.privilege_type = 'UPDATE' AND granted.grantee <> c.relowner)
    ) THEN
        RAISE EXCEPTION 'not a table whose rows are corrected' USING ERRCODE = 'HM001';
    END IF;
    FOR change IN
        SELECT row_table, row_id, before, after FROM households_rowchange WHERE change_set = wanted ORDER BY id
    LOOP
        EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1 FOR UPDATE', change.row_table)
           INTO present USING change.row_id;
        IF present IS NULL OR present - unread <> change.after - unread THEN
            RAISE EXCEPTION 'changed since' USING ERRCODE = 'HM001';
        END IF;
    END LOOP;
    FOR change IN
        SELECT row_table, row_id FROM households_rowchange
         WHERE change_set = wanted AND before IS NULL ORDER BY recorded_at DESC, id DESC
    LOOP
        EXECUTE format('DELETE FROM %I t WHERE t.id = $1', change.row_table) USING change.row_id;
        restored := restored + 1;
    END LOOP;
    -- Numbers that two persons exchanged go back one after the other: the place is freed first.
    UPDATE households_person p SET id_number = NULL, id_number_digest = NULL, id_number_tail_digest = NULL
      FROM households_rowchange r
     WHERE r.change_set = wanted AND r.row_table = 'households_person' AND r.row_id = p.id
       AND r.before ->> 'id_number_digest' IS DISTINCT FROM r.after ->> 'id_number_digest'
       AND r.before ->> 'id_number_digest' IS NOT NULL AND p.id_number_digest IS NOT NULL;
    -- Who goes last: other rows may change their person only while the two records belong together.
    SELECT array_agg(id ORDER BY row_table = 'households_person', recorded_at DESC, id DESC) INTO waiting
      FROM households_rowchange WHERE change_set = wanted AND before IS NOT NULL;
    BEGIN
        FOR change IN
            SELECT row_table, row_id, before FROM households_rowchange r
              JOIN unnest(waiting) WITH ORDINALITY AS w(id, place) USING (id) ORDER BY w.place
        LOOP
            PERFORM households_put_back(change.row_table, change.row_id, change.before);
        END LOOP;
        RETURN restored + coalesce(cardinality(waiting), 0);
    EXCEPTION WHEN exclusion_violation OR unique_violation THEN
        NULL;
    END;
    -- What frees a period or a number must go back before what takes it again: round by round.
    WHILE cardinality(waiting) > 0 LOOP
        left_over := '{}';
        FOR change IN
            SELECT r.id, row_table, row_id, before FROM households_rowchange r
              JOIN unnest(waiting) WITH ORDINALITY AS w(id, place) USING (id) ORDER BY w.place
        LOOP
            BEGIN
                PERFORM households_put_back(change.row_table, change.row_id, change.before);
                restored := restored + 1;
            EXCEPTION WHEN exclusion_violation OR unique_violation THEN
                left_over := left_over || change.id;
            END;
        END LOOP;
        IF cardinality(left_over) = cardinality(waiting) THEN
            RAISE EXCEPTION 'something later stands in the way' USING ERRCODE = 'HM001';
        END IF;
        waiting := left_over;
    END LOOP;
    RETURN restored;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('households', '0009_people_found_by_parts_of_their_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            TAKE_BACK,
            f"DROP FUNCTION households_take_back(uuid); DROP FUNCTION households_put_back(text, uuid, jsonb); {FORMER}",
        ),
    ]
