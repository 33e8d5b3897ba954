"""An office with everybody a case needs, and cases brought to any state by the real services."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from enforcement.services.certificates import issue_certificate
from households.models import Person
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from offices.models import BusinessDay, Staff
from subsidies.documents import required_documents
from subsidies.enums import (
    ApplicationState,
    Frequency,
    Outcome,
    PolicyState,
    ProgrammeKind,
    StopRule,
    Unit,
)
from subsidies.models import Application, Grant, PolicyVersion, Programme
from subsidies.selectors.assessed import Assessed
from subsidies.services import applications, grants, reviews
from tests.factories import make_actor, make_person

PRESENT = ["王建国", "李明", "孙桂英"]
NOTICE = {"days": 7, "calendar": "calendar", "levels": ["village", "township", "county"]}


@dataclass(frozen=True)
class Office:
    """Everybody who works on a case; whoever reviews or confirms holds a certificate."""

    counter: Actor
    village: Actor
    township: Actor
    reviewer: Actor
    second_reviewer: Actor
    county: Actor
    security: Actor


def make_office() -> Office:
    """The office of one village, its township and the county, with certificates from 2013 on."""
    office = Office(
        counter=make_actor(Role.TOWNSHIP),
        village=make_actor(Role.VILLAGE),
        township=make_actor(Role.TOWNSHIP_REVIEWER),
        reviewer=make_actor(Role.COUNTY_REVIEWER),
        second_reviewer=make_actor(Role.COUNTY_REVIEWER, name="第二审核员"),
        county=make_actor(Role.COUNTY),
        security=make_actor(Role.SECURITY_ADMIN),
    )
    for officer in (office.village, office.township, office.reviewer, office.second_reviewer):
        certify(office, officer)
    return office


def certify(office: Office, officer: Actor) -> None:
    """A certificate for five years from 2013 on."""
    issue_certificate(
        actor=office.security,
        staff=Staff.objects.get(pk=officer.staff_id),
        from_on=datetime.date(2013, 1, 1),
    )


def make_programme(code: str = "CASE", **fields: Any) -> Programme:
    """A programme with one published policy: posted for seven days at each level unless said."""
    notice, funding = fields.pop("notice", NOTICE), fields.pop("funding", [])
    stop_rule, amount = fields.pop("stop_rule", StopRule.END_OF_YEAR), fields.pop("amount", "960.00")
    parameters = {"amount": [{"from": "2009-01-01", "to": None, "value": amount}]}
    parameters |= fields.pop("parameters", {})
    values = {
        "name_zh": "试行扶助",
        "name_en": "Trial assistance",
        "unit": Unit.PERSON,
        "kind": ProgrammeKind.CASH,
        "frequency": Frequency.YEARLY,
        **fields,
    }
    programme, _created = Programme.objects.get_or_create(code=code, defaults=values)
    author, approver = make_actor(Role.COUNTY, name="拟稿"), make_actor(Role.COUNTY, name="审定")
    PolicyVersion.objects.get_or_create(
        programme=programme,
        number=1,
        defaults={
            "state": PolicyState.PUBLISHED,
            "from_on": datetime.date(2009, 1, 1),
            "basis_title": "试行办法",
            "rule": {"all": [{"clause": "age", "age_at_least": {"years": 60}}]},
            "parameters": parameters,
            "notice": notice,
            "funding": funding,
            "stop_rule": stop_rule,
            "drafted_by_id": author.staff_id,
            "approved_by_id": approver.staff_id,
            "published_at": clock.now(),
        },
    )
    return programme


def rules_say(
    monkeypatch: pytest.MonkeyPatch, outcome: Outcome = Outcome.ENTITLED, amount: str | None = "960.00"
) -> None:
    """Let the rules find everybody so; what they find themselves is tested elsewhere."""

    class Clause:
        code, text = "age_at_least", "年满60周岁"
        result = {Outcome.ENTITLED: True, Outcome.NOT_ENTITLED: False}.get(outcome)
        facts = ()

    class Explanation:
        registry_clauses = (Clause,)

    found = Assessed(outcome, Decimal(amount) if amount else None, Explanation)
    for module in ("subsidies.services.applications", "subsidies.services.steps"):
        monkeypatch.setattr(f"{module}.assessed", lambda **_asked: found)


def move_day(day: datetime.date) -> None:
    """The business day of a demonstration, forward."""
    BusinessDay.objects.update_or_create(pk=1, defaults={"day": day})


def after_notice(application: Application) -> None:
    """Move to the day after the notice that hangs."""
    last = application.notices.order_by("-last_day").first()
    if last and last.last_day >= clock.today():
        move_day(last.last_day + datetime.timedelta(days=1))


def enter(
    office: Office, *, person: Person | None = None, programme: Programme | None = None, **fields: Any
) -> Application:
    """An application with all its papers, entered at the township's counter."""
    programme = programme or make_programme()
    person = person or make_person()
    version = PolicyVersion.objects.get(programme=programme)
    return applications.enter_application(
        person=person,
        programme=programme,
        documents=fields.pop("documents", required_documents(version)),
        has_declared=fields.pop("has_declared", True),
        actor=fields.pop("actor", office.counter),
    )


def bring_to(office: Office, state: str, application: Application | None = None) -> Application:
    """A case in `state`, by the real services, the business day moved through its notices."""
    case = application or enter(office)
    while case.state != state:
        after_notice(case)
        case = advance(office, case)
    return case


def advance(office: Office, case: Application) -> Application:
    """Take the next step as the person who would."""
    match case.next_step:
        case "village_review":
            return reviews.review_in_village(
                application=case, actor=office.village, opinion="情况属实", present=PRESENT
            )
        case "township_review":
            return reviews.review_in_township(application=case, actor=office.township, opinion="同意上报")
        case "county_review":
            return reviews.review_in_county(
                application=case, actor=office.second_reviewer, opinion="材料齐全"
            )
        case "county_confirmation":
            return reviews.confirm_application(application=case, actor=office.reviewer, opinion="予以确认")
        case "grant":
            return grants.grant_benefit(application=case, actor=office.county).application
    raise AssertionError(f"nothing follows {case.state}")


def granted(office: Office, **fields: Any) -> Grant:
    """A live grant at the end of its whole way."""
    return bring_to(office, ApplicationState.GRANTED, enter(office, **fields)).grant
