"""Sixteen of the county at the same applications at once: as many confirm as the band asks, and one grants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError
from offices.models import Act
from subsidies.enums import ApplicationState, Step
from subsidies.models import Application, ApplicationStep, DecisionLetter, ExplanationReceipt, Grant, Notice
from subsidies.models.receipts import Occasion
from subsidies.services import grants, reviews
from subsidies.services.confirmations import set_band
from tests.factories import make_actor, make_person
from tests.subsidies.cases import (
    Office,
    after_notice,
    bring_to,
    certify,
    enter,
    make_office,
    make_programme,
    rules_say,
)
from tests.subsidies.money import citizen_number
from tests.subsidies.test_money_at_once import Deed, at_once, in_county

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CLIENTS = 16
VERBS = {
    Step.COUNTY_REVIEW: "subsidies.review_in_county",
    Step.COUNTY_CONFIRMATION: "subsidies.confirm_application",
    Step.GRANT: "subsidies.grant_benefit",
}


@pytest.fixture
def office(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    rules_say(monkeypatch)
    with in_county():
        return make_office()


def applications(office: Office, people: int) -> list[Application]:
    """Of each person one that a single reviewer confirms and one that takes two, all before the county."""
    one, two = make_programme(), make_programme("TWICE", is_posted=False)
    cases = []
    for serial in range(1, people + 1):
        person = make_person(number=citizen_number(serial))
        for programme in (one, two):
            case = enter(office, person=person, programme=programme)
            cases.append(bring_to(office, ApplicationState.TOWNSHIP_REVIEWED, case))
    for case in cases:
        after_notice(case)
    return cases


def reviewers(office: Office) -> list[Actor]:
    """Sixteen who may confirm, each with a certificate."""
    found = [make_actor(Role.COUNTY_REVIEWER, name=f"审核员{n}") for n in range(CLIENTS)]
    for actor in found:
        certify(office, actor)
    return found


def confirms(cases: list[Application], actor: Actor) -> Counter[str]:
    """One of the county goes through the cases as if she were alone; what was done and what refused."""
    told: Counter[str] = Counter()
    for case in cases:
        for act in (reviews.review_in_county, reviews.confirm_application):
            told += tried(
                actor, lambda act=act, case=case: act(application=case, actor=actor, opinion="同意")
            )
    return told


def grants_all(cases: list[Application], actor: Actor) -> Counter[str]:
    """One of the county office grants all she can; what was done and what refused."""
    told: Counter[str] = Counter()
    for case in cases:
        told += tried(actor, lambda case=case: grants.grant_benefit(application=case, actor=actor))
    return told


def turned(cases: list[Application], places: int) -> list[Application]:
    """The cases from another one on, so that not all begin at the same."""
    first = places % len(cases)
    return cases[first:] + cases[:first]


def tried(actor: Actor, deed: Callable[[], Any]) -> Counter[str]:
    try:
        with open_context(actor=actor):
            deed()
    except DomainError as refusal:
        return Counter([refusal.code])
    return Counter(["done"])


def run(deeds: list[Callable[[], Counter[str]]]) -> Counter[str]:
    """All of them at once; everything that they were told."""
    told: list[Counter[str]] = []
    started: list[Deed] = [(None, lambda deed=deed: told.append(deed())) for deed in deeds]
    assert at_once(started) == {"done": len(deeds)}
    return sum(told, Counter())


def check_steps_and_acts(cases: list[Application], *steps: Step) -> None:
    """Each step of each application was taken once, by whom its act of the trail names."""
    keys = [case.pk for case in cases]
    taken = ApplicationStep.objects.filter(application__in=keys, step__in=steps)
    for step in steps:
        written = Counter(taken.filter(step=step).values_list("application", "acted_by"))
        acts = Act.objects.filter(verb=VERBS[step], record_id__in=keys)
        assert Counter(acts.values_list("record_id", "by")) == written
        assert set(written.values()) == {1}
    for case in cases:
        who = list(taken.filter(application=case).values_list("acted_by", flat=True))
        assert len(set(who)) == len(who)


@pytest.mark.parametrize("has_band", [False, True])
def test_sixteen_confirm_the_same_applications_as_often_as_is_asked(office: Office, has_band: bool) -> None:
    """With a band that their amount reaches all of them take two."""
    with in_county():
        cases, people = applications(office, people=2), reviewers(office)
        if has_band:
            set_band(
                from_amount=Decimal("960"),
                confirmations=2,
                from_on=clock.today(),
                document="枣卫〔2014〕1号",
                actor=office.county,
            )
    told = run([partial(confirms, cases, actor) for actor in people])
    assert told["done"] == 2 * (2 + 2 if has_band else 1 + 2)
    assert set(told) <= {"done", "state_changed", "acted_before", "notice_running"}
    assert sum(told.values()) == CLIENTS * len(cases) * 2
    with in_county():
        check_confirmed(cases, of_posted=2 if has_band else 1)


def test_sixteen_confirm_different_applications_at_once(office: Office) -> None:
    """Each begins with another one and goes through all of them."""
    with in_county():
        cases, people = applications(office, people=4), reviewers(office)
    told = run([partial(confirms, turned(cases, n), actor) for n, actor in enumerate(people)])
    assert told["done"] == 4 * (1 + 2)
    with in_county():
        check_confirmed(cases)


def check_confirmed(cases: list[Application], *, of_posted: int = 1) -> None:
    for case in cases:
        case.refresh_from_db()
        assert case.state == ApplicationState.COUNTY_CONFIRMED
        asked = 2 if case.programme_id == "TWICE" else of_posted
        of_county = case.steps.filter(step__in=(Step.COUNTY_REVIEW, Step.COUNTY_CONFIRMATION))
        assert (case.confirmations, of_county.count()) == (asked, asked)
    check_steps_and_acts(cases, Step.COUNTY_REVIEW, Step.COUNTY_CONFIRMATION)
    posted = [case for case in cases if case.programme_id != "TWICE"]
    assert Notice.objects.filter(level="county").count() == len(posted)


def test_sixteen_grant_the_same_and_each_is_granted_once_with_its_papers(office: Office) -> None:
    with in_county():
        cases = [
            bring_to(office, ApplicationState.COUNTY_CONFIRMED, case)
            for case in applications(office, people=2)
        ]
        for case in cases:
            after_notice(case)
        people = [make_actor(Role.COUNTY, name=f"经办{n}") for n in range(CLIENTS)]
    told = run([partial(grants_all, turned(cases, n), actor) for n, actor in enumerate(people)])
    assert told == {"done": len(cases), "state_changed": (CLIENTS - 1) * len(cases)}
    with in_county():
        check_granted(cases)


def check_granted(cases: list[Application]) -> None:
    """Of each application one grant, one act that names who took the step, one explanation and one letter."""
    made = list(Grant.objects.filter(application__in=[case.pk for case in cases]))
    assert len(made) == len({(one.person_id, one.programme_id) for one in made}) == len(cases)
    steps = ApplicationStep.objects.filter(step=Step.GRANT)
    by_case = dict(steps.values_list("application", "acted_by"))
    assert steps.count() == len(by_case) == len(cases)
    acts = Act.objects.filter(verb=VERBS[Step.GRANT], record_id__in=[one.pk for one in made])
    assert Counter(acts.values_list("record_id", "by")) == Counter(
        (one.pk, by_case[one.application_id]) for one in made
    )
    decided = ExplanationReceipt.objects.filter(occasion=Occasion.DECIDED)
    once_each = Counter(case.pk for case in cases)
    assert Counter(decided.values_list("application", flat=True)) == once_each
    assert Counter(DecisionLetter.objects.values_list("application", flat=True)) == once_each
