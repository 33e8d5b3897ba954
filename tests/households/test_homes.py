"""Which village serves a person, and that everything that goes with her is there, whichever way she came."""

from __future__ import annotations

import datetime

import pytest
from django.apps import apps

from households.enums import RepresentationKind
from households.models import (
    AccountCorrection,
    Disability,
    Hukou,
    Membership,
    Person,
    Representation,
    Representative,
    Residence,
)
from households.models.facts import DatedFact
from households.services.accounts import confirm_account, propose_account
from households.services.events.moves import record_moves
from households.services.homes import FACTS, GOES_ALONG, serving_village
from households.services.import_undo import take_back_import
from households.services.merges import undo_merge
from offices.actors import Actor
from offices.enums import Role
from tests.factories import make_actor, make_person
from tests.households.duplicates import merge
from tests.households.life import report
from tests.households.registry import bring, counts, family, row
from tests.households.representing import enter, heir
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db


def clerk_of(village: str) -> Actor:
    return make_actor(Role.TOWNSHIP, village[:9])


def head() -> Person:
    return Person.objects.get(name="王建国")


def move(person: Person, to_place: str, day: str) -> None:
    record_moves(actor=clerk_of(person.division_code), people=[person], report=report(day), to_place=to_place)
    person.refresh_from_db()


def propose(person: Person) -> AccountCorrection:
    return propose_account(
        actor=clerk_of(person.division_code),
        person=person,
        bank="山亭农村信用社",
        account="6223000011112222",
        document="存折",
    )


def has_waiting(person: Person) -> None:
    """A pending account and a guardian, who waits to be confirmed."""
    propose(person)
    enter(person, RepresentationKind.GUARDIAN, heir(7), actor=clerk_of(person.division_code))


def whereabouts(person: Person) -> set[str]:
    """Where the record and all that goes with it is."""
    rows = {part.model: part.model._default_manager.all() for part in GOES_ALONG}
    for model, of in rows.items():
        through = "representation__person" if model is Representative else "person"
        rows[model] = of.filter(**{through: person})
    assert all(rows[model].exists() for model in (AccountCorrection, Representation, Representative))
    person.refresh_from_db()
    return {person.division_code}.union(*(of.values_list("division_code", flat=True) for of in rows.values()))


