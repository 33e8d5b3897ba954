"""No way into the registry leads past the search for duplicates: file, arrival, birth, correction."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from households.enums import HukouType, PairState, Sex
from households.models import DuplicatePair, Person
from households.services.duplicate_search import FEW
from households.services.events.births import record_birth
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_arrival
from households.services.events.taking_back import take_back_event
from offices.actors import Actor
from offices.enums import Role
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.life import Family, make_family, report
from tests.households.registry import bring, row
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
KNOWN = number("19530201", 122)
ALIKE = number("19530201", 142)
"""One digit apart, and both as they should be."""


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


@pytest.fixture
def family(county: Actor) -> Family:
    return make_family()


def by_file(_clerk: Actor, county: Actor, _family: Family) -> Person:
    bring(county, [row(姓名="陈淑珍", 公民身份号码=ALIKE)])
    return Person.objects.filter(name="陈淑珍").latest("recorded_at")


def by_arrival(clerk: Actor, _county: Actor, _family: Family) -> Person:
    event = record_arrival(
        actor=clerk, report=report("2014-01-02"), village=VILLAGE, household_number="9001", name="陈淑珍",
        sex=Sex.FEMALE, born_on=D(1953, 2, 1), hukou_type=HukouType.RURAL, number=ALIKE,
    )  # fmt: skip
    assert event.person
    return event.person


def by_correction(clerk: Actor, _county: Actor, family: Family) -> Person:
    """An entry that was somebody else's name and birthday until it is put right."""
    right = Right(name="陈淑珍", born_on=D(1953, 2, 1), number=ALIKE)
    correct_entry(actor=clerk, person=family.wife, report=report("2014-01-03", "户口簿第7页"), right=right)
    return family.wife


@pytest.mark.parametrize("way", [by_file, by_arrival, by_correction], ids=lambda way: way.__name__)
def test_whoever_is_entered_alike_is_in_the_queue_at_once(
    clerk: Actor, county: Actor, family: Family, way: Callable[[Actor, Actor, Family], Person]
) -> None:
    known = make_person(name="陈淑珍", number=KNOWN, village=OTHER_VILLAGE)
    assert not DuplicatePair.objects.exists()
    entered = way(clerk, county, family)
    pair = DuplicatePair.objects.get()
    assert {pair.first_id, pair.second_id} == {known.pk, entered.pk}
    assert pair.state == PairState.CANDIDATE


def test_a_newborn_entered_at_two_counters_is_in_the_queue_at_once(clerk: Actor, family: Family) -> None:
    other = make_family(village=OTHER_VILLAGE, serial=300)

    def born(actor: Actor, of: Family) -> Person:
        event = record_birth(
            actor=actor, household=of.household, report=report("2014-01-02"), name="王安", sex=Sex.MALE,
            mother=of.daughter, father=None, hukou_type=HukouType.RURAL,
        )  # fmt: skip
        assert event.person
        take_back.append((actor, event))
        return event.person

    take_back: list[tuple[Actor, object]] = []
    DuplicatePair.objects.all()._raw_delete("default")  # the two families are alike themselves
    pair_of = {born(clerk, family).pk, born(make_actor(Role.TOWNSHIP, OTHER_VILLAGE[:9]), other).pk}
    pairs = [{pair.first_id, pair.second_id} for pair in DuplicatePair.objects.all()]
    assert pair_of in pairs
    actor, event = take_back[-1]
    take_back_event(event=event, actor=actor)  # type: ignore[arg-type] # an event
    assert pair_of not in [{pair.first_id, pair.second_id} for pair in DuplicatePair.objects.all()]


def test_a_file_of_many_leaves_the_search_to_a_worker(
    county: Actor,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        "offices.services.jobs.current_app.send_task", lambda name, **_named: sent.append(name)
    )
    many = [
        row(户编号=f"{place:06d}", 姓名="陈淑珍", 公民身份号码=number("19530201", place * 2))
        for place in range(1, FEW + 2)
    ]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined] # a context manager
        bring(county, many)
    assert "households.find_duplicates" in sent
