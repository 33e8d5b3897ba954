"""Applications at the counter: entered, papers named once, completed, withdrawn."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction

from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act
from subsidies.documents import Document
from subsidies.enums import ApplicationState, Outcome, ProgrammeKind, Step, StepResult
from subsidies.models import Application, PublicNotice
from subsidies.services import applications as services
from subsidies.services.reviews import refuse_application
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.subsidies.cases import Office, bring_to, enter, granted, make_office, make_programme, rules_say


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def code_of(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    assert str(refusal.value)
    return refusal.value.code


def test_application_gets_a_file_number_a_due_day_and_its_first_step(office: Office) -> None:
    case = enter(office)
    assert case.file_number == "CASE-2014-00001"
    assert case.division_code == VILLAGE
    assert case.due_on == datetime.date(2014, 1, 20), "ten working days"
    step = case.steps.get()
    assert (step.step, step.result, step.acted_by_id) == (
        Step.ENTRY,
        StepResult.PASSED,
        office.counter.staff_id,
    )
    assert Act.objects.of_record(case).get().verb == "subsidies.enter_application"
    assert enter(office).file_number == "CASE-2014-00002"


def test_somebody_not_entitled_may_apply_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch, Outcome.NOT_ENTITLED, None)
    assert enter(office).state == ApplicationState.ENTERED


def test_counter_of_another_township_enters_nothing(office: Office) -> None:
    with pytest.raises(NotAllowed):
        enter(office, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))
    person = make_person(village=OTHER_VILLAGE)
    assert enter(office, person=person, actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)).pk


@pytest.mark.parametrize("role", [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER, Role.FINANCE, Role.AUDITOR])
def test_only_counters_enter(office: Office, role: Role) -> None:
    with pytest.raises(NotAllowed):
        enter(office, actor=make_actor(role))


def test_village_specialist_may_enter(office: Office) -> None:
    assert enter(office, actor=office.village).state == ApplicationState.ENTERED


def test_application_without_declaration_is_refused(office: Office) -> None:
    with pytest.raises(DomainError) as refusal:
        enter(office, has_declared=False)
    assert code_of(refusal) == "declaration_missing"


def test_the_dead_cannot_apply(office: Office) -> None:
    person = make_person(died_on=datetime.date(2014, 1, 6))
    with pytest.raises(DomainError) as refusal:
        enter(office, person=person)
    assert code_of(refusal) == "person_died"


def test_second_application_on_its_way_is_refused(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DomainError) as refusal:
        enter(office, person=case.person)
    assert code_of(refusal) == "already_applied"
    services.withdraw_application(application=case, actor=office.counter)
    assert enter(office, person=case.person).state == ApplicationState.ENTERED


def test_who_receives_already_cannot_apply_again(office: Office) -> None:
    grant = granted(office)
    with pytest.raises(DomainError) as refusal:
        enter(office, person=grant.person)
    assert code_of(refusal) == "receives_already"


def test_who_was_refused_may_apply_again(office: Office) -> None:
    """A refusal is of this application, not of the person: what has changed since is looked at anew."""
    first = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    refuse_application(application=first, actor=office.township, reason="户口性质为非农业")
    again = enter(office, person=first.person)
    assert (again.state, again.file_number) == (ApplicationState.ENTERED, "CASE-2014-00002")
    first.refresh_from_db()
    assert (first.state, first.refusal_reason) == (ApplicationState.REFUSED, "户口性质为非农业")
    assert (
        bring_to(office, ApplicationState.COUNTY_CONFIRMED, again).state == ApplicationState.COUNTY_CONFIRMED
    )


def test_programme_without_a_policy_in_force_cannot_be_applied_for(office: Office) -> None:
    programme = make_programme()
    with pytest.raises(DomainError) as refusal:
        services.enter_application(
            person=make_person(),
            programme=type(programme).objects.create(
                code="NONE",
                name_zh="无",
                name_en="None",
                unit="person",
                kind="cash",
                frequency="yearly",
            ),
            documents=[],
            has_declared=True,
            actor=office.counter,
        )
    assert code_of(refusal) == "no_policy"


def test_award_is_not_applied_for(office: Office) -> None:
    with pytest.raises(DomainError) as refusal:
        enter(office, programme=make_programme("AWARD", kind=ProgrammeKind.AWARD))
    assert code_of(refusal) == "not_applied_for"


# Papers --------------------------------------------------------------------------------------


def test_papers_not_brought_are_named_at_once_and_stop_the_clock(office: Office) -> None:
    case = enter(office, documents=[])
    assert case.state == ApplicationState.DOCUMENTS_MISSING
    assert case.documents_missing == [Document.IDENTITY_CARD, Document.HOUSEHOLD_REGISTER]
    assert case.due_on is None
    assert case.missing_named_on == datetime.date(2014, 1, 6)


def test_papers_are_completed_all_together(office: Office) -> None:
    case = enter(office, documents=[])
    with pytest.raises(DomainError) as refusal:
        services.complete_documents(
            application=case, documents=[Document.IDENTITY_CARD], actor=office.counter
        )
    assert code_of(refusal) == "documents_still_missing"
    completed = services.complete_documents(
        application=case, documents=case.documents_missing, actor=office.counter
    )
    assert completed.state == ApplicationState.ENTERED
    assert completed.due_on == datetime.date(2014, 1, 20)
    with pytest.raises(Stale):
        services.complete_documents(application=case, documents=case.documents_missing, actor=office.counter)


def test_second_naming_of_missing_papers_is_refused(office: Office) -> None:
    case = enter(office)
    named = services.name_missing_documents(
        application=case, documents=[Document.IDENTITY_CARD], actor=office.village
    )
    completed = services.complete_documents(
        application=named, documents=[Document.IDENTITY_CARD], actor=office.counter
    )
    with pytest.raises(DomainError) as refusal:
        services.name_missing_documents(
            application=completed, documents=[Document.HOUSEHOLD_REGISTER], actor=office.village
        )
    assert code_of(refusal) == "missing_named_before"
    assert bring_to(office, ApplicationState.VILLAGE_REVIEWED, completed).next_step == Step.TOWNSHIP_REVIEW


def test_naming_nothing_is_refused(office: Office) -> None:
    with pytest.raises(DomainError) as refusal:
        services.name_missing_documents(
            application=enter(office), documents=["anything"], actor=office.village
        )
    assert code_of(refusal) == "documents_not_chosen"


def test_database_refuses_a_second_naming(office: Office) -> None:
    case = enter(office, documents=[])
    with pytest.raises(DatabaseError, match="were named on"), transaction.atomic():
        sql(
            "UPDATE subsidies_application SET documents_missing = '{bank_book}' WHERE id = %s",
            [case.pk],
        )


# Withdrawal ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [
        ApplicationState.ENTERED,
        ApplicationState.VILLAGE_REVIEWED,
        ApplicationState.TOWNSHIP_REVIEWED,
        ApplicationState.COUNTY_CONFIRMED,
    ],
)
def test_family_may_withdraw_until_the_grant(office: Office, state: str) -> None:
    case = bring_to(office, state)
    withdrawn = services.withdraw_application(application=case, actor=office.counter)
    assert withdrawn.state == ApplicationState.WITHDRAWN
    assert withdrawn.decided_on is not None
    assert not PublicNotice.objects.filter(notice_id__in=case.notices.values("pk")).exists()


def test_granted_application_cannot_be_withdrawn(office: Office) -> None:
    grant = granted(office)
    with pytest.raises(Stale):
        services.withdraw_application(application=grant.application, actor=office.counter)


def test_withdrawal_papers_and_naming_are_of_the_own_place(office: Office) -> None:
    case = enter(office, documents=[])
    other = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    with pytest.raises(NotAllowed):
        services.withdraw_application(application=case, actor=other)
    with pytest.raises(NotAllowed):
        services.complete_documents(application=case, documents=[], actor=other)
    with pytest.raises(NotAllowed):
        services.name_missing_documents(
            application=case, documents=[], actor=make_actor(Role.VILLAGE, OTHER_VILLAGE)
        )


# The database ----------------------------------------------------------------------------------


def test_database_refuses_a_second_open_application(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DatabaseError, match="one_open_application_for_a_programme"), transaction.atomic():
        Application.objects.create(
            file_number="X-1",
            programme=case.programme,
            policy_version=case.policy_version,
            person=case.person,
            division_code=VILLAGE,
            entered_on=case.entered_on,
            entered_by=case.entered_by,
        )


@pytest.mark.parametrize(
    "state",
    ["village_reviewed", "township_reviewed", "county_reviewed", "county_confirmed"],
)
def test_database_refuses_a_state_without_its_steps(office: Office, state: str) -> None:
    case = enter(office)
    with pytest.raises(DatabaseError, match="without its step"), transaction.atomic():
        sql("UPDATE subsidies_application SET state = %s WHERE id = %s", [state, case.pk])
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_refuses_a_decision_without_a_day_and_a_refusal_without_a_reason(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DatabaseError, match="application_is_decided_when_it_has_a_day"), transaction.atomic():
        sql("UPDATE subsidies_application SET state = 'withdrawn' WHERE id = %s", [case.pk])
    with pytest.raises(DatabaseError, match="refusal_has_a_reason"), transaction.atomic():
        sql(
            "UPDATE subsidies_application SET state = 'refused', decided_on = '2014-01-06' WHERE id = %s",
            [case.pk],
        )
    with pytest.raises(DatabaseError, match="missing_documents_are_named"), transaction.atomic():
        sql("UPDATE subsidies_application SET state = 'documents_missing' WHERE id = %s", [case.pk])
