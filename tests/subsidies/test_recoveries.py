"""Recovery only with a decision: heard first, decided by another, in force when it can no longer be appealed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from households.enums import RepresentationKind
from households.services.own_family import keep_identity
from offices import clock
from offices.actors import Actor
from offices.enums import Role, SuccessionKind
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Staff, Verification
from offices.services.acts import record_act
from subsidies.enums import (
    AppealKind,
    AppealResult,
    AppealVia,
    DeliveryMethod,
    GrantState,
    LateCause,
    LateDecision,
    LateState,
    LetterKind,
    RecoveryGround,
    RecoveryState,
    WaiverState,
)
from subsidies.models import Appeal, Grant, LateFinding, Recovery
from subsidies.selectors.recoveries import force_of, letter_of, overdue_on, plan_of, recoverable_of
from subsidies.services import appeals, recoveries
from subsidies.services.appeal_remedies import carry_out_appeal
from subsidies.services.deliveries import deliver_letter
from subsidies.services.recovery_plans import Instalment, agree_plan, equal_instalments
from subsidies.services.recovery_waivers import confirm_waiver, propose_waiver
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, make_actor
from tests.households.divisions import OTHER_NEW, SECOND, done
from tests.households.representing import confirmed, heir
from tests.subsidies.cases import Office, certify, make_office
from tests.subsidies.money import citizen_number, make_grant
from tests.subsidies.recovering import (
    decided,
    delivered,
    heard,
    in_force,
    paid_grant,
    paid_lines,
    pay_year,
    proposed,
    proposer,
    told,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2014, 1, 6)
DUE = datetime.date(2014, 12, 1)


@pytest.fixture
def office(county: Actor) -> Office:
    return make_office()


@contextmanager
def refused_as(code: str) -> Iterator[None]:
    """A refusal with this code and a sentence."""
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code
    assert str(refusal.value)


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """A refusal by the database itself, at once or at the end of the transaction."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr] # psycopg's


def referred(grant: Any) -> LateFinding:
    """A late finding that the county referred to the recovery procedure."""
    line = paid_lines(grant)[0]
    return LateFinding.objects.create(
        grant=grant,
        cause=LateCause.FILE,
        happened_on=datetime.date(2013, 7, 1),
        known_on=TODAY,
        periods=[
            {"payment": str(line.pk), "from": "2013-01-01", "to": "2014-01-01", "paid": "960", "right": "480"}
        ],
        paid_amount=960,
        right_amount=480,
        state=LateState.DECIDED,
        decision=LateDecision.RECOVER,
        basis="公安机关鉴定书（2014）3号",
        decided_by_id=make_actor(Role.COUNTY).staff_id,
        decided_on=TODAY,
        division_code=grant.division_code,
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"facts": " "}, "facts_missing"),
        ({"document": ""}, "facts_missing"),
        ({"ground": "other"}, "facts_missing"),
        ({"document_on": datetime.date(2014, 1, 7)}, "document_later"),
        ({"amounts": {}}, "nothing_to_recover"),
    ],
)
def test_proposal_says_what_is_missing(office: Office, given: dict[str, Any], code: str) -> None:
    grant = paid_grant("2013")
    with refused_as(code):
        proposed(grant, "100", **given)
    made = proposed(grant, "100")
    assert (made.number, made.state, made.debtor_name) == ("R2014-0001", RecoveryState.PROPOSED, "王秀英")


