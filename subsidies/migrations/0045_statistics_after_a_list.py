from django.db import migrations

REFRESH = """
CREATE FUNCTION subsidies_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE case_table text;
BEGIN
    FOR case_table IN
        SELECT c.oid::regclass::text FROM pg_class c
         WHERE c.relnamespace = current_schema()::regnamespace
           AND c.relkind = 'r' AND c.relname LIKE 'subsidies\\_%'
    LOOP
        EXECUTE 'ANALYZE ' || case_table;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Cases just written by the thousand have true statistics at once, not when the server next looks round.

    Only the owner of a table may have it analysed, hence the function.
    """

    dependencies = [("subsidies", "0044_heirs_share_arrears")]

    operations = [
        migrations.RunSQL(REFRESH, "DROP FUNCTION subsidies_refresh_statistics()"),
    ]
