"""Lists through the workers and the pages: columns, progress, a killed worker, cancelling, withdrawing."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from households import tasks
from households.enums import DepartmentFileKind
from households.models import DepartmentFile, EventProposal, HeaderMapping
from households.services import department_files, proposal_writing
from households.services.department_file_decisions import cancel_department_file
from households.services.department_files import read_department_file, request_department_file
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.models import Job
from offices.services.files import delete_file
from tests.factories import OTHER_TOWNSHIP, make_actor, make_person
from tests.households.departments import counts, death_of, letter, list_of
from tests.subsidies.money import citizen_number

PageOf = Callable[..., Client]


class Killed(BaseException):
    """The worker's end, in the middle of its work."""


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)


def rows_about(number: int) -> list[dict[str, str]]:
    with open_context(scope="370406"):
        return [
            death_of(make_person(name="王秀英", number=citizen_number(serial)))
            for serial in range(1, number + 1)
        ]


def requested(rows: Sequence[Mapping[str, str]]) -> DepartmentFile:
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor):
        return request_department_file(
            actor=actor, upload=list_of(rows), file_name="名单.csv", letter=letter()
        )


def as_it_is(brought: DepartmentFile) -> DepartmentFile:
    with open_context(scope="370406"):
        return DepartmentFile.objects.select_related("job", "file").get(pk=brought.pk)


def proposals() -> int:
    with open_context(scope="370406"):
        return EventProposal.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["people_meant", "looks_at", "_finish"])
def test_killed_worker_leaves_nothing_and_the_next_one_finishes(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    brought = requested(rows_about(5))
    monkeypatch.setattr(proposal_writing, "CHUNK", 2)
    place = department_files if step == "_finish" else proposal_writing
    done, calls = getattr(place, step), []

    def dies(*arguments: object, **named: object) -> object:
        calls.append(step)
        if len(calls) == (1 if step == "_finish" else 3):
            raise Killed
        return done(*arguments, **named)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(place, step, dies)
        tasks.read_department_file("370406", str(brought.job_id))
    assert proposals() == 0
    assert as_it_is(brought).job.state == JobState.RUNNING
    for _again in range(2):
        tasks.read_department_file("370406", str(brought.job_id))
        assert counts(as_it_is(brought)) == {"proposed": 5}
        assert as_it_is(brought).job.state == JobState.DONE
        assert proposals() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_two_files_at_once_tell_everything_once() -> None:
    rows = rows_about(4)
    both = [requested(rows), requested(rows)]
    failed: list[BaseException] = []

    def work(job: object) -> None:
        try:
            tasks.read_department_file("370406", str(job))
        except BaseException as error:  # noqa: BLE001 # told to the test
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(one.job_id,)) for one in (*both, both[0])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    found = sorted(map(str, (counts(as_it_is(one)) for one in both)))
    assert found == ["{'proposed': 4}", "{'repeated': 4}"]
    assert proposals() == 4


@pytest.mark.django_db
def test_progress_is_told_while_the_rows_come(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = requested(rows_about(5))
    told: list[tuple[int, int | None]] = []
    monkeypatch.setattr(
        department_files, "report_progress", lambda *, job_id, done, total: told.append((done, total))
    )
    monkeypatch.setattr(proposal_writing, "CHUNK", 2)
    read_department_file(file_id=brought.pk)
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]


@pytest.mark.django_db
def test_cancelled_list_stays_without_effect(county: Actor) -> None:
    brought = requested(rows_about(1))
    cancelled = cancel_department_file(actor=make_actor(Role.COUNTY), brought=as_it_is(brought))
    assert cancelled.state == "cancelled"
    assert read_department_file(file_id=brought.pk).state == "cancelled"
    assert not EventProposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_list_that_is_cancelled_while_it_is_read_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    brought = requested(rows_about(4))
    monkeypatch.setattr(proposal_writing, "CHUNK", 2)
    real = proposal_writing.people_meant

    def meanwhile() -> None:
        try:
            with open_context(actor=make_actor(Role.COUNTY)):
                asked = cancel_department_file(actor=make_actor(Role.COUNTY), brought=brought)
            assert asked.state == "waiting"
        finally:
            connections.close_all()

    def cancelled_meanwhile(**named: Any) -> Any:
        other = threading.Thread(target=meanwhile)
        other.start()
        other.join()
        monkeypatch.setattr(proposal_writing, "people_meant", real)
        return real(**named)

    monkeypatch.setattr(proposal_writing, "people_meant", cancelled_meanwhile)
    tasks.read_department_file("370406", str(brought.job_id))
    assert as_it_is(brought).state == "cancelled"
    assert proposals() == 0


@pytest.mark.django_db
def test_list_whose_file_is_gone_is_refused_with_a_sentence(county: Actor) -> None:
    brought = requested(rows_about(1))
    assert brought.file
    delete_file(stored=brought.file)
    refused = read_department_file(file_id=brought.pk)
    assert refused.state == "refused"
    assert Job.objects.get(pk=brought.job_id).message == refused.refusal != ""