def test_only_what_was_paid_and_is_not_taken_yet(office: Office) -> None:
    grant = paid_grant("2012", "2013")
    other = make_grant(grant.programme, serial=501)
    first = proposed(grant, "960", "500")
    with refused_as("more_than_left"):
        proposed(grant, "", "460.01")
    with refused_as("not_paid_by_this_grant"):
        proposed(grant, "1")
    with refused_as("not_paid_by_this_grant"):
        proposed(other, amounts={paid_lines(grant)[1].pk: Decimal(1)})
    second = proposed(grant, amounts={paid_lines(grant)[1].pk: Decimal("460")})
    assert recoverable_of(grant) == []
    with refused_by("nothing_is_recovered_twice"):
        sql(
            "INSERT INTO subsidies_recoveryline SELECT gen_random_uuid(), 1, 1, division_code, payment_id, %s "
            "FROM subsidies_recoveryline WHERE recovery_id = %s",
            [second.pk, first.pk],
        )
    recoveries.drop_recovery(recovery=first, reason="证据不足", actor=office.county)
    assert [one.free for one in recoverable_of(grant)] == [960, 500]


def test_who_may_propose_and_where(office: Office) -> None:
    grant = paid_grant("2013")
    for actor in (
        office.counter,
        make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP),
        make_actor(Role.CASHIER),
    ):
        with pytest.raises(NotAllowed):
            proposed(grant, "1", actor=actor)
    assert proposed(grant, "1", actor=office.reviewer).proposed_by_id == office.reviewer.staff_id


def test_a_finding_that_was_referred_is_recovered_once(office: Office) -> None:
    grant = paid_grant("2013")
    finding = referred(grant)
    assert [one.proposed for one in recoverable_of(grant, finding=finding)] == [480]
    with refused_as("finding_not_referred"):
        other = LateFinding(pk=finding.pk, grant=grant, state=LateState.DECIDED, decision=LateDecision.LEAVE)
        proposed(grant, "480", finding=other)
    made = proposed(grant, "480", finding=finding)
    assert list(finding.recoveries.all()) == [made]
    with refused_as("finding_used"):
        proposed(grant, "100", finding=finding)


def test_the_debtor_is_who_was_paid(office: Office, moved_to: Callable[[str], None]) -> None:
    grant = paid_grant("2012")
    person = grant.person
    person.died_on = TODAY
    person.save(update_fields=["died_on"])
    confirmed(person, RepresentationKind.HEIRS, heir(502, name="王强"), heir(503, name="王丽"))
    pay_year(grant, "2013")
    own, first, second = paid_lines(grant)
    with refused_as("several_payees"):
        proposed(grant, "1", "1")
    with refused_as("several_payees"):
        proposed(grant, "", "1", "1")
    made = proposed(grant, "", "480")
    assert (made.debtor_name, made.representative_id) == (first.payee_name, first.representative_id)
    assert proposed(grant, "960").representative is None
    with refused_by("recovery_is_of_what_the_debtor_was_paid"):
        sql(
            "INSERT INTO subsidies_recoveryline SELECT gen_random_uuid(), 1, 1, division_code, %s, recovery_id "
            "FROM subsidies_recoveryline WHERE recovery_id = %s",
            [second.pk, made.pk],
        )
    assert own.representative is None


def test_nothing_is_decided_before_the_family_was_heard(
    office: Office, moved_to: Callable[[str], None]
) -> None:
    grant = paid_grant("2013")
    made = proposed(grant, "960")
    decide = {"recovery": made, "reasons": "属实", "actor": office.county}
    with pytest.raises(Stale):
        recoveries.decide_recovery(**decide)
    with refused_by("recovery_hears_the_family_first"):
        sql(
            "UPDATE subsidies_recovery SET state = 'decided', reasons = 'x', decided_on = '2014-01-06', "
            "decided_by_id = %s, notified_on = '2014-01-06', notified_by_id = %s, notified_how = 'post', "
            "notified_to = 'x', heard_until = '2014-01-16' WHERE id = %s",
            [office.county.staff_id, office.county.staff_id, made.pk],
        )
    notified = told(made)
    # Ten days from Monday the 6th end on Thursday the 16th.
    assert notified.heard_until == datetime.date(2014, 1, 16)
    with pytest.raises(Stale):
        recoveries.decide_recovery(**decide)
    with refused_as("may_still_speak"):
        recoveries.record_silence(recovery=made, actor=office.counter)
    with refused_as("statement_missing"):
        recoveries.record_statement(recovery=made, statement=" ", on=TODAY, actor=office.counter)
    with refused_as("heard_outside"):
        recoveries.record_statement(
            recovery=notified, statement="不服", on=datetime.date(2014, 1, 5), actor=office.counter
        )
    moved_to("2014-01-17")
    silent = recoveries.record_silence(recovery=made, actor=office.village)
    assert (silent.state, silent.is_silent) == (RecoveryState.HEARD, True)
    assert recoveries.decide_recovery(**decide).state == RecoveryState.DECIDED


