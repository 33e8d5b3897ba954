"""Nobody acts on a case of her own family, nor twice on one: said by the services, refused by the database."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from households.enums import ParentageKind, ParentRole, Relation, Sex
from households.models import AccountCorrection, MaritalFact, Membership, Parentage, Person, StaffIdentity
from households.selectors.own_family import is_own_family
from households.services.accounts import confirm_account, propose_account
from households.services.own_family import keep_identity, say_who_one_is
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act, Staff
from offices.services.acts import record_act
from subsidies.enums import ApplicationState, GrantState, ObjectionSubject, Step, StepResult
from subsidies.models import ApplicationStep, Objection
from subsidies.services import applications, notices, reviews
from subsidies.services.grants import suspend_grant
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.subsidies.cases import (
    Office,
    advance,
    after_notice,
    bring_to,
    certify,
    enter,
    granted,
    make_office,
    rules_say,
)
from tests.subsidies.money import citizen_number

OFFICER_NUMBER = citizen_number(801)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def stands_behind(actor: Actor, number: str = OFFICER_NUMBER) -> None:
    """The security administrator records whose account it is."""
    keep_identity(
        actor=make_actor(Role.SECURITY_ADMIN), staff=Staff.objects.get(pk=actor.staff_id), number=number
    )


def officer(**fields: str) -> Person:
    """The person of the registry who works in the office; she lives in another township."""
    person = make_person(**{"name": "办事员", "number": OFFICER_NUMBER, "village": OTHER_VILLAGE, **fields})
    make_household(person)
    return person


def child_of(child: Person, parent: Person, role: str = ParentRole.MOTHER) -> None:
    Parentage.objects.create(
        person=child, parent=parent, role=role, kind=ParentageKind.BIRTH, division_code=child.division_code
    )


def couple(one: Person, other: Person) -> None:
    MaritalFact.objects.create(person=one, spouse=other, division_code=one.division_code)


def is_family(actor: Actor, person: Person) -> bool:
    return is_own_family(staff=actor.staff_id, person=person.pk, on=clock.today())


# Who is family ---------------------------------------------------------------------------------


def test_family_is_oneself_spouse_parents_children_and_siblings_of_both(office: Office) -> None:
    own = officer()
    mother, child, sister = make_person(), make_person(), make_person()
    husband, his_father, his_brother = (make_person(sex=Sex.MALE) for _one in range(3))
    child_of(own, mother)
    child_of(sister, mother)
    child_of(child, own)
    couple(husband, own)
    child_of(husband, his_father, ParentRole.FATHER)
    child_of(his_brother, his_father, ParentRole.FATHER)
    stranger = make_person()
    family = (own, mother, child, sister, husband, his_father, his_brother)
    assert not any(is_family(office.village, person) for person in family), "nobody has said whose account"
    stands_behind(office.village)
    assert all(is_family(office.village, person) for person in family)
    assert not is_family(office.village, stranger)
    assert not is_family(office.township, own), "a colleague"


def test_family_is_who_lives_in_a_household_with_kin_on_that_day(office: Office) -> None:
    own, sister, her_husband = officer(), make_person(), make_person(sex=Sex.MALE)
    mother = make_person()
    child_of(own, mother)
    child_of(sister, mother)
    make_household(sister, (her_husband, Relation.SPOUSE))
    stands_behind(office.village)
    assert is_family(office.village, her_husband)
    Membership.objects.filter(person=her_husband).update(to_on=clock.today())
    assert not is_family(office.village, her_husband)
    day = clock.today() - datetime.timedelta(days=1)
    assert is_own_family(staff=office.village.staff_id, person=her_husband.pk, on=day)


def test_family_is_found_where_the_officer_herself_is_not_in_the_registry(office: Office) -> None:
    from offices.sealing import Purpose, digest

    child = make_person()
    Parentage.objects.create(
        person=child,
        parent_digest=digest(OFFICER_NUMBER, Purpose.IDENTITY_NUMBER),
        role=ParentRole.MOTHER,
        division_code=VILLAGE,
    )
    stands_behind(office.village)
    assert is_family(office.village, child)


def test_family_is_found_of_another_township_and_told_by_yes_or_no_alone(office: Office) -> None:
    from offices.database.context import open_context

    own = officer()
    stands_behind(office.village)
    with open_context(actor=office.village):
        assert not Person.objects.filter(pk=own.pk).exists()
        assert is_family(office.village, own)


# Who stands behind an account ------------------------------------------------------------------


def test_one_says_once_who_one_is(office: Office) -> None:
    say_who_one_is(actor=office.village, number=OFFICER_NUMBER)
    with pytest.raises(DomainError) as refusal:
        say_who_one_is(actor=office.village, number=citizen_number(802))
    assert refusal.value.code == "identity_recorded"
    with pytest.raises(DomainError) as refusal:
        say_who_one_is(actor=office.township, number=OFFICER_NUMBER)
    assert refusal.value.code == "identity_taken"
    assert OFFICER_NUMBER not in str(Act.objects.filter(verb="households.record_identity").get().detail)


def test_nobody_hides_behind_the_number_of_somebody_else(office: Office) -> None:
    make_person(name="另一人", number=OFFICER_NUMBER)
    with pytest.raises(DomainError) as refusal:
        say_who_one_is(actor=office.village, number=OFFICER_NUMBER)
    assert refusal.value.code == "identity_of_another"
    stands_behind(office.village)
    assert StaffIdentity.objects.get().recorded_by_id == make_actor(Role.SECURITY_ADMIN).staff_id


def test_only_the_security_administrator_records_and_corrects_others(office: Office) -> None:
    staff = Staff.objects.get(pk=office.village.staff_id)
    with pytest.raises(NotAllowed):
        keep_identity(actor=office.county, staff=staff, number=OFFICER_NUMBER)
    stands_behind(office.village)
    stands_behind(office.village, citizen_number(803))
    verbs = Act.objects.filter(record_type="households.staffidentity").values_list("verb", flat=True)
    assert set(verbs) == {"households.record_identity", "households.correct_identity"}


# The services ----------------------------------------------------------------------------------


def test_counter_enters_no_application_of_the_own_family(office: Office) -> None:
    own, mother = officer(), make_person()
    child_of(own, mother)
    stands_behind(office.counter)
    with pytest.raises(DomainError) as refusal:
        enter(office, person=mother)
    assert refusal.value.code == "own_family"
    assert enter(office, person=mother, actor=office.village).state == ApplicationState.ENTERED


@pytest.mark.parametrize(
    "state",
    [
        ApplicationState.ENTERED,
        ApplicationState.VILLAGE_REVIEWED,
        ApplicationState.TOWNSHIP_REVIEWED,
        ApplicationState.COUNTY_CONFIRMED,
    ],
)
def test_no_step_of_a_case_of_the_own_family(office: Office, state: str) -> None:
    case = bring_to(office, state)
    after_notice(case)
    who = {
        ApplicationState.ENTERED: office.village,
        ApplicationState.VILLAGE_REVIEWED: office.township,
        ApplicationState.TOWNSHIP_REVIEWED: office.reviewer,
        ApplicationState.COUNTY_CONFIRMED: office.county,
    }[state]
    child_of(officer(), case.person)
    stands_behind(who)
    with pytest.raises(DomainError) as refusal:
        advance(office, case)
    assert refusal.value.code == "own_family"
    if state != ApplicationState.ENTERED:
        with pytest.raises(DomainError) as refusal:
            reviews.refuse_application(application=case, actor=who, reason="不符合条件")
        assert refusal.value.code == "own_family"


def test_no_withdrawal_papers_objection_answer_or_grant_of_the_own_family(office: Office) -> None:
    missing = enter(office, documents=[])
    posted = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    objection = notices.record_objection(
        notice=posted.notices.get(), subject=ObjectionSubject.AMOUNT, actor=office.counter
    )
    own = officer()
    for case, role in ((missing, ParentRole.MOTHER), (posted, ParentRole.FATHER)):
        child_of(own, case.person, role)
    stands_behind(office.counter)
    for refused in (
        lambda: applications.withdraw_application(application=missing, actor=office.counter),
        lambda: applications.complete_documents(
            application=missing, documents=missing.documents_missing, actor=office.counter
        ),
        lambda: notices.record_objection(
            notice=posted.notices.get(), subject=ObjectionSubject.AMOUNT, actor=office.counter
        ),
    ):
        with pytest.raises(DomainError) as refusal:
            refused()
        assert refusal.value.code == "own_family"
    StaffIdentity.objects.update(staff_id=make_actor(Role.TOWNSHIP_REVIEWER, name="作答").staff_id)
    with pytest.raises(DomainError) as refusal:
        notices.answer_objection(
            objection=objection,
            is_upheld=False,
            answer="金额无误",
            actor=make_actor(Role.TOWNSHIP_REVIEWER, name="作答"),
        )
    assert refusal.value.code == "own_family"


def test_no_grant_and_no_account_of_the_own_family_is_touched(office: Office) -> None:
    grant = granted(office)
    child_of(officer(), grant.person)
    stands_behind(office.county)
    with pytest.raises(DomainError) as refusal:
        suspend_grant(grant=grant, actor=office.county)
    assert refusal.value.code == "own_family"
    fields = {"person": grant.person, "bank": "农信社", "account": "6228000000001", "document": "存折"}
    correction = propose_account(actor=office.counter, **fields)
    with pytest.raises(DomainError) as refusal:
        confirm_account(actor=office.county, correction=correction)
    assert refusal.value.code == "own_family"
    assert confirm_account(actor=office.reviewer, correction=correction).bank == "农信社"
    assert grant.state == GrantState.LIVE


# The database ----------------------------------------------------------------------------------


def test_database_refuses_a_step_on_a_case_of_the_own_family(office: Office) -> None:
    case = enter(office)
    child_of(officer(), case.person)
    stands_behind(office.village)
    with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
        ApplicationStep.objects.create(
            application=case,
            step=Step.VILLAGE_REVIEW,
            result=StepResult.PASSED,
            acted_by_id=office.village.staff_id,
            acted_on=clock.today(),
            division_code=VILLAGE,
        )


def test_database_refuses_an_objection_and_its_answer_by_the_family(office: Office) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    objection = notices.record_objection(
        notice=case.notices.get(), subject=ObjectionSubject.AMOUNT, actor=office.counter
    )
    child_of(officer(), case.person)
    stands_behind(office.township)
    with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
        sql(
            "UPDATE subsidies_objection SET answered_on = %s, answer = '无误', is_upheld = false, answered_by_id = %s "
            "WHERE id = %s",
            [clock.today(), office.township.staff_id, objection.pk],
        )
    with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
        Objection.objects.create(
            notice=case.notices.get(),
            subject=ObjectionSubject.AMOUNT,
            received_on=clock.today(),
            due_on=clock.today(),
            recorded_by_id=office.township.staff_id,
            division_code=VILLAGE,
        )


def test_database_refuses_every_act_on_a_case_of_the_own_family(office: Office) -> None:
    grant = granted(office)
    child_of(officer(), grant.person)
    stands_behind(office.county)
    for record in (grant, grant.application):
        with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
            record_act(actor=office.county, verb="subsidies.anything", record=record)
    assert record_act(actor=office.reviewer, verb="subsidies.anything", record=grant).pk


def test_database_refuses_an_account_entered_or_decided_by_the_family(office: Office) -> None:
    person = make_person()
    correction = propose_account(
        actor=office.counter, person=person, bank="农信社", account="6228000000001", document="存折"
    )
    child_of(officer(), person)
    stands_behind(office.county)
    with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
        sql(
            "UPDATE households_accountcorrection SET state = 'rejected', decided_by_id = %s, decided_on = %s "
            "WHERE id = %s",
            [office.county.staff_id, clock.today(), correction.pk],
        )
    stands_behind(office.county, citizen_number(804))
    stands_behind(office.counter)
    with pytest.raises(DatabaseError, match="own family"), transaction.atomic():
        AccountCorrection.objects.create(
            person=person,
            bank="农信社",
            account="6228000000002",
            account_digest=b"1" * 32,
            document="存折",
            proposed_by_id=office.counter.staff_id,
            proposed_on=clock.today(),
            division_code=VILLAGE,
        )


def test_database_refuses_a_second_step_of_who_entered_or_reviewed(office: Office) -> None:
    entered = enter(office, actor=office.village)
    reviewed = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    for case, step, who in (
        (entered, Step.VILLAGE_REVIEW, office.village),
        (reviewed, Step.TOWNSHIP_REVIEW, office.village),
    ):
        with (
            pytest.raises(DatabaseError, match="each_step_is_by_another_person"),
            transaction.atomic(),
        ):
            ApplicationStep.objects.create(
                application=case,
                step=step,
                result=StepResult.PASSED,
                acted_by_id=who.staff_id,
                acted_on=clock.today() + datetime.timedelta(days=60),
                division_code=VILLAGE,
            )


# Pages -----------------------------------------------------------------------------------------


def test_page_offers_no_step_to_the_family_and_says_why(
    office: Office, page_of: Callable[..., Client]
) -> None:
    case = enter(office)
    address = f"/subsidies/applications/{case.pk}/"
    assert "村级评议" in page_of(Role.VILLAGE).get(address).content.decode()
    child_of(officer(), case.person)
    stands_behind(office.village)
    shown = page_of(Role.VILLAGE).get(address).content.decode()
    assert f'href="{address}review/"' not in shown
    assert "回避" in shown
    answer = page_of(Role.VILLAGE).post(f"{address}review/", {"opinion": "情况属实", "present": "甲\n乙\n丙"})
    assert answer.status_code == 422


def test_everybody_who_decides_is_asked_who_she_is(office: Office, page_of: Callable[..., Client]) -> None:
    browser = page_of(Role.VILLAGE)
    assert "/households/staff/own/" in browser.get("/").content.decode()
    assert browser.get("/households/staff/own/").status_code == 200
    assert browser.post("/households/staff/own/", {"number": "370406"}).status_code == 422
    answer = browser.post("/households/staff/own/", {"number": OFFICER_NUMBER})
    assert answer.status_code == 302
    again = browser.get("/households/staff/own/").content.decode()
    assert OFFICER_NUMBER[-4:] not in again


def test_security_administrator_sees_whose_family_nobody_knows(
    office: Office, page_of: Callable[..., Client]
) -> None:
    certify(office, make_actor(Role.VILLAGE, name="村会计"))
    browser = page_of(Role.SECURITY_ADMIN)
    listed = browser.get("/households/staff/")
    assert "村会计" in listed.content.decode()
    address = f"/households/staff/{make_actor(Role.VILLAGE, name='村会计').staff_id}/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"number": OFFICER_NUMBER}).status_code == 302
    assert StaffIdentity.objects.count() == 1
