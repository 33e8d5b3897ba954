"""The way of an application: each step by another person, after its notice, with a certificate."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enforcement.models import OfficerCertificate
from enforcement.services.certificates import suspend_certificate
from offices.actors import Actor
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act, RoleGrant, Staff
from subsidies.enums import ApplicationState, Outcome, Step, StepResult
from subsidies.models import Application, ApplicationStep
from subsidies.services import reviews
from subsidies.services.grants import grant_benefit
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, make_actor
from tests.subsidies.cases import (
    PRESENT,
    Office,
    advance,
    after_notice,
    bring_to,
    certify,
    enter,
    make_office,
    make_programme,
    move_day,
    rules_say,
)


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


def in_village(case: Application, actor: Actor, **fields: Any) -> Application:
    return reviews.review_in_village(
        application=case, actor=actor, **{"opinion": "情况属实", "present": PRESENT, **fields}
    )


def code_of(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    assert str(refusal.value)
    return refusal.value.code


def test_application_goes_its_whole_way_by_five_people(office: Office) -> None:
    case = bring_to(office, ApplicationState.GRANTED)
    steps = list(case.steps.values_list("step", "result"))
    assert steps == [
        (Step.ENTRY, StepResult.PASSED),
        (Step.VILLAGE_REVIEW, StepResult.PASSED),
        (Step.TOWNSHIP_REVIEW, StepResult.PASSED),
        (Step.COUNTY_CONFIRMATION, StepResult.PASSED),
        (Step.GRANT, StepResult.PASSED),
    ]
    assert len(set(case.steps.values_list("acted_by", flat=True))) == 5
    certificates = [step.certificate_number for step in case.steps.all()]
    assert [bool(number) for number in certificates] == [False, True, True, True, False]
    verbs = list(Act.objects.of_record(case).order_by("at", "id").values_list("verb", flat=True))
    assert verbs == [
        "subsidies.enter_application",
        "subsidies.review_in_village",
        "subsidies.post_notice",
        "subsidies.review_in_township",
        "subsidies.post_notice",
        "subsidies.confirm_application",
        "subsidies.post_notice",
        "subsidies.grant_benefit",
    ]


def test_village_review_keeps_the_names_of_those_present(office: Office) -> None:
    reviewed = in_village(enter(office), office.village)
    assert reviewed.steps.get(step=Step.VILLAGE_REVIEW).present == PRESENT
    # Ten working days after the 13th; Sunday the 26th was worked before Spring Festival.
    assert reviewed.due_on == datetime.date(2014, 1, 26)


@pytest.mark.parametrize(
    "present", [[], ["王建国", "李明"], ["王建国", "王建国", "王建国"], ["", " ", "李明"]]
)
def test_village_review_without_enough_people_is_refused(office: Office, present: list[str]) -> None:
    with pytest.raises(DomainError) as refusal:
        in_village(enter(office), office.village, present=present)
    assert code_of(refusal) == "present_missing"


def test_step_without_an_opinion_is_refused(office: Office) -> None:
    with pytest.raises(DomainError) as refusal:
        in_village(enter(office), office.village, opinion=" ")
    assert code_of(refusal) == "opinion_missing"


# By another person -----------------------------------------------------------------------------


def test_who_entered_cannot_review(office: Office) -> None:
    case = enter(office, actor=office.village)
    with pytest.raises(DomainError) as refusal:
        in_village(case, office.village)
    assert code_of(refusal) == "acted_before"
    colleague = make_actor(Role.VILLAGE, name="村会计")
    certify(office, colleague)
    assert in_village(case, colleague).state == ApplicationState.VILLAGE_REVIEWED


def test_same_person_in_another_role_cannot_take_the_next_step(office: Office) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    after_notice(case)
    both = RoleGrant.objects.create(
        staff=Staff.objects.get(pk=office.village.staff_id),
        role=Role.TOWNSHIP_REVIEWER,
        division_id=office.township.division_code,
        from_on=datetime.date(2013, 1, 1),
    ).actor()
    with pytest.raises(DomainError) as refusal:
        reviews.review_in_township(application=case, actor=both, opinion="同意")
    assert code_of(refusal) == "acted_before"


def test_database_refuses_two_steps_of_one_person(office: Office) -> None:
    case = enter(office, actor=office.village)
    with pytest.raises(DatabaseError, match="each_step_is_by_another_person"), transaction.atomic():
        ApplicationStep.objects.create(
            application=case,
            step=Step.VILLAGE_REVIEW,
            result=StepResult.PASSED,
            acted_by_id=office.village.staff_id,
            acted_on=case.entered_on,
            division_code=case.division_code,
        )


def test_database_keeps_steps_as_they_were(office: Office) -> None:
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql("UPDATE subsidies_applicationstep SET acted_by_id = %s", [office.county.staff_id])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql("DELETE FROM subsidies_applicationstep WHERE application_id = %s", [case.pk])


# By the right role, in the right place ----------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        (ApplicationState.ENTERED, Role.TOWNSHIP),
        (ApplicationState.VILLAGE_REVIEWED, Role.VILLAGE),
        (ApplicationState.TOWNSHIP_REVIEWED, Role.TOWNSHIP_REVIEWER),
        (ApplicationState.TOWNSHIP_REVIEWED, Role.COUNTY),
        (ApplicationState.COUNTY_CONFIRMED, Role.COUNTY_REVIEWER),
    ],
)
def test_step_belongs_to_its_role(office: Office, state: str, wrong: Role) -> None:
    case = bring_to(office, state)
    after_notice(case)
    stranger = make_actor(wrong, name="另一人")
    certify(office, stranger)
    with pytest.raises(NotAllowed):
        advance(_with_everybody(office, stranger), case)
    assert advance(office, case).state != state


def _with_everybody(office: Office, actor: Actor) -> Office:
    return Office(actor, actor, actor, actor, actor, actor, office.security)


def test_reviewers_of_other_places_review_nothing_here(office: Office) -> None:
    case = enter(office)
    with pytest.raises(NotAllowed):
        in_village(case, make_actor(Role.VILLAGE, OTHER_VILLAGE))
    case = bring_to(office, ApplicationState.VILLAGE_REVIEWED, case)
    after_notice(case)
    with pytest.raises(NotAllowed):
        reviews.review_in_township(
            application=case, actor=make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP), opinion="同意"
        )


def test_system_itself_reviews_and_grants_nothing(office: Office, county: Actor) -> None:
    case = enter(office)
    with pytest.raises(NotAllowed):
        in_village(case, county)
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED, case)
    after_notice(case)
    with pytest.raises(NotAllowed):
        grant_benefit(application=case, actor=county)


# With a certificate -----------------------------------------------------------------------------


def test_officer_without_a_certificate_cannot_review(office: Office) -> None:
    case = enter(office)
    colleague = make_actor(Role.VILLAGE, name="新来的")
    with pytest.raises(DomainError) as refusal:
        in_village(case, colleague)
    assert code_of(refusal) == "no_certificate"


def test_suspended_officer_cannot_confirm(office: Office) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    certificate = OfficerCertificate.objects.get(staff=office.reviewer.staff_id)
    suspend_certificate(certificate=certificate, actor=office.security, reason="年审未通过")
    with pytest.raises(DomainError) as refusal:
        reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
    assert code_of(refusal) == "certificate_suspended"
    case.refresh_from_db()
    assert case.state == ApplicationState.TOWNSHIP_REVIEWED
    confirmed = reviews.confirm_application(
        application=case, actor=office.second_reviewer, opinion="予以确认"
    )
    assert confirmed.state == ApplicationState.COUNTY_CONFIRMED


def test_certificate_is_asked_for_on_the_business_day(office: Office) -> None:
    case = enter(office)
    move_day(datetime.date(2018, 1, 1))
    with pytest.raises(DomainError) as refusal:
        in_village(case, office.village)
    assert code_of(refusal) == "certificate_expired"


# After the notice -------------------------------------------------------------------------------


def test_next_step_waits_for_the_last_day_of_the_notice(office: Office) -> None:
    case = in_village(enter(office), office.village)
    notice = case.notices.get()
    assert notice.last_day == datetime.date(2014, 1, 13)
    move_day(notice.last_day)
    with pytest.raises(DomainError) as refusal:
        reviews.review_in_township(application=case, actor=office.township, opinion="同意")
    assert code_of(refusal) == "notice_running"
    move_day(notice.last_day + datetime.timedelta(days=1))
    passed = reviews.review_in_township(application=case, actor=office.township, opinion="同意")
    assert passed.state == ApplicationState.TOWNSHIP_REVIEWED


@pytest.mark.parametrize(
    ("put_up", "last_day"),
    [("2014-02-21", "2014-02-28"), ("2016-02-22", "2016-02-29"), ("2016-02-26", "2016-03-04")],
)
def test_notice_over_the_end_of_february(office: Office, put_up: str, last_day: str) -> None:
    case = enter(office)
    move_day(datetime.date.fromisoformat(put_up))
    case = in_village(case, office.village)
    assert case.notices.get().last_day == datetime.date.fromisoformat(last_day)
    after_notice(case)
    assert advance(office, case).state == ApplicationState.TOWNSHIP_REVIEWED


def test_notice_of_working_days_follows_the_official_calendar(office: Office) -> None:
    programme = make_programme(
        "WORK", notice={"days": 7, "calendar": "working", "levels": ["village", "township", "county"]}
    )
    case = enter(office, programme=programme)
    move_day(datetime.date(2014, 1, 24))
    # Spring Festival of 2014: 31 January to 6 February off, 26 January and 8 February worked.
    assert in_village(case, office.village).notices.get().last_day == datetime.date(2014, 2, 8)


def test_level_that_the_policy_does_not_post_has_no_notice(office: Office) -> None:
    programme = make_programme("ONE", notice={"days": 7, "calendar": "calendar", "levels": ["village"]})
    case = bring_to(office, ApplicationState.GRANTED, enter(office, programme=programme))
    assert [notice.level for notice in case.notices.all()] == ["village"]


def test_database_refuses_a_step_while_a_notice_hangs(office: Office) -> None:
    case = in_village(enter(office), office.village)
    with pytest.raises(DatabaseError, match="while a notice hangs"), transaction.atomic():
        _force(case, Step.TOWNSHIP_REVIEW, office.township, case.notices.get().last_day)


def test_database_refuses_a_step_that_leaves_out_its_notice(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DatabaseError, match="without the village notice"), transaction.atomic():
        _force(case, Step.TOWNSHIP_REVIEW, office.township, datetime.date(2015, 1, 1))


def _force(case: Application, step: str, actor: Actor, on: datetime.date) -> None:
    ApplicationStep.objects.create(
        application=case,
        step=step,
        result=StepResult.PASSED,
        acted_by_id=actor.staff_id,
        acted_on=on,
        division_code=case.division_code,
    )


# Sensitive programmes ------------------------------------------------------------------------------


def test_sensitive_programme_is_never_posted_and_has_two_county_reviewers(office: Office) -> None:
    case = enter(office, programme=make_programme("QUIET", is_posted=False))
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED, case)
    with pytest.raises(Stale):
        reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
    case = bring_to(office, ApplicationState.COUNTY_REVIEWED, case)
    with pytest.raises(DomainError) as refusal:
        reviews.confirm_application(application=case, actor=office.second_reviewer, opinion="予以确认")
    assert code_of(refusal) == "acted_before"
    case = bring_to(office, ApplicationState.GRANTED, case)
    assert not case.notices.exists()
    assert not sql("SELECT 1 FROM subsidies_publicnotice")


def test_database_refuses_to_post_a_sensitive_programme(office: Office) -> None:
    case = enter(office, programme=make_programme("QUIET", is_posted=False))
    with pytest.raises(DatabaseError, match="never posted"), transaction.atomic():
        case.notices.create(
            level="village",
            from_on=case.entered_on,
            last_day=case.entered_on,
            posted_by_id=office.village.staff_id,
            division_code=case.division_code,
        )


def test_posted_programme_has_no_first_county_review(office: Office) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    with pytest.raises(Stale):
        reviews.review_in_county(application=case, actor=office.reviewer, opinion="材料齐全")


# What the rules say ----------------------------------------------------------------------------------


def test_condition_that_does_not_hold_stops_every_review(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = enter(office)
    rules_say(monkeypatch, Outcome.NOT_ENTITLED, None)
    with pytest.raises(DomainError) as refusal:
        in_village(case, office.village)
    assert code_of(refusal) == "not_entitled"
    assert "年满60周岁" in str(refusal.value)


def test_unknown_passes_reviews_but_never_the_confirmation(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_say(monkeypatch, Outcome.UNKNOWN)
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    after_notice(case)
    with pytest.raises(DomainError) as refusal:
        reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
    assert code_of(refusal) == "not_known"
    rules_say(monkeypatch)
    assert advance(office, case).state == ApplicationState.COUNTY_CONFIRMED


# Refusal -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (ApplicationState.ENTERED, "township"),
        (ApplicationState.VILLAGE_REVIEWED, "township"),
        (ApplicationState.TOWNSHIP_REVIEWED, "reviewer"),
        (ApplicationState.COUNTY_CONFIRMED, "county"),
    ],
)
def test_refusal_gives_its_reason_and_a_letter_that_verifies(office: Office, state: str, who: str) -> None:
    certify(office, office.county)
    case = bring_to(office, state)
    refused = reviews.refuse_application(
        application=case, actor=getattr(office, who), reason="户口性质为非农业"
    )
    assert refused.state == ApplicationState.REFUSED
    assert refused.refusal_reason == "户口性质为非农业"
    assert refused.decided_on is not None
    letter = case.letters.get()
    assert (letter.kind, letter.verification.kind) == ("refused", "letter")
    assert refused.refusal_reason in letter.content


def test_refusal_needs_a_reason_and_a_certificate(office: Office) -> None:
    case = enter(office)
    with pytest.raises(DomainError) as refusal:
        reviews.refuse_application(application=case, actor=office.township, reason=" ")
    assert code_of(refusal) == "reason_missing"
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED, case)
    with pytest.raises(DomainError) as refusal:
        reviews.refuse_application(application=case, actor=office.county, reason="条件不符")
    assert code_of(refusal) == "no_certificate"


def test_village_refuses_nobody(office: Office) -> None:
    with pytest.raises(NotAllowed):
        reviews.refuse_application(application=enter(office), actor=office.village, reason="不同意")


def test_who_reviewed_cannot_refuse_later(office: Office) -> None:
    case = bring_to(office, ApplicationState.TOWNSHIP_REVIEWED)
    with pytest.raises(NotAllowed):
        reviews.refuse_application(application=case, actor=office.township, reason="不同意")
    case = bring_to(office, ApplicationState.COUNTY_CONFIRMED, case)
    both = RoleGrant.objects.create(
        staff=Staff.objects.get(pk=office.reviewer.staff_id),
        role=Role.COUNTY,
        division_id=office.county.division_code,
        from_on=datetime.date(2013, 1, 1),
    ).actor()
    with pytest.raises(DomainError) as refusal:
        reviews.refuse_application(application=case, actor=both, reason="不同意")
    assert code_of(refusal) == "acted_before"


def test_decided_application_cannot_be_refused(office: Office) -> None:
    case = bring_to(office, ApplicationState.GRANTED)
    with pytest.raises(Stale):
        reviews.refuse_application(application=case, actor=office.reviewer, reason="条件不符")


def test_step_taken_twice_is_stale(office: Office, moved_to: Callable[[str], None]) -> None:
    case = in_village(enter(office), office.village)
    with pytest.raises(Stale):
        in_village(case, office.village)
    moved_to("2014-01-14")
    reviews.review_in_township(application=case, actor=office.township, opinion="同意")
    with pytest.raises(Stale):
        reviews.review_in_township(application=case, actor=office.township, opinion="同意")
