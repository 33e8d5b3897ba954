"""Everybody and everything that stands before the first step of the machine."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest

from households.models import Person
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import Frequency, FundingSource
from subsidies.models import Application, Programme
from subsidies.services import budget
from subsidies.services.annual_reviews import PARAMETER
from tests.factories import make_actor, make_household, make_person
from tests.subsidies.cases import NOTICE, Office, certify, granted, make_office, make_programme, rules_say
from tests.subsidies.money import Counters, citizen_number, give_account, make_counters

FAMILIES, GRANTED = 9, 6
"""How many families there are, and how many of them have a grant already."""
LAST_DAY = datetime.date(2016, 6, 1)
AMOUNT = "1000.00"
"""Yuan a year: months and shares of it leave cents over."""
A_MONTH = "83.33"
"""Yuan of the first policy, of which twelve months are four cents less."""


@dataclass(frozen=True)
class World:
    """The people of the office, the families, and the programme that pays them by the month.

    `judge` has nothing to do with any case. What was refused and is sent back goes on with the `others`.
    """

    office: Office
    others: Office
    judge: Actor
    money: Counters
    programme: Programme
    people: list[Person]

    def still_open(self, case: Application, role: str) -> Actor:
        """Who may still take a step of the case: the first of the role who has not."""
        acted = set(case.steps.values_list("acted_by_id", flat=True))
        found: tuple[Actor, Actor] = (getattr(self.office, role), getattr(self.others, role))
        return next((actor for actor in found if actor.staff_id not in acted), found[0])


def make_world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Nine families with accounts, some with a grant, and too little money."""
    rules_say(monkeypatch, amount=AMOUNT)
    # What a draft changes is counted elsewhere.
    monkeypatch.setattr("subsidies.services.publication.is_simulated", lambda _version: True)
    office, money = make_office(), make_counters()
    programme = make_programme(
        "MONEY",
        frequency=Frequency.MONTHLY,
        amount=A_MONTH,
        parameters={PARAMETER: [{"from": "2009-01-01", "to": None, "value": "yes", "known": "source"}]},
        notice={**NOTICE, "levels": ["county"]},
        funding=[{"source": "central", "share": "0.6"}, {"source": "county", "share": "0.4"}],
    )
    for year in (2013, 2014, 2015, 2016):
        for source in (FundingSource.CENTRAL, FundingSource.COUNTY):
            line = budget.add_budget_line(
                actor=money.finance,
                programme=programme,
                year=year,
                source=source,
                amount=Decimal(9999),
                document="预算",
            )
            budget.appropriate(actor=money.finance, line=line, amount=Decimal(900), document="拨款")
    people = [make_person(name=f"王秀{n}", number=citizen_number(n)) for n in range(1, FAMILIES + 1)]
    for number, person in enumerate(people, start=1):
        make_household(person)
        give_account(person, f"62230000{number:011d}")
    for person in people[:GRANTED]:
        granted(office, person=person, programme=programme)
    return World(office, _others(office), _judge(office), money, programme, people)


def _judge(office: Office) -> Actor:
    judge = make_actor(Role.COUNTY_REVIEWER, name="复议员")
    certify(office, judge)
    return judge


def _others(office: Office) -> Office:
    """A second one of each, with certificates."""
    others = Office(
        counter=make_actor(Role.TOWNSHIP, name="另一经办"),
        village=make_actor(Role.VILLAGE, name="另一村级"),
        township=make_actor(Role.TOWNSHIP_REVIEWER, name="另一乡审"),
        reviewer=make_actor(Role.COUNTY_REVIEWER, name="另一县审"),
        second_reviewer=make_actor(Role.COUNTY_REVIEWER, name="另一复核"),
        county=make_actor(Role.COUNTY, name="另一县级"),
        security=office.security,
    )
    for officer in (others.village, others.township, others.reviewer, others.second_reviewer):
        certify(office, officer)
    return others
