import importlib

from django.db import migrations

FORMER = importlib.import_module("households.migrations.0008_import_headers_undo_and_review").UNDO

_FORMER_COLUMNS = """
                  string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY a.attnum) AS present,
                  string_agg('n.' || quote_ident(a.attname), ', ' ORDER BY a.attnum) AS left_as
"""
_COLUMNS = """
                  string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY a.attnum)
                      FILTER (WHERE b.relname = 'households_household' OR a.attname <> ALL (unread)) AS present,
                  string_agg('n.' || quote_ident(a.attname), ', ' ORDER BY a.attnum)
                      FILTER (WHERE b.relname = 'households_household' OR a.attname <> ALL (unread)) AS left_as
"""
_DECLARED = "    undone integer := 0;\n"
# Where people are served follows from their facts; what a row notes of them is asked for by itself.
_UNREAD = "    unread constant text[] := ARRAY['division_code', 'row_digest'];\n"
_CHECKED = "    DELETE FROM households_registrytask k"
_VOIDED = """    -- Whoever voids the note of a row keeps the import, unless that was taken back itself.
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT ON (e.pgh_obj_id) e.pgh_obj_id, e.row_digest
              FROM households_personevent e, undoing u
             WHERE u.rows = 'households_person' AND e.pgh_id > u.last_key
               AND (e.recorded_at = stamp OR e.pgh_obj_id IN (
                    SELECT x.pgh_obj_id FROM households_personevent x
                     WHERE x.pgh_id > u.first_key AND x.pgh_id <= u.last_key AND x.pgh_created_at = began))
             ORDER BY e.pgh_obj_id, e.pgh_id) AS n
          JOIN households_person t ON t.id = n.pgh_obj_id
         WHERE t.row_digest IS DISTINCT FROM n.row_digest
           AND (t.row_digest IS NOT NULL OR EXISTS (
                SELECT FROM households_rowchange r
                 WHERE r.row_table = 'households_person' AND r.row_id = t.id
                   AND r.before ->> 'row_digest' = to_jsonb(n.row_digest) #>> '{}'
                   AND NOT EXISTS (SELECT FROM households_lifeevent v
                                    WHERE v.id = r.change_set AND v.state = 'taken_back')
                   AND NOT EXISTS (SELECT FROM households_personmerge m
                                    WHERE m.id = r.change_set AND m.state = 'undone')))
    ) THEN
        RAISE EXCEPTION 'changed since' USING ERRCODE = 'HM001';
    END IF;
"""
UNDO = (
    FORMER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    .replace(_DECLARED, _DECLARED + _UNREAD, 1)
    .replace(_FORMER_COLUMNS.strip(), _COLUMNS.strip(), 1)
    .replace(_CHECKED, _VOIDED + _CHECKED, 1)
)


class Migration(migrations.Migration):
    """An event that was recorded and taken back again is no reason to keep an import."""

    dependencies = [
        ("households", "0025_days_of_which_files_spoke"),
    ]

    operations = [
        migrations.RunSQL(UNDO, FORMER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)),
    ]
