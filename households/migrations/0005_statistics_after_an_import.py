from django.db import migrations

REFRESH = """
CREATE FUNCTION households_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE registry_table text;
BEGIN
    FOR registry_table IN
        SELECT c.oid::regclass::text FROM pg_class c
         WHERE c.relnamespace = current_schema()::regnamespace
           AND c.relkind = 'r' AND c.relname LIKE 'households\\_%'
    LOOP
        EXECUTE 'ANALYZE ' || registry_table;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """A registry just taken in has true statistics at once, not when the server next looks round.

    Without them the reasons of a single person take half a minute, because the planner takes full
    tables for empty ones. Only the owner of a table may have it analysed, hence the function.
    """

    dependencies = [("households", "0001_initial")]

    operations = [
        migrations.RunSQL(REFRESH, "DROP FUNCTION households_refresh_statistics()"),
    ]
