"""What a family's events mean for its benefits: said before, changed by nobody but who decides."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.urls import reverse

from households.consequences import consequences_of
from households.enums import EventKind, MaritalState, ParentRole
from households.models import LifeEvent, MaritalFact, Parentage, Person
from households.services.events.deaths import record_death
from households.services.events.moves import record_arrival, record_departures, record_moves
from households.services.events.taking_back import take_back_event
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import ApplicationState, GrantState, Standing
from subsidies.models import Assessment
from subsidies.services.sweep import sweep
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.life import report
from tests.subsidies.case_families import FamilyWriter
from tests.subsidies.cases import enter, make_office, rules_say
from tests.subsidies.money import fund, make_grant, paid_programme, sent_batch
from tests.subsidies.test_sweep import entitled_person

pytestmark = pytest.mark.django_db
DAY = datetime.date(2014, 1, 6)


def told(person: Person, kind: EventKind = EventKind.DEATH, day: str = "2013-12-31") -> list[str]:
    clerk = make_actor(Role.TOWNSHIP)
    happened_on = datetime.date.fromisoformat(day)
    return [
        str(one.text)
        for one in consequences_of(actor=clerk, kind=kind, person=person, happened_on=happened_on)
    ]


def test_a_death_tells_of_the_grant_and_changes_nothing_of_it(county: Actor) -> None:
    grant = make_grant(paid_programme("MONEY"))
    assert len(told(grant.person)) == 1
    assert told(grant.person, EventKind.HEAD) == [], "no rule reads who is head"
    record_death(actor=make_actor(Role.TOWNSHIP), person=grant.person, report=report("2013-12-31"))
    grant.refresh_from_db()
    assert (grant.state, grant.to_on) == (GrantState.LIVE, None)


def test_what_is_paid_for_later_time_is_told(county: Actor) -> None:
    programme = paid_programme("MONEY")
    grant = make_grant(programme)
    fund(programme)
    sent_batch(programme)
    assert len(told(grant.person, day="2013-06-30")) == 2
    assert "960.00" in told(grant.person, day="2013-06-30")[1]
    assert len(told(grant.person, day="2014-01-01")) == 1, "2013 is before that day"


def test_a_childs_event_tells_of_the_parents_and_the_spouses_benefits(county: Actor) -> None:
    programme = paid_programme("MONEY")
    mother, wife = make_grant(programme, serial=1).person, make_grant(programme, serial=2).person
    far = make_grant(programme, serial=3, village=OTHER_VILLAGE).person
    child = make_person(name="王强", born="1980-01-01", sex="M")
    for parent, role in ((mother, ParentRole.MOTHER), (far, ParentRole.FATHER)):
        Parentage.objects.create(person=child, parent=parent, role=role, division_code=VILLAGE)
    MaritalFact.objects.create(person=child, state=MaritalState.MARRIED, spouse=wife, division_code=VILLAGE)
    lines = told(child)
    assert len(lines) == 3
    assert far.name not in "".join(lines[2:]), "who is served elsewhere is counted, not named"
    assert told(child, EventKind.EMPLOYMENT) == []


def test_an_open_application_is_told(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    rules_say(monkeypatch)
    case = enter(make_office())
    assert case.state != ApplicationState.GRANTED
    lines = told(case.person)
    assert len(lines) == 1
    assert case.file_number in lines[0]


def standing(person: Person) -> set[str]:
    return set(
        Assessment.objects.filter(person=person, programme_id="NCJF").values_list("standing", flat=True)
    )


def test_who_left_the_county_is_assessed_no_more(county: Actor) -> None:
    person = entitled_person()
    make_household(person)
    record = sweep(actor=make_actor(Role.COUNTY), as_of=DAY)
    persons = record.persons
    assert standing(person) == {Standing.OWED}
    event = record_departures(actor=make_actor(Role.TOWNSHIP), people=[person], report=report("2014-01-02"))[
        0
    ]
    assert standing(person) == set(), "the newest sweep follows at once"
    assert sweep(actor=make_actor(Role.COUNTY), as_of=DAY).persons == persons - 1
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert standing(person) == {Standing.OWED}


def test_a_death_of_an_only_child_is_seen_by_the_newest_sweep_at_once(county: Actor) -> None:
    mother = entitled_person(born="1955-01-01")
    daughter = Parentage.objects.get(parent=mother).person
    make_household(mother)
    sweep(actor=make_actor(Role.COUNTY), as_of=DAY)
    record_death(actor=make_actor(Role.TOWNSHIP), person=daughter, report=report("2014-01-02"))
    found = Assessment.objects.filter(person=mother).values_list("programme_id", flat=True)
    assert "TFSD" in set(found)


def test_an_arrival_that_was_assessed_can_be_taken_back(county: Actor) -> None:
    from tests.households.resident_files import number

    event = record_arrival(
        actor=make_actor(Role.TOWNSHIP), report=report("2014-01-02"), village=VILLAGE, household_number="A1",
        name="孙远", sex="M", born_on=datetime.date(1950, 6, 1), hukou_type="rural",  # type: ignore[arg-type] # as a form has them
        number=number("19500601", 11, "370404"),
    )  # fmt: skip
    daughter = make_person(born="1980-01-01")
    Parentage.objects.create(person=daughter, parent=event.person, role="father", division_code=VILLAGE)
    sweep(actor=make_actor(Role.COUNTY), as_of=DAY)
    assert event.person
    assert standing(event.person)
    Parentage.objects.filter(person=daughter).update(parent=None)
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert not Person.objects.filter(name="孙远").exists()


def test_the_counter_reads_what_follows_and_then_records(county: Actor, page_of: Any) -> None:
    grant = make_grant(paid_programme("MONEY"))
    make_household(grant.person)
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:person_event", args=[grant.person.pk, "move"])
    said = {
        "happened_on": "2014-01-02", "source": "counter", "movers": [str(grant.person.pk)], "what": "home",
        "to_village": OTHER_VILLAGE,
    }  # fmt: skip
    answer = browser.post(address, said)
    assert answer.status_code == 200
    assert reverse("subsidies:grant", args=[grant.pk]) in answer.content.decode()
    assert browser.post(address, said | {"seen": answer.context["seen"]}).status_code == 302
    assert LifeEvent.objects.get().kind == EventKind.MOVE
    grant.refresh_from_db()
    assert grant.division_code == VILLAGE, "the grant goes on where it was made until the county decides"


def test_a_move_within_the_village_is_no_matter_of_another_family(county: Actor) -> None:
    grant = make_grant(paid_programme("MONEY"))
    other = make_person(name="邻居")
    make_household(other)
    assert told(other, EventKind.MOVE) == []
    record_moves(
        actor=make_actor(Role.TOWNSHIP), people=[other], report=report("2014-01-02"), to_place=OTHER_VILLAGE
    )
    grant.refresh_from_db()
    assert grant.state == GrantState.LIVE


def test_when_the_payee_dies_the_family_is_owed_through_the_other_parent(county: Actor) -> None:
    writer = FamilyWriter()
    mother = writer.add("本人：女，1975-03-01生，光荣证2000-06-01；父：男，1940-01-01生；子：2000-05-01生")
    father = writer.add("本人：男，1974-01-01生，光荣证2000-06-01")
    writer.write()
    child = Parentage.objects.get(parent=mother).person
    Parentage.objects.create(person=child, parent=father, role=ParentRole.FATHER, division_code=VILLAGE)
    sweep(actor=county, as_of=DAY)
    assert Assessment.objects.get(programme="DSJL").person == mother
    event = record_death(actor=make_actor(Role.TOWNSHIP), person=mother, report=report("2014-01-02"))
    assert Assessment.objects.get(programme="DSJL").person == father, "a family counts once, and still"
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP))
    assert Assessment.objects.get(programme="DSJL").person == mother
