"""Of a year that ends earlier than was known, arrears bring what its months bring more than its heirs have of it."""

from importlib import import_module

from django.db import migrations

before = import_module("subsidies.migrations.0047_arrears_end_with_their_grant")

_OF_THE_PERSON = """
        SELECT coalesce(sum(l.amount - coalesce(
                   (SELECT sum(c.amount) FROM subsidies_arrear c WHERE c.payment_id = l.id), 0)), 0) AS amount
          FROM subsidies_payment l
         WHERE l.grant_id = r.grant_id AND l.share IS NULL AND l.period_from_on"""
# What some heirs have stands for the whole of which it is their part.
_OF_WHOEVER_IS_PAID = """
        SELECT coalesce(round(sum(l.amount - coalesce(
                   (SELECT sum(c.amount) FROM subsidies_arrear c WHERE c.payment_id = l.id), 0))
               / sum(coalesce(h.part, 1)), 2), 0) AS amount
          FROM subsidies_payment l
          LEFT JOIN LATERAL (
               SELECT q.parts::numeric / sum(s.parts) AS part
                 FROM households_representative q
                 JOIN households_representative s ON s.representation_id = q.representation_id
                WHERE q.id = l.representative_id AND l.share IS NOT NULL GROUP BY q.id) h ON true
         WHERE l.grant_id = r.grant_id AND l.period_from_on"""
TO_END_BEFORE = before.TO_END.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
TO_END = TO_END_BEFORE.replace(_OF_THE_PERSON, _OF_WHOEVER_IS_PAID)


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0049_notices_are_found_by_place")]

    operations = [migrations.RunSQL(TO_END, TO_END_BEFORE)]
