"""Late knowledge: what was paid, what would have been right, and that only a person decides."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from households.consequences import consequences_of
from households.enums import EventKind
from households.models import LifeEvent, Parentage, Person
from households.policies import may_record_events
from households.services.events.corrections import Right, correct_entry
from households.services.events.deaths import record_death
from households.services.events.families import split_household
from households.services.events.recording import Report
from households.services.events.taking_back import take_back_event
from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from offices.services.acts import record_act
from subsidies import policies
from subsidies.enums import (
    Frequency,
    GrantState,
    LateCause,
    LateDecision,
    LateState,
    PaymentState,
    PolicyState,
    ProgrammeKind,
    Step,
    StopReason,
    StopRule,
    Unit,
)
from subsidies.models import Arrear, Grant, LateFinding, Payment, PolicyVersion, Programme
from subsidies.services.late_arrears import write_late_arrears
from subsidies.services.late_decisions import decide_late, decisions_for
from subsidies.services.late_policies import PUBLISHED
from subsidies.services.late_reckoning import brought_by
from subsidies.services.sweep import sweep
from subsidies.views.late import cause_words
from tests.factories import OTHER_TOWNSHIP, VILLAGE, make_actor, make_household, make_person
from tests.households.registry import bring, row
from tests.households.resident_files import number
from tests.subsidies.cases import NOTICE
from tests.subsidies.money import SHARES, citizen_number, fund, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db

Moved = Callable[[str], None]


@pytest.fixture
def paid(county: Actor, moved_to: Moved) -> Payment:
    """A payment of 2014 on a grant from 2013, on its way to the bank on 10 June 2014."""
    moved_to("2014-06-10")
    return pay_by({"clause": "age", "age_at_least": {"years": 60}})


def pay_by(condition: dict[str, Any]) -> Payment:
    programme = Programme.objects.create(
        code="LATE",
        name_zh="试行扶助",
        name_en="Trial assistance",
        unit=Unit.PERSON,
        kind=ProgrammeKind.CASH,
        frequency=Frequency.YEARLY,
    )
    PolicyVersion.objects.create(
        programme=programme,
        number=1,
        state=PolicyState.PUBLISHED,
        from_on=datetime.date(2009, 1, 1),
        basis_title="试行办法",
        rule={"all": [condition]},
        parameters={"amount": [{"from": "2009-01-01", "to": None, "value": "960.00"}]},
        notice={**NOTICE, "levels": []},
        funding=SHARES,
        stop_rule=StopRule.END_OF_YEAR,
        drafted_by_id=make_actor(Role.COUNTY, name="拟稿").staff_id,
        approved_by_id=make_actor(Role.COUNTY, name="审定").staff_id,
        published_at=clock.now(),
    )
    make_grant(programme, serial=7)
    fund(programme, year=2014)
    return sent_batch(programme, "2014").payments.get()


def die(payment: Payment, on: str) -> LifeEvent:
    return record_death(
        actor=make_actor(Role.TOWNSHIP),
        person=Person.objects.get(pk=payment.person_id),
        report=Report(datetime.date.fromisoformat(on)),
    )


def test_death_reported_late_shows_what_would_have_been_right(paid: Payment) -> None:
    event = die(paid, "2013-11-10")
    finding = LateFinding.objects.get()
    assert (finding.cause, finding.event, finding.grant) == (LateCause.EVENT, event, paid.grant)
    assert finding.right_until == datetime.date(2014, 1, 1)
    assert (finding.paid_amount, finding.right_amount) == (Decimal(960), Decimal(0))
    assert finding.difference == Decimal(-960)
    assert finding.periods == [
        {"payment": str(paid.pk), "from": "2014-01-01", "to": "2015-01-01", "paid": "960.00", "right": "0.00"}
    ]
    # Nothing happens by itself.
    paid.refresh_from_db()
    assert paid.state == PaymentState.SENT
    assert paid.grant.state == GrantState.LIVE


def test_death_within_the_paid_year_leaves_the_year_lawful(paid: Payment) -> None:
    die(paid, "2014-03-01")
    finding = LateFinding.objects.get()
    assert finding.right_until == datetime.date(2015, 1, 1)
    assert finding.periods == []
    assert finding.paid_amount == finding.right_amount == 0


def test_event_reported_on_its_day_is_not_late(paid: Payment) -> None:
    die(paid, "2014-06-10")
    assert not LateFinding.objects.exists()


def test_event_taken_back_lets_its_finding_fall_away_and_again(paid: Payment) -> None:
    event = die(paid, "2013-11-10")
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert LateFinding.objects.get().state == LateState.DROPPED
    die(paid, "2013-11-10")
    assert sorted(LateFinding.objects.values_list("state", flat=True)) == [LateState.DROPPED, LateState.OPEN]


def test_the_nights_assessment_finds_the_same_and_deaths_of_files(county: Actor, paid: Payment) -> None:
    Person.objects.filter(pk=paid.person_id).update(died_on="2013-11-10")
    for _night in range(2):
        sweep(actor=county, as_of=clock.today())
        finding = LateFinding.objects.get()
        assert (finding.cause, finding.right_amount) == (LateCause.FILE, Decimal(0))


def test_a_corrected_birth_shows_what_was_paid_too_early(paid: Payment) -> None:
    person = Person.objects.get(pk=paid.person_id)
    right = Right(born_on=person.birth_date.replace(year=1960), number="")
    correct_entry(
        actor=make_actor(Role.TOWNSHIP),
        person=person,
        report=Report(clock.today(), document="户口簿"),
        right=right,
    )
    finding = LateFinding.objects.get()
    assert (finding.happened_on, finding.right_amount) == (datetime.date(1953, 2, 1), Decimal(0))


def test_a_death_of_a_file_that_is_put_right_leaves_no_finding(county: Actor, paid: Payment) -> None:
    Person.objects.filter(pk=paid.person_id).update(died_on="2013-11-10")
    sweep(actor=county, as_of=clock.today())
    person, clerk = Person.objects.get(pk=paid.person_id), make_actor(Role.TOWNSHIP)
    told = consequences_of(
        actor=clerk, kind=EventKind.CORRECTION, person=person, happened_on=datetime.date(2013, 11, 10)
    )
    assert "试行扶助" in str(told[0].text)
    correct_entry(
        actor=clerk,
        person=person,
        report=Report(clock.today(), document="派出所证明"),
        right=Right(is_alive=True),
    )
    assert LateFinding.objects.get().state == LateState.DROPPED


def raised_late(programme: Programme) -> PolicyVersion:
    """Published in July: 1200 yuan from January on."""
    former = PolicyVersion.objects.get(programme=programme)
    PolicyVersion.objects.filter(pk=former.pk).update(to_on="2014-01-01")
    version = PolicyVersion.objects.create(
        programme=programme,
        number=2,
        state=PolicyState.PUBLISHED,
        from_on=datetime.date(2014, 1, 1),
        basis_title="提标通知",
        rule=former.rule,
        parameters={"amount": [{"from": "2014-01-01", "to": None, "value": "1200.00"}]},
        notice=former.notice,
        funding=former.funding,
        stop_rule=former.stop_rule,
        drafted_by=former.drafted_by,
        approved_by=former.approved_by,
        published_at=clock.now(),
    )
    record_act(actor=make_actor(Role.COUNTY), verb=PUBLISHED, record=version)
    return version


def test_what_is_paid_between_publication_and_assessment_is_found_late_too(
    county: Actor, paid: Payment, moved_to: Moved
) -> None:
    moved_to("2014-07-01")
    other = make_grant(paid.programme, serial=8)
    raised_late(paid.programme)
    moved_to("2014-07-02")
    assert sent_batch(paid.programme, "2014").payments.get().grant == other
    moved_to("2014-07-03")
    for _night in range(2):
        sweep(actor=county, as_of=clock.today())
        found = {one.grant_id: (one.state, one.difference) for one in LateFinding.objects.all()}
        assert found == {key: (LateState.OPEN, Decimal(240)) for key in (paid.grant_id, other.pk)}


def test_policy_published_late_raises_what_was_paid(county: Actor, paid: Payment, moved_to: Moved) -> None:
    moved_to("2014-07-01")
    programme = paid.programme
    version = raised_late(programme)
    sweep(actor=county, as_of=clock.today())
    finding = LateFinding.objects.get()
    assert (finding.cause, finding.policy_version) == (LateCause.POLICY, version)
    assert finding.difference == Decimal(240)
    assert "提标通知" in cause_words(finding), "what became known is said in words, not by a code"
    county_actor = make_actor(Role.COUNTY)
    assert decisions_for(finding, actor=county_actor) == [LateDecision.LEAVE, LateDecision.PAY]
    decide_late(
        finding=finding,
        reckoning=finding.reckoning,
        decision=LateDecision.PAY,
        basis="提标通知第二条",
        actor=county_actor,
    )
    sweep(actor=county, as_of=clock.today())
    finding.refresh_from_db()
    assert (finding.state, finding.decision) == (LateState.DECIDED, LateDecision.PAY)
    arrear = Arrear.objects.get(grant=paid.grant)
    assert (arrear.finding, arrear.amount, arrear.period_from_on) == (finding, 240, paid.period_from_on)
    line = sent_batch(programme, "2014").payments.get()
    assert (line.amount, line.is_arrears_alone) == (Decimal(240), True)
    # The period brings all of it now, and the line of its arrears nothing of its own.
    assert (brought_by(paid), brought_by(line)) == (Decimal(1200), Decimal(0))


def test_what_was_entered_meanwhile_is_not_entered_again(county: Actor, paid: Payment) -> None:
    finding = LateFinding.objects.create(
        grant=paid.grant,
        cause=LateCause.FILE,
        happened_on=datetime.date(2013, 12, 31),
        known_on=clock.today(),
        periods=[
            {
                "payment": str(paid.pk),
                "from": "2014-01-01",
                "to": "2015-01-01",
                "paid": "960.00",
                "right": "1200.00",
            }
        ],
        paid_amount=960,
        right_amount=1200,
        division_code=paid.grant.division_code,
    )
    assert [arrear.amount for arrear in write_late_arrears(finding)] == [Decimal(240)]
    with pytest.raises(DomainError) as refused:
        write_late_arrears(finding)
    assert refused.value.code == "nothing_lacks"


def test_nobody_decides_about_sums_that_she_did_not_see(paid: Payment, page_of: Any) -> None:
    die(paid, "2013-11-10")
    finding = LateFinding.objects.get()
    address, county = reverse("subsidies:late_decide", args=[finding.pk]), page_of(Role.COUNTY)
    seen = hidden(county.get(address), "reckoning")
    LateFinding.objects.filter(pk=finding.pk).update(right_amount=finding.right_amount - 40)
    said = {"reckoning": seen, "decision": LateDecision.STOP, "basis": "死亡证明"}
    answer = county.post(address, said)
    assert answer.status_code == 422
    assert "金额已重新核算" in answer.content.decode()
    assert "死亡证明" in answer.content.decode(), "what was typed is kept"
    finding.refresh_from_db()
    assert finding.state == LateState.OPEN
    assert county.post(address, said | {"reckoning": hidden(answer, "reckoning")}).status_code == 302
    finding.refresh_from_db()
    assert finding.decision == LateDecision.STOP


def hidden(answer: Any, name: str) -> str:
    """What a page says in a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