def test_another_person_of_the_county_decides(office: Office) -> None:
    grant = paid_grant("2013")
    own = heard(proposed(grant, "100", actor=office.county))
    with refused_as("own_proposal"):
        recoveries.decide_recovery(recovery=own, reasons="属实", actor=office.county)
    with pytest.raises(NotAllowed):
        recoveries.decide_recovery(recovery=own, reasons="属实", actor=office.reviewer)
    with refused_as("reason_missing"):
        recoveries.decide_recovery(recovery=own, reasons=" ", actor=make_actor(Role.COUNTY, name="另一人"))
    with refused_by("recovery_is_decided_by_another_than_proposed_it"):
        sql(
            "UPDATE subsidies_recovery SET state = 'decided', reasons = 'x', decided_on = '2014-01-06', "
            "decided_by_id = proposed_by_id WHERE id = %s",
            [own.pk],
        )
    with refused_by("decided_recovery_has_its_letter"):
        sql(
            "UPDATE subsidies_recovery SET state = 'decided', reasons = 'x', decided_on = '2014-01-06', "
            "decided_by_id = %s WHERE id = %s",
            [office.reviewer.staff_id, own.pk],
        )
    other = make_actor(Role.COUNTY, name="另一人")
    assert (
        recoveries.decide_recovery(recovery=own, reasons="属实", actor=other).decided_by_id == other.staff_id
    )


def test_nobody_acts_on_a_recovery_of_her_own_family(office: Office) -> None:
    grant = paid_grant("2013")
    made = proposed(grant, "100")
    keep_identity(
        actor=office.security,
        staff=Staff.objects.get(pk=office.counter.staff_id),
        number=citizen_number(500),
    )
    with refused_as("own_family"):
        told(made)
    with refused_by("nobody_acts_on_own_family"):
        record_act(actor=office.counter, verb="subsidies.notify_of_recovery", record=made)


def test_letter_says_sum_law_instalments_and_ways(office: Office) -> None:
    grant = paid_grant("2012", "2013")
    instalments = [
        Instalment(datetime.date(2014, 8, 1), Decimal("700")),
        Instalment(datetime.date(2014, 9, 1), Decimal("500")),
    ]
    with refused_as("instalments_differ"):
        decided(proposed(grant, "1"), instalments=instalments, agreement="协议书")
    made = decided(proposed(grant, "959", "241"), instalments=instalments, agreement="分期归还协议书")
    letter = letter_of(made)
    assert letter is not None
    assert letter.kind == LetterKind.RECOVERY
    words = json.dumps(json.loads(letter.content), ensure_ascii=False)
    for said in ("1,200.00", "959.00", "241.00", "700.00", "2014年9月1日", "财政违法行为处罚处分条例", "试行办法",
                 "我不知情", "代办不影响", "60日内", "6个月内", "山亭区人民法院", "全额"):  # fmt: skip
        assert said in words, said
    assert Verification.objects.get(record_id=letter.pk).title == f"追回决定书 {letter.number}"
    assert made.plans.get().total_amount == 1200


