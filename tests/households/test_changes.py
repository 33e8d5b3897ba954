"""Change sets: what one wrote is taken back exactly, and only while nothing later rests on it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from households.enums import Relation
from households.models import Household, Membership, Person, Residence, RowChange
from households.services.changes import change_set, rows_of_set, take_back
from offices.database.context import open_context
from offices.errors import DomainError
from offices.ids import new_id
from tests.conftest import sql
from tests.factories import OTHER_VILLAGE, VILLAGE, make_household, make_person

pytestmark = pytest.mark.django_db

_DAY = datetime.date(2014, 1, 2)
_TABLES = [model._meta.db_table for model in (Person, Household, Membership, Residence)]


def images() -> dict[str, Any]:
    """Every row of the registry as the database has it."""
    return {table: sql(f"SELECT to_jsonb(t) FROM {table} t ORDER BY t.id") for table in _TABLES}


def _move(person: Person) -> Any:
    """A move as an event would write it: the former home ends, a new one begins, the village follows."""
    key = new_id()
    with change_set(key) as changes:
        home = Residence.objects.get(person=person, to_on=None)
        changes.touch(home, person)
        home.to_on = _DAY
        home.save(update_fields=["to_on"])
        person.division_code = OTHER_VILLAGE
        person.save(update_fields=["division_code"])
        changes.made(
            Residence.objects.create(
                person=person, place_code=OTHER_VILLAGE, from_on=_DAY, division_code=OTHER_VILLAGE
            )
        )
    return key


def test_a_set_taken_back_restores_the_exact_rows(county: Any) -> None:
    person = make_person(number="110105194912310021")
    make_household(person)
    before = images()
    key = _move(person)
    assert rows_of_set(key) == {"households_person": 1, "households_residence": 2}
    assert images() != before
    assert take_back(set_id=key) == 3
    assert images() == before


def test_a_row_that_did_not_change_leaves_no_image(county: Any) -> None:
    person = make_person()
    key = new_id()
    with change_set(key) as changes:
        changes.touch(person)
    assert rows_of_set(key) == {}
    assert take_back(set_id=key) == 0


def test_a_set_is_kept_when_a_later_change_rests_on_it(county: Any) -> None:
    person = make_person()
    key = _move(person)
    Residence.objects.filter(person=person, from_on=_DAY).update(to_on=datetime.date(2014, 1, 5))
    before = images()
    with pytest.raises(DomainError) as refused:
        take_back(set_id=key)
    assert refused.value.code == "changed_since"
    assert images() == before


def test_a_set_is_kept_when_something_later_refers_to_it(county: Any) -> None:
    person, other = make_person(), make_person()
    key = new_id()
    with change_set(key) as changes:
        changes.made(household := Household.objects.create(number="7", division_code=VILLAGE))
    Membership.objects.create(
        person=other, household=household, relation=Relation.HEAD, division_code=person.division_code
    )
    before = images()
    with pytest.raises(DomainError) as refused:
        take_back(set_id=key)
    assert refused.value.code == "built_upon"
    assert images() == before


def test_a_file_that_only_repeats_what_is_known_is_no_later_change(county: Any) -> None:
    person = make_person()
    key = _move(person)
    Person.objects.filter(pk=person.pk).update(row_digest=b"x" * 32, row_as_of=_DAY)
    assert take_back(set_id=key) == 3


def test_sets_side_by_side_keep_their_own_images(county: Any) -> None:
    first, second = make_person(), make_person()
    one, two = new_id(), new_id()
    with change_set(one) as outer, change_set(two) as inner:
        outer.touch(first)
        inner.touch(second)
        Person.objects.filter(pk__in=[first.pk, second.pk]).update(name="改")
    assert set(RowChange.objects.values_list("change_set", "row_id")) == {(one, first.pk), (two, second.pk)}


def test_another_township_sees_no_image_of_a_row(county: Any) -> None:
    key = _move(make_person())
    with open_context(scope="370406105"):
        assert rows_of_set(key) == {}