def test_county_stops_the_grant_and_what_was_paid_stays(paid: Payment) -> None:
    die(paid, "2013-11-10")
    finding = LateFinding.objects.get()
    county = make_actor(Role.COUNTY)
    decided = decide_late(
        finding=finding,
        reckoning=finding.reckoning,
        decision=LateDecision.STOP,
        basis="死亡证明",
        actor=county,
    )
    assert (decided.decided_by_id, decided.decided_on) == (county.staff_id, clock.today())
    grant = Grant.objects.get(pk=paid.grant_id)
    assert (grant.state, grant.stop_reason, grant.to_on) == (
        GrantState.STOPPED,
        StopReason.DIED,
        datetime.date(2014, 1, 1),
    )
    paid.refresh_from_db()
    assert paid.state == PaymentState.SENT
    assert Act.objects.get(verb="subsidies.decide_late").detail["decision"] == "stop"
    with pytest.raises(Stale):
        decide_late(
            finding=finding,
            reckoning=finding.reckoning,
            decision=LateDecision.LEAVE,
            basis="复议",
            actor=county,
        )


def test_who_decides_what(paid: Payment) -> None:
    die(paid, "2013-11-10")
    finding = LateFinding.objects.get()
    reviewer, county = make_actor(Role.TOWNSHIP_REVIEWER), make_actor(Role.COUNTY)
    assert decisions_for(finding, actor=reviewer) == [LateDecision.LEAVE]
    assert decisions_for(finding, actor=county) == [
        LateDecision.LEAVE,
        LateDecision.STOP,
        LateDecision.RECOVER,
    ]
    refused: list[Any] = [
        (reviewer, LateDecision.STOP),
        (make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP), LateDecision.LEAVE),
        (make_actor(Role.TOWNSHIP), LateDecision.LEAVE),
        (make_actor(Role.AUDITOR), LateDecision.LEAVE),
    ]
    for actor, decision in refused:
        with pytest.raises(NotAllowed):
            decide_late(
                finding=finding, reckoning=finding.reckoning, decision=decision, basis="依据", actor=actor
            )
    for decision, basis, code in (
        (LateDecision.PAY, "依据", "late_decision"),
        (LateDecision.LEAVE, " ", "late_basis"),
    ):
        with pytest.raises(DomainError) as error:
            decide_late(
                finding=finding, reckoning=finding.reckoning, decision=decision, basis=basis, actor=county
            )
        assert error.value.code == code
        assert str(error.value)
    with open_context(actor=make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP)):
        assert not LateFinding.objects.exists()
    left = decide_late(
        finding=finding,
        reckoning=finding.reckoning,
        decision=LateDecision.LEAVE,
        basis="合法发放",
        actor=reviewer,
    )
    assert left.decision == LateDecision.LEAVE