def test_in_force_when_delivered_and_the_time_to_appeal_is_over(
    office: Office, county: Actor, moved_to: Callable[[str], None]
) -> None:
    made = decided(proposed(paid_grant("2013"), "960"))
    assert force_of(made, on=clock.today()).waits_for == "delivery"
    with refused_by("recovery_in_force_is_delivered_and_not_appealed"):
        sql("UPDATE subsidies_recovery SET in_force_on = '2014-01-06' WHERE id = %s", [made.pk])
    delivered(made)
    # The court can be gone to for six months, until Monday 7 July.
    assert force_of(made, on=clock.today()).last_day == datetime.date(2014, 7, 7)
    moved_to("2014-07-07")
    assert recoveries.bring_recoveries_into_force(actor=county) == 0
    moved_to("2014-07-08")
    with pytest.raises(NotAllowed):
        recoveries.bring_recoveries_into_force(actor=office.county)
    assert recoveries.bring_recoveries_into_force(actor=county) == 1
    assert recoveries.bring_recoveries_into_force(actor=county) == 0
    made.refresh_from_db()
    assert made.in_force_on == datetime.date(2014, 7, 8)
    # Nothing was agreed: the whole is due thirty days later.
    plan, planned = plan_of(made, on=clock.today())
    assert plan is not None
    assert [(one.instalment.due_on, one.instalment.amount) for one in planned] == [
        (datetime.date(2014, 8, 7), 960)
    ]


def test_overdue_instalments_are_a_reminder_and_a_new_plan_takes_their_place(
    office: Office, county: Actor, moved_to: Callable[[str], None]
) -> None:
    made = in_force(paid_grant("2013"), "960")
    recoveries.bring_recoveries_into_force(actor=county)
    with refused_as("instalments_wrong"):
        agree_plan(recovery=made, instalments=[], document="协议", actor=office.counter)
    with refused_as("instalment_in_the_past"):
        agree_plan(
            recovery=made,
            instalments=[Instalment(TODAY, Decimal(960))],
            document="协议",
            actor=office.counter,
        )
    with pytest.raises(NotAllowed):
        agree_plan(recovery=made, instalments=[], document="协议", actor=office.village)
    first = equal_instalments(amount=Decimal(960), count=7, first_on=datetime.date(2014, 8, 31))
    assert sum(one.amount for one in first) == 960
    assert [one.due_on.day for one in first[:3]] == [31, 30, 31]
    plan = agree_plan(recovery=made, instalments=first, document="分期协议", actor=office.counter)
    for change in ("total_amount = 1", "document = 'x'"):
        with refused_by("recovery_plan_stays"):
            sql(f"UPDATE subsidies_recoveryplan SET {change} WHERE id = %s", [plan.pk])
    with refused_by("recovery_plan_stays"):
        sql("UPDATE subsidies_recoveryinstalment SET amount = 1 WHERE plan_id = %s", [plan.pk])
    with refused_by("instalments_add_up_to_their_plan"):
        sql(
            "INSERT INTO subsidies_recoveryinstalment (id, serial, due_on, amount, division_code, plan_id) "
            "SELECT gen_random_uuid(), 99, '2015-12-01', 1, division_code, id FROM subsidies_recoveryplan WHERE id = %s",
            [plan.pk],
        )
    rows = Recovery.objects.all()
    assert not overdue_on(rows, day=datetime.date(2014, 8, 31)).exists()
    moved_to("2014-09-01")
    assert overdue_on(rows, day=clock.today()).get() == made
    made.refresh_from_db()
    assert made.state == RecoveryState.DECIDED
    whole = [Instalment(datetime.date(2014, 12, 1), Decimal(960))]
    agree_plan(recovery=made, instalments=whole, document="新协议", actor=office.county)
    assert not overdue_on(rows, day=clock.today()).exists()
    assert made.plans.current().get().document == "新协议"


