"""The rules of the shipped policies against a plain reading of them, and at every boundary."""

from __future__ import annotations

import datetime
import os

import pytest

from households.enums import HukouType, MaritalState, ParentRole, Sex
from households.models import Hukou, MaritalFact, Parentage, Person
from offices.actors import Actor
from subsidies.enums import Outcome
from subsidies.models import Assessment, Programme
from subsidies.selectors.explanation import assess_person
from subsidies.services.sweep import sweep
from tests.factories import VILLAGE, make_person
from tests.subsidies.drafts import publish_drafts
from tests.subsidies.plain_rules import RULES, Register
from tests.subsidies.random_families import random_families

pytestmark = pytest.mark.django_db
DAY = datetime.date(2013, 12, 31)


def rural_parent(born: str) -> Person:
    """A rural mother of one living son."""
    parent = make_person(born=born)
    bear(parent, born="1980-01-01")
    return parent


def of_unknown_hukou(born: str) -> Person:
    """The same, whose hukou is on record from the day after on alone."""
    parent = rural_parent(born)
    Hukou.objects.filter(person=parent).update(from_on=DAY + datetime.timedelta(days=1))
    return parent


def bear(parent: Person, *, born: str, died: str | None = None, sex: str = Sex.MALE) -> Person:
    child = make_person(name="子", born=born, sex=sex, died_on=died)
    role = ParentRole.MOTHER if parent.sex == Sex.FEMALE else ParentRole.FATHER
    Parentage.objects.create(person=child, parent=parent, role=role, division_code=VILLAGE)
    return child


def outcome(person: Person, code: str = "NCJF", day: datetime.date = DAY) -> str:
    """What the explanation says, which must be what the sweep says."""
    programme = Programme.objects.get(pk=code)
    explained = assess_person(person=person, programme=programme, on=day)
    row = Assessment.objects.filter(sweep__as_of=day, programme=code, person=person).first()
    assert explained.outcome == (row.outcome if row else Outcome.NOT_ENTITLED)
    return explained.outcome.value


FAMILIES = int(os.environ.get("HUIMIN_RANDOM_FAMILIES", "3000"))
"""How many random families are judged: 100,000 are asked for by the environment, some thousands at a time."""
AT_A_TIME = 3000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + -(-FAMILIES // AT_A_TIME)))
def test_sweep_agrees_with_a_plain_reading_of_the_rules(county: Actor, seed: int) -> None:
    publish_drafts()
    people = random_families(min(AT_A_TIME, FAMILIES), seed=seed, day=DAY)
    record = sweep(actor=county, as_of=DAY)
    assert record.seconds < 30, "one pass over each table, also before the tables have statistics"
    register = Register(people, DAY)
    for code in RULES:
        found = dict(Assessment.objects.filter(programme=code).values_list("person_id", "outcome"))
        seen: set[str] = set()
        for one in people:
            expected = register.says(code, one)
            assert isinstance(one.row, Person)
            assert found.get(one.row.pk, "not_entitled") == expected, (
                code,
                expected,
                one.sex,
                one.born,
                one.row.pk,
            )
            seen.add(expected)
        assert seen == {"entitled", "unknown", "not_entitled"}, f"{code}: the families try every outcome"


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1953-12-31", "entitled"),  # the sixtieth birthday is the day itself
        ("1954-01-01", "not_entitled"),
        ("1933-01-01", "entitled"),
        ("1932-12-31", "not_entitled"),
    ],
)
def test_birthdays_at_the_edge_of_reward_assistance(county: Actor, born: str, expected: str) -> None:
    person = rural_parent(born)
    sweep(actor=county, as_of=DAY)
    assert outcome(person) == expected


