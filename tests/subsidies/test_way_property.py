"""Random people take random steps on random days: whatever happens, the way of a case holds."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices import clock
from offices.actors import Actor
from offices.errors import DomainError
from offices.models import Act
from subsidies.documents import Document
from subsidies.enums import ApplicationState, ObjectionSubject, StepResult
from subsidies.models import Application, Grant, Objection
from subsidies.selectors.applications import steps_of, way_of
from subsidies.services import applications, grants, notices, reviews
from tests.conftest import sql
from tests.subsidies.cases import PRESENT, Office, enter, make_office, make_programme, move_day, rules_say

PEOPLE = ("counter", "village", "township", "reviewer", "second_reviewer", "county")
DEEDS = (
    "review_in_village",
    "review_in_township",
    "review_in_county",
    "confirm",
    "grant",
    "refuse",
    "withdraw",
    "name_missing",
    "complete",
    "object",
    "answer",
    "uphold",
    "wait",
    "wait_long",
)
NEEDED = {
    ApplicationState.ENTERED: 1,
    ApplicationState.DOCUMENTS_MISSING: 1,
    ApplicationState.VILLAGE_REVIEWED: 2,
    ApplicationState.TOWNSHIP_REVIEWED: 3,
}


class Undone(Exception):
    """Takes back what one example wrote."""


@pytest.fixture
def office(county: Actor, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    made = make_office()
    make_programme()
    make_programme("QUIET", is_posted=False)
    return made


def _deeds(case: Application, actor: Actor) -> dict[str, Callable[[], Any]]:
    def last_notice() -> Any:
        notice = case.notices.order_by("-last_day").first()
        if notice is None:
            raise DomainError("nothing", "nothing")
        return notice

    def objection() -> Objection:
        found = Objection.objects.filter(notice__application=case).order_by("answered_on").last()
        if found is None:
            raise DomainError("nothing", "nothing")
        return found

    def wait(days: int) -> None:
        move_day(clock.today() + datetime.timedelta(days=days))

    same = {"application": case, "actor": actor}
    return {
        "review_in_village": lambda: reviews.review_in_village(**same, opinion="属实", present=PRESENT),
        "review_in_township": lambda: reviews.review_in_township(**same, opinion="同意"),
        "review_in_county": lambda: reviews.review_in_county(**same, opinion="齐全"),
        "confirm": lambda: reviews.confirm_application(**same, opinion="确认"),
        "grant": lambda: grants.grant_benefit(**same),
        "refuse": lambda: reviews.refuse_application(**same, reason="条件不符"),
        "withdraw": lambda: applications.withdraw_application(**same),
        "name_missing": lambda: applications.name_missing_documents(
            **same, documents=[Document.IDENTITY_CARD]
        ),
        "complete": lambda: applications.complete_documents(**same, documents=Document.values),
        "object": lambda: notices.record_objection(
            notice=last_notice(), subject=ObjectionSubject.AMOUNT, actor=actor
        ),
        "answer": lambda: notices.answer_objection(
            objection=objection(), is_upheld=False, answer="不成立", actor=actor
        ),
        "uphold": lambda: notices.answer_objection(
            objection=objection(), is_upheld=True, answer="成立", actor=actor
        ),
        "wait": lambda: wait(1),
        "wait_long": lambda: wait(8),
    }


def _holds(case: Application) -> None:
    case.refresh_from_db()
    steps = list(case.steps.order_by("id"))
    passed = [step for step in steps if step.result == StepResult.PASSED]
    assert [step.step for step in passed] == list(steps_of(case))[: len(passed)], "in order, none left out"
    assert len({step.acted_by_id for step in passed}) == len(passed), "each by another person"
    needed = NEEDED.get(ApplicationState(case.state))
    assert needed is None or len(passed) == needed, "no state without its steps"
    assert (case.state == ApplicationState.GRANTED) == (len(passed) == len(steps_of(case)))
    assert Grant.objects.filter(application=case).exists() == (case.state == ApplicationState.GRANTED)
    for notice in case.notices.all():
        later = [step for step in passed if step.pk > notice.pk]
        assert all(step.acted_on > notice.last_day for step in later), "no step while a notice hangs"
    assert case.programme.is_posted or not case.notices.exists()
    assert Act.objects.of_record(case).count() >= len(steps), "every step is recorded"
    assert len(way_of(case, on=clock.today()).stages) >= len(steps_of(case))
    # What the database checks at commit holds now.
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    is_posted=st.booleans(),
    deeds=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(DEEDS)), min_size=5, max_size=40),
)
def test_whatever_people_do_the_way_holds(
    office: Office, is_posted: bool, deeds: list[tuple[str, str]]
) -> None:
    with pytest.raises(Undone), transaction.atomic():
        case = enter(office, programme=make_programme("CASE" if is_posted else "QUIET"))
        for who, deed in deeds:
            try:
                with transaction.atomic():
                    _deeds(case, getattr(office, who))[deed]()
            except DomainError as refusal:
                assert str(refusal)
            except IntegrityError as error:
                pytest.fail(f"{deed} by {who} broke a constraint instead of being refused: {error}")
            _holds(case)
        raise Undone


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    is_posted=st.booleans(),
    disturbances=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(PEOPLE), st.sampled_from(DEEDS)), max_size=15
    ),
)
def test_the_right_people_get_on_whatever_others_try(
    office: Office, is_posted: bool, disturbances: list[tuple[int, str, str]]
) -> None:
    """The proper way with disturbances between: it ends in a decision or waits for a reason."""
    proper = [
        ("village", "review_in_village"),
        ("township", "review_in_township"),
        ("second_reviewer", "review_in_county"),
        ("reviewer", "confirm"),
        ("county", "grant"),
    ]
    with pytest.raises(Undone), transaction.atomic():
        case = enter(office, programme=make_programme("CASE" if is_posted else "QUIET"))
        for number, (who, deed) in enumerate(proper):
            between = [(person, done) for place, person, done in disturbances if place == number]
            for person, done in [*between, (who, deed), ("county", "wait_long")]:
                try:
                    with transaction.atomic():
                        _deeds(case, getattr(office, person))[done]()
                except DomainError as refusal:
                    assert str(refusal)
                _holds(case)
        if not disturbances:
            assert case.state == ApplicationState.GRANTED
        raise Undone
