"""An import is taken back exactly, while nothing rests on it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from households import tasks
from households.models import (
    Disability,
    Household,
    LifeEvent,
    Membership,
    Person,
    RegistryTask,
    ResidentImport,
)
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_moves
from households.services.events.taking_back import take_back_event
from households.services.homes import FACTS
from households.services.import_undo import request_undo, take_back_import
from offices.actors import Actor
from offices.enums import JobState, Role
from offices.errors import DomainError, NotAllowed
from tests.conftest import sql
from tests.factories import make_actor
from tests.households.life import images, report
from tests.households.registry import SAMPLE, SON, bring, counts, family, row
from tests.households.resident_files import OTHER_VILLAGE, VILLAGE

TABLES = (
    "person", "household", "membership", "residence", "hukou", "maritalfact", "parentage", "disability",
    "onlychildcertificate", "employment", "examinationyear", "bankaccount",
)  # fmt: skip

pytestmark = pytest.mark.django_db


def registry() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the registry as it stands."""
    return {table: sql(f"SELECT to_jsonb(t) FROM households_{table} t ORDER BY id") for table in TABLES}


def test_first_import_goes_without_a_trace(county: Actor) -> None:
    brought = bring(county, SAMPLE)
    assert take_back_import(actor=county, brought=brought) > 1495
    assert not any(registry().values())
    brought.refresh_from_db()
    assert (brought.state, brought.taken_back_by_id) == ("taken_back", county.staff_id)
    assert counts(bring(county, SAMPLE)) == (1495, 0, 0, 12)


def test_changes_of_an_import_go_back_to_the_row(county: Actor) -> None:
    first = [*family()]
    bring(county, first, as_of="2013-01-01")
    before = registry()
    changed = family()
    changed[0].update(户口性质="非农业", 手机号="13806320001", 现居住地代码="370406105205")
    changed[1].update(死亡日期="2013-05-01", 户主关系="其他")
    changed.append(row(姓名="王小红", 公民身份号码="", 出生日期="2012-05-01", 性别="女", 户主关系="孙女"))
    brought = bring(county, changed, as_of="2013-06-01")
    assert (brought.created, brought.updated) == (1, 2)
    assert registry() != before
    take_back_import(actor=county, brought=brought)
    assert registry() == before


def test_late_file_goes_back_to_the_row_too(county: Actor) -> None:
    bring(county, family(), as_of="2013-06-01")
    before = registry()
    late = family()
    late[0].update(户口性质="居民")
    brought = bring(county, late, as_of="2013-01-01")
    assert registry() != before
    take_back_import(actor=county, brought=brought)
    assert registry() == before


def test_later_file_must_go_first(county: Actor) -> None:
    first = bring(county, family()[:1])
    second = bring(county, [{**family()[0], "户口性质": "居民"}])
    before = registry()
    with pytest.raises(DomainError) as refused:
        take_back_import(actor=county, brought=first)
    assert refused.value.code == "changed_since"
    assert registry() == before
    take_back_import(actor=county, brought=second)
    take_back_import(actor=county, brought=first)
    assert not Person.objects.exists()


def test_import_that_something_rests_on_is_kept(county: Actor) -> None:
    brought = bring(county, family()[:1])
    later = bring(county, [{**family()[2], "父亲身份号码": ""}])
    with pytest.raises(DomainError) as refused:
        take_back_import(actor=county, brought=brought)
    assert refused.value.code == "built_upon"
    assert Household.objects.count() == 1
    take_back_import(actor=county, brought=later)
    take_back_import(actor=county, brought=brought)


def test_entry_at_the_counter_keeps_an_import(county: Actor) -> None:
    from households.services.accounts import propose_account

    brought = bring(county, family())
    propose_account(
        actor=make_actor(Role.TOWNSHIP, "370406001"),
        person=Person.objects.get(name="王建国"),
        bank="山亭农村信用社",
        account="6223 0000 1111 2222",
        document="存折",
    )
    with pytest.raises(DomainError) as refused:
        take_back_import(actor=county, brought=brought)
    assert refused.value.code == "built_upon"
    assert Membership.objects.count() == 3