def test_born_on_a_leap_day_is_sixty_on_a_leap_day_and_forty_nine_on_the_28th(county: Actor) -> None:
    sixty = rural_parent("1952-02-29")
    mother = make_person(born="1964-02-29")
    bear(mother, born="1990-01-01", died="2010-01-01")
    for day, expected in (("2012-02-28", "not_entitled"), ("2012-02-29", "entitled")):
        on = datetime.date.fromisoformat(day)
        sweep(actor=county, as_of=on)
        assert outcome(sixty, day=on) == expected
    for day, expected in (("2013-02-27", "not_entitled"), ("2013-02-28", "entitled")):
        on = datetime.date.fromisoformat(day)
        sweep(actor=county, as_of=on)
        assert outcome(mother, "TFSD", on) == expected


def test_what_is_not_on_record_is_unknown_and_never_no(county: Actor) -> None:
    nothing_known = of_unknown_hukou("1950-01-01")
    unified, spouse_named = (rural_parent("1950-01-01") for _person in range(2))
    Hukou.objects.filter(person=unified).update(hukou_type=HukouType.RESIDENT)
    MaritalFact.objects.create(
        person=spouse_named, state=MaritalState.MARRIED, spouse_digest=b"x" * 32, division_code=VILLAGE
    )
    sweep(actor=county, as_of=DAY)
    for person in (nothing_known, unified, spouse_named):
        assert outcome(person) == "unknown"
        explained = assess_person(person=person, programme=Programme.objects.get(pk="NCJF"), on=DAY)
        (open_clause,) = (clause for clause in explained.registry_clauses if clause.result is None)
        assert open_clause.missing, "the page names what is missing"
    # One clause is false for certain: what else is missing makes no difference.
    young = of_unknown_hukou("1980-01-01")
    sweep(actor=county, as_of=DAY)
    assert outcome(young) == "not_entitled"


def test_a_fact_counts_from_its_first_day_to_the_day_before_its_last(county: Actor) -> None:
    person = rural_parent("1950-01-01")
    turned = datetime.date(2013, 7, 1)
    Hukou.objects.filter(person=person).update(hukou_type=HukouType.URBAN, to_on=turned)
    Hukou.objects.create(
        person=person,
        hukou_type=HukouType.RURAL,
        place_code=VILLAGE,
        division_code=VILLAGE,
        from_on=turned,
    )
    for day, expected in (
        (turned - datetime.timedelta(days=1), "not_entitled"),
        (turned, "entitled"),
    ):
        sweep(actor=county, as_of=day)
        assert outcome(person, day=day) == expected


def test_who_dies_on_the_day_is_not_assessed(county: Actor) -> None:
    person = rural_parent("1950-01-01")
    Person.objects.filter(pk=person.pk).update(died_on=DAY)
    before = DAY - datetime.timedelta(days=1)
    for day, expected in ((before, "entitled"), (DAY, "not_entitled")):
        record = sweep(actor=county, as_of=day)
        assert outcome(person, day=day) == expected
        assert record.persons == (2 if day == before else 1)


def test_two_children_who_never_lived_at_the_same_time_were_one_at_a_time(county: Actor) -> None:
    mother = make_person(born="1955-01-01")
    bear(mother, born="1980-01-01", died="1985-05-05")
    bear(mother, born="1985-05-05", died="2010-01-01")
    twins = make_person(born="1955-01-01")
    for _twin in range(2):
        bear(twins, born="1980-01-01", died="2010-01-01")
    sweep(actor=county, as_of=DAY)
    assert outcome(mother, "TFSD") == "entitled"
    assert outcome(twins, "TFSD") == "not_entitled"


def test_would_qualify_is_the_birthday_that_is_waited_for(county: Actor) -> None:
    person = rural_parent("1954-02-01")
    sweep(actor=county, as_of=DAY)
    assert outcome(person) == "not_entitled"
    explained = assess_person(person=person, programme=Programme.objects.get(pk="NCJF"), on=DAY)
    assert explained.would_qualify == datetime.date(2014, 2, 1)
    assert explained.amount is None
    never = rural_parent("1932-01-01")
    explained = assess_person(person=never, programme=Programme.objects.get(pk="NCJF"), on=DAY)
    assert explained.would_qualify is None