def test_a_file_of_an_earlier_day_leaves_a_person_where_the_counter_moved_her(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    moved = head()
    move(moved, OTHER_VILLAGE, "2013-12-01")
    assert counts(bring(county, family(), as_of="2013-11-30")) == (0, 0, 3, 0)
    moved.refresh_from_db()
    assert moved.division_code == serving_village(moved) == OTHER_VILLAGE
    for model in (Residence, Hukou, Membership):
        assert set(model.objects.filter(person=moved).values_list("division_code", flat=True)) == {
            OTHER_VILLAGE
        }


@pytest.mark.parametrize("as_of", ["2012-06-30", "2013-11-30"])
def test_what_a_file_says_of_an_earlier_day_is_with_who_serves_her_today(county: Actor, as_of: str) -> None:
    bring(county, family(), as_of="2013-01-01")
    moved = head()
    move(moved, OTHER_VILLAGE, "2013-12-01")
    said = family()
    said[0]["残疾等级"] = "2"
    assert counts(bring(county, said, as_of=as_of)) == (0, 1, 2, 0)
    assert Disability.objects.get(person=moved).division_code == OTHER_VILLAGE


def test_a_row_that_the_counter_has_overtaken_is_compared_anew_when_it_is_said_of_a_later_day(
    county: Actor,
) -> None:
    bring(county, family(), as_of="2013-01-01")
    moved = head()
    move(moved, OTHER_VILLAGE, "2013-12-01")
    bring(county, family(), as_of="2013-11-30")
    assert counts(bring(county, family(), as_of="2013-11-30")) == (0, 0, 3, 0)
    assert counts(bring(county, family())) == (0, 1, 2, 0)
    moved.refresh_from_db()
    assert moved.division_code == serving_village(moved) == VILLAGE
    assert counts(bring(county, family())) == (0, 0, 3, 0)


def test_a_file_of_today_moves_a_person_to_where_it_says_she_lives(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    said = [{**cells, "现居住地代码": OTHER_VILLAGE} for cells in family()]
    assert counts(bring(county, said)) == (0, 3, 0, 0)
    assert set(Person.objects.values_list("division_code", flat=True)) == {OTHER_VILLAGE}


def test_who_lives_outside_is_served_by_her_hukou_and_else_by_her_household(county: Actor) -> None:
    bring(county, [row(户籍地代码=VILLAGE, 现居住地代码="440305001001")])
    person = Person.objects.get()
    assert serving_village(person) == VILLAGE
    Hukou.objects.update(place_code="440305001001")
    assert serving_village(person) == Membership.objects.get().household.division_code
    Membership.objects.update(to_on=datetime.date(2014, 1, 1))
    assert serving_village(person) == ""


def test_a_pending_account_and_a_guardian_go_along_by_an_event(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    has_waiting(head())
    move(head(), OTHER_VILLAGE, "2014-01-02")
    assert whereabouts(head()) == {OTHER_VILLAGE}


def test_they_go_along_by_a_file_and_back_with_it(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    has_waiting(head())
    said = [{**cells, "现居住地代码": OTHER_VILLAGE} for cells in family()]
    brought = bring(county, said)
    assert whereabouts(head()) == {OTHER_VILLAGE}
    take_back_import(actor=county, brought=brought)
    assert whereabouts(head()) == {VILLAGE}


def test_the_township_that_serves_her_now_confirms_the_account(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    waiting = propose(head())
    bring(county, [{**cells, "现居住地代码": OTHER_VILLAGE} for cells in family()])
    waiting.refresh_from_db()
    reviewer = make_actor(Role.TOWNSHIP_REVIEWER, OTHER_VILLAGE[:9])
    assert confirm_account(actor=reviewer, correction=waiting).division_code == OTHER_VILLAGE


@pytest.mark.parametrize("home_of", ["kept", "gone"])
def test_they_go_along_by_a_merge_and_back_with_it(county: Actor, home_of: str) -> None:
    kept = make_person(village=VILLAGE, name="王秀英")
    gone = make_person(village=OTHER_VILLAGE, name="王秀瑛")
    has_waiting(gone)
    done = merge(kept, gone, home=kept if home_of == "kept" else gone)
    assert whereabouts(kept) == {VILLAGE if home_of == "kept" else OTHER_VILLAGE}
    undo_merge(actor=make_actor(Role.COUNTY), merge=done)
    assert whereabouts(gone) == {OTHER_VILLAGE}


def test_a_merge_leaves_her_with_the_village_where_the_facts_of_both_say_she_lives(county: Actor) -> None:
    """The record that stays knew her until she moved, the other one since: nothing has to be chosen."""
    kept = make_person(village=VILLAGE, name="王秀英")
    gone = make_person(village=OTHER_VILLAGE, name="王秀瑛")
    for model in (Residence, Hukou):
        model.objects.filter(person=kept).update(to_on=datetime.date(2012, 1, 1))
        model.objects.filter(person=gone).update(from_on=datetime.date(2012, 1, 1))
    done = merge(kept, gone)
    kept.refresh_from_db()
    assert kept.division_code == serving_village(kept) == OTHER_VILLAGE
    assert set(Residence.objects.filter(person=kept).values_list("division_code", flat=True)) == {
        OTHER_VILLAGE
    }
    undo_merge(actor=make_actor(Role.COUNTY), merge=done)
    kept.refresh_from_db()
    assert kept.division_code == VILLAGE


def test_nothing_that_names_a_person_and_a_village_is_forgotten() -> None:
    """A new table that names a person says whether it goes along with her: see households.services.homes."""
    stays = {
        "households.AmbiguousRow": "with its task, which is its household's",
        "households.DisputedEntry": "with its task, which is its household's",
        "households.DuplicatePair": "found anew every night, in the division that has both",
        "households.EventProposal": "a trigger brings it along",
        "households.LifeEvent": "where it was recorded",
        "households.NameToken": "a trigger brings it along",
        "households.PersonMerge": "where it was decided",
        "households.Visit": "with who made it and promised to come again",
        "subsidies.Application": "with who decides the case",
        "subsidies.Assessment": "made anew by every sweep",
        "subsidies.Debt": "with the case that is paid back",
        "subsidies.ExplanationReceipt": "where it was given",
        "subsidies.Grant": "with who decided the case",
        "subsidies.Payment": "where it was paid",
        "subsidies.PriorityLetter": "where it was issued",
        "subsidies.Recognition": "where it was nominated",
        "subsidies.SealedListEntry": "with its list",
    }
    named = {
        model
        for model in apps.get_models()
        if not any(base.__module__ == "pghistory.models" for base in model.__mro__)
        and model is not Person
        and any(field.related_model is Person for field in model._meta.fields)
        and any(field.name == "division_code" for field in model._meta.fields)
    }
    along = {part.model for part in GOES_ALONG}
    assert {model._meta.label for model in named - along} == set(stays)
    assert along - named == {Representative}, "it names whom it represents by the representation"
    assert set(FACTS) == set(DatedFact.__subclasses__())