def upload(browser: Client, rows: Sequence[Mapping[str, str]], **changed: str) -> object:
    content = io.BytesIO(list_of(rows).read())
    content.name = "名单.csv"
    fields = {
        "what": "deaths:civil",
        "sender": "山亭区民政局",
        "document": "山民函〔2014〕3号",
        "dated_on": "2014-01-05",
        **changed,
    }
    return browser.post(reverse("households:department_file_new"), {**fields, "file": content})


def latest() -> DepartmentFile:
    with open_context(scope="370406"):
        return DepartmentFile.objects.select_related("job").order_by("-brought_at").first()  # type: ignore[return-value] # there is one


def work() -> None:
    with open_context(scope="370406"):
        read_department_file(file_id=latest().pk)


@pytest.mark.django_db
def test_columns_are_asked_on_a_page_then_remembered_for_the_kind(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    rows = rows_about(2)
    theirs = {"姓名": "死者姓名", "公民身份号码": "身份证号码", "死亡日期": "去世日期"}
    renamed = [{theirs.get(name, name): cell for name, cell in row.items()} for row in rows]
    answer = upload(browser, renamed)
    address = reverse("households:department_columns", args=[latest().pk])
    assert answer["Location"] == address  # type: ignore[index] # a response
    assert "去世日期" in browser.get(address).content.decode()
    columns = {f"column-{place}": column for place, column in enumerate(latest().headers.values())}
    (name,) = (place for place, column in columns.items() if column == "姓名")
    wrong = browser.post(address, {**columns, name: ""})
    assert wrong.status_code == 422
    assert browser.post(address, columns).status_code == 302
    work()
    assert counts(latest()) == {"proposed": 2}
    again = upload(browser, renamed)
    assert again["Location"] == reverse("households:department_file", args=[latest().pk])  # type: ignore[index] # as above
    assert browser.get(address).status_code == 302
    upload(browser, renamed, what="examinations:education")
    assert latest().state == "headers"
    with open_context(scope="370406"):
        assert HeaderMapping.objects.get().file_kind == DepartmentFileKind.DEATHS


@pytest.mark.django_db
def test_page_of_a_list_shows_what_came_of_it_and_offers_the_rows(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    rows = [
        *rows_about(1),
        {"姓名": "无此人", "公民身份号码": citizen_number(9), "死亡日期": "2014-01-03"},
        {"姓名": "坏行", "公民身份号码": "1", "死亡日期": "2014-01-03"},
    ]
    upload(browser, rows)
    address = reverse("households:department_file", args=[latest().pk])
    assert "hx-get" in browser.get(address).content.decode()
    work()
    page = browser.get(address).content.decode()
    assert "无此人" in page
    assert "坏行" in page
    assert citizen_number(9) not in page
    for kind, name in (("unmatched", "无此人"), ("errors", "坏行")):
        download = browser.post(reverse("households:department_rows", args=[latest().pk, kind]))
        assert name in b"".join(download.streaming_content).decode()  # type: ignore[attr-defined] # a stream
    assert browser.post(reverse("households:department_rows", args=[latest().pk, "all"])).status_code == 404
    upload(browser, rows)
    work()
    assert address in browser.get(reverse("households:department_file", args=[latest().pk])).content.decode()


@pytest.mark.django_db
def test_form_of_a_list_keeps_what_was_typed(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    rows = rows_about(1)
    for changed in ({"dated_on": "2014-01-07"}, {"document": ""}, {"what": "deaths:education"}):
        answer = upload(browser, rows, **changed)
        assert answer.status_code == 422  # type: ignore[attr-defined] # a response
        assert "山亭区民政局" in answer.content.decode()  # type: ignore[attr-defined] # as above
    assert upload(browser, rows).status_code == 302  # type: ignore[attr-defined] # as above


@pytest.mark.django_db
def test_list_is_withdrawn_on_its_page_by_who_may(page_of: PageOf) -> None:
    browser = page_of(Role.TOWNSHIP)
    upload(browser, rows_about(1))
    step = reverse("households:department_step", args=[latest().pk, "withdraw"])
    cancel = reverse("households:department_step", args=[latest().pk, "cancel"])
    assert browser.post(step).status_code == 422
    work()
    assert browser.post(cancel).status_code == 422
    assert page_of(Role.TOWNSHIP, OTHER_TOWNSHIP).post(step).status_code == 404
    assert page_of(Role.AUDITOR).post(step).status_code == 403
    browser = page_of(Role.TOWNSHIP)
    assert browser.get(step).status_code == 200
    assert browser.post(step).status_code == 302
    assert latest().state == "taken_back"
    assert browser.get(step.replace("withdraw", "erase")).status_code == 404