def test_assessments_do_not_keep_an_import(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from subsidies.models import Assessment
    from subsidies.services.sweep import sweep
    from tests.subsidies.cases import make_programme, rules_say

    rules_say(monkeypatch)
    make_programme()
    brought = bring(county, family())
    sweep(actor=county, as_of=datetime.date(2014, 1, 6))
    assert Assessment.objects.exists()
    take_back_import(actor=county, brought=brought)
    assert not Assessment.objects.exists()


def test_tasks_of_households_follow(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    dead = [{**family()[0], "死亡日期": "2013-05-01"}]
    brought = bring(
        county,
        [
            *dead,
            row(
                公民身份号码=SON[:0], 户编号="9", 户主关系="子", 姓名="小孩", 出生日期="2012-05-01", 性别="男"
            ),
        ],
        as_of="2013-06-01",
    )
    assert RegistryTask.objects.open().count() == 2
    take_back_import(actor=county, brought=brought)
    assert not RegistryTask.objects.open().exists()
    assert RegistryTask.objects.count() == 1


def test_tried_refused_and_empty_imports_have_nothing_to_take_back(county: Actor) -> None:
    bring(county, family())
    for brought in (
        bring(county, [{**family()[0], "户口性质": "居民"}], dry_run=True),
        bring(county, family()),
        bring(county, [{"甲": "1"}]),
    ):
        with pytest.raises(DomainError) as refused:
            take_back_import(actor=county, brought=brought)
        assert refused.value.code == "nothing_to_take_back"


def test_only_who_brought_it_or_the_county_takes_back(county: Actor, actor_of: Callable[..., Actor]) -> None:
    brought = bring(county, family())
    for role in (Role.AUDITOR, Role.TOWNSHIP, Role.VILLAGE):
        with pytest.raises(NotAllowed):
            take_back_import(actor=actor_of(role), brought=brought)
    take_back_import(actor=actor_of(Role.COUNTY), brought=brought)


def test_asked_on_the_page_a_worker_does_it(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    brought = bring(county, family())
    job = request_undo(actor=county, brought=brought)
    assert request_undo(actor=county, brought=ResidentImport.objects.get(pk=brought.pk)) == job
    tasks.undo_import("370406", str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "")
    assert not Person.objects.exists()


def test_refusal_stands_in_the_job(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    brought = bring(county, family()[:1])
    bring(county, [{**family()[0], "户口性质": "居民"}])
    job = request_undo(actor=county, brought=brought)
    tasks.undo_import("370406", str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.message
    assert Person.objects.count() == 1


def moved(day: str) -> LifeEvent:
    """The head of the family reports a move to another township."""
    clerk = make_actor(Role.TOWNSHIP, VILLAGE[:9])
    return record_moves(
        actor=clerk, people=[Person.objects.get(name="王建国")], report=report(day), to_place=OTHER_VILLAGE
    )[0]


def take_event_back(event: LifeEvent) -> None:
    take_back_event(event=event, actor=make_actor(Role.TOWNSHIP, VILLAGE[:9]))


def with_grade(**cells: str) -> list[dict[str, str]]:
    rows = family()
    rows[0].update({"残疾等级": "2", **cells})
    return rows


def test_event_that_was_taken_back_keeps_no_first_import(county: Actor) -> None:
    brought = bring(county, family(), as_of="2013-01-01")
    event = moved("2013-06-01")
    with pytest.raises(DomainError):
        take_back_import(actor=county, brought=brought)
    take_event_back(event)
    take_back_import(actor=county, brought=brought)
    assert not any(registry().values())
    event.refresh_from_db()
    assert event.person is None


@pytest.mark.parametrize("phone", ["", "13806320001"])
def test_event_that_was_taken_back_keeps_no_later_import(county: Actor, phone: str) -> None:
    bring(county, family(), as_of="2013-01-01")
    before = registry()
    brought = bring(county, with_grade(手机号=phone), as_of="2013-08-01")
    event = moved("2013-06-01")
    with pytest.raises(DomainError) as refused:
        take_back_import(actor=county, brought=brought)
    assert refused.value.code == "changed_since"
    take_event_back(event)
    take_back_import(actor=county, brought=brought)
    assert registry() == before


def test_import_after_an_event_that_is_taken_back_goes_too(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    before = images()
    event = moved("2013-06-01")
    brought = bring(county, with_grade(), as_of="2013-03-01")
    take_event_back(event)
    head = Person.objects.get(name="王建国")
    assert {fact.division_code for model in FACTS for fact in model.objects.filter(person=head)} == {VILLAGE}
    assert Disability.objects.get().person == head
    take_back_import(actor=county, brought=brought)
    head.refresh_from_db()
    assert (images(), head.row_as_of) == (before, datetime.date(2013, 1, 1))


def test_correction_that_stands_keeps_an_import(county: Actor) -> None:
    bring(county, family(), as_of="2013-01-01")
    brought = bring(county, with_grade(), as_of="2013-03-01")
    correct_entry(
        actor=make_actor(Role.TOWNSHIP, VILLAGE[:9]),
        person=Person.objects.get(name="王建国"),
        report=report("2013-06-01"),
        right=Right(phone="13806320001"),
    )
    with pytest.raises(DomainError) as refused:
        take_back_import(actor=county, brought=brought)
    assert refused.value.code == "changed_since"
    assert Person.objects.get(name="王建国").row_as_of == datetime.date(2013, 3, 1)


def test_kin_who_moved_since_keep_their_facts_with_them(county: Actor) -> None:
    bring(county, family()[:1], as_of="2013-01-01")
    brought = bring(county, family()[1:2], as_of="2013-02-01")
    moved("2013-06-01")
    take_back_import(actor=county, brought=brought)
    head = Person.objects.get()
    assert head.maritalfact_set.get().spouse is None
    assert {fact.division_code for model in FACTS for fact in model.objects.all()} == {OTHER_VILLAGE}
