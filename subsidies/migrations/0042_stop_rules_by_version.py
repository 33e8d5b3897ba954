"""Until when is paid belongs to a policy version; what a programme is stays as it is once a version is published."""

from django.db import migrations, models

from offices.database.together import together

# A published version never changes (0007); here its programme's rule is written beside what it said already.
COPIED = """
ALTER TABLE subsidies_policyversion DISABLE TRIGGER published_policy_stands;
UPDATE subsidies_policyversion v SET stop_rule = p.stop_rule FROM subsidies_programme p WHERE p.code = v.programme_id;
ALTER TABLE subsidies_policyversion ENABLE TRIGGER published_policy_stands;
"""
COPIED_BACK = """
UPDATE subsidies_programme p SET stop_rule = coalesce((
    SELECT v.stop_rule FROM subsidies_policyversion v WHERE v.programme_id = p.code AND v.stop_rule <> ''
     ORDER BY v.state = 'published' DESC, v.from_on DESC LIMIT 1), 'end_of_month');
"""

# The one definition of which rule holds on a day: of the version of the day, else of the last one before it,
# else of the first.
STOP_RULE = """
CREATE FUNCTION subsidies_stop_rule(of_programme text, day date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT v.stop_rule FROM subsidies_policyversion v
     WHERE v.programme_id = of_programme AND v.state = 'published'
     ORDER BY v.from_on <= day DESC, CASE WHEN v.from_on <= day THEN v.from_on END DESC, v.from_on LIMIT 1 $$;
"""
STOP_RULE_BEFORE = "DROP FUNCTION subsidies_stop_rule(text, date);"

# Heirs share what the grant brings up to the end that the `rule` of the day of the death gives (0040).
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
         WHERE l.share IS NOT NULL
           AND l.amount IS DISTINCT FROM subsidies_heir_part(
               subsidies_due_until_death(coalesce(a.annual_amount, g.annual_amount), m.frequency, {rule},
                                         g.to_on, p.died_on, l.period_from_on, l.period_to_on)
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
HEIRS = _HEIRS.format(rule="subsidies_stop_rule(l.programme_id, p.died_on)")
HEIRS_BEFORE = _HEIRS.format(rule="m.stop_rule")

PROGRAMME_STANDS = """
CREATE FUNCTION programme_stands_once_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM subsidies_policyversion WHERE programme_id = OLD.code AND state = 'published') THEN
        RAISE EXCEPTION 'what programme % is stays as it is: another unit or kind is a new programme', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_stands_once_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programme_stands_once_published BEFORE UPDATE ON subsidies_programme FOR EACH ROW
    WHEN ((OLD.unit, OLD.kind, OLD.frequency, OLD.is_posted)
          IS DISTINCT FROM (NEW.unit, NEW.kind, NEW.frequency, NEW.is_posted))
    EXECUTE FUNCTION programme_stands_once_published();
"""
PROGRAMME_STANDS_BEFORE = """
DROP TRIGGER programme_stands_once_published ON subsidies_programme;
DROP FUNCTION programme_stands_once_published();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0041_who_enters_does_not_decide")]

    operations = together([
        migrations.AddField(
            model_name="policyversion",
            name="stop_rule",
            field=models.CharField(
                blank=True,
                choices=[
                    ("end_of_month", "Paid to the end of the month"),
                    ("next_month", "Paid to the end of the next month"),
                    ("end_of_year", "Paid to the end of the year"),
                ],
                default="",
                max_length=14,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(COPIED, COPIED_BACK),
        migrations.RunSQL(STOP_RULE, STOP_RULE_BEFORE),
        migrations.RunSQL(HEIRS, HEIRS_BEFORE),
        # Backwards it is empty until it is copied back.
        migrations.AlterField(
            model_name="programme",
            name="stop_rule",
            field=models.CharField(blank=True, default="", max_length=14),
        ),
        migrations.RemoveField(model_name="programme", name="stop_rule"),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "published"), _negated=True)
                | models.Q(("stop_rule__in", ["end_of_month", "next_month", "end_of_year"])),
                name="published_policy_says_until_when_is_paid",
                violation_error_message="A published policy says until when is paid.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=(
                    models.Q(("frequency__in", ("yearly", "monthly", "once")), ("kind", "cash"))
                    | models.Q(("frequency__in", ("yearly",)), ("kind", "premium"))
                    | models.Q(("frequency__in", ("yearly",)), ("kind", "points"))
                    | models.Q(("frequency__in", ("yearly", "once")), ("kind", "award"))
                    | models.Q(("frequency__in", ("request",)), ("kind", "letter"))
                )
                & models.Q(("kind", "points"), ("unit", "household"), _negated=True),
                name="programme_is_given_as_its_kind_can_be",
                violation_error_message=(
                    "A programme of this kind cannot be given so often, or to this unit."
                ),
            ),
        ),
        migrations.RunSQL(PROGRAMME_STANDS, PROGRAMME_STANDS_BEFORE),
    ])
