"""What the counter put right is kept when a file says otherwise, and somebody else decides, once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from households.enums import Disputed, DisputeDecision, Sex
from households.models import DisputedEntry, LifeEvent, Person, RegistryTask
from households.services.disputed_entries import settle_dispute
from households.services.events.corrections import Right, correct_entry
from households.services.events.taking_back import take_back_event
from households.services.import_undo import take_back_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.errors import DomainError, NotAllowed
from tests.factories import VILLAGE, make_actor
from tests.households.life import report
from tests.households.registry import HEAD, bring, codes, counts, row
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db
D = datetime.date
OTHER_NUMBER = number("19530201", 489)
KEEP, TAKE = DisputeDecision.KEEP, DisputeDecision.TAKE


@pytest.fixture
def clerk(county: Actor) -> Actor:
    return make_actor(Role.TOWNSHIP)


@pytest.fixture
def other(clerk: Actor) -> Actor:
    """Of the same counter: who put an entry right does not decide about it."""
    return make_actor(Role.TOWNSHIP, name="另一窗口")


def said(**cells: str) -> list[dict[str, str]]:
    return [row(户籍地代码=VILLAGE, **{"姓名": "王建国", **cells})]


NUMBERLESS = {"公民身份号码": "", "性别": "男", "出生日期": "1953-02-01", "死亡日期": "2013-01-01"}


def brought_once(clerk: Actor, **cells: str) -> Person:
    bring(clerk, said(**cells), as_of="2013-12-01")
    return Person.objects.get()


def correct(clerk: Actor, **right: Any) -> LifeEvent:
    person = Person.objects.get()
    return correct_entry(
        actor=clerk, person=person, report=report("2014-01-02", "户口簿第7页"), right=Right(**right)
    )


def again(clerk: Actor, day: str = "2014-01-03", **cells: str) -> tuple[int, int, int, int]:
    return counts(bring(clerk, said(**cells), as_of=day))


def test_a_name_put_right_is_kept_and_asked_about_once(clerk: Actor, other: Actor) -> None:
    brought_once(clerk)
    event = correct(clerk, name="王建军")
    brought = bring(clerk, said(), as_of="2014-01-03")
    assert counts(brought) == (0, 0, 1, 0)
    assert codes(brought, "warnings") == [(2, "put_right")]
    assert (Person.objects.get().name, Person.objects.get().name_sort[:4]) == ("王建军", "wang")
    entry = DisputedEntry.objects.get()
    assert (entry.event, entry.word, entry.said, entry.line) == (event, Disputed.NAME, "王建国", 2)
    assert again(clerk, "2014-01-04") == (0, 0, 1, 0), "the same file changes nothing"
    settle_dispute(actor=other, entry=entry, decision=KEEP)
    assert not RegistryTask.objects.open().exists()
    again(clerk, "2014-01-05", 手机号="13905321234")
    assert Person.objects.get().name == "王建军"
    assert not DisputedEntry.objects.unsettled().exists(), "decided once, remembered for this value"
    again(clerk, "2014-01-06", 姓名="王建钧")
    assert DisputedEntry.objects.unsettled().get().said == "王建钧", "another value is another question"


def test_what_the_file_says_as_well_is_no_question(clerk: Actor) -> None:
    brought_once(clerk)
    correct(clerk, name="王建军")
    again(clerk, 姓名="王建军", 户口性质="非农业")
    assert not DisputedEntry.objects.exists()


def test_the_file_is_right_after_all_by_its_document(clerk: Actor, other: Actor) -> None:
    brought_once(clerk)
    correct(clerk, name="王建军")
    again(clerk)
    entry = DisputedEntry.objects.get()
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        settle_dispute(actor=other, entry=entry, decision=TAKE)
    assert refusal.value.code == "document_needed"
    settle_dispute(actor=other, entry=entry, decision=TAKE, document="派出所证明")
    assert Person.objects.get().name == "王建国"
    assert again(clerk, "2014-01-05", 手机号="13905321234") == (0, 1, 0, 0)
    assert not DisputedEntry.objects.unsettled().exists()
    correct_entry(
        actor=clerk, person=Person.objects.get(), report=report("2014-01-05", "身份证"),
        right=Right(name="王建军"),
    )  # fmt: skip
    again(clerk, "2014-01-06")
    assert DisputedEntry.objects.unsettled().get().said == "王建国", "put right anew, asked anew"


def test_nobody_decides_about_what_she_put_right_herself(clerk: Actor, other: Actor) -> None:
    brought_once(clerk)
    correct(clerk, name="王建军")
    again(clerk)
    entry = DisputedEntry.objects.get()
    with pytest.raises(DomainError) as refusal:
        settle_dispute(actor=clerk, entry=entry, decision=KEEP)
    assert refusal.value.code == "put_right_by_oneself"
    with pytest.raises(IntegrityError, match="settled_by_another"), transaction.atomic():
        DisputedEntry.objects.update(settled_by=clerk.staff_id, settled_on=D(2014, 1, 3), decision=KEEP)
    for stranger in (make_actor(Role.COUNTY), make_actor(Role.TOWNSHIP, "370406102000")):
        with pytest.raises(NotAllowed):
            settle_dispute(actor=stranger, entry=entry, decision=KEEP)
    settle_dispute(actor=other, entry=entry, decision=KEEP)
    with pytest.raises(DomainError) as refusal:
        settle_dispute(actor=other, entry=entry, decision=TAKE)
    assert refusal.value.code == "dispute_settled"


def test_the_former_number_still_means_her_and_nobody_new(clerk: Actor, other: Actor) -> None:
    brought_once(clerk)
    correct(clerk, number=OTHER_NUMBER)
    assert again(clerk) == (0, 0, 1, 0)
    person = Person.objects.get()
    assert person.id_number
    assert person.id_number.reveal() == OTHER_NUMBER
    entry = DisputedEntry.objects.get()
    assert entry.word == Disputed.NUMBER
    assert entry.said_number.reveal() == HEAD
    assert HEAD not in entry.said
    assert again(clerk, "2014-01-04") == (0, 0, 1, 0)
    assert again(clerk, "2014-01-05", 公民身份号码=OTHER_NUMBER, 户口性质="非农业") == (0, 1, 0, 0)
    settle_dispute(actor=other, entry=entry, decision=TAKE, document="身份证")
    person.refresh_from_db()
    assert person.id_number.reveal() == HEAD


def test_a_number_that_was_somebody_elses_is_not_given_back_by_a_file(clerk: Actor) -> None:
    brought_once(clerk)
    correct(clerk, number="")
    again(clerk)
    assert Person.objects.get().id_number is None
    assert DisputedEntry.objects.get().word == Disputed.NUMBER
    assert again(clerk, "2014-01-04", 姓名="赵大山") == (1, 0, 0, 0), "whose it is has another name"


def test_one_file_with_her_former_and_her_right_number_takes_one_row(clerk: Actor) -> None:
    brought_once(clerk)
    correct(clerk, number=OTHER_NUMBER)
    both = [*said(), *said(公民身份号码=OTHER_NUMBER)]
    brought = bring(clerk, both, as_of="2014-01-03")
    assert codes(brought) == [(2, "repeated_as_before")]
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("right", "known"),
    [({"born_on": D(1953, 2, 11)}, "出生日期"), ({"name": "王建军"}, "姓名"), ({"sex": Sex.FEMALE}, "性别")],
    ids=["birth", "name", "sex"],
)
def test_who_has_no_number_is_known_by_what_stood_before(
    clerk: Actor, right: dict[str, Any], known: str
) -> None:
    brought_once(clerk, **NUMBERLESS)
    correct(clerk, **right)
    before = Person.objects.values("name", "sex", "birth_date").get()
    assert again(clerk, **NUMBERLESS) == (0, 0, 1, 0)
    assert Person.objects.values("name", "sex", "birth_date").get() == before
    assert DisputedEntry.objects.get().said in {"1953-02-01", "王建国", "M"}
    assert again(clerk, "2014-01-04", **NUMBERLESS) == (0, 0, 1, 0)


def test_a_correction_taken_back_lets_the_file_speak(clerk: Actor) -> None:
    brought_once(clerk)
    take_back_event(event=correct(clerk, name="王建军"), actor=clerk)
    again(clerk, 姓名="王建钧")
    assert Person.objects.get().name == "王建钧"
    assert not DisputedEntry.objects.exists()


def test_a_trial_asks_nobody_and_an_import_taken_back_leaves_the_question(clerk: Actor) -> None:
    brought_once(clerk)
    correct(clerk, name="王建军")
    bring(clerk, said(), as_of="2014-01-03", dry_run=True)
    assert not DisputedEntry.objects.exists()
    brought = bring(clerk, said(户口性质="非农业"), as_of="2014-01-03")
    take_back_import(actor=clerk, brought=brought)
    assert Person.objects.get().name == "王建军"
    assert DisputedEntry.objects.unsettled().exists()


def test_somebody_else_decides_on_the_page(clerk: Actor, page_of: Callable[..., Client]) -> None:
    brought_once(clerk)
    correct(make_actor(Role.VILLAGE), name="王建军")
    again(clerk)
    entry = DisputedEntry.objects.get()
    browser = page_of(Role.TOWNSHIP)
    address = reverse("households:disputed_entries", args=[entry.task_id])
    assert address in browser.get(reverse("households:tasks")).content.decode()
    page = browser.get(address).content.decode()
    for word in ("王建国", "王建军", "户口簿第7页"):
        assert word in page
    meant = {"entry": str(entry.pk), "2-name-decision": "take"}
    assert browser.post(address, meant).status_code == 422
    answer = browser.post(address, meant | {"2-name-document": "派出所证明"})
    assert answer.status_code == 302
    with open_context(scope="370406"):
        assert Person.objects.get().name == "王建国"
        assert not RegistryTask.objects.open().exists()


def test_who_put_it_right_is_told_that_another_decides(clerk: Actor, page_of: Callable[..., Client]) -> None:
    brought_once(clerk)
    correct(clerk, name="王建军")
    again(clerk)
    entry = DisputedEntry.objects.get()
    address = reverse("households:disputed_entries", args=[entry.task_id])
    browser = page_of(Role.TOWNSHIP)
    page = browser.get(address).content.decode()
    assert "须由他人决定" in page
    assert "2-name-decision" not in page
    answer = browser.post(address, {"entry": str(entry.pk), "2-name-decision": "keep"})
    assert answer.status_code == 422
    assert "须由他人决定" in answer.content.decode()
