"""Public notices and objections: what hangs, for how long, and what holds a case back."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, transaction

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed, Stale
from subsidies.enums import ApplicationState, ObjectionSubject
from subsidies.models import Application, ApplicationStep, Notice, Objection, PublicNotice
from subsidies.services import applications, notices, reviews
from subsidies.tasks import remove_ended_notices_nightly
from tests.conftest import sql
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, make_actor
from tests.subsidies.cases import (
    Office,
    advance,
    after_notice,
    bring_to,
    make_office,
    move_day,
    rules_say,
)

ABOUT = ObjectionSubject.CONDITION


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    return make_office()


@pytest.fixture
def posted(office: Office) -> Application:
    """A case whose village notice hangs until 13 January."""
    return bring_to(office, ApplicationState.VILLAGE_REVIEWED)


def code_of(refusal: pytest.ExceptionInfo[DomainError]) -> str:
    assert str(refusal.value)
    return refusal.value.code


def objection_to(case: Application, actor: Actor) -> Objection:
    return notices.record_objection(notice=case.notices.latest("last_day"), subject=ABOUT, actor=actor)


def test_public_line_holds_name_village_programme_amount_and_nothing_else(posted: Application) -> None:
    with open_context(scope=""):
        line = PublicNotice.objects.get()
    assert (line.person_name, str(line.amount)) == (posted.person.name, "960.00")
    fields = {field.name for field in PublicNotice._meta.fields}
    assert fields == {
        "id",
        "notice_id",
        "level",
        "place_code",
        "village_name",
        "township_name",
        "person_name",
        "programme_code",
        "programme_name_zh",
        "programme_name_en",
        "amount",
        "from_on",
        "last_day",
    }


def test_ended_lines_are_removed_by_night(posted: Application, office: Office) -> None:
    county = "370406"
    last_day = posted.notices.get().last_day
    move_day(last_day)
    assert remove_ended_notices_nightly(county) == 0
    move_day(last_day + datetime.timedelta(days=1))
    assert remove_ended_notices_nightly(county) == 1
    assert remove_ended_notices_nightly(county) == 0
    assert posted.notices.count() == 1, "the notice itself is kept"


def test_open_objection_blocks_the_next_step(posted: Application, office: Office) -> None:
    objection = objection_to(posted, office.counter)
    assert objection.due_on == datetime.date(2014, 1, 20), "ten working days"
    after_notice(posted)
    with pytest.raises(DomainError) as refusal:
        reviews.review_in_township(application=posted, actor=office.township, opinion="同意")
    assert code_of(refusal) == "objection_open"
    notices.answer_objection(
        objection=objection, is_upheld=False, answer="经核实条件相符", actor=office.township
    )
    assert advance(office, posted).state == ApplicationState.TOWNSHIP_REVIEWED


def test_upheld_objection_leaves_refusal_or_withdrawal(posted: Application, office: Office) -> None:
    objection = objection_to(posted, office.counter)
    with pytest.raises(DomainError) as refusal:
        reviews.refuse_application(application=posted, actor=office.township, reason="条件不符")
    assert code_of(refusal) == "objection_open"
    notices.answer_objection(objection=objection, is_upheld=True, answer="户口已迁出", actor=office.township)
    after_notice(posted)
    with pytest.raises(DomainError) as refusal:
        reviews.review_in_township(application=posted, actor=office.township, opinion="同意")
    assert code_of(refusal) == "objection_upheld"
    refused = reviews.refuse_application(application=posted, actor=office.township, reason="户口已迁出")
    assert refused.state == ApplicationState.REFUSED


def test_database_refuses_a_step_against_an_objection(posted: Application, office: Office) -> None:
    objection_to(posted, office.counter)
    after_notice(posted)
    with pytest.raises(DatabaseError, match="against an objection"), transaction.atomic():
        ApplicationStep.objects.create(
            application=posted,
            step="township_review",
            result="passed",
            acted_by_id=office.township.staff_id,
            acted_on=datetime.date(2014, 2, 1),
            division_code=posted.division_code,
        )


def test_objection_after_the_last_day_is_a_complaint(posted: Application, office: Office) -> None:
    notice = posted.notices.get()
    move_day(notice.last_day)
    assert objection_to(posted, office.counter).pk
    move_day(notice.last_day + datetime.timedelta(days=1))
    with pytest.raises(DomainError) as refusal:
        objection_to(posted, office.counter)
    assert code_of(refusal) == "notice_over"


def test_objection_to_a_withdrawn_application_is_refused(posted: Application, office: Office) -> None:
    applications.withdraw_application(application=posted, actor=office.counter)
    with pytest.raises(DomainError) as refusal:
        objection_to(posted, office.counter)
    assert code_of(refusal) == "notice_over"


def test_objection_is_about_the_benefit_s_conditions_only(posted: Application, office: Office) -> None:
    with pytest.raises(DomainError) as refusal:
        notices.record_objection(notice=posted.notices.get(), subject="births", actor=office.counter)
    assert code_of(refusal) == "objection_subject"
    free_text = [field.name for field in Objection._meta.fields if field.get_internal_type() == "TextField"]
    assert free_text == []


def test_objections_are_recorded_and_answered_in_the_own_place(posted: Application, office: Office) -> None:
    with pytest.raises(NotAllowed):
        objection_to(posted, make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP))
    with pytest.raises(NotAllowed):
        objection_to(posted, make_actor(Role.VILLAGE, OTHER_VILLAGE))
    objection = objection_to(posted, office.village)
    for stranger in (make_actor(Role.TOWNSHIP_REVIEWER, OTHER_TOWNSHIP), office.reviewer, office.village):
        with pytest.raises(NotAllowed):
            notices.answer_objection(objection=objection, is_upheld=False, answer="条件相符", actor=stranger)


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (ApplicationState.VILLAGE_REVIEWED, "township"),
        (ApplicationState.TOWNSHIP_REVIEWED, "reviewer"),
        (ApplicationState.COUNTY_CONFIRMED, "county"),
    ],
)
def test_objection_is_answered_one_level_above_its_notice(office: Office, state: str, who: str) -> None:
    objection = objection_to(bring_to(office, state), office.counter)
    answered = notices.answer_objection(
        objection=objection, is_upheld=False, answer="条件相符", actor=getattr(office, who)
    )
    assert answered.answered_on is not None


def test_answer_needs_words_and_is_given_once(posted: Application, office: Office) -> None:
    objection = objection_to(posted, office.counter)
    with pytest.raises(DomainError) as refusal:
        notices.answer_objection(objection=objection, is_upheld=False, answer=" ", actor=office.township)
    assert code_of(refusal) == "answer_missing"
    notices.answer_objection(objection=objection, is_upheld=False, answer="条件相符", actor=office.township)
    with pytest.raises(Stale):
        notices.answer_objection(
            objection=objection, is_upheld=True, answer="条件不符", actor=office.township
        )


def test_late_answer_gives_the_next_step_its_full_time(posted: Application, office: Office) -> None:
    objection = objection_to(posted, office.counter)
    move_day(datetime.date(2014, 2, 10))
    notices.answer_objection(objection=objection, is_upheld=False, answer="条件相符", actor=office.township)
    posted.refresh_from_db()
    assert posted.due_on == datetime.date(2014, 2, 24)


def test_database_keeps_answers_whole_and_one_notice_at_each_level(
    posted: Application, office: Office
) -> None:
    objection = objection_to(posted, office.counter)
    with pytest.raises(DatabaseError, match="answered_objection_has_day"), transaction.atomic():
        sql("UPDATE subsidies_objection SET answered_on = '2014-01-07' WHERE id = %s", [objection.pk])
    notice = posted.notices.get()
    with pytest.raises(DatabaseError, match="one_notice_at_each_level"), transaction.atomic():
        Notice.objects.create(
            application=posted,
            level=notice.level,
            from_on=notice.from_on,
            last_day=notice.last_day,
            posted_by_id=office.village.staff_id,
            division_code=posted.division_code,
        )
    with pytest.raises(DatabaseError, match="notice_ends_after_it_begins"), transaction.atomic():
        sql("UPDATE subsidies_notice SET last_day = from_on - 1 WHERE id = %s", [notice.pk])