def test_the_rest_is_waived_by_two_people_of_the_county(office: Office) -> None:
    made = decided(proposed(paid_grant("2013"), "960"))
    with refused_as("waiver_incomplete"):
        propose_waiver(recovery=made, reason="", document="低保证", actor=office.county)
    waiver = propose_waiver(recovery=made, reason="低保户，重病", document="低保证12号", actor=office.county)
    with refused_as("waiver_waits"):
        propose_waiver(recovery=made, reason="再次", document="低保证12号", actor=office.reviewer)
    with refused_as("own_waiver"):
        confirm_waiver(waiver=waiver, actor=office.county)
    with pytest.raises(NotAllowed):
        confirm_waiver(waiver=waiver, actor=office.reviewer)
    with refused_by("recovery_waiver_is_confirmed_by_another_person"):
        sql(
            "UPDATE subsidies_recoverywaiver SET state = 'confirmed', decided_by_id = proposed_by_id, "
            "decided_on = '2014-01-06' WHERE id = %s",
            [waiver.pk],
        )
    done = confirm_waiver(waiver=waiver, actor=make_actor(Role.COUNTY, name="另一人"))
    made.refresh_from_db()
    assert (done.state, made.state, made.waived_amount) == (WaiverState.CONFIRMED, RecoveryState.SETTLED, 960)
    with refused_as("nothing_owed"):
        propose_waiver(recovery=made, reason="再次", document="低保证12号", actor=office.county)


def appealed(recovery: Recovery, office: Office, judge: Actor, result: AppealResult, **remedy: Any) -> Appeal:
    letter = letter_of(recovery)
    assert letter is not None
    appeal = appeals.receive_appeal(
        letter=letter,
        kind=AppealKind.REVIEW,
        via=AppealVia.COUNTER,
        grounds="户口簿是真的",
        received_on=clock.today(),
        actor=office.counter,
    )
    appeals.accept_appeal(appeal=appeal, actor=judge)
    return appeals.decide_appeal(appeal=appeal, result=result, reasons="经复核", actor=judge, **remedy)


@pytest.fixture
def judge(office: Office) -> Actor:
    """A county reviewer who had nothing to do with the case."""
    actor = make_actor(Role.COUNTY_REVIEWER, name="复核员")
    certify(office, actor)
    return actor


def test_an_open_appeal_stops_it_and_its_answer_lets_it_go_on(office: Office, judge: Actor) -> None:
    made = decided(proposed(paid_grant("2013"), "960", actor=office.reviewer))
    delivered(made)
    appeal = appeals.receive_appeal(
        letter=letter_of(made),  # type: ignore[arg-type] # it is decided
        kind=AppealKind.REVIEW,
        via=AppealVia.COUNTER,
        grounds="不服",
        received_on=clock.today(),
        actor=office.counter,
    )
    assert force_of(made, on=clock.today()).waits_for == "appeal"
    appeals.accept_appeal(appeal=appeal, actor=judge)
    with refused_as("acted_on_the_case"):
        appeals.decide_appeal(appeal=appeal, result=AppealResult.STANDS, reasons="x", actor=office.reviewer)
    appeals.decide_appeal(appeal=appeal, result=AppealResult.STANDS, reasons="证据充分", actor=judge)
    assert force_of(made, on=clock.today()).waits_for == "answer"
    deliver_letter(
        letter=appeal.letters.get(),
        method=DeliveryMethod.IN_PERSON,
        on=clock.today(),
        recipient="王秀英",
        actor=office.counter,
    )
    assert force_of(made, on=clock.today()).is_in_force


def test_an_appeal_alone_lowers_it_and_never_raises_it(office: Office, judge: Actor) -> None:
    made = decided(proposed(paid_grant("2012", "2013"), "960", "240"))
    for change in ("amount = 600", "state = 'withdrawn'"):
        with refused_by("recovery_is_corrected_by_an_appeal"):
            sql(f"UPDATE subsidies_recovery SET {change} WHERE id = %s", [made.pk])
    for left, code in ((None, "remedy_missing"), (Decimal(1200), "recovery_not_lowered")):
        with refused_as(code), transaction.atomic():
            appealed(made, office, judge, AppealResult.CHANGED, remedy_amount=left)
    appeal = appealed(made, office, judge, AppealResult.CHANGED, remedy_amount=Decimal("600.01"))
    assert "600.01" in appeal.letters.get().content
    carry_out_appeal(appeal=appeal, actor=office.county)
    made.refresh_from_db()
    assert made.amount == Decimal("600.01")
    assert [line.amount for line in made.lines.all()] == [Decimal("480.01"), Decimal("120.00")]
    changed = letter_of(made)
    assert changed is not None
    assert changed.number != appeal.letter.number
    assert force_of(made, on=clock.today()).waits_for == "delivery"
    assert Verification.objects.get(record_id=appeal.letter_id).is_withdrawn


