"""Heirs share what a period brings without its arrears, which are paid as such: together that is what is due."""

from django.db import migrations

FORWARD = """
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
          JOIN subsidies_programme m ON m.code = l.programme_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(g.annual_amount, m.frequency, m.stop_rule, g.to_on, p.died_on,
                                         l.period_from_on, l.period_to_on)
               - coalesce((SELECT sum(r.amount) FROM subsidies_arrear r
                            WHERE r.grant_id = l.grant_id AND r.period_from_on < l.period_to_on
                              AND r.period_to_on > l.period_from_on), 0),
               q.representation_id, l.share)) THEN
        RAISE EXCEPTION 'an heir is paid another amount than the share of what is due'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up_to_what_is_due';
    END IF;
    IF EXISTS (
        SELECT FROM added l
          JOIN households_representative q ON q.id = l.representative_id
          JOIN subsidies_payment o ON o.person_id = l.person_id AND o.programme_id = l.programme_id
               AND o.period_from_on < l.period_to_on AND o.period_to_on > l.period_from_on
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
BACKWARD = """
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
          JOIN subsidies_programme m ON m.code = l.programme_id
          JOIN households_person p ON p.id = l.person_id
          JOIN households_representative q ON q.id = l.representative_id
         WHERE l.share IS NOT NULL
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(g.annual_amount, m.frequency, m.stop_rule, g.to_on, p.died_on,
                                         l.period_from_on, l.period_to_on),
               q.representation_id, l.share)) THEN
        RAISE EXCEPTION 'an heir is paid another amount than the share of what is due'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_add_up_to_what_is_due';
    END IF;
    IF EXISTS (
        SELECT FROM added l
          JOIN households_representative q ON q.id = l.representative_id
          JOIN subsidies_payment o ON o.person_id = l.person_id AND o.programme_id = l.programme_id
               AND o.period_from_on < l.period_to_on AND o.period_to_on > l.period_from_on
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


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0035_recoveries_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
