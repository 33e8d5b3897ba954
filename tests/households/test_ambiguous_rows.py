"""A row that fits several people waits for a clerk, and her answer holds when the file comes again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from households.models import AmbiguousRow, Person, RegistryTask
from households.services.ambiguous_rows import settle_ambiguous_row
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from offices.models import Act
from tests.factories import make_actor
from tests.households.registry import bring, codes, counts, row
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
TOWNSHIP, VILLAGE = "370406001", "370406001001"
NAMELESS = row(
    公民身份号码="", 性别="男", 出生日期="1980-03-11", 死亡日期="2013-01-01", 姓名="王小明", 户主关系="子"
)


@pytest.fixture
def twins(county: Actor) -> list[Person]:
    """Two men of one household with one name and birth date."""
    sons = [
        row(公民身份号码=number("19800311", serial), 姓名="王小明", 户主关系="子") for serial in (481, 483)
    ]
    bring(county, [row(), *sons])
    return list(Person.objects.filter(name="王小明").order_by("id"))


def asked() -> AmbiguousRow:
    return AmbiguousRow.objects.get()


def test_row_is_asked_about_once_and_never_inserted(county: Actor, twins: list[Person]) -> None:
    for _time in range(2):
        brought = bring(county, [NAMELESS])
        assert counts(brought) == (0, 0, 0, 1)
        assert codes(brought) == [(2, "ambiguous_person")]
    waiting = asked()
    assert (waiting.line, waiting.name, waiting.brought) == (2, "王小明", brought)
    assert RegistryTask.objects.open().filter(kind="ambiguous").count() == 1
    assert Person.objects.count() == 3


def test_trial_asks_nobody(county: Actor, twins: list[Person]) -> None:
    bring(county, [NAMELESS], dry_run=True)
    assert not AmbiguousRow.objects.exists()


def test_answer_holds_when_the_file_comes_again(county: Actor, twins: list[Person]) -> None:
    bring(county, [NAMELESS])
    clerk = make_actor(Role.TOWNSHIP, TOWNSHIP)
    settle_ambiguous_row(actor=clerk, row=asked(), person_id=twins[1].pk)
    assert not RegistryTask.objects.open().exists()
    assert counts(bring(county, [NAMELESS])) == (0, 1, 0, 0)
    twins[1].refresh_from_db()
    assert str(twins[1].died_on) == "2013-01-01"
    assert counts(bring(county, [NAMELESS])) == (0, 0, 1, 0)
    assert Person.objects.count() == 3


def test_row_that_is_left_out_stays_out_without_a_question(county: Actor, twins: list[Person]) -> None:
    bring(county, [NAMELESS])
    settle_ambiguous_row(actor=make_actor(Role.VILLAGE, VILLAGE), row=asked(), person_id=None)
    assert codes(bring(county, [NAMELESS])) == [(2, "ambiguous_person")]
    assert not RegistryTask.objects.open().exists()


def test_only_a_candidate_and_only_once(county: Actor, twins: list[Person]) -> None:
    bring(county, [NAMELESS])
    clerk = make_actor(Role.TOWNSHIP, TOWNSHIP)
    with pytest.raises(DomainError) as refused:
        settle_ambiguous_row(
            actor=clerk, row=asked(), person_id=Person.objects.exclude(name="王小明").get().pk
        )
    assert refused.value.code == "not_a_candidate"
    for other in (make_actor(Role.COUNTY), make_actor(Role.TOWNSHIP)):
        with pytest.raises(NotAllowed):
            settle_ambiguous_row(actor=other, row=asked(), person_id=twins[0].pk)
    settle_ambiguous_row(actor=clerk, row=asked(), person_id=twins[0].pk)
    with pytest.raises(DomainError) as refused:
        settle_ambiguous_row(actor=clerk, row=asked(), person_id=twins[1].pk)
    assert refused.value.code == "row_settled"


def test_clerk_chooses_on_the_page(
    county: Actor, twins: list[Person], page_of: Callable[..., Client]
) -> None:
    bring(county, [NAMELESS])
    waiting = asked()
    browser = page_of(Role.TOWNSHIP, TOWNSHIP)
    address = reverse("households:ambiguous_rows", args=[waiting.task_id])
    assert address in browser.get(reverse("households:tasks")).content.decode()
    text = browser.get(address).content.decode()
    assert text.count("王小明") >= 3
    assert number("19800311", 481) not in text
    assert browser.post(address, {"row": str(waiting.pk)}).status_code == 422
    answer = browser.post(address, {"row": str(waiting.pk), "2-person": str(twins[0].pk)})
    assert answer.status_code == 302
    with open_context(scope="370406"):
        assert asked().chosen == twins[0]
        act = Act.objects.get(verb="households.settle_row")
    assert act.detail == {"line": 2, "chosen": str(twins[0].pk)}
