"""What a clerk makes of a report: enter, decline, take up again, choose; and that it follows the registry."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connections

from households.enums import (
    DeclineReason,
    DepartmentFileKind,
    EventState,
    FactSource,
    HukouType,
    InsuranceScheme,
    MatchedBy,
    ProposalState,
    Relation,
)
from households.models import EventProposal, Hukou, InsuranceElsewhere, LifeEvent, Membership, Person
from households.selectors.proposals import looks_at
from households.services.events.deaths import record_death
from households.services.events.facts import convert_hukou, record_examination
from households.services.events.recording import Report
from households.services.events.taking_back import take_back_event
from households.services.import_undo import take_back_import
from households.services.proposals import (
    candidates_for,
    confirm_proposal,
    decline_proposal,
    say_whom_it_means,
    take_up_again,
)
from offices.actors import Actor
from offices.database.context import county_scope, open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.departments import LETTER_DAY, counts, death_of, only, report
from tests.households.life import TODAY, images, make_family
from tests.households.registry import HEAD, bring, family
from tests.subsidies.money import citizen_number

pytestmark = pytest.mark.django_db
HUKOU, INSURED, EXAMS = (
    DepartmentFileKind.HUKOU,
    DepartmentFileKind.INSURED,
    DepartmentFileKind.EXAMINATIONS,
)


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


def against(proposal: EventProposal) -> list[str]:
    return [str(sentence) for sentence in looks_at([proposal])[proposal.pk].against]


def who(person: Person) -> dict[str, str]:
    assert person.id_number
    return {"姓名": person.name, "公民身份号码": person.id_number.reveal()}


def test_confirmed_death_is_an_event_with_its_department_and_letter(clerk: Actor) -> None:
    family = make_family()
    proposal = only(report(clerk, [death_of(family.head)]))
    done = confirm_proposal(actor=clerk, proposal=proposal, new_head=family.wife)
    event = done.event
    assert event is not None
    assert (event.kind, event.happened_on, event.reported_on) == ("death", datetime.date(2014, 1, 3), TODAY)
    assert (event.source, event.document) == (FactSource.CIVIL, "山民函〔2014〕3号 2014-01-05")
    family.head.refresh_from_db()
    assert family.head.died_on == datetime.date(2014, 1, 3)
    assert Membership.objects.on(TODAY).get(person=family.wife).relation == Relation.HEAD
    assert (done.state, done.decided_by_id, done.decided_on) == (
        ProposalState.CONFIRMED,
        clerk.staff_id,
        TODAY,
    )
    assert Act.objects.filter(verb="households.confirm_proposal", record_id=done.pk).count() == 1


def test_police_s_words_become_conversion_and_move(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    make_household(person)
    day = {"变动日期": "2013-12-20"}
    one = only(report(clerk, [{**who(person), **day, "户口性质": "非农业"}], HUKOU))
    confirm_proposal(actor=clerk, proposal=one)
    assert Hukou.objects.on(TODAY).get(person=person).hukou_type == HukouType.URBAN
    both = {**who(person), "变动日期": "2014-01-02", "户口性质": "居民", "迁往地代码": OTHER_VILLAGE}
    two = only(report(clerk, [both], HUKOU))
    done = confirm_proposal(actor=clerk, proposal=two)
    hukou = Hukou.objects.on(TODAY).get(person=person)
    assert (hukou.hukou_type, hukou.place_code) == (HukouType.RESIDENT, OTHER_VILLAGE)
    assert (hukou.source, hukou.document) == (FactSource.POLICE, two.document)
    assert LifeEvent.objects.standing().filter(person=person).count() == 3
    assert done.event is not None
    assert len(take_back_event(event=done.event, actor=clerk)) == 2
    two.refresh_from_db()
    assert two.state == ProposalState.PROPOSED
    assert Hukou.objects.on(TODAY).get(person=person).place_code == VILLAGE


def test_roster_becomes_a_dated_fact_from_and_until(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    rows = [
        {**who(person), "险种": "医疗保险", "参保日期": "2013-03-01", "停保日期": ""},
        {**who(person), "险种": "养老保险", "参保日期": "2013-03-01", "停保日期": "2013-09-01"},
    ]
    brought = report(clerk, rows, INSURED)
    for proposal in EventProposal.objects.filter(brought=brought):
        confirm_proposal(actor=clerk, proposal=proposal)
    held = InsuranceElsewhere.objects.filter(person=person).values_list("scheme", "from_on", "to_on")
    assert set(held) == {
        (InsuranceScheme.MEDICAL, datetime.date(2013, 3, 1), None),
        (InsuranceScheme.PENSION, datetime.date(2013, 3, 1), datetime.date(2013, 9, 1)),
    }
    ending = {**who(person), "险种": "医疗保险", "停保日期": "2013-12-01"}
    done = confirm_proposal(actor=clerk, proposal=only(report(clerk, [ending], INSURED)))
    medical = InsuranceElsewhere.objects.get(person=person, scheme=InsuranceScheme.MEDICAL)
    assert medical.to_on == datetime.date(2013, 12, 1)
    assert done.event is not None
    take_back_event(event=done.event, actor=clerk)
    medical.refresh_from_db()
    assert medical.to_on is None


def test_examination_registration_holds_from_the_letter(clerk: Actor) -> None:
    person = make_person(name="王小明", born="1999-05-01", number=None)
    row = {"姓名": "王小明", "出生日期": "1999-05-01", "考试年度": "2014"}
    done = confirm_proposal(actor=clerk, proposal=only(report(clerk, [row], EXAMS)))
    fact = person.examinationyear_set.get()
    assert (fact.year, fact.from_on, fact.source) == (2014, LETTER_DAY, FactSource.EDUCATION)
    assert done.event is not None


def test_taken_back_entry_makes_the_report_open_again_exactly(clerk: Actor) -> None:
    family = make_family()
    proposal = only(report(clerk, [death_of(family.head)]))
    before = images()
    done = confirm_proposal(actor=clerk, proposal=proposal)
    assert done.event is not None
    take_back_event(event=done.event, actor=clerk)
    assert images() == before
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.event) == (ProposalState.PROPOSED, None, done.event)
    again = confirm_proposal(actor=clerk, proposal=proposal)
    assert again.event is not None
    assert (again.event.state, again.event.pk != done.event.pk) == (EventState.RECORDED, True)


def test_declined_report_stays_declined_until_it_is_taken_up(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    rows = [death_of(person)]
    proposal = only(report(clerk, rows))
    before = images()
    done = decline_proposal(
        actor=clerk, proposal=proposal, reason=DeclineReason.OTHER_PERSON, remark=" 电话核实，本人健在 "
    )
    assert (done.state, done.remark) == (ProposalState.DECLINED, "电话核实，本人健在")
    assert images() == before
    assert counts(report(clerk, rows)) == {"repeated": 1}
    with pytest.raises(Stale):
        confirm_proposal(actor=clerk, proposal=proposal)
    open_again = take_up_again(actor=clerk, proposal=done)
    assert (open_again.state, open_again.reason, open_again.remark) == (ProposalState.PROPOSED, "", "")
    with pytest.raises(Stale):
        take_up_again(actor=clerk, proposal=done)


def test_counter_s_own_entry_makes_the_report_known_and_its_taking_back_opens_it(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    proposal = only(report(clerk, [death_of(person)]))
    event = record_death(actor=clerk, person=person, report=Report(datetime.date(2014, 1, 3)))
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.KNOWN
    take_back_event(event=event, actor=clerk)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PROPOSED


def test_two_departments_report_one_death_and_one_entry_settles_both(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    civil = only(report(clerk, [death_of(person)]))
    hospital = report(
        clerk,
        [{**who(person), "出生日期": "1953-02-01", "死亡日期": "2014-01-03", "所在村": VILLAGE}],
        source=FactSource.HOSPITAL,
        document="病亡报告",
    )
    assert counts(hospital) == {"repeated": 1}
    other_name = report(clerk, [{**death_of(person), "姓名": "王秀瑛"}], source=FactSource.HOSPITAL)
    second = only(other_name)
    confirm_proposal(actor=clerk, proposal=civil)
    second.refresh_from_db()
    assert second.state == ProposalState.KNOWN


def test_other_day_of_death_is_said_and_the_clerk_decides(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    record_death(actor=clerk, person=person, report=Report(datetime.date(2014, 1, 1)))
    proposal = only(report(clerk, [death_of(person)]))
    assert proposal.state == ProposalState.PROPOSED
    assert "2014年1月1日" in against(proposal)[0]
    with pytest.raises(DomainError) as refusal:
        confirm_proposal(actor=clerk, proposal=proposal)
    assert refusal.value.code == "died_already"
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PROPOSED
    decline_proposal(actor=clerk, proposal=proposal, reason=DeclineReason.FAMILY_SHOWS_OTHERWISE)


def test_what_the_registry_has_of_later_days_speaks_against_a_death(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    record_examination(actor=clerk, person=person, report=Report(TODAY), year=2014)
    proposal = only(report(clerk, [{**death_of(person), "姓名": "王秀瑛"}]))
    words = against(proposal)
    assert len(words) == 2
    assert "王秀英" in words[0]
    assert not looks_at([proposal])[proposal.pk].is_harmless


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (HUKOU, {"变动日期": "2013-12-20", "户口性质": "非农业"}),
        (HUKOU, {"变动日期": "2014-01-02", "户口性质": "农业"}),
        (EXAMS, {"考试年度": "2015"}),
    ],
)
def test_contradictions_of_facts_are_said(
    clerk: Actor, kind: DepartmentFileKind, row: dict[str, str]
) -> None:
    person = make_person(number=citizen_number(1))
    convert_hukou(
        actor=clerk, person=person, report=Report(datetime.date(2014, 1, 2)), hukou_type=HukouType.RESIDENT
    )
    record_examination(actor=clerk, person=person, report=Report(datetime.date(2014, 1, 2)), year=2014)
    proposal = only(report(clerk, [{**who(person), **row}], kind))
    assert against(proposal)


def test_reports_about_the_dead_are_said_to_be_so(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    record_death(actor=clerk, person=person, report=Report(datetime.date(2013, 6, 1)))
    row = {**who(person), "险种": "医疗保险", "参保日期": "2013-09-01"}
    assert "2013年6月1日" in against(only(report(clerk, [row], INSURED)))[0]


def test_row_that_means_several_is_chosen_then_decided(clerk: Actor) -> None:
    first, second = (make_person(name="王秀英", number=citizen_number(serial)) for serial in (1, 2))
    stranger = make_person(name="王秀兰")
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    proposal = only(report(clerk, [row]))
    assert (proposal.state, proposal.division_code) == (ProposalState.AMBIGUOUS, VILLAGE)
    with county_scope():
        assert {one.pk for one in candidates_for(proposal=proposal)} == {first.pk, second.pk}
    with pytest.raises(DomainError) as refusal:
        say_whom_it_means(actor=clerk, proposal=proposal, person_id=stranger.pk)
    assert refusal.value.code == "not_a_candidate"
    with pytest.raises(Stale):
        confirm_proposal(actor=clerk, proposal=proposal)
    chosen = say_whom_it_means(actor=clerk, proposal=proposal, person_id=second.pk)
    assert (chosen.person, chosen.matched_by, chosen.state) == (
        second,
        MatchedBy.CHOICE,
        ProposalState.PROPOSED,
    )
    with pytest.raises(Stale):
        say_whom_it_means(actor=clerk, proposal=proposal, person_id=first.pk)
    assert confirm_proposal(actor=clerk, proposal=chosen).state == ProposalState.CONFIRMED


def test_namesakes_of_two_townships_are_the_county_s_question(county: Actor) -> None:
    make_person(name="王秀英", number=citizen_number(1))
    there = make_person(name="王秀英", number=citizen_number(2), village=OTHER_VILLAGE)
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    clerk, office = make_actor(Role.TOWNSHIP), make_actor(Role.COUNTY)
    proposal = only(report(clerk, [row]))
    with open_context(actor=clerk):
        assert not EventProposal.objects.visible_to(clerk).exists()
    with pytest.raises(NotAllowed):
        say_whom_it_means(actor=clerk, proposal=proposal, person_id=there.pk)
    chosen = say_whom_it_means(actor=office, proposal=proposal, person_id=there.pk)
    assert chosen.division_code == OTHER_VILLAGE
    with pytest.raises(NotAllowed):
        confirm_proposal(actor=office, proposal=chosen)
    there_s = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert confirm_proposal(actor=there_s, proposal=chosen).state == ProposalState.CONFIRMED


def test_none_of_them_is_declined_and_taken_up_as_a_question(clerk: Actor) -> None:
    for serial in (1, 2):
        make_person(name="王秀英", number=citizen_number(serial))
    row = {"姓名": "王秀英", "出生日期": "1953-02-01", "死亡日期": "2014-01-03"}
    proposal = only(report(clerk, [row]))
    done = decline_proposal(actor=clerk, proposal=proposal, reason=DeclineReason.OTHER_PERSON)
    assert done.state == ProposalState.DECLINED
    assert take_up_again(actor=clerk, proposal=done).state == ProposalState.AMBIGUOUS


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.TOWNSHIP, Role.SYSTEM)])
def test_only_the_township_s_counter_decides(clerk: Actor, role: Role) -> None:
    proposal = only(report(clerk, [death_of(make_person(number=citizen_number(1)))]))
    with pytest.raises(NotAllowed):
        confirm_proposal(actor=make_actor(role), proposal=proposal)
    with pytest.raises(NotAllowed):
        decline_proposal(actor=make_actor(role), proposal=proposal, reason=DeclineReason.OTHER_PERSON)
    assert confirm_proposal(actor=clerk, proposal=proposal).state == ProposalState.CONFIRMED


def test_same_role_of_another_township_decides_nothing(clerk: Actor) -> None:
    proposal = only(report(clerk, [death_of(make_person(number=citizen_number(1)))]))
    stranger = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    for act, further in (
        (confirm_proposal, {}),
        (decline_proposal, {"reason": DeclineReason.OTHER_PERSON}),
        (take_up_again, {}),
    ):
        with pytest.raises(NotAllowed):
            act(actor=stranger, proposal=proposal, **further)  # type: ignore[operator] # three services
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.PROPOSED


def test_report_about_who_moved_meanwhile_is_the_other_township_s(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    proposal = only(report(clerk, [death_of(person)]))
    Person.objects.filter(pk=person.pk).update(division_code=OTHER_VILLAGE)
    with pytest.raises(DomainError) as refusal:
        confirm_proposal(actor=clerk, proposal=proposal)
    assert refusal.value.code == "served_elsewhere"
    proposal.refresh_from_db()
    there = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    assert confirm_proposal(actor=there, proposal=proposal).state == ProposalState.CONFIRMED


def test_together_only_from_what_nothing_follows(clerk: Actor) -> None:
    family = make_family()
    lone = make_person(name="赵一", number=citizen_number(3))
    head, alone = (only(report(clerk, [death_of(person)])) for person in (family.head, lone))
    with pytest.raises(DomainError) as refusal:
        confirm_proposal(actor=clerk, proposal=head, only_if_harmless=True)
    assert refusal.value.code == "look_first"
    done = confirm_proposal(actor=clerk, proposal=alone, only_if_harmless=True)
    assert done.state == ProposalState.CONFIRMED


def test_known_meanwhile_is_not_entered_twice(clerk: Actor) -> None:
    person = make_person(number=citizen_number(1))
    proposal = only(report(clerk, [death_of(person)]))
    Person.objects.filter(pk=person.pk).update(died_on="2014-01-03")
    assert confirm_proposal(actor=clerk, proposal=proposal).state == ProposalState.KNOWN
    assert not LifeEvent.objects.exists()


def test_reports_go_when_the_entry_of_the_person_is_taken_back(clerk: Actor) -> None:
    from households.services.events.moves import record_arrival

    event = record_arrival(
        actor=clerk,
        report=Report(datetime.date(2014, 1, 1)),
        village=VILLAGE,
        household_number="77",
        name="王秀英",
        sex="F",  # type: ignore[arg-type] # the stored letter
        born_on=datetime.date(1953, 2, 1),
        hukou_type=HukouType.RURAL,
        number=citizen_number(1),
    )
    row = {"姓名": "王秀英", "公民身份号码": citizen_number(1), "死亡日期": "2014-01-03"}
    proposal = only(report(clerk, [row]))
    take_back_event(event=event, actor=clerk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.person_id) == (ProposalState.WITHDRAWN, None)


def test_reports_go_when_the_file_that_brought_the_person_is_taken_back(county: Actor) -> None:
    office = make_actor(Role.COUNTY)
    brought = bring(office, family())
    proposal = only(report(office, [{"姓名": "王建国", "公民身份号码": HEAD, "死亡日期": "2014-01-03"}]))
    take_back_import(actor=office, brought=brought)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.person_id) == (ProposalState.WITHDRAWN, None)
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_and_one_of_them_is_told() -> None:
    first, second = make_actor(Role.TOWNSHIP), make_actor(Role.TOWNSHIP, name="乙")
    with open_context(actor=make_actor(Role.COUNTY)):
        person = make_person(number=citizen_number(1))
    with open_context(actor=first):
        proposal = only(report(first, [death_of(person)]))
    told: list[Any] = []
    together = threading.Barrier(2)

    def decide(actor: Actor) -> None:
        try:
            with open_context(actor=actor):
                mine = EventProposal.objects.get(pk=proposal.pk)
                together.wait(10)
                told.append(confirm_proposal(actor=actor, proposal=mine).state)
        except DomainError as refusal:
            told.append(refusal)
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=decide, args=(actor,)) for actor in (first, second)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    refusals = [one for one in told if isinstance(one, DomainError)]
    assert [one.code for one in refusals] == ["decided_meanwhile"]
    assert "%(" not in str(refusals[0])
    assert ProposalState.CONFIRMED in told
    with open_context(actor=first):
        assert LifeEvent.objects.standing().count() == 1