AMOUNT = {"amount": [{"from": "2009-01-01", "to": None, "value": "960.00"}]}


def test_a_second_child_that_a_file_brings_late_is_found_and_goes_with_it(
    county: Actor, moved_to: Moved
) -> None:
    moved_to("2014-06-10")
    one = {"clause": "one", "living_children": {"count": 1, "step": "no"}}
    grant = make_grant(paid_programme("ONE", rule={"all": [one]}, parameters=AMOUNT), serial=7)
    first = make_person(name="子", born="1990-01-01")
    Parentage.objects.create(person=first, parent=grant.person, role="mother", division_code=VILLAGE)
    sweep(actor=county, as_of=clock.today())
    assert not LateFinding.objects.exists()
    child = row(
        姓名="王小妹", 公民身份号码=number("20131105", 482), 户主关系="户主", 母亲身份号码=citizen_number(7)
    )
    brought = bring(county, [child], as_of="2014-03-31")
    assert brought.created == 1
    for _night in range(2):
        sweep(actor=county, as_of=clock.today())
        finding = LateFinding.objects.get()
        assert (finding.grant, finding.cause, finding.happened_on) == (
            grant,
            LateCause.FILE,
            datetime.date(2013, 11, 5),
        )
        assert finding.right_until == datetime.date(2014, 1, 1)
    Parentage.objects.exclude(person=first).update(kind="step")
    sweep(actor=county, as_of=clock.today())
    finding.refresh_from_db()
    assert finding.state == LateState.DROPPED


