"""Columns of a sender, a trial that becomes the real thing, an import that is cancelled."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import pytest
from django.db import connection, connections

from config import installation
from config.installation import REPOSITORY
from households import tasks
from households.models import HeaderMapping, Person, ResidentImport
from households.services import imports
from households.services.import_decisions import assign_headers, cancel_import, take_in_after_trial
from households.services.imports import import_file, request_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.errors import DomainError, NotAllowed
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.households.registry import SAMPLE, TODAY, counts, family
from tests.households.resident_files import as_csv, as_xlsx, sample_table
from tests.template import environment_of

THEIRS = {"公民身份号码": "身份证号", "户编号": "户号（必填）", "户主关系": "与户主关系", "姓名": "名字"}


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)


def of_police(make: Callable[..., BinaryIO] = as_csv, **options: str) -> BinaryIO:
    header, *rows = sample_table()
    return make(
        [[*(THEIRS.get(name, name) for name in header), "民族"], *([*row, "汉"] for row in rows)], **options
    )


def request(actor: Actor, upload: BinaryIO, *, sender: str = "", dry_run: bool = False) -> ResidentImport:
    return request_import(
        actor=actor, upload=upload, file_name="a.csv", as_of=TODAY, is_dry_run=dry_run, sender=sender
    )


def run(brought: ResidentImport) -> ResidentImport:
    tasks.run_import("370406", str(brought.job_id))
    return ResidentImport.objects.get(pk=brought.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "upload",
    [of_police, lambda: of_police(as_xlsx), lambda: of_police(encoding="gb18030")],
    ids=["utf-8", "xlsx", "gb18030"],
)
def test_columns_of_a_sender_are_asked_once_and_remembered(
    county: Actor, upload: Callable[[], BinaryIO]
) -> None:
    brought = request(county, upload(), sender="山亭公安分局")
    assert (brought.state, brought.job) == ("headers", None)
    assert {header: column for header, column in brought.headers.items() if header != column} == {
        "身份证号": "公民身份号码",
        "户号（必填）": "户编号",
        "与户主关系": "户主关系",
        "名字": "姓名",
        "民族": "",
    }
    waiting = assign_headers(actor=county, brought=brought, sender="山亭公安分局", columns=brought.headers)
    done = run(waiting)
    assert counts(done) == (1495, 0, 0, 12)
    assert done.unknown_headers == []
    again = request(county, upload(), sender="山亭公安分局 ")
    assert again.state == "waiting"
    assert counts(run(again)) == (0, 0, 1495, 12)
    assert request(county, upload(), sender="另一单位").state == "headers"


@pytest.mark.django_db
def test_file_with_our_columns_or_none_is_not_asked_about(county: Actor) -> None:
    with SAMPLE.open("rb") as source:
        assert request(county, source).state == "waiting"
    header, row = [*family()[0], "民族"], [*family()[0].values(), "汉"]
    assert request(county, as_csv([header, row])).state == "waiting"
    for wrong in (as_csv([["甲", "乙"], ["1", "2"]]), io.BytesIO(), as_csv([["姓名"], ["甲"]])):
        brought = request(county, wrong)
        assert brought.state == "waiting"
        assert run(brought).state == "refused"


@pytest.mark.django_db
def test_unknown_columns_are_told(county: Actor) -> None:
    header, row = [*family()[0], "民族"], [*family()[0].values(), "汉"]
    assert run(request(county, as_csv([header, row]))).unknown_headers == ["民族"]


@pytest.mark.django_db
def test_columns_are_assigned_whole_and_once(county: Actor) -> None:
    brought = request(county, of_police(), sender="公安")
    columns = brought.headers
    for changed, code in (
        ({**columns, "民族": "姓名"}, "columns_repeated"),
        ({**columns, "身份证号": ""}, "columns_unassigned"),
    ):
        with pytest.raises(DomainError) as refused:
            assign_headers(actor=county, brought=brought, sender="公安", columns=changed)
        assert refused.value.code == code
    with pytest.raises(DomainError) as refused:
        assign_headers(actor=county, brought=brought, sender=" ", columns=columns)
    assert refused.value.code == "sender_missing"
    assert not HeaderMapping.objects.exists()
    assign_headers(actor=county, brought=brought, sender="公安", columns=columns)
    with pytest.raises(DomainError):
        assign_headers(actor=county, brought=brought, sender="公安", columns=columns)
    with pytest.raises(NotAllowed):
        assign_headers(actor=make_actor(Role.TOWNSHIP), brought=brought, sender="公安", columns=columns)


@pytest.mark.django_db
def test_command_reads_a_sender_by_name(county: Actor) -> None:
    brought = request(county, of_police(), sender="公安")
    assign_headers(actor=county, brought=brought, sender="公安", columns=brought.headers)
    named = {"actor": county, "file_name": "a.csv", "as_of": TODAY, "is_dry_run": False}
    assert import_file(source=of_police(), **named).state == "refused"
    assert counts(import_file(source=of_police(), sender="公安", **named)) == (1495, 0, 0, 12)


@pytest.mark.django_db
def test_trial_is_taken_in_without_choosing_the_file_again(county: Actor) -> None:
    with SAMPLE.open("rb") as source:
        trial = run(request(county, source, dry_run=True))
    assert counts(trial) == (1495, 0, 0, 12)
    assert not Person.objects.exists()
    follower = take_in_after_trial(actor=county, brought=trial)
    assert take_in_after_trial(actor=county, brought=trial) == follower
    assert counts(run(follower)) == (1495, 0, 0, 12)
    assert (follower.sha256, follower.as_of, follower.trial) == (trial.sha256, trial.as_of, trial)
    with pytest.raises(DomainError) as refused:
        take_in_after_trial(actor=county, brought=follower)
    assert refused.value.code == "trial_not_done"


@pytest.mark.django_db
def test_waiting_import_is_cancelled_at_once(county: Actor) -> None:
    with SAMPLE.open("rb") as source:
        brought = request(county, source)
    for other in (make_actor(Role.TOWNSHIP), make_actor(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            cancel_import(actor=other, brought=brought)
    cancel_import(actor=make_actor(Role.COUNTY), brought=brought)
    assert run(brought).state == "cancelled"
    assert not Person.objects.exists()
    with pytest.raises(DomainError) as refused:
        cancel_import(actor=county, brought=brought)
    assert refused.value.code == "import_over"


def as_it_is(brought: ResidentImport) -> ResidentImport:
    with open_context(scope="370406"):
        return ResidentImport.objects.select_related("job").get(pk=brought.pk)


def people() -> int:
    with open_context(scope="370406"):
        return Person.objects.count()


def brought_by_county() -> ResidentImport:
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor), SAMPLE.open("rb") as upload:
        return request_import(actor=actor, upload=upload, file_name="s.csv", as_of=TODAY, is_dry_run=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["between chunks", "at the very end"])
def test_running_import_stops_and_nothing_stays(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    brought = brought_by_county()
    asked: list[str] = []

    def somebody_cancels() -> None:
        def cancel() -> None:
            try:
                actor = make_actor(Role.COUNTY)
                with open_context(actor=actor):
                    asked.append(cancel_import(actor=actor, brought=brought).state)
            finally:
                connections.close_all()

        if not asked:
            other = threading.Thread(target=cancel)
            other.start()
            other.join()

    if place == "between chunks":
        monkeypatch.setattr("households.services.import_staging.CHUNK", 500)
        monkeypatch.setattr(imports, "report_progress", lambda **_named: somebody_cancels())
    else:
        kept = imports._keep_remarks
        monkeypatch.setattr(imports, "_keep_remarks", lambda *words: (somebody_cancels(), kept(*words))[1])
    tasks.run_import("370406", str(brought.job_id))
    assert asked == ["waiting"]
    stopped = as_it_is(brought)
    assert (stopped.state, stopped.rows, stopped.job.state) == ("cancelled", 0, JobState.CANCELLED)
    assert people() == 0


HALFWAY = """
import sys, time
import django

