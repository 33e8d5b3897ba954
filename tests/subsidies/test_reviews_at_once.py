"""Two browsers at once: one confirms, the other is told so; nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from offices.actors import Actor
from offices.database.context import keep_context, open_context
from offices.errors import DomainError
from offices.services.staff import system_actor
from subsidies.enums import ApplicationState, Step
from subsidies.models import Application, Grant, Notice, PublicNotice
from subsidies.services import grants, reviews
from subsidies.services.applications import enter_application
from tests.factories import make_person
from tests.subsidies.cases import (
    Office,
    after_notice,
    bring_to,
    make_office,
    make_programme,
    rules_say,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        return make_office()


def case_in(office: Office, state: str) -> Application:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        case = bring_to(office, state)
        after_notice(case)
        return case


def at_once(*deeds: tuple[Actor, Callable[[], Any]]) -> list[str]:
    """Run each deed in a connection of its own, started together; returns 'done' or the refusal's code."""
    start = threading.Barrier(len(deeds))
    results: list[str] = [""] * len(deeds)

    def run(number: int, actor: Actor, deed: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            with open_context(actor=actor):
                deed()
            results[number] = "done"
        except DomainError as refusal:
            results[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, *deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(results)


def test_two_reviewers_confirm_at_once(office: Office) -> None:
    case = case_in(office, ApplicationState.TOWNSHIP_REVIEWED)
    results = at_once(
        *(
            (
                actor,
                lambda actor=actor: reviews.confirm_application(
                    application=case, actor=actor, opinion="予以确认"
                ),
            )
            for actor in (office.reviewer, office.second_reviewer)
        )
    )
    assert results == ["done", "state_changed"]
    with open_context(actor=office.county):
        assert case.steps.filter(step=Step.COUNTY_CONFIRMATION).count() == 1
        assert Notice.objects.filter(application=case, level="county").count() == 1
        assert PublicNotice.objects.filter(level="county").count() == 1


def test_same_grant_is_pressed_twice_at_once(office: Office) -> None:
    case = case_in(office, ApplicationState.COUNTY_CONFIRMED)
    deed = (office.county, lambda: grants.grant_benefit(application=case, actor=office.county))
    assert at_once(deed, deed, deed) == ["done", "state_changed", "state_changed"]
    with open_context(actor=office.county):
        assert Grant.objects.count() == 1


def test_refusal_and_confirmation_at_once_end_in_one_of_them(office: Office) -> None:
    case = case_in(office, ApplicationState.TOWNSHIP_REVIEWED)
    results = at_once(
        (
            office.reviewer,
            lambda: reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认"),
        ),
        (
            office.second_reviewer,
            lambda: reviews.refuse_application(
                application=case, actor=office.second_reviewer, reason="条件不符"
            ),
        ),
    )
    assert results.count("done") == 1
    with open_context(actor=office.county):
        state = Application.objects.get(pk=case.pk).state
        assert state in (ApplicationState.COUNTY_CONFIRMED, ApplicationState.REFUSED)


def test_same_application_is_entered_at_two_counters_at_once(office: Office) -> None:
    with open_context(actor=office.county):
        person, programme = make_person(), make_programme()
    deeds = [
        (
            actor,
            lambda actor=actor: enter_application(
                person=person,
                programme=programme,
                documents=["identity_card", "household_register"],
                has_declared=True,
                actor=actor,
            ),
        )
        for actor in (office.counter, office.village)
    ]
    assert at_once(*deeds) == ["already_applied", "done"]
    with open_context(actor=office.county):
        assert Application.objects.get().file_number == "CASE-2014-00001"
