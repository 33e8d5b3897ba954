"""A worker that dies, two workers at once, a file that is gone: nothing half done, nothing twice."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connections

from households import tasks
from households.models import Person, ResidentImport
from households.services import import_writing, imports
from households.services.imports import import_file, request_import
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.errors import DomainError
from offices.models import Job, StoredFile
from offices.services.files import content_of, delete_file, open_file, store_file
from tests.factories import make_actor
from tests.households.registry import SAMPLE, TODAY, bring, counts
from tests.households.test_refused_files import CASES


class Killed(BaseException):
    """The worker's end, in the middle of its work."""


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)


def brought_by_county() -> ResidentImport:
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor), SAMPLE.open("rb") as upload:
        return request_import(
            actor=actor, upload=upload, file_name="sample.csv", as_of=TODAY, is_dry_run=False
        )


def as_it_is(brought: ResidentImport) -> ResidentImport:
    with open_context(scope="370406"):
        return ResidentImport.objects.select_related("job", "file", "error_file").get(pk=brought.pk)


def people() -> int:
    with open_context(scope="370406"):
        return Person.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["match_rows", "write_first_facts", "check_heads", "_finish"])
def test_killed_worker_leaves_nothing_and_the_next_one_finishes(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    brought = brought_by_county()
    place = imports if step == "_finish" else import_writing
    done = getattr(place, step)

    def dies(*arguments: object, **named: object) -> None:
        done(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(place, step, dies)
        tasks.run_import("370406", str(brought.job_id))
    assert people() == 0
    assert as_it_is(brought).job.state == JobState.RUNNING
    tasks.run_import("370406", str(brought.job_id))
    finished = as_it_is(brought)
    assert counts(finished) == (1495, 0, 0, 12)
    assert finished.job.state == JobState.DONE
    tasks.run_import("370406", str(brought.job_id))
    assert people() == 1495


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_one_file_in_once() -> None:
    brought = brought_by_county()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            tasks.run_import("370406", str(brought.job_id))
        except BaseException as error:  # noqa: BLE001 # told to the test
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert counts(as_it_is(brought)) == (1495, 0, 0, 12)
    assert people() == 1495


@pytest.mark.django_db(transaction=True)
def test_two_files_with_the_same_people_at_once_make_them_once() -> None:
    both = [brought_by_county(), brought_by_county()]
    failed: list[BaseException] = []

    def work(job_id: UUID | None) -> None:
        try:
            tasks.run_import("370406", str(job_id))
        except BaseException as error:  # noqa: BLE001 # told to the test
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(brought.job_id,)) for brought in both]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert sorted(counts(as_it_is(brought)) for brought in both) == [(0, 0, 1495, 12), (1495, 0, 0, 12)]
    assert people() == 1495


@pytest.mark.django_db
def test_import_whose_file_is_gone_is_refused_with_a_sentence(county: Actor) -> None:
    brought = brought_by_county()
    stored = StoredFile.objects.get(pk=brought.file_id)
    delete_file(stored=stored)
    refused = imports.run_import(import_id=brought.pk)
    assert (refused.state, refused.rows) == ("refused", 0)
    assert Job.objects.get(pk=brought.job_id).message == refused.refusal != ""


@pytest.mark.django_db
def test_no_wrong_file_writes_anything_or_stops_the_next_one(county: Actor) -> None:
    """Each of the refused files through the import itself, one after another in one worker."""
    for name, (_code, make) in CASES.items():
        refused = import_file(actor=county, source=make(), file_name=name, as_of=TODAY, is_dry_run=False)
        assert (refused.state, refused.rows) == ("refused", 0), name
        assert refused.refusal, name
    assert not Person.objects.exists()
    assert counts(bring(county, SAMPLE)) == (1495, 0, 0, 12)


@pytest.mark.django_db
def test_file_on_disk_is_sealed_and_read_at_any_place(county: Actor) -> None:
    content = bytes(range(256)) * 1024 + b"end"
    stored = store_file(
        actor=county,
        purpose="test",
        name="a.bin",
        media_type="x/y",
        content=[content[:70000], content[70000:]],
    )
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert b"".join(content_of(stored)) == content
    with open_file(stored) as source:
        for place in (0, 65535, 65536, 131072, len(content) - 3):
            source.seek(place)
            assert source.read(5) == content[place : place + 5]
        assert source.seek(-3, io.SEEK_END) == len(content) - 3
    from offices.services import files

    path = files._path(stored.pk)
    raw = path.read_bytes()
    assert content[:64] not in raw
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:200],
        lambda raw: raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:],
        lambda raw: b"",
        lambda raw: raw[:2000] + bytes([raw[2000] ^ 1]) + raw[2001:],
    ],
)
def test_altered_file_is_refused(county: Actor, damage: Callable[[bytes], bytes]) -> None:
    from offices.services import files

    stored = store_file(actor=county, purpose="test", name="a", media_type="x/y", content=[b"1" * 200_000])
    path = files._path(stored.pk)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DomainError) as refused:
        list(content_of(stored))
    assert refused.value.code == "file_altered"


@pytest.mark.django_db
def test_empty_file_is_kept_too(county: Actor) -> None:
    stored = store_file(actor=county, purpose="test", name="a", media_type="x/y", content=[])
    assert b"".join(content_of(stored)) == b""


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_residents", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_command_prints_one_json_object(county: Actor, tmp_path: object) -> None:
    import json

    errors = tmp_path / "errors.csv"  # type: ignore[operator] # a path
    status, out, _err = command(str(SAMPLE), "--json", "--as-of", "2013-12-31", "--errors", str(errors))
    result = json.loads(out)
    assert list(result) == ["rows", "created", "updated", "unchanged", "refused", "warnings", "seconds"]
    assert (status, result["created"], result["refused"]) == (0, 1495, 12)
    assert errors.read_bytes().startswith("\ufeff行号,姓名,列,原值,代码,说明".encode())
    assert command(str(SAMPLE), "--dry-run")[0] == 0


@pytest.mark.django_db
def test_command_ends_with_one_when_nothing_is_taken_in(county: Actor, tmp_path: object) -> None:
    bad = tmp_path / "bad.csv"  # type: ignore[operator] # a path
    bad.write_text("户编号,甲\n1,2\n", encoding="utf-8")
    status, _out, err = command(str(bad))
    assert status == 1
    assert err.strip()
    header = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0]
    bad.write_text(header + "\n" + "1" + "," * (header.count(",")) + "\n", encoding="utf-8")
    assert command(str(bad), "--json")[0] == 1


@pytest.mark.django_db
def test_progress_is_told_while_the_rows_come(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int | None]] = []
    monkeypatch.setattr(imports, "report_progress", lambda *, job_id, done, total: told.append((done, total)))
    monkeypatch.setattr("households.services.import_staging.CHUNK", 500)
    imports.run_import(import_id=brought_by_county().pk)
    assert [done for done, _total in told] == [500, 1000, 1500, 1507]
    assert {total for _done, total in told} == {1507}