@pytest.mark.parametrize("result", [AppealResult.CHANGED, AppealResult.SENT_BACK])
def test_a_whole_success_withdraws_it(office: Office, judge: Actor, result: AppealResult) -> None:
    grant = paid_grant("2013")
    made = decided(proposed(grant, "960"))
    remedy = {"remedy_amount": Decimal(0)} if result == AppealResult.CHANGED else {}
    carry_out_appeal(appeal=appealed(made, office, judge, result, **remedy), actor=office.county)
    made.refresh_from_db()
    assert (made.state, made.outstanding_amount) == (RecoveryState.WITHDRAWN, 0)
    # Who decides anew proposes anew, and hears the family again.
    assert proposed(grant, "960").state == RecoveryState.PROPOSED


def test_an_open_recovery_follows_its_village_also_of_a_grant_that_has_ended(office: Office) -> None:
    grant = paid_grant("2012", "2013", village=SECOND)
    running = decided(
        proposed(grant, "100", "100"), instalments=[Instalment(DUE, Decimal(200))], agreement="协议书"
    )
    dropped = recoveries.drop_recovery(recovery=proposed(grant, "1"), reason="证据不足", actor=office.county)
    Grant.objects.filter(pk=grant.pk).update(
        state=GrantState.STOPPED,
        to_on="2014-01-01",
        event_on="2013-12-01",
        stopped_on=TODAY,
        stop_reason="moved",
    )
    done(SuccessionKind.TRANSFER, (SECOND, OTHER_NEW, "西村"))
    for row in (
        running,
        running.lines.all()[0],
        running.plans.get(),
        running.plans.get().instalments.get(),
        letter_of(running),
    ):
        row.refresh_from_db()
        assert row.division_code == OTHER_NEW, row
    dropped.refresh_from_db()
    grant.refresh_from_db()
    assert (dropped.division_code, grant.division_code) == (SECOND, SECOND)
    assert Recovery.objects.visible_to(make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)).get() == running


def test_what_was_said_and_decided_stays(office: Office) -> None:
    made = decided(proposed(paid_grant("2013"), "960"))
    for change in (
        "facts = 'x'",
        "ground = 'twice'",
        "statement = 'x'",
        "reasons = 'x'",
        "heard_until = '2014-01-07'",
        "proposed_by_id = decided_by_id",
    ):
        with refused_by("recovery_goes_its_way"):
            sql(f"UPDATE subsidies_recovery SET {change} WHERE id = %s", [made.pk])
    sql("UPDATE subsidies_recovery SET received_amount = 960, waived_amount = 5 WHERE id = %s", [made.pk])
    made.refresh_from_db()
    assert (made.received_amount, made.waived_amount) == (0, 0)
    with refused_by("settled_recovery_owes_nothing"):
        sql("UPDATE subsidies_recovery SET state = 'settled' WHERE id = %s", [made.pk])
    with refused_by("recovery_line_is_only_lowered"):
        sql(
            "UPDATE subsidies_recoveryline SET amount = amount, first_amount = 961 WHERE recovery_id = %s",
            [made.pk],
        )
    with refused_by("recovery_is_the_sum_of_its_lines"):
        sql("UPDATE subsidies_recoveryline SET amount = 1 WHERE recovery_id = %s", [made.pk])


def test_the_ground_is_one_of_two() -> None:
    assert set(RecoveryGround.values) == {"false", "twice"}
    assert proposer().role == Role.TOWNSHIP_REVIEWER
