"""Entitlement by period: what the sweep of any day would say, and what follows for arrears."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal

import pytest

from households.enums import EmploymentState
from households.models import (
    Absence,
    Employment,
    Household,
    Hukou,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
)
from offices.actors import Actor
from subsidies.enums import Frequency, Outcome, ProgrammeKind
from subsidies.models import Debt, Programme
from subsidies.selectors.deciding import decided
from subsidies.selectors.entitlement_history import histories, history_of, owed_past
from subsidies.selectors.rules import policy_on
from subsidies.services import debt_since
from subsidies.services.sweep import sweep
from tests.conftest import refresh_statistics
from tests.factories import VILLAGE, make_person
from tests.subsidies.drafts import publish_drafts
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


def test_every_programmes_history_is_what_any_days_assessment_says(county: Actor) -> None:
    publish_drafts()
    made = [one.row for one in random_families(30, seed=11, day=TODAY)]
    refresh_statistics()
    people = [row.pk for row in made if isinstance(row, Person)]
    dice = random.Random(5)
    days = [TODAY - datetime.timedelta(days=back) for back in (0, 1, 30, 400, dice.randrange(1500))]
    for programme in Programme.objects.exclude(kind=ProgrammeKind.AWARD):
        found = histories(people=people, programme=programme, until=TODAY)
        changes = [one.from_on for periods in found.values() for one in periods]
        before = [day - datetime.timedelta(days=1) for day in dice.sample(changes, min(2, len(changes)))]
        for day in (*days, *before):
            policy = policy_on(programme.pk, day)
            said = {
                (person, one.annual_amount)
                for person, periods in found.items()
                for one in periods
                if one.outcome == Outcome.ENTITLED
                and one.from_on <= day
                and (one.to_on is None or one.to_on > day)
            }
            expected = set()
            if policy:
                away = set(Absence.objects.on(day).values_list("person_id", flat=True))
                expected = {
                    (person, one.annual_amount)
                    for person, one in decided(policy, people, reckoned_on=day).items()
                    if one.outcome is Outcome.ENTITLED and person not in away
                }
            assert said == expected, (programme.pk, day)


def test_a_right_begins_with_the_certificate_the_retirement_and_the_home(county: Actor) -> None:
    publish_drafts("DSYL", "MXNH")
    mother, child = (make_person(born=born) for born in ("1963-05-01", "2010-03-01"))
    Parentage.objects.create(person=child, parent=mother, role="mother", division_code=VILLAGE)
    common = {"person": mother, "division_code": VILLAGE}
    # A file says neither since when the certificate nor since when the employment is on record.
    OnlyChildCertificate.objects.create(number="鲁1", issued_on="2012-05-07", **common)
    Employment.objects.create(
        state=EmploymentState.RETIRED, retired_on="2013-09-02", employer_code="91350100M000100Y43", **common
    )
    guest = make_person(born="1990-01-01")
    home = Household.objects.create(number="1", division_code=VILLAGE)
    for person, since in ((mother, None), (guest, "2013-02-03")):
        Membership.objects.create(
            person=person, household=home, relation="other", from_on=since, division_code=VILLAGE
        )
    for person, programme, since in (
        (mother, "DSJL", "2012-05-07"),
        (mother, "DSYL", "2013-09-02"),
        (guest, "MXNH", "2013-02-03"),
    ):
        periods = history_of(person_id=person.pk, programme=Programme.objects.get(pk=programme), until=TODAY)
        entitled = [one for one in periods if one.outcome == Outcome.ENTITLED]
        assert entitled[0].from_on == datetime.date.fromisoformat(since), programme


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


def test_a_line_without_a_past_lets_the_others_be_reckoned(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (entitled_person(born=born) for born in ("1945-06-15", "1947-06-15"))
    sweep(actor=county, as_of=TODAY)
    lines = Debt.objects.filter(programme="NCJF")
    lines.update(is_since_exact=False)
    monkeypatch.setattr(debt_since, "MOST_EXACT", 1)
    whole = debt_since.histories
    monkeypatch.setattr(debt_since, "histories", lambda **asked: {**whole(**asked), first.pk: []})
    for night in (TODAY + datetime.timedelta(days=1), TODAY + datetime.timedelta(days=2)):
        debt_since.reckon_since(on=night)
    assert not lines.get(person=first).is_since_exact
    assert lines.get(person=second).is_since_exact
