"""Long work whose worker was killed, whose message was lost, or that broke off: nobody waits for ever."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.test import override_settings
from django_celery_beat.models import PeriodicTask

from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.models import Job, StoredFile
from offices.services import jobs
from offices.services.files import store_file
from offices.services.jobs import RESUME_TASK, job_at_work, load_schedule, request_job, resume_jobs
from offices.services.staff import system_actor
from tests.factories import make_actor

COUNTY = settings.HUIMIN_COUNTY
Sent = list[tuple[str, list[str]]]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What was put in the queue."""
    messages: Sent = []
    monkeypatch.setattr(
        "offices.services.jobs.current_app.send_task", lambda name, args: messages.append((name, args))
    )
    return messages


def installation() -> Actor:
    with open_context(scope=""):
        return system_actor()


def make_job(*, minutes_ago: int = 5, state: str = JobState.WAITING) -> Job:
    actor = make_actor(Role.COUNTY)
    with open_context(actor=actor):
        job = request_job(actor=actor, kind="tests.long_work", task="tests.long_work")
        Job.objects.filter(pk=job.pk).update(
            requested_at=clock.now() - datetime.timedelta(minutes=minutes_ago), state=state
        )
    return job


def as_it_is(job: Job) -> Job:
    with open_context(scope=COUNTY):
        return Job.objects.get(pk=job.pk)


def resume() -> int:
    actor = installation()
    with open_context(actor=actor, channel="task"):
        return resume_jobs(actor=actor)


@contextmanager
def held_by_another_worker(job: Job) -> Iterator[None]:
    is_held, is_over = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with job_at_work(county=COUNTY, actor=installation(), job_id=job.pk) as is_mine:
                assert is_mine
                is_held.set()
                is_over.wait(20)
        finally:
            is_held.set()
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    is_held.wait(20)
    try:
        yield
    finally:
        is_over.set()
        worker.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [JobState.WAITING, JobState.RUNNING])
def test_job_of_a_killed_worker_is_queued_again(sent: Sent, state: str) -> None:
    job = make_job(state=state)
    sent.clear()
    assert resume() == 1
    assert sent == [("tests.long_work", [COUNTY, str(job.pk)])]
    assert resume() == 0, "it is on its way already"


@pytest.mark.django_db(transaction=True)
def test_job_that_is_young_or_finished_or_at_work_is_left_alone(sent: Sent) -> None:
    make_job(minutes_ago=0)
    done = make_job()
    with open_context(scope=COUNTY):
        jobs.finish_job(job_id=done.pk, state=JobState.DONE)
    at_work = make_job()
    sent.clear()
    with held_by_another_worker(at_work):
        assert resume() == 0
    assert not sent
    assert resume() == 1


@pytest.mark.django_db(transaction=True)
def test_second_worker_leaves_a_job_to_the_first() -> None:
    job = make_job()
    with (
        held_by_another_worker(job),
        job_at_work(county=COUNTY, actor=installation(), job_id=job.pk) as is_mine,
    ):
        assert not is_mine
    with job_at_work(county=COUNTY, actor=installation(), job_id=job.pk) as is_mine:
        assert is_mine


@pytest.mark.django_db(transaction=True)
def test_finished_job_is_not_done_again() -> None:
    job = make_job()
    with open_context(scope=COUNTY):
        jobs.finish_job(job_id=job.pk, state=JobState.DONE)
    with job_at_work(county=COUNTY, actor=installation(), job_id=job.pk) as is_mine:
        assert not is_mine


@pytest.mark.django_db(transaction=True)
def test_work_that_breaks_off_ends_its_job_with_a_sentence() -> None:
    job = make_job()
    with (
        pytest.raises(ZeroDivisionError),
        job_at_work(county=COUNTY, actor=installation(), job_id=job.pk),
    ):
        raise ZeroDivisionError
    ended = as_it_is(job)
    assert ended.state == JobState.FAILED
    assert ended.message
    assert ended.finished_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["done", "cancelled", "broken off"])
def test_a_file_that_a_job_was_handed_goes_when_it_ends_however(end: str, tmp_path: Path) -> None:
    actor = make_actor(Role.COUNTY)
    with override_settings(HUIMIN_FILES=str(tmp_path)):
        with open_context(actor=actor):
            stored = store_file(
                actor=actor, purpose="tests.brought", name="a", media_type="text/plain", content=[b"a"]
            )
            job = request_job(
                actor=actor, kind="tests.long_work", task="tests.long_work", file=str(stored.pk)
            )
        assert [path for path in tmp_path.rglob("*") if path.is_file()]
        with suppress(ZeroDivisionError), job_at_work(county=COUNTY, actor=installation(), job_id=job.pk):
            if end == "broken off":
                raise ZeroDivisionError
            with open_context(actor=actor):
                (jobs.cancel_job if end == "cancelled" else finish)(job_id=job.pk)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    with open_context(scope=COUNTY):
        assert not StoredFile.objects.exists()


def finish(*, job_id: UUID) -> bool:
    return jobs.finish_job(job_id=job_id, state=JobState.DONE)


@pytest.mark.django_db(transaction=True)
def test_lost_connection_leaves_the_job_to_be_tried_again() -> None:
    job = make_job()
    with pytest.raises(OperationalError), job_at_work(county=COUNTY, actor=installation(), job_id=job.pk):
        connection.close()
        raise OperationalError
    assert as_it_is(job).state == JobState.RUNNING
    assert resume() == 1


@pytest.mark.django_db(transaction=True)
def test_job_that_kills_every_worker_is_given_up() -> None:
    job = make_job(state=JobState.RUNNING)
    resumed = 0
    for _time in range(10):
        resumed += resume()
        with open_context(scope=COUNTY):
            cache.delete(f"{COUNTY}:job:{job.pk}:queued")
    assert resumed == 5
    ended = as_it_is(job)
    assert ended.state == JobState.FAILED
    assert ended.message


@pytest.mark.django_db
def test_unfinished_jobs_are_looked_for_every_minute(county: Actor) -> None:
    assert load_schedule(actor=county, county=COUNTY) == 1
    entry = PeriodicTask.objects.get(task=RESUME_TASK)
    assert (entry.crontab.minute, entry.crontab.hour) == ("*", "*")
    assert json.loads(entry.args) == [COUNTY]
