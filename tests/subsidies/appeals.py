"""Appeals for tests: taken in, accepted, decided by who has nothing to do with the case."""

from __future__ import annotations

from offices import clock
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import AppealKind, AppealResult, AppealVia
from subsidies.models import Appeal, DecisionLetter
from subsidies.services import appeals
from tests.factories import make_actor
from tests.subsidies.cases import Office, certify


def make_judge(office: Office) -> Actor:
    """A county reviewer who had nothing to do with the case."""
    actor = make_actor(Role.COUNTY_REVIEWER, name="复核员")
    certify(office, actor)
    return actor


def appeal_against(letter: DecisionLetter, office: Office, kind: AppealKind = AppealKind.REVIEW) -> Appeal:
    return appeals.receive_appeal(
        letter=letter,
        kind=kind,
        via=AppealVia.COUNTER,
        grounds="身份证上的出生日期登记错了",
        received_on=clock.today(),
        actor=office.counter,
    )


def accepted(letter: DecisionLetter, office: Office, judge: Actor) -> Appeal:
    return appeals.accept_appeal(appeal=appeal_against(letter, office), actor=judge)


def changed(appeal: Appeal, judge: Actor, **remedy: object) -> Appeal:
    return appeals.decide_appeal(
        appeal=appeal, result=AppealResult.CHANGED, reasons="经查证属实", actor=judge, **remedy
    )