def test_a_household_that_was_left_is_late_for_what_reads_households(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-06-10")
    home = {"clause": "home", "member_of_household_with": {"families": "only_child", "certificate": "no"}}
    grant = make_grant(paid_programme("HOME", rule={"all": [home]}, parameters=AMOUNT), serial=7)
    others = make_grant(paid_programme(), serial=9)
    parent, child = make_person(born="1980-01-01"), make_person(name="子", born="2005-01-01")
    Parentage.objects.create(person=child, parent=parent, role="mother", division_code=VILLAGE)
    household = make_household(
        parent, (child, "son"), (grant.person, "mother"), (others.person, "other"), number="1"
    )
    split_household(
        actor=make_actor(Role.TOWNSHIP),
        household=household,
        report=Report(datetime.date(2014, 3, 1)),
        people=[grant.person],
        number="2",
    )
    finding = LateFinding.objects.get()
    assert (finding.grant, finding.right_until) == (grant, datetime.date(2015, 1, 1))


# Corrections ------------------------------------------------------------------------------------------


def put_right(person: Person, **right: Any) -> LifeEvent:
    return correct_entry(
        actor=make_actor(Role.TOWNSHIP),
        person=person,
        report=Report(clock.today(), document="户口簿"),
        right=Right(**right),
    )


@pytest.mark.parametrize("right", [{"name": "王建军"}, {"number": ""}], ids=["name", "number"])
def test_who_is_paid_named_otherwise_waits_for_a_decision_though_no_payment_differs(
    paid: Payment, right: dict[str, str]
) -> None:
    person = Person.objects.get(pk=paid.person_id)
    event = put_right(person, **right)
    finding = LateFinding.objects.get()
    assert (finding.event, finding.periods, finding.right_until) == (event, [], None)
    county = make_actor(Role.COUNTY)
    assert decisions_for(finding, actor=county) == [LateDecision.LEAVE]
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert LateFinding.objects.get().state == LateState.DROPPED


def test_a_phone_put_right_and_a_name_of_who_receives_no_more_are_nobodys_finding(paid: Payment) -> None:
    person = Person.objects.get(pk=paid.person_id)
    put_right(person, phone="13905321234")
    Grant.objects.filter(pk=paid.grant_id).update(
        state=GrantState.STOPPED, stop_reason=StopReason.MOVED, to_on="2015-01-01",
        event_on="2014-06-01", stopped_on="2014-06-01",
    )  # fmt: skip
    put_right(person, name="王建军")
    assert not LateFinding.objects.exists()


def test_a_childs_birth_put_right_shows_when_the_right_ended(county: Actor, moved_to: Moved) -> None:
    moved_to("2014-06-10")
    paid = pay_by({"clause": "child", "child_under": {"years": 18, "step": "no"}})
    child = make_person(name="王小满", born="1998-05-05", number=number("19980505", 222))
    Parentage.objects.create(
        person=child, parent_id=paid.person_id, role="mother", division_code=child.division_code
    )
    sweep(actor=county, as_of=clock.today())
    assert not LateFinding.objects.exists()
    put_right(child, born_on=datetime.date(1995, 12, 5), number=number("19951205", 222))
    finding = LateFinding.objects.get()
    assert (finding.happened_on, finding.right_until) == (
        datetime.date(2013, 12, 5),
        datetime.date(2014, 1, 1),
    )
    assert (finding.paid_amount, finding.right_amount) == (Decimal(960), Decimal(0))
    decide_late(
        finding=finding,
        reckoning=finding.reckoning,
        decision=LateDecision.STOP,
        basis="户口簿",
        actor=make_actor(Role.COUNTY),
    )
    paid.grant.refresh_from_db()
    assert paid.grant.to_on == datetime.date(2014, 1, 1)


def test_who_put_an_entry_right_does_not_decide_what_follows(paid: Payment) -> None:
    event = put_right(Person.objects.get(pk=paid.person_id), name="王建军")
    finding, county = LateFinding.objects.get(), make_actor(Role.COUNTY)
    LifeEvent.objects.filter(pk=event.pk).update(recorded_by=county.staff_id)
    with pytest.raises(DomainError) as refusal:
        decide_late(
            finding=finding,
            reckoning=finding.reckoning,
            decision=LateDecision.LEAVE,
            basis="户口簿",
            actor=county,
        )
    assert refusal.value.code == "entered_it"
    with pytest.raises(IntegrityError, match="does not decide"), transaction.atomic():
        LateFinding.objects.filter(pk=finding.pk).update(
            state=LateState.DECIDED, decision=LateDecision.LEAVE, basis="户口簿", decided_by=county.staff_id,
            decided_on=clock.today(),
        )  # fmt: skip
    other = make_actor(Role.COUNTY, name="另一人")
    assert decide_late(
        finding=finding, reckoning=finding.reckoning, decision=LateDecision.LEAVE, basis="户口簿", actor=other
    ).decided_by_id == other.staff_id  # fmt: skip


def test_who_enters_events_takes_no_step_after_the_village_and_decides_no_finding(county: Actor) -> None:
    for role in Role:
        if may_record_events(make_actor(role)):
            assert not policies.may_decide_late(make_actor(role))
            taken = {step for step, who in policies.STEP_ROLES.items() if role in who}
            assert taken <= {Step.ENTRY, Step.VILLAGE_REVIEW}