django.setup()
from households import tasks
from households.services import import_staging, imports


def halfway(*, job_id, done, total):
    if done >= 900:
        print("halfway", flush=True)
        time.sleep(600)


import_staging.CHUNK, imports.report_progress = 300, halfway
tasks.run_import("370406", sys.argv[1])
"""


@pytest.mark.django_db(transaction=True)
def test_killed_worker_process_loses_no_row_and_brings_none_twice() -> None:
    """A process of its own dies by SIGKILL with half the rows in the database's hands."""
    brought = brought_by_county()
    database = str(connection.settings_dict["NAME"])
    environment = environment_of(database, installation.home(), port=1, day=TODAY.isoformat())
    with subprocess.Popen(
        [sys.executable, "-c", HALFWAY, str(brought.job_id)],
        cwd=REPOSITORY,
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "halfway\n"
        worker.kill()
    assert worker.returncode == -signal.SIGKILL
    assert as_it_is(brought).job.state == JobState.RUNNING
    assert people() == 0
    tasks.run_import("370406", str(brought.job_id))
    assert counts(as_it_is(brought)) == (1495, 0, 0, 12)
    assert people() == 1495
    tasks.run_import("370406", str(brought.job_id))
    assert people() == 1495


@pytest.mark.django_db(transaction=True)
def test_lost_database_session_leaves_nothing_and_the_import_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.db import OperationalError

    brought = brought_by_county()
    monkeypatch.setattr("households.services.import_staging.CHUNK", 300)

    def lose(**named: int) -> None:
        if named["done"] == 900:
            (pid,) = sql("SELECT pg_backend_pid()")[0]

            def end() -> None:
                try:
                    with as_owner():
                        sql("SELECT pg_terminate_backend(%s)", [pid])
                finally:
                    connections.close_all()

            other = threading.Thread(target=end)
            other.start()
            other.join()

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(imports, "report_progress", lose)
        tasks.run_import.__wrapped__("370406", str(brought.job_id))
    connections.close_all()
    assert people() == 0
    tasks.run_import("370406", str(brought.job_id))
    assert counts(as_it_is(brought)) == (1495, 0, 0, 12)
