"""Whatever villages become: nobody is lost, everybody is in one village of today, and every month adds up."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from households.models import Household, Hukou, Person, Residence
from offices.database.context import keep_context, open_context
from offices.enums import Role, SuccessionKind
from offices.models import Division
from offices.services.staff import system_actor
from reports.models import Edition, Figure
from reports.months import Month, read_month
from reports.selectors.qualifications import CAME, WENT, count_qualifications
from reports.selectors.verification import verify_reports
from reports.services.editions import summarise
from subsidies.enums import StopReason
from subsidies.models import Application, Grant
from subsidies.models.applications import CLOSED_STATES
from tests.factories import make_actor, make_household, make_person
from tests.households.divisions import done
from tests.reports.month import grant

pytestmark = pytest.mark.django_db

TOWNSHIPS = ("370406101", "370406102", "370406103")
DAYS = [datetime.date(2013, month, day) for month in (8, 9, 10, 11, 12) for day in (1, 15)]
MONTHS = [read_month(f"2013-{month:02d}") for month in (7, 8, 9, 10, 11, 12)]


class _County:
    """Villages with families and grants, and random changes of them, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.serial = 300
        self.villages = [f"{township}20{number}" for township in TOWNSHIPS for number in (0, 1)]
        for village in self.villages:
            self._settle(village)
        self.people = set(Person.objects.values_list("pk", flat=True))

    def _settle(self, village: str) -> None:
        for number in range(self.draw.randint(1, 2)):
            if self.draw.random() < 0.7:
                ends = self.draw.choice([None, None, "2013-09-20", "2013-11-15", "2013-12-01"])
                begins = self.draw.choice(["2013-01-01", "2013-08-15", "2013-09-10"])
                person = grant(begins, ends, self.draw.choice(StopReason.values), village=village).person
            else:
                person = make_person(village=village)
            if self.draw.random() < 0.3:
                Residence.objects.filter(person=person).update(place_code="440305000000")
            if self.draw.random() < 0.8:
                make_household(person, number=str(number))

    def change(self, day: datetime.date) -> None:
        kind = self.draw.choice([SuccessionKind.MERGE, SuccessionKind.SPLIT, SuccessionKind.TRANSFER])
        lines: list[tuple[Any, ...]]
        given: dict[str, Any] = {}
        if kind == SuccessionKind.MERGE:
            old = self.draw.sample(self.villages, 2)
            new = self.draw.choice([old[0], self._code(old[0][:9])])
            lines = [(one, new, f"合{new}") for one in old]
        elif kind == SuccessionKind.SPLIT:
            old = [self.draw.choice(self.villages)]
            rest = self.draw.choice([old[0], self._code(old[0][:9])])
            new = self._code(old[0][:9])
            lines = [(old[0], rest, f"余{rest}", True), (old[0], new, f"分{new}", False)]
            houses = list(Household.objects.filter(division_code=old[0]))
            chosen = self.draw.sample(houses, self.draw.randint(0, len(houses)))
            given = {"chosen": chosen, "to": new}
        else:
            old = [self.draw.choice(self.villages)]
            elsewhere = self.draw.choice([one for one in TOWNSHIPS if one != old[0][:9]])
            new = self._code(elsewhere)
            lines = [(old[0], new, f"移{new}")]
        change = done(kind, *lines, on=day, **given)
        assert change.state == "applied", change.job.message
        self.villages = [one for one in self.villages if one not in old]
        self.villages += sorted({line[1] for line in lines})

    def _code(self, township: str) -> str:
        self.serial += 1
        return f"{township}{self.serial}"


def _check(county: _County) -> None:
    valid = set(Division.objects.villages().valid_on(datetime.date(2014, 1, 6)).values_list("pk", flat=True))
    today = Q(to_on=None) | Q(to_on__gt=datetime.date(2014, 1, 6))
    assert set(Person.objects.values_list("pk", flat=True)) == county.people
    assert set(Person.objects.values_list("division_code", flat=True)) <= valid
    assert set(Household.objects.values_list("division_code", flat=True)) <= valid
    numbers = list(Household.objects.values_list("division_code", "number"))
    assert len(numbers) == len(set(numbers))
    for model in (Residence, Hukou):
        rows = model.objects.filter(today)
        assert rows.count() == len(county.people), "everybody is in one place, once"
        assert {
            code for code in rows.values_list("place_code", flat=True) if code.startswith("370406")
        } <= valid
        assert not model.objects.exclude(division_code__in=Person.objects.values("division_code")).exists()
        for row in model.objects.select_related("person"):
            assert row.division_code == row.person.division_code
    running = Grant.objects.filter(today)
    assert set(running.values_list("division_code", flat=True)) <= valid
    for row in running.select_related("application"):
        assert row.application.division_code == row.division_code
    assert (
        set(Application.objects.exclude(state__in=CLOSED_STATES).values_list("division_code", flat=True))
        <= valid
    )


def _check_months() -> None:
    closings: dict[Any, int] = {}
    for month in MONTHS:
        counted = count_qualifications(month)
        for line in counted.values():
            assert line["opening"] + line["new"] + line[CAME] - line["exits"] - line[WENT] == line["closing"]
        assert sum(line[CAME] for line in counted.values()) == sum(line[WENT] for line in counted.values())
        if closings:
            assert {key: line["opening"] for key, line in counted.items() if line["opening"]} == closings
        closings = {key: line["closing"] for key, line in counted.items() if line["closing"]}
        in_force = Grant.objects.filter(from_on__lt=month.next_day).filter(
            Q(to_on=None) | Q(to_on__gte=month.next_day)
        )
        assert sum(closings.values()) == in_force.count()


def _editions(month: Month) -> list[Any]:
    editions = Edition.objects.filter(period=str(month)).order_by("division_code", "number")
    return [
        (*row, list(Figure.objects.filter(edition=row[0]).order_by("code").values_list("code", "value")))
        for row in editions.values_list("pk", "number", "figures_digest", "division_name")
    ]


@pytest.mark.long
@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(seed=st.integers(0, 2**32), count=st.integers(1, 4))
def test_random_changes_lose_nobody_and_every_month_adds_up(seed: int, count: int) -> None:
    with transaction.atomic():
        with keep_context():
            actor = system_actor()
        with open_context(actor=actor, channel="command"):
            county = _County(seed)
            summarise(actor=make_actor(Role.COUNTY), month=MONTHS[0])
            before = _editions(MONTHS[0])
            for day in sorted(county.draw.sample(DAYS, count)):
                county.change(day)
                _check(county)
            _check_months()
            for month in MONTHS:
                summarise(actor=make_actor(Role.COUNTY), month=month)
            assert _editions(MONTHS[0]) == before
            assert not verify_reports().findings
        transaction.set_rollback(True)
