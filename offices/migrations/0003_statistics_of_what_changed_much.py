from importlib import import_module

from django.db import migrations

_FORMER = import_module("offices.migrations.0002_statistics_after_thousands")

REFRESH = """
CREATE OR REPLACE FUNCTION offices_refresh_statistics(app text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE app_table text;
BEGIN
    FOR app_table IN
        SELECT c.oid::regclass::text FROM pg_class c
         WHERE c.relnamespace = current_schema()::regnamespace
           AND c.relkind = 'r' AND starts_with(c.relname, app || '_')
           AND pg_stat_get_mod_since_analyze(c.oid) + pg_stat_get_xact_tuples_inserted(c.oid)
               + pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid)
               > current_setting('autovacuum_analyze_threshold')::integer
                 + current_setting('autovacuum_analyze_scale_factor')::real * greatest(c.reltuples, 0)
    LOOP
        EXECUTE 'ANALYZE ' || app_table;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Tables whose rows changed enough for the server to look at them again are looked at, others are left.

    A file of three rows does not have every table of a county sampled. What this transaction changed the
    server counts apart until it ends.
    """

    dependencies = [("offices", "0002_statistics_after_thousands")]

    operations = [
        migrations.RunSQL(REFRESH, _FORMER.REFRESH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
