from django.db import migrations

REFRESH = """
CREATE FUNCTION offices_refresh_statistics(app text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE app_table text;
BEGIN
    FOR app_table IN
        SELECT c.oid::regclass::text FROM pg_class c
         WHERE c.relnamespace = current_schema()::regnamespace
           AND c.relkind = 'r' AND starts_with(c.relname, app || '_')
    LOOP
        EXECUTE 'ANALYZE ' || app_table;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Tables of an app that were just filled have true statistics at once, not when the server next looks round.

    Only the owner of a table may have it analysed, hence the function.
    """

    dependencies = [("offices", "0001_initial")]

    operations = [
        migrations.RunSQL(REFRESH, "DROP FUNCTION offices_refresh_statistics(text)"),
    ]
