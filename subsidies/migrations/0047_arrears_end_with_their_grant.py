"""Arrears not yet paid are due as far as their period still is by the end that came after them."""

from importlib import import_module

from django.db import migrations, models

before = import_module("subsidies.migrations.0044_heirs_share_arrears")

# The first day no longer paid of a grant, by its stop and the stop rule of the day of a death; null: no end.
GRANT_ENDS = """
CREATE FUNCTION subsidies_grant_ends(of_grant uuid) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT least(g.to_on, subsidies_end_after(subsidies_stop_rule(g.programme_id, p.died_on), p.died_on))
      FROM subsidies_grant g JOIN households_person p ON p.id = g.person_id WHERE g.id = of_grant $$;
"""
GRANT_ENDS_BEFORE = "DROP FUNCTION subsidies_grant_ends(uuid);"

# What of arrears lies before the end of their grant, in yuan. They are reckoned up to `ends_on`: an end that
# is not before it takes nothing away. Of a year that ends earlier they bring what its months bring more than
# its own line and the arrears before them; a finding may have asked more a year than the grant brings.
TO_END = """
CREATE FUNCTION subsidies_arrear_to_end(of_arrear uuid) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN g.to_on <= g.from_on THEN 0
        WHEN m.frequency = 'once' OR e.last IS NULL OR e.last >= least(r.ends_on, r.period_to_on) THEN r.amount
        WHEN e.last <= r.period_from_on THEN 0
        WHEN m.frequency = 'monthly' THEN r.amount
        ELSE greatest(0, least(r.amount, subsidies_twelfths(
            greatest(coalesce(a.annual_amount, g.annual_amount),
                     CASE WHEN others.has_finding THEN (own.amount + others.every) * 12
                          / CASE WHEN r.ends_on < r.period_to_on THEN date_part('month', r.ends_on - 1)::integer
                                 ELSE 12 END END),
            date_part('month', e.last - 1)::integer) - own.amount - others.before)) END
      FROM subsidies_arrear r
      JOIN subsidies_grant g ON g.id = r.grant_id
      JOIN subsidies_programme m ON m.code = g.programme_id
      LEFT JOIN subsidies_payment t ON t.id = r.payment_id AND t.state IN ('planned', 'sent', 'paid')
      LEFT JOIN LATERAL subsidies_amounts_on(r.period_from_on) a ON a.grant_id = g.id
     CROSS JOIN LATERAL subsidies_grant_ends(g.id) e(last)
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.amount - coalesce(
                   (SELECT sum(c.amount) FROM subsidies_arrear c WHERE c.payment_id = l.id), 0)), 0) AS amount
          FROM subsidies_payment l
         WHERE l.grant_id = r.grant_id AND l.share IS NULL AND l.period_from_on = r.period_from_on
           AND l.period_from_on < l.period_to_on AND l.state IN ('planned', 'sent', 'paid')) own
     CROSS JOIN LATERAL (
        SELECT sum(o.amount) AS every, bool_or(o.finding_id IS NOT NULL) AS has_finding,
               coalesce(sum(o.amount) FILTER (
                   WHERE (q.id IS NULL, o.id) < (t.id IS NULL, r.id)), 0) AS before
          FROM subsidies_arrear o
          LEFT JOIN subsidies_payment q ON q.id = o.payment_id AND q.state IN ('planned', 'sent', 'paid')
         WHERE o.grant_id = r.grant_id AND o.period_from_on = r.period_from_on) others
     WHERE r.id = of_arrear $$;
"""
TO_END_BEFORE = "DROP FUNCTION subsidies_arrear_to_end(uuid);"

# What arrears bring, in yuan: the one definition of selection, triggers and `verify_ledger`. What is paid or
# being paid stays, and so does what heirs share of whom one has been paid.
DUE = """
CREATE FUNCTION subsidies_arrear_due(of_arrear uuid) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p.state IN ('planned', 'sent', 'paid') OR p.share IS NOT NULL AND EXISTS (
            SELECT FROM subsidies_payment o
             WHERE o.grant_id = r.grant_id AND o.share IS NOT NULL AND o.period_from_on = o.period_to_on
               AND o.state IN ('sent', 'paid')) THEN r.amount
        ELSE subsidies_arrear_to_end(r.id) END
      FROM subsidies_arrear r LEFT JOIN subsidies_payment p ON p.id = r.payment_id
     WHERE r.id = of_arrear $$;
"""
DUE_BEFORE = "DROP FUNCTION subsidies_arrear_due(uuid);"

_AMOUNT, _DUE = "r.amount", "subsidies_arrear_due(r.id)"
SHARE_BEFORE = before.SHARE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
SHARE = SHARE_BEFORE.replace(_AMOUNT, _DUE)
HEIRS = before.HEIRS.replace(_AMOUNT, _DUE)

# What findings entered until now was reckoned with the end that was known.
KNOWN_ENDS = """
UPDATE subsidies_arrear SET ends_on = subsidies_grant_ends(grant_id) WHERE finding_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0046_policies_found_late_again")]

    operations = [
        migrations.AddField(
            model_name="arrear", name="ends_on", field=models.DateField(blank=True, null=True)
        ),
        migrations.RunSQL(GRANT_ENDS, GRANT_ENDS_BEFORE),
        migrations.RunSQL(TO_END, TO_END_BEFORE),
        migrations.RunSQL(DUE, DUE_BEFORE),
        migrations.RunSQL(SHARE, SHARE_BEFORE),
        migrations.RunSQL(HEIRS, before.HEIRS),
        migrations.RunSQL(KNOWN_ENDS, migrations.RunSQL.noop),
    ]
