"""Heirs share the arrears of who has died: each the share of all of them, less what came to the share before."""

from django.db import migrations

# What an heir has of the arrears of a grant, in yuan: of each one the share to the cent, so that a further one
# changes none of those before. Not of what a whole line brought her while she lived. The one definition, which
# the selection and `verify_ledger` read too.
SHARE = """
CREATE FUNCTION subsidies_arrears_of_share(of_grant uuid, representation uuid, of_share integer)
    RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(subsidies_heir_part(r.amount, representation, of_share)), 0)
      FROM subsidies_arrear r LEFT JOIN subsidies_payment p ON p.id = r.payment_id
     WHERE r.grant_id = of_grant
       AND (p.id IS NULL OR p.share IS NOT NULL OR p.state NOT IN ('planned', 'sent', 'paid')) $$;
"""
SHARE_BEFORE = "DROP FUNCTION subsidies_arrears_of_share(uuid, uuid, integer);"

# As in 0042; a line for arrears alone has an empty period.
_HEIRS = """
CREATE OR REPLACE FUNCTION payee_stands_for_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added WHERE representative_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM added l
          JOIN subsidies_paymentbatch b ON b.id = l.batch_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
          JOIN households_representation r ON r.id = q.representation_id
         WHERE r.person_id <> l.person_id OR NOT r.is_paid OR r.state <> 'confirmed'
            OR r.from_on > b.made_on OR r.to_on <= b.made_on
            OR (r.kind = 'heirs') <> (p.died_on IS NOT NULL AND p.died_on <= b.made_on)
            OR (r.kind = 'heirs') <> (l.share IS NOT NULL) OR l.share <> q.serial
            OR l.payee_name <> q.name OR l.payee_account_digest IS DISTINCT FROM q.account_digest) THEN
        RAISE EXCEPTION 'somebody is paid who does not stand for the person on that day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payee_stands_for_the_person';
    END IF;
    -- One after the other: of two batches at once the second sees whose shares the first one pays.
    PERFORM FROM households_representation r
      WHERE r.id IN (SELECT q.representation_id FROM added l JOIN households_representative q
                       ON q.id = l.representative_id WHERE l.share IS NOT NULL)
      ORDER BY r.id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM added l
          JOIN subsidies_grant g ON g.id = l.grant_id
          LEFT JOIN LATERAL subsidies_amounts_on(l.period_from_on) a ON a.grant_id = g.id
          JOIN subsidies_programme m ON m.code = l.programme_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL{of_periods}
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(coalesce(a.annual_amount, g.annual_amount), m.frequency, subsidies_stop_rule(l.programme_id, p.died_on),
                                         g.to_on, p.died_on, l.period_from_on, l.period_to_on)
               - coalesce((SELECT sum(r.amount) FROM subsidies_arrear r
                            WHERE r.grant_id = l.grant_id AND r.period_from_on < l.period_to_on
                              AND r.period_to_on > l.period_from_on), 0),
               q.representation_id, l.share)) THEN
        RAISE EXCEPTION 'an heir is paid another amount than the share of what is due'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up_to_what_is_due';
    END IF;
{arrears}    IF EXISTS (
        SELECT FROM added l
          JOIN households_representative q ON q.id = l.representative_id
          JOIN subsidies_payment o ON o.person_id = l.person_id AND o.programme_id = l.programme_id
               AND (o.period_from_on < l.period_to_on AND o.period_to_on > l.period_from_on{alone})
               AND o.state IN ('planned', 'sent', 'paid') AND o.share IS NOT NULL
          JOIN households_representative oq ON oq.id = o.representative_id
         WHERE l.share IS NOT NULL
           AND (oq.representation_id <> q.representation_id OR o.grant_id <> l.grant_id)) THEN
        RAISE EXCEPTION 'the shares of a period are of one document'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_are_of_one_document';
    END IF;
    RETURN NULL;
END $$;
"""
HEIRS = _HEIRS.format(
    of_periods=" AND l.period_from_on < l.period_to_on",
    arrears="""    IF EXISTS (
        SELECT FROM added l JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL AND l.period_from_on = l.period_to_on
           AND subsidies_arrears_of_share(l.grant_id, q.representation_id, l.share) IS DISTINCT FROM (
               SELECT sum(o.amount) FROM subsidies_payment o
                WHERE o.grant_id = l.grant_id AND o.share = l.share AND o.period_from_on = o.period_to_on
                  AND o.state IN ('planned', 'sent', 'paid'))) THEN
        RAISE EXCEPTION 'an heir is paid other arrears than the share of what is lacking'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up_to_what_lacks';
    END IF;
""",
    alone="""
                    OR l.period_from_on = l.period_to_on AND o.period_from_on = o.period_to_on
                       AND o.grant_id = l.grant_id""",
)
HEIRS_BEFORE = _HEIRS.format(of_periods="", arrears="", alone="")


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0043_cases_found_by_person")]

    operations = [
        migrations.RunSQL(SHARE, SHARE_BEFORE),
        migrations.RunSQL(HEIRS, HEIRS_BEFORE),
    ]
