"""Who lived where, in which family, on that day: moves, splits, joins, facts, and taking back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from households.enums import EmploymentState, EventState, HukouType, Relation, Sex, UnitKind
from households.models import (
    Absence,
    Disability,
    Employment,
    ExaminationYear,
    Household,
    Hukou,
    LifeEvent,
    Membership,
    OnlyChildCertificate,
    Person,
    RegistryTask,
    Residence,
)
from households.selectors.life_events import words_of
from households.services.events.births import record_birth
from households.services.events.deaths import record_death
from households.services.events.facts import (
    change_disability,
    change_employment,
    convert_hukou,
    record_certificate,
    record_examination,
)
from households.services.events.families import join_household, name_head, split_household
from households.services.events.moves import (
    record_arrival,
    record_departures,
    record_moves,
    record_return,
)
from households.services.events.taking_back import take_back_event
from households.services.units import lodge_person, record_unit
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import Stale
from offices.models import Division
from tests.factories import OTHER_TOWNSHIP, OTHER_VILLAGE, VILLAGE, make_actor, make_person
from tests.households.life import TODAY, answers, images, make_family, refused, report
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
NEIGHBOURS = "370406101201"


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


def place_of(person: Person, on: D) -> str | None:
    row = Residence.objects.on(on).filter(person=person).first()
    return row.place_code if row else None


def member(person: Person, on: D) -> tuple[str, str] | None:
    row = Membership.objects.on(on).filter(person=person).select_related("household").first()
    return (row.household.number, row.relation) if row else None


# Moves ------------------------------------------------------------------------------------------


def test_a_move_takes_the_persons_file_to_the_other_township(clerk: Actor) -> None:
    family = make_family()
    record_moves(actor=clerk, people=[family.daughter], report=report("2014-01-02"), to_place=OTHER_VILLAGE)
    assert place_of(family.daughter, D(2014, 1, 1)) == VILLAGE
    assert place_of(family.daughter, D(2014, 1, 2)) == OTHER_VILLAGE
    assert member(family.daughter, D(2014, 1, 2)) == (family.household.number, Relation.DAUGHTER)
    family.daughter.refresh_from_db()
    assert family.daughter.division_code == OTHER_VILLAGE
    with open_context(actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)):
        assert Hukou.objects.filter(person=family.daughter).exists()
        assert Membership.objects.filter(person=family.daughter).exists()


def test_a_family_moves_with_its_hukou_into_a_household_of_the_new_village(clerk: Actor) -> None:
    family = make_family()
    people = [family.head, family.wife, family.daughter]
    events = record_moves(
        actor=clerk, people=people, report=report("2014-01-02"), to_place=OTHER_VILLAGE,
        hukou_moves=True, household_number="900",
    )  # fmt: skip
    assert [member(person, D(2014, 1, 2)) for person in people] == [
        ("900", Relation.HEAD), ("900", Relation.SPOUSE), ("900", Relation.DAUGHTER),
    ]  # fmt: skip
    assert Hukou.objects.on(D(2014, 1, 2)).get(person=family.wife).place_code == OTHER_VILLAGE
    assert not RegistryTask.objects.open().exists(), "an empty household needs no head"
    before = images()
    assert len(take_back_event(event=events[1], actor=clerk)) == 3, "entered together, taken back together"
    assert images() != before
    assert member(family.wife, D(2014, 1, 2)) == (family.household.number, Relation.SPOUSE)
    assert not Household.objects.filter(number="900").exists()


def test_work_beyond_the_county_is_a_move_and_no_departure(clerk: Actor) -> None:
    family = make_family()
    record_moves(actor=clerk, people=[family.daughter], report=report("2014-01-02"), to_place="370404")
    assert place_of(family.daughter, D(2014, 1, 2)) == "370404000000"
    assert member(family.daughter, D(2014, 1, 2)) is not None
    family.daughter.refresh_from_db()
    assert family.daughter.division_code == VILLAGE, "her hukou's village serves her"


def test_a_place_is_a_village_that_exists(clerk: Actor) -> None:
    family = make_family()
    for code, place in (
        ("division_form", "37040"),
        ("division_not_village", "370406101000"),
        ("division_unknown", "370406101999"),
        ("lives_there_already", VILLAGE),
    ):
        refused(code, record_moves, actor=clerk, people=[family.wife], report=report("2014-01-02"), to_place=place)  # fmt: skip
    refused("nobody_chosen", record_moves, actor=clerk, people=[], report=report("2014-01-02"), to_place=OTHER_VILLAGE)  # fmt: skip
    refused("nothing_moves", record_moves, actor=clerk, people=[family.wife], report=report("2014-01-02"),
            to_place=OTHER_VILLAGE, home_moves=False)  # fmt: skip
    assert record_moves(
        actor=clerk, people=[family.wife], report=report("2014-01-02"), to_place=OTHER_VILLAGE
    )


def test_the_same_move_twice_is_refused(clerk: Actor) -> None:
    family = make_family()
    act: dict[str, Any] = {"actor": clerk, "people": [family.wife], "report": report("2014-01-02")}
    record_moves(**act, to_place=OTHER_VILLAGE)
    act["actor"] = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    refused("recorded_already", record_moves, **act, to_place=VILLAGE)


def test_a_move_reported_late_ends_where_the_next_begins(clerk: Actor) -> None:
    family = make_family()
    record_moves(actor=clerk, people=[family.wife], report=report("2013-06-01"), to_place="370404")
    record_moves(actor=clerk, people=[family.wife], report=report("2013-03-01"), to_place="370405")
    assert [place_of(family.wife, D(2013, month, 15)) for month in (2, 3, 5, 6)] == [
        VILLAGE, "370405000000", "370405000000", "370404000000",
    ]  # fmt: skip


def test_who_left_is_away_and_comes_back(clerk: Actor) -> None:
    family = make_family()
    record_departures(
        actor=clerk, people=[family.daughter], report=report("2013-02-28"), to_place="", hukou_moves=True
    )
    assert member(family.daughter, D(2013, 2, 27))
    assert member(family.daughter, D(2013, 2, 28)) is None
    assert Absence.objects.on(D(2013, 2, 28)).get(person=family.daughter).place_code == ""
    assert family.daughter not in Person.objects.in_county_on(D(2013, 2, 28))
    assert family.daughter in Person.objects.in_county_on(D(2013, 2, 27))
    refused(
        "away_already", record_departures, actor=clerk, people=[family.daughter], report=report("2013-03-01")
    )
    refused("is_away", record_moves, actor=clerk, people=[family.daughter], report=report("2013-03-01"),
            to_place=OTHER_VILLAGE)  # fmt: skip
    refused("place_in_county", record_departures, actor=clerk, people=[family.wife],
            report=report("2013-03-01"), to_place=OTHER_VILLAGE)  # fmt: skip
    refused("not_away", record_return, actor=clerk, person=family.wife, report=report("2013-03-01"),
            village=VILLAGE, household_number=family.household.number)  # fmt: skip
    record_return(
        actor=clerk, person=family.daughter, report=report("2013-09-01"), village=VILLAGE,
        household_number=family.household.number, hukou_moves=True,
    )  # fmt: skip
    assert member(family.daughter, D(2013, 9, 1)) == (family.household.number, Relation.DAUGHTER)
    assert not Absence.objects.on(D(2013, 9, 1)).filter(person=family.daughter).exists()


def test_a_departure_reported_late_ends_where_the_next_household_begins(clerk: Actor) -> None:
    family, other = make_family(serial=401), make_family(serial=402)
    join_household(
        actor=clerk, people=[family.daughter], report=report("2013-09-01"), household=other.household
    )
    record_departures(actor=clerk, people=[family.daughter], report=report("2013-03-01"))
    assert Absence.objects.get(person=family.daughter).to_on == D(2013, 9, 1)
    assert member(family.daughter, D(2013, 9, 1)) == (other.household.number, Relation.OTHER)


def test_nobody_has_left_who_by_a_later_entry_lives_in_the_county(clerk: Actor) -> None:
    """She cannot have moved into a village while she was away: one of the two days is wrong."""
    family = make_family()
    moved = record_moves(
        actor=clerk, people=[family.daughter], report=report("2013-09-01"), to_place=NEIGHBOURS
    )[0]
    sentence = refused(
        "moved_later",
        record_departures,
        actor=clerk,
        people=[family.daughter],
        report=report("2013-03-01"),
    )
    assert "2013-09-01" in sentence
    take_back_event(event=moved, actor=clerk)
    record_departures(actor=clerk, people=[family.daughter], report=report("2013-03-01"))


def test_what_was_entered_together_is_taken_back_together_wherever_each_was_served(clerk: Actor) -> None:
    family = make_family()
    record_moves(actor=clerk, people=[family.wife], report=report("2013-03-01"), to_place=NEIGHBOURS)
    before = images()
    moved, also_moved = record_moves(
        actor=clerk,
        people=[family.wife, family.daughter],
        report=report("2013-09-01"),
        to_place=VILLAGE,
        hukou_moves=True,
        household_number="88",
    )
    assert moved.division_code != also_moved.division_code
    assert take_back_event(event=also_moved, actor=clerk) == [also_moved, moved]
    assert images() == before


def test_somebody_from_outside_joins_or_sets_up_a_household(clerk: Actor) -> None:
    act: dict[str, Any] = {
        "actor": clerk, "village": VILLAGE, "name": "孙远", "sex": Sex.MALE, "born_on": D(1980, 3, 11),
        "hukou_type": HukouType.URBAN, "number": number("19800311", 777, "370404"),
    }  # fmt: skip
    event = record_arrival(**act, report=report("2013-05-01"), household_number="777", hukou_place="370404")
    person = event.person
    assert person is not None
    assert member(person, D(2013, 5, 1)) == ("777", Relation.HEAD)
    assert person not in Person.objects.in_county_on(D(2013, 4, 30))
    assert person in Person.objects.in_county_on(D(2013, 5, 1))
    refused("is_registered", record_arrival, **act, report=report("2013-06-01"),
            household_number="777")  # fmt: skip
    refused("number_needed", record_arrival, **act | {"number": ""}, report=report("2013-06-01"), household_number="777")  # fmt: skip
    refused(
        "household_number_missing", record_arrival, **act, report=report("2013-06-01"), household_number=" "
    )
    refused("born_after_arrival", record_arrival, **act, report=report("1980-03-10"), household_number="777")
    take_back_event(event=event, actor=clerk)
    assert not Person.objects.filter(name="孙远").exists()
    event.refresh_from_db()
    assert (event.state, event.person_id, event.household_id) == (EventState.TAKEN_BACK, None, None)


# Households -------------------------------------------------------------------------------------


def test_a_family_splits_and_joins_again(clerk: Actor) -> None:
    family = make_family()
    refused("household_number_is_unique_in_its_village", split_household, actor=clerk, household=family.household,
            report=report("2014-01-01"), people=[family.daughter], number=family.household.number)  # fmt: skip
    refused("nobody_chosen", split_household, actor=clerk, household=family.household,
            report=report("2014-01-01"), people=[], number="88")  # fmt: skip
    split_household(
        actor=clerk,
        household=family.household,
        report=report("2014-01-01"),
        people=[family.daughter],
        number="88",
    )
    assert member(family.daughter, D(2014, 1, 1)) == ("88", Relation.HEAD)
    assert member(family.daughter, D(2013, 12, 31)) == (family.household.number, Relation.DAUGHTER)
    refused("not_a_member", split_household, actor=clerk, household=family.household,
            report=report("2014-01-02"), people=[family.daughter], number="89")  # fmt: skip
    join_household(
        actor=clerk, people=[family.head, family.wife], report=report("2014-01-03"),
        household=Household.objects.get(number="88"),
    )  # fmt: skip
    assert member(family.wife, D(2014, 1, 3)) == ("88", Relation.MOTHER)
    assert not RegistryTask.objects.open().exists()
    refused("same_household", join_household, actor=clerk, people=[family.wife], report=report("2014-01-04"),
            household=Household.objects.get(number="88"))  # fmt: skip


@pytest.mark.parametrize("first", ["home", "hukou"])
def test_home_and_hukou_may_move_on_one_day_by_two_reports(clerk: Actor, first: str) -> None:
    mover, day = make_family().daughter, D(2014, 1, 2)
    beside = Division.objects.villages().within(VILLAGE[:9]).exclude(pk=VILLAGE).order_by("code")[0].code

    def move(what: str) -> dict[str, Any]:
        return {
            "actor": clerk, "people": [mover], "report": report("2014-01-02"), "to_place": beside,
            "home_moves": what != "hukou", "hukou_moves": what != "home",
        }  # fmt: skip

    record_moves(**move(first))
    record_moves(**move("hukou" if first == "home" else "home"))
    assert place_of(mover, day) == Hukou.objects.on(day).get(person=mover).place_code == beside
    events = LifeEvent.objects.filter(person=mover)
    assert {str(words_of(event)) for event in events} == {"区内迁移", "户口在区内迁移"}
    for what in ("home", "hukou", "both"):
        refused("recorded_already", record_moves, **move(what))


def test_who_comes_into_a_household_without_a_head_is_not_made_its_head(clerk: Actor) -> None:
    family = make_family()
    record_death(actor=clerk, person=family.head, report=report("2014-01-02"))
    mover = make_family(village=OTHER_VILLAGE, serial=402).daughter
    record_moves(
        actor=make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP), people=[mover], report=report("2014-01-03"),
        to_place=VILLAGE, household_number=family.household.number,
    )  # fmt: skip
    assert member(mover, D(2014, 1, 3)) == (family.household.number, Relation.OTHER)
    assert RegistryTask.objects.open().get().kind == RegistryTask.Kind.NO_HEAD


def test_two_heads_are_a_task(clerk: Actor) -> None:
    family, other = make_family(serial=401), make_family(serial=402)
    join_household(
        actor=clerk,
        people=[other.head],
        report=report("2014-01-03"),
        household=family.household,
        is_head=True,
    )
    tasks = RegistryTask.objects.open()
    assert set(tasks.values_list("kind", "household_id")) == {
        (RegistryTask.Kind.TWO_HEADS, family.household.pk),
        (RegistryTask.Kind.NO_HEAD, other.household.pk),
    }
    name_head(
        actor=clerk, household=family.household, report=report("2014-01-04"), head=family.head,
        relations={other.head.pk: Relation.OTHER},
    )  # fmt: skip
    assert tasks.get().kind == RegistryTask.Kind.NO_HEAD


def test_a_split_that_others_joined_is_taken_back_last(clerk: Actor) -> None:
    family, other = make_family(serial=401), make_family(serial=402)
    split = split_household(
        actor=clerk,
        household=family.household,
        report=report("2014-01-01"),
        people=[family.daughter],
        number="88",
    )[0]
    household = Household.objects.get(number="88")
    joined = join_household(
        actor=clerk, people=[other.daughter], report=report("2014-01-02"), household=household
    )[0]
    refused("built_upon", take_back_event, event=split, actor=clerk)
    take_back_event(event=joined, actor=clerk)
    take_back_event(event=split, actor=clerk)
    assert not Household.objects.filter(number="88").exists()


# Facts ------------------------------------------------------------------------------------------


def test_facts_hold_from_their_day_with_source_and_document(clerk: Actor) -> None:
    family = make_family()
    said = report("2013-10-08", "残疾证第12号")
    change_disability(actor=clerk, person=family.daughter, report=said, grade=2)
    change_employment(actor=clerk, person=family.head, report=said, state=EmploymentState.RETIRED, retired_on=D(2013, 2, 1))  # fmt: skip
    convert_hukou(actor=clerk, person=family.wife, report=said, hukou_type=HukouType.DEFINED_RURAL)
    record_examination(actor=clerk, person=family.daughter, report=said, year=2014)
    for model in (Disability, Employment, ExaminationYear):
        row = model._default_manager.get()
        assert (row.from_on, row.source, row.document) == (D(2013, 10, 8), "document", "残疾证第12号")
    assert Hukou.objects.on(D(2013, 10, 7)).get(person=family.wife).hukou_type == HukouType.RURAL
    assert Hukou.objects.on(D(2013, 10, 8)).get(person=family.wife).hukou_type == HukouType.DEFINED_RURAL
    change_disability(actor=clerk, person=family.daughter, report=report("2013-12-01"), grade=None)
    assert not Disability.objects.on(D(2013, 12, 1)).exists()


def test_a_certificate_is_held_from_its_issue_whenever_it_is_shown(clerk: Actor) -> None:
    family = make_family()

    def show(day: str, number: str, issued_on: datetime.date | None = None) -> LifeEvent:
        said = report(day, "光荣证")
        return record_certificate(
            actor=clerk, person=family.wife, report=said, number=number, issued_on=issued_on
        )

    def periods() -> list[tuple[str, datetime.date | None, datetime.date | None]]:
        rows = OnlyChildCertificate.objects.filter(person=family.wife).order_by("from_on")
        return [(row.number, row.from_on, row.to_on) for row in rows]

    show("2013-10-08", "SD1", D(2000, 5, 1))
    assert periods() == [("SD1", D(2000, 5, 1), None)]
    assert OnlyChildCertificate.objects.get().document == "光荣证"
    # An entry from before the day of issue was read is put right by entering it once more.
    OnlyChildCertificate.objects.update(from_on=D(2013, 10, 8))
    again = show("2013-11-08", "SD1", D(2000, 5, 1))
    assert periods() == [("SD1", D(2000, 5, 1), None)]
    refused("nothing_changes", show, day="2013-11-09", number="SD1", issued_on=D(2000, 5, 1))
    take_back_event(event=again, actor=clerk)
    assert periods() == [("SD1", D(2013, 10, 8), None)]
    # A wrong number is corrected over the whole time, a newer certificate follows the former.
    show("2013-11-10", "SD2", D(2000, 5, 1))
    show("2013-11-11", "SD3", D(2010, 5, 1))
    assert periods() == [("SD2", D(2000, 5, 1), D(2010, 5, 1)), ("SD3", D(2010, 5, 1), None)]
    # What was given back was not held in between.
    show("2013-12-01", "")
    show("2013-12-20", "SD3", D(2010, 5, 1))
    assert periods()[1:] == [
        ("SD3", D(2010, 5, 1), D(2013, 12, 1)),
        ("SD3", D(2013, 12, 20), None),
    ]


def test_facts_that_cannot_be_are_refused(clerk: Actor) -> None:
    family = make_family()
    said: dict[str, Any] = {"actor": clerk, "person": family.head, "report": report("2013-10-08")}
    refused("retirement_day", change_employment, **said, state=EmploymentState.RETIRED)
    refused("retirement_impossible", change_employment, **said, state=EmploymentState.RETIRED, retired_on=D(2013, 10, 9))  # fmt: skip
    refused(
        "credit_code_characters", change_employment, **said, state=EmploymentState.EMPLOYED, employer_code="1"
    )
    refused("nothing_changes", convert_hukou, **said, hukou_type=HukouType.RURAL)
    refused("nothing_changes", change_disability, **said, grade=None)
    refused("certificate_day", record_certificate, **said, number="SD1")
    for day in (D(1952, 12, 31), family.head.birth_date):
        refused("certificate_before_birth", record_certificate, **said, number="SD1", issued_on=day)
    refused("examination_year", record_examination, **said, year=2016)
    abroad = make_person(name="周无")
    Hukou.objects.filter(person=abroad).update(to_on=D(2000, 1, 1))
    refused("no_hukou", convert_hukou, **said | {"person": abroad}, hukou_type=HukouType.URBAN)


def test_events_of_one_day_correct_what_began_on_it(clerk: Actor) -> None:
    family = make_family()
    convert_hukou(actor=clerk, person=family.head, report=report("2012-02-29"), hukou_type=HukouType.URBAN)
    record_moves(
        actor=clerk, people=[family.head], report=report("2012-02-29"), to_place=OTHER_VILLAGE,
        home_moves=False, hukou_moves=True,
    )  # fmt: skip
    row = Hukou.objects.on(D(2012, 2, 29)).get(person=family.head)
    assert (row.hukou_type, row.place_code) == (HukouType.URBAN, OTHER_VILLAGE)
    assert Hukou.objects.on(D(2012, 2, 28)).get(person=family.head).place_code == VILLAGE


# Rights and taking back -------------------------------------------------------------------------


def test_a_counter_records_for_the_families_it_serves(county: Actor) -> None:
    family = make_family()
    act: dict[str, Any] = {"person": family.wife, "report": report("2013-10-08"), "grade": 2}
    elsewhere = make_actor(Role.TOWNSHIP, OTHER_TOWNSHIP)
    for actor in (elsewhere, make_actor(Role.COUNTY), make_actor(Role.AUDITOR), make_actor(Role.FINANCE)):
        refused("not_allowed", change_disability, actor=actor, **act)
    event = change_disability(actor=make_actor(Role.VILLAGE), **act)
    refused("not_allowed", take_back_event, actor=elsewhere, event=event)
    assert take_back_event(actor=make_actor(Role.TOWNSHIP), event=event)


def test_who_entered_a_move_away_can_take_it_back(clerk: Actor) -> None:
    family = make_family()
    before = images()
    event = record_moves(
        actor=clerk, people=[family.wife], report=report("2014-01-02"), to_place=OTHER_VILLAGE
    )[0]
    with open_context(actor=clerk):
        take_back_event(event=LifeEvent.objects.get(pk=event.pk), actor=clerk)
    assert images() == before


def test_an_event_is_taken_back_once_and_leaves_no_trace_but_itself(clerk: Actor) -> None:
    family = make_family()
    before = images()
    event = record_death(actor=clerk, person=family.head, report=report("2014-01-02"), new_head=family.wife)
    day = answers(D(2014, 1, 1))
    take_back_event(event=event, actor=clerk)
    assert images() == before
    assert answers(D(2014, 1, 1)) == day
    event.refresh_from_db()
    assert (event.state, event.taken_back_on) == (EventState.TAKEN_BACK, D(2014, 1, 6))
    with pytest.raises(Stale):
        take_back_event(event=event, actor=clerk)
    assert record_death(actor=clerk, person=family.head, report=report("2014-01-02"))


def test_an_event_on_which_a_later_one_rests_stays(clerk: Actor) -> None:
    family = make_family()
    birth = record_birth(
        actor=clerk, household=family.household, report=report("2014-01-02"), name="王安", sex=Sex.MALE,
        mother=family.daughter, father=None, hukou_type=HukouType.RURAL,
    )  # fmt: skip
    assert birth.person
    later = change_disability(actor=clerk, person=birth.person, report=report("2014-01-03"), grade=1)
    refused("built_upon", take_back_event, event=birth, actor=clerk)
    take_back_event(event=later, actor=clerk)
    take_back_event(event=birth, actor=clerk)
    later.refresh_from_db()
    assert later.person_id is None


def test_an_event_on_whose_members_a_later_count_of_heads_rests_stays(clerk: Actor) -> None:
    """The head died when all others had left; with them back there, nobody would be asked who is head."""
    family, other = make_family(), make_family(serial=401)
    left = [
        join_household(actor=clerk, people=[one], household=other.household, report=report("2013-03-01"))[0]
        for one in (family.wife, family.daughter)
    ]
    death = record_death(actor=clerk, person=family.head, report=report("2013-06-01"))
    assert not RegistryTask.objects.open().exists()
    refused("changed_since", take_back_event, event=left[0], actor=clerk)
    take_back_event(event=death, actor=clerk)
    take_back_event(event=left[0], actor=clerk)
    assert member(family.wife, TODAY) == (family.household.number, Relation.SPOUSE)


@pytest.mark.parametrize("what", ["death", "departure", "move elsewhere"])
def test_who_dies_or_moves_lives_in_the_compound_no_longer(clerk: Actor, what: str) -> None:
    daughter = make_family().daughter
    compound = record_unit(actor=clerk, kind=UnitKind.COMPOUND, name="一院", place=VILLAGE)
    lodging = lodge_person(actor=clerk, unit=compound, person=daughter, from_on=D(2013, 5, 1))
    before = images()
    said = report("2014-01-02")
    event = (
        record_death(actor=clerk, person=daughter, report=said)
        if what == "death"
        else record_departures(actor=clerk, people=[daughter], report=said)[0]
        if what == "departure"
        else record_moves(actor=clerk, people=[daughter], report=said, to_place=OTHER_VILLAGE)[0]
    )
    lodging.refresh_from_db()
    assert lodging.to_on == D(2014, 1, 2)
    take_back_event(event=event, actor=clerk)
    lodging.refresh_from_db()
    assert lodging.to_on is None
    assert images() == before


def test_who_moves_within_the_village_of_the_compound_stays_in_it(clerk: Actor) -> None:
    daughter = make_family().daughter
    office = make_actor(Role.COUNTY)
    compound = record_unit(actor=office, kind=UnitKind.COMPOUND, name="一院", place=OTHER_VILLAGE)
    lodging = lodge_person(actor=office, unit=compound, person=daughter, from_on=D(2013, 5, 1))
    record_moves(actor=clerk, people=[daughter], report=report("2014-01-02"), to_place=OTHER_VILLAGE)
    lodging.refresh_from_db()
    assert lodging.to_on is None
