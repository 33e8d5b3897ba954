"""Entitlement by period: what the sweep of any day would say, and what follows for arrears."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal

import pytest

from households.enums import EmploymentState
from households.models import Employment, Hukou, Person
from offices.actors import Actor
from subsidies.enums import Frequency, Outcome
from subsidies.models import Debt, Programme
from subsidies.selectors.entitlement_history import histories, history_of, owed_past
from subsidies.selectors.rules import policy_on
from subsidies.services import debt_since
from subsidies.services.sweep import entitled_among, sweep
from tests.conftest import refresh_statistics
from tests.factories import VILLAGE, make_person
from tests.subsidies.random_families import random_families
from tests.subsidies.test_sweep import entitled_person

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2014, 1, 6)
NEW_YEAR = datetime.date(2014, 1, 1)


def ncjf() -> Programme:
    return Programme.objects.get(pk="NCJF")


def test_periods_have_the_amounts_of_their_time(county: Actor) -> None:
    mother = entitled_person(born="1950-05-10")
    periods = history_of(person_id=mother.pk, programme=ncjf(), until=TODAY)
    assert [(one.from_on, one.to_on, one.annual_amount) for one in periods] == [
        (datetime.date(2010, 5, 10), datetime.date(2012, 1, 1), Decimal("720.00")),
        (datetime.date(2012, 1, 1), None, Decimal("960.00")),
    ]
    past = owed_past(periods=periods, frequency=Frequency.YEARLY, on=TODAY, received_until=None)
    assert past
    assert (past.since, past.arrears_amount) == (datetime.date(2010, 5, 10), Decimal(720 + 720 + 960 + 960))
    after_a_grant = owed_past(periods=periods, frequency=Frequency.YEARLY, on=TODAY, received_until=NEW_YEAR)
    assert after_a_grant
    assert (after_a_grant.since, after_a_grant.arrears_amount) == (NEW_YEAR, Decimal(0))


def test_a_gap_begins_anew(county: Actor) -> None:
    mother = entitled_person(born="1945-05-10")
    Hukou.objects.filter(person=mother).update(to_on="2011-03-01")
    for kind, begin, end in (("urban", "2011-03-01", "2012-07-01"), ("rural", "2012-07-01", None)):
        Hukou.objects.create(
            person=mother,
            hukou_type=kind,
            place_code=VILLAGE,
            division_code=VILLAGE,
            from_on=begin,
            to_on=end,
        )
    periods = history_of(person_id=mother.pk, programme=ncjf(), until=TODAY)
    past = owed_past(periods=periods, frequency=Frequency.YEARLY, on=TODAY, received_until=None)
    assert past
    assert (past.since, past.arrears_amount) == (datetime.date(2012, 7, 1), Decimal("1920.00"))
    assert any(one.to_on == datetime.date(2011, 3, 1) for one in periods)


def test_who_is_not_entitled_has_no_past(county: Actor) -> None:
    young = make_person(born="1980-01-01")
    assert history_of(person_id=young.pk, programme=ncjf(), until=TODAY) == []
    assert owed_past(periods=[], frequency=Frequency.YEARLY, on=TODAY, received_until=None) is None


@pytest.mark.parametrize("programme", ["NCJF", "TFSD", "TFSC"])
def test_history_is_what_any_days_sweep_says(county: Actor, programme: str) -> None:
    adults = [adult.row for adult in random_families(60, seed=11, day=TODAY)]
    refresh_statistics()
    people = [row.pk for row in adults if row]
    benefit = Programme.objects.get(pk=programme)
    found = histories(people=people, programme=benefit, until=TODAY)
    dice = random.Random(5)
    for _try in range(12):
        day = datetime.date(2009, 1, 1) + datetime.timedelta(days=dice.randrange(5 * 365))
        policy = policy_on(programme, day)
        said = {
            person
            for person, periods in found.items()
            for one in periods
            if one.outcome == Outcome.ENTITLED
            and one.from_on <= day
            and (one.to_on is None or one.to_on > day)
        }
        assert said == (entitled_among(policy, people) if policy else set())


def test_one_persons_history_is_quick(county: Actor) -> None:
    mother = entitled_person(born="1945-05-10")
    Employment.objects.create(person=mother, state=EmploymentState.NO_EMPLOYER, division_code=VILLAGE)
    history_of(person_id=mother.pk, programme=ncjf(), until=TODAY)
    spent = []
    for _run in range(5):
        began = time.perf_counter()
        history_of(person_id=mother.pk, programme=ncjf(), until=TODAY)
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.1


def test_year_ends_agree_with_days(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    people: list[Person] = [entitled_person(born=f"{year}-06-15") for year in range(1945, 1954)]
    sweep(actor=county, as_of=TODAY)
    exact = dict(Debt.objects.filter(programme="NCJF").values_list("person_id", "arrears_amount"))
    since = dict(Debt.objects.filter(programme="NCJF").values_list("person_id", "owed_since"))
    assert set(exact) == {person.pk for person in people}
    by_years = debt_since._by_year_ends(ncjf(), list(exact), TODAY)
    assert {person: amount for person, (_day, amount) in by_years.items()} == exact
    assert {person: day.year for person, (day, _amount) in by_years.items()} == {
        person: day.year for person, day in since.items()
    }


def test_many_lines_are_reckoned_by_year_ends_first(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for year in range(1945, 1950):
        entitled_person(born=f"{year}-06-15")
    monkeypatch.setattr(debt_since, "MOST_EXACT", 2)
    sweep(actor=county, as_of=TODAY)
    lines = Debt.objects.filter(programme="NCJF")
    assert lines.filter(owed_since=None).count() == 0
    assert lines.filter(is_since_exact=True).count() == 2
    sweep(actor=county, as_of=TODAY)
    assert lines.filter(is_since_exact=True).count() == 4
