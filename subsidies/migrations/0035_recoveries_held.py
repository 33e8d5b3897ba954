"""What of recoveries must never be false, whoever writes: nothing is recovered twice, received or waived beyond
what is owed, asked for before it is in force, or lowered but by an appeal; nobody acts on her own family's.
"""

from django.db import migrations

# The worse-off rule of a grant speaks of yuan a year; of a recovery, of what is to be paid back in all.
JUDGE = """
CREATE OR REPLACE FUNCTION appeal_is_decided_by_who_has_not_acted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned subsidies_grant%ROWTYPE;
    owed numeric;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.decided_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.decided_by_id IS NOT DISTINCT FROM OLD.decided_by_id
       AND NEW.remedy_amount IS NOT DISTINCT FROM OLD.remedy_amount
       AND NEW.remedy_from_on IS NOT DISTINCT FROM OLD.remedy_from_on THEN
        RETURN NEW;
    END IF;
    -- Of the other ways the office only writes down what another body decided.
    IF NEW.kind = 'review' AND (
        EXISTS (SELECT 1 FROM subsidies_applicationstep s
                 WHERE s.application_id = NEW.application_id AND s.acted_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM subsidies_decisionletter l
                    WHERE l.application_id = NEW.application_id AND l.issued_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM offices_act a
                    WHERE a.by_id = NEW.decided_by_id
                      AND (a.record_type = 'subsidies.application' AND a.record_id = NEW.application_id
                           OR a.record_type = 'subsidies.grant' AND a.record_id IN (
                                SELECT g.id FROM subsidies_grant g WHERE g.application_id = NEW.application_id)
                           OR a.record_type = 'subsidies.recovery' AND a.record_id IN (
                                SELECT r.id FROM subsidies_recovery r JOIN subsidies_grant g ON g.id = r.grant_id
                                 WHERE g.application_id = NEW.application_id)))) THEN
        RAISE EXCEPTION 'who acted on the case decides no appeal of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_is_decided_by_who_has_not_acted';
    END IF;
    SELECT r.amount INTO owed FROM subsidies_recovery r
      JOIN subsidies_decisionletter l ON l.recovery_id = r.id WHERE l.id = NEW.letter_id;
    IF FOUND THEN
        IF NEW.remedy_amount > owed OR NEW.remedy_from_on IS NOT NULL THEN
            RAISE EXCEPTION 'nobody is worse off by an appeal'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_is_worse_off_by_an_appeal';
        END IF;
        RETURN NEW;
    END IF;
    SELECT g.* INTO concerned FROM subsidies_grant g
      JOIN subsidies_decisionletter l ON l.grant_id = g.id WHERE l.id = NEW.letter_id;
    IF FOUND AND (NEW.remedy_amount < concerned.annual_amount OR NEW.remedy_from_on > concerned.from_on) THEN
        RAISE EXCEPTION 'nobody is worse off by an appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_is_worse_off_by_an_appeal';
    END IF;
    RETURN NEW;
END $$;
"""
JUDGE_BEFORE = """
CREATE OR REPLACE FUNCTION appeal_is_decided_by_who_has_not_acted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    concerned subsidies_grant%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.decided_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.decided_by_id IS NOT DISTINCT FROM OLD.decided_by_id
       AND NEW.remedy_amount IS NOT DISTINCT FROM OLD.remedy_amount
       AND NEW.remedy_from_on IS NOT DISTINCT FROM OLD.remedy_from_on THEN
        RETURN NEW;
    END IF;
    -- Of the other ways the office only writes down what another body decided.
    IF NEW.kind = 'review' AND (
        EXISTS (SELECT 1 FROM subsidies_applicationstep s
                 WHERE s.application_id = NEW.application_id AND s.acted_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM subsidies_decisionletter l
                    WHERE l.application_id = NEW.application_id AND l.issued_by_id = NEW.decided_by_id)
        OR EXISTS (SELECT 1 FROM offices_act a
                    WHERE a.by_id = NEW.decided_by_id
                      AND (a.record_type = 'subsidies.application' AND a.record_id = NEW.application_id
                           OR a.record_type = 'subsidies.grant' AND a.record_id IN (
                                SELECT g.id FROM subsidies_grant g WHERE g.application_id = NEW.application_id)))) THEN
        RAISE EXCEPTION 'who acted on the case decides no appeal of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_is_decided_by_who_has_not_acted';
    END IF;
    SELECT g.* INTO concerned FROM subsidies_grant g
      JOIN subsidies_decisionletter l ON l.grant_id = g.id WHERE l.id = NEW.letter_id;
    IF FOUND AND (NEW.remedy_amount < concerned.annual_amount OR NEW.remedy_from_on > concerned.from_on) THEN
        RAISE EXCEPTION 'nobody is worse off by an appeal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_is_worse_off_by_an_appeal';
    END IF;
    RETURN NEW;
END $$;
"""
FORWARD = """
CREATE FUNCTION recovery_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'proposed' THEN
        RAISE EXCEPTION 'a recovery begins as a proposal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_begins_as_a_proposal';
    END IF;
    NEW.received_amount := 0;
    NEW.refunded_amount := 0;
    NEW.waived_amount := 0;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_begins BEFORE INSERT ON subsidies_recovery
    FOR EACH ROW EXECUTE FUNCTION recovery_begins();

CREATE FUNCTION recovery_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What came in, went back and was waived follows its rows alone.
    IF pg_trigger_depth() < 2 THEN
        NEW.received_amount := OLD.received_amount;
        NEW.refunded_amount := OLD.refunded_amount;
        NEW.waived_amount := OLD.waived_amount;
    END IF;
    IF (OLD.number, OLD.grant_id, OLD.late_finding_id, OLD.representative_id, OLD.debtor_name, OLD.ground, OLD.facts,
        OLD.document, OLD.document_on, OLD.proposed_by_id, OLD.proposed_on)
       IS DISTINCT FROM
       (NEW.number, NEW.grant_id, NEW.late_finding_id, NEW.representative_id, NEW.debtor_name, NEW.ground, NEW.facts,
        NEW.document, NEW.document_on, NEW.proposed_by_id, NEW.proposed_on)
       OR (OLD.notified_on IS NOT NULL
           AND (OLD.notified_on, OLD.notified_how, OLD.notified_to, OLD.notified_by_id, OLD.heard_until)
               IS DISTINCT FROM
               (NEW.notified_on, NEW.notified_how, NEW.notified_to, NEW.notified_by_id, NEW.heard_until))
       OR (OLD.heard_on IS NOT NULL
           AND (OLD.statement, OLD.is_silent, OLD.heard_on, OLD.heard_by_id)
               IS DISTINCT FROM (NEW.statement, NEW.is_silent, NEW.heard_on, NEW.heard_by_id))
       OR (OLD.decided_on IS NOT NULL
           AND (OLD.reasons, OLD.decided_on, OLD.decided_by_id)
               IS DISTINCT FROM (NEW.reasons, NEW.decided_on, NEW.decided_by_id))
       OR (OLD.state IN ('dropped', 'withdrawn') AND NEW.state <> OLD.state)
       OR (OLD.decided_on IS NOT NULL AND NEW.state IN ('proposed', 'notified', 'heard', 'dropped'))
       OR (OLD.state = 'settled' AND NEW.state = 'decided') THEN
        RAISE EXCEPTION 'what was proposed, said and decided of recovery % stays', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_goes_its_way';
    END IF;
    IF NEW.amount <> OLD.amount OR (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn') THEN
        IF NEW.amount > OLD.amount OR NOT EXISTS (
            SELECT 1 FROM subsidies_appeal a JOIN subsidies_decisionletter l ON l.id = a.letter_id
             WHERE l.recovery_id = NEW.id AND a.state = 'decided' AND a.carried_out_on IS NOT NULL
               AND (a.result = 'changed' AND a.remedy_amount <= NEW.amount OR NEW.state = 'withdrawn')
               AND a.result IN ('changed', 'sent_back')) THEN
            RAISE EXCEPTION 'recovery % is lowered or withdrawn by an appeal alone', OLD.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_is_corrected_by_an_appeal';
        END IF;
    END IF;
    IF NEW.state = 'settled' AND OLD.state <> 'settled'
       AND NEW.amount - NEW.waived_amount - NEW.received_amount + NEW.refunded_amount > 0 THEN
        RAISE EXCEPTION 'recovery % is not settled', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_recovery_owes_nothing';
    END IF;
    IF NEW.in_force_on IS NOT NULL AND OLD.in_force_on IS NULL AND (
        EXISTS (SELECT 1 FROM subsidies_appeal a JOIN subsidies_decisionletter l ON l.id = a.letter_id
                 WHERE l.recovery_id = NEW.id AND a.state IN ('received', 'accepted', 'suspended'))
        OR NOT EXISTS (
            SELECT 1 FROM subsidies_letterdelivery d
             WHERE d.taken_back_on IS NULL AND d.delivered_on <= NEW.in_force_on AND d.letter_id = (
                SELECT l.id FROM subsidies_decisionletter l WHERE l.recovery_id = NEW.id
                 ORDER BY l.issued_on DESC, l.serial DESC LIMIT 1))) THEN
        RAISE EXCEPTION 'recovery % has not reached the family, or is under appeal', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_in_force_is_delivered_and_not_appealed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_goes_its_way BEFORE UPDATE ON subsidies_recovery
    FOR EACH ROW EXECUTE FUNCTION recovery_goes_its_way();

CREATE FUNCTION recovery_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
    total numeric;
BEGIN
    SELECT * INTO about FROM subsidies_recovery
     WHERE id = CASE TG_TABLE_NAME WHEN 'subsidies_recovery' THEN NEW.id
                     ELSE (to_jsonb(NEW) ->> 'recovery_id')::uuid END;
    SELECT coalesce(sum(amount), 0) INTO total FROM subsidies_recoveryline WHERE recovery_id = about.id;
    IF total <> about.amount OR (total = 0 AND about.state NOT IN ('withdrawn', 'dropped')) THEN
        RAISE EXCEPTION 'recovery % is of %, its lines of %', about.number, about.amount, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_is_the_sum_of_its_lines';
    END IF;
    IF about.decided_on IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM subsidies_decisionletter l WHERE l.recovery_id = about.id AND l.kind = 'recovery') THEN
        RAISE EXCEPTION 'recovery % is decided without a letter', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decided_recovery_has_its_letter';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recovery_adds_up AFTER INSERT OR UPDATE ON subsidies_recovery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_adds_up();
CREATE CONSTRAINT TRIGGER recovery_adds_up AFTER INSERT OR UPDATE ON subsidies_recoveryline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_adds_up();

CREATE FUNCTION nothing_is_recovered_twice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
    line subsidies_payment%ROWTYPE;
    taken numeric;
BEGIN
    -- One after the other: of two proposals at once the second sees what the first takes.
    SELECT * INTO line FROM subsidies_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT * INTO about FROM subsidies_recovery WHERE id = NEW.recovery_id;
    IF TG_OP = 'INSERT' AND (about.state <> 'proposed' OR NEW.amount <> NEW.first_amount)
       OR TG_OP = 'UPDATE' AND ((NEW.recovery_id, NEW.payment_id, NEW.first_amount)
                                IS DISTINCT FROM (OLD.recovery_id, OLD.payment_id, OLD.first_amount)
                                OR NEW.amount > OLD.amount) THEN
        RAISE EXCEPTION 'a line of a recovery is only lowered'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_line_is_only_lowered';
    END IF;
    IF line.state <> 'paid' OR line.grant_id <> about.grant_id
       OR line.representative_id IS DISTINCT FROM about.representative_id THEN
        RAISE EXCEPTION 'a recovery is of lines of its grant that were paid to the debtor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_is_of_what_the_debtor_was_paid';
    END IF;
    SELECT coalesce(sum(l.amount), 0) INTO taken FROM subsidies_recoveryline l
      JOIN subsidies_recovery r ON r.id = l.recovery_id
     WHERE l.payment_id = NEW.payment_id AND l.id <> NEW.id AND r.state NOT IN ('dropped', 'withdrawn');
    IF taken + NEW.amount > line.amount THEN
        RAISE EXCEPTION '% would be recovered of a payment of %', taken + NEW.amount, line.amount
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_is_recovered_twice';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nothing_is_recovered_twice BEFORE INSERT OR UPDATE ON subsidies_recoveryline
    FOR EACH ROW EXECUTE FUNCTION nothing_is_recovered_twice();

CREATE FUNCTION recovery_takes_in_what_is_owed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
BEGIN
    -- The row lock lets receipts at once wait for each other.
    UPDATE subsidies_recovery SET received_amount = received_amount + NEW.amount
     WHERE id = NEW.recovery_id RETURNING * INTO about;
    IF about.state <> 'decided'
       OR about.received_amount - about.refunded_amount + about.waived_amount > about.amount THEN
        RAISE EXCEPTION 'more would come in than recovery % asks for', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_comes_in_than_is_owed';
    END IF;
    IF about.in_force_on IS NULL AND (NOT NEW.is_voluntary OR NOT EXISTS (
        SELECT 1 FROM subsidies_letterdelivery d JOIN subsidies_decisionletter l ON l.id = d.letter_id
         WHERE l.recovery_id = about.id AND d.taken_back_on IS NULL)) THEN
        RAISE EXCEPTION 'recovery % is not in force', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_is_asked_for_when_in_force';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_takes_in_what_is_owed BEFORE INSERT ON subsidies_recoveryreceipt
    FOR EACH ROW EXECUTE FUNCTION recovery_takes_in_what_is_owed();

CREATE FUNCTION recovery_gives_back_what_is_too_much() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
BEGIN
    UPDATE subsidies_recovery SET refunded_amount = refunded_amount + NEW.amount
     WHERE id = NEW.recovery_id RETURNING * INTO about;
    IF about.received_amount - about.refunded_amount
       < (CASE WHEN about.state = 'withdrawn' THEN 0 ELSE about.amount END) THEN
        RAISE EXCEPTION 'more would be paid back than came in too much of recovery %', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_refunded_than_came_in_too_much';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_gives_back_what_is_too_much BEFORE INSERT ON subsidies_recoveryrefund
    FOR EACH ROW EXECUTE FUNCTION recovery_gives_back_what_is_too_much();

CREATE FUNCTION recovery_waives_what_is_owed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'proposed' OR TG_OP = 'UPDATE' AND (
        (NEW.recovery_id, NEW.reason, NEW.document, NEW.proposed_by_id, NEW.proposed_on)
        IS DISTINCT FROM (OLD.recovery_id, OLD.reason, OLD.document, OLD.proposed_by_id, OLD.proposed_on)
        OR OLD.state <> 'proposed' AND (NEW.state, NEW.amount, NEW.decided_by_id, NEW.decided_on)
           IS DISTINCT FROM (OLD.state, OLD.amount, OLD.decided_by_id, OLD.decided_on)) THEN
        RAISE EXCEPTION 'a waiver is proposed and decided once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_waiver_is_decided_once';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'confirmed' AND OLD.state = 'proposed' THEN
        UPDATE subsidies_recovery SET waived_amount = waived_amount + NEW.amount
         WHERE id = NEW.recovery_id RETURNING * INTO about;
        IF about.state <> 'decided'
           OR about.received_amount - about.refunded_amount + about.waived_amount > about.amount THEN
            RAISE EXCEPTION 'more would be waived than recovery % asks for', about.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_is_waived_than_is_owed';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_waives_what_is_owed BEFORE INSERT OR UPDATE ON subsidies_recoverywaiver
    FOR EACH ROW EXECUTE FUNCTION recovery_waives_what_is_owed();

CREATE FUNCTION recovery_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about subsidies_recovery%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO about FROM subsidies_recovery WHERE id = NEW.recovery_id FOR NO KEY UPDATE;
        IF about.state <> 'decided' OR NEW.total_amount
           <> about.amount - about.waived_amount - about.received_amount + about.refunded_amount THEN
            RAISE EXCEPTION 'a plan is of what is outstanding of recovery %', about.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_plan_is_of_what_is_outstanding';
        END IF;
    ELSIF to_jsonb(NEW) - ARRAY['ended_on', 'division_code'] <> to_jsonb(OLD) - ARRAY['ended_on', 'division_code']
          OR (OLD.ended_on IS NOT NULL AND NEW.ended_on IS DISTINCT FROM OLD.ended_on) THEN
        RAISE EXCEPTION 'a plan is changed only by a new one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_plan_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_plan_stays BEFORE INSERT OR UPDATE ON subsidies_recoveryplan
    FOR EACH ROW EXECUTE FUNCTION recovery_plan_stays();

CREATE FUNCTION instalment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'division_code' <> to_jsonb(OLD) - 'division_code' THEN
        RAISE EXCEPTION 'a plan is changed only by a new one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_plan_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER instalment_stays BEFORE UPDATE ON subsidies_recoveryinstalment
    FOR EACH ROW EXECUTE FUNCTION instalment_stays();

CREATE FUNCTION recovery_plan_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_plan uuid := CASE TG_TABLE_NAME WHEN 'subsidies_recoveryplan' THEN NEW.id
                         ELSE (to_jsonb(NEW) ->> 'plan_id')::uuid END;
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_recoveryplan p LEFT JOIN subsidies_recoveryinstalment i ON i.plan_id = p.id
                WHERE p.id = of_plan GROUP BY p.id HAVING coalesce(sum(i.amount), 0) <> p.total_amount) THEN
        RAISE EXCEPTION 'the instalments do not add up to the plan'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instalments_add_up_to_their_plan';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recovery_plan_adds_up AFTER INSERT ON subsidies_recoveryplan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_plan_adds_up();
CREATE CONSTRAINT TRIGGER recovery_plan_adds_up AFTER INSERT ON subsidies_recoveryinstalment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recovery_plan_adds_up();

CREATE FUNCTION subsidies_no_recovery_of_own_family() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
BEGIN
    SELECT g.person_id INTO whose FROM subsidies_recovery r JOIN subsidies_grant g ON g.id = r.grant_id
     WHERE r.id = NEW.record_id;
    IF whose IS NOT NULL AND households_is_own_family(NEW.by_id, whose, NEW."on") THEN
        RAISE EXCEPTION 'nobody acts on a case of her own family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_acts_on_own_family';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_recovery_of_own_family BEFORE INSERT ON offices_act FOR EACH ROW
    WHEN (NEW.record_type = 'subsidies.recovery') EXECUTE FUNCTION subsidies_no_recovery_of_own_family();
"""
BACKWARD = """
DROP TRIGGER no_recovery_of_own_family ON offices_act;
DROP FUNCTION subsidies_no_recovery_of_own_family();
DROP TRIGGER recovery_plan_adds_up ON subsidies_recoveryinstalment;
DROP TRIGGER recovery_plan_adds_up ON subsidies_recoveryplan;
DROP FUNCTION recovery_plan_adds_up();
DROP TRIGGER instalment_stays ON subsidies_recoveryinstalment;
DROP FUNCTION instalment_stays();
DROP TRIGGER recovery_plan_stays ON subsidies_recoveryplan;
DROP FUNCTION recovery_plan_stays();
DROP TRIGGER recovery_waives_what_is_owed ON subsidies_recoverywaiver;
DROP FUNCTION recovery_waives_what_is_owed();
DROP TRIGGER recovery_gives_back_what_is_too_much ON subsidies_recoveryrefund;
DROP FUNCTION recovery_gives_back_what_is_too_much();
DROP TRIGGER recovery_takes_in_what_is_owed ON subsidies_recoveryreceipt;
DROP FUNCTION recovery_takes_in_what_is_owed();
DROP TRIGGER nothing_is_recovered_twice ON subsidies_recoveryline;
DROP FUNCTION nothing_is_recovered_twice();
DROP TRIGGER recovery_adds_up ON subsidies_recoveryline;
DROP TRIGGER recovery_adds_up ON subsidies_recovery;
DROP FUNCTION recovery_adds_up();
DROP TRIGGER recovery_goes_its_way ON subsidies_recovery;
DROP FUNCTION recovery_goes_its_way();
DROP TRIGGER recovery_begins ON subsidies_recovery;
DROP FUNCTION recovery_begins();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0034_recoveries"),
        ("households", "0014_staff_known_in_the_registry"),
        ("offices", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(JUDGE, JUDGE_BEFORE),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
