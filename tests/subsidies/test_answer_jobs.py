"""An answer of thousands of lines is a worker's: sealed until it is read, booked once, refused line by line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from offices.database.context import keep_context, open_context
from offices.enums import JobState, Role
from offices.models import Job, RoleGrant, StoredFile
from offices.services.staff import system_actor
from subsidies import tasks
from subsidies.enums import BatchState, PaymentState
from subsidies.models import BankAnswer, PaymentBatch
from subsidies.selectors.batch_jobs import ANSWER, BATCH_TASK
from subsidies.services.answer_jobs import request_answer
from tests.factories import make_actor
from tests.subsidies.money import (
    answer_to,
    file_of,
    fund,
    make_counters,
    make_grant,
    paid_programme,
    sent_batch,
)
from tests.subsidies.premiums import fund_says
from tests.subsidies.test_batch_jobs import at_work, in_county
from tests.subsidies.test_money_pages import answer_file
from tests.subsidies.test_premiums import sent as sent_premiums

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Client]


@pytest.fixture(autouse=True)
def thousands(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Path:
    """Two lines count as thousands; the folder of the office's files."""
    monkeypatch.setattr("subsidies.selectors.batch_jobs.AT_ONCE", 1)
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    settings.HUIMIN_FILES = str(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def batch(thousands: Path) -> PaymentBatch:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        programme = paid_programme()
        fund(programme)
        for serial in (1, 2):
            make_grant(programme, serial=serial)
        return sent_batch(programme)


def of_the_bank(batch: PaymentBatch, results: dict[int, str] | None = None) -> bytes:
    with in_county():
        return answer_to(file_of(batch), results)


def bring(cashier: Client, batch: PaymentBatch, content: bytes) -> str:
    """The cashier brings a file; the address of the page that follows it."""
    answer = cashier.post(
        f"/subsidies/batches/{batch.pk}/answer/", {"file": answer_file(content), "paid_on": "2014-01-06"}
    )
    assert answer.status_code == 302
    address: str = answer["Location"]
    assert "/jobs/" in address
    return address


def state_of(batch: PaymentBatch) -> str:
    with in_county():
        return PaymentBatch.objects.get(pk=batch.pk).state


def kept(folder: Path) -> list[Path]:
    with in_county():
        listed = StoredFile.objects.count()
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert len(found) == listed
    return found


def test_an_answer_is_sealed_read_by_a_worker_and_removed(
    batch: PaymentBatch, thousands: Path, page_of: Pages
) -> None:
    content = of_the_bank(batch, {2: "03"})
    cashier = page_of(Role.CASHIER)
    own = f"/subsidies/batches/{batch.pk}/"
    asked = bring(cashier, batch, content)
    assert bring(cashier, batch, content) == asked  # brought twice, kept once
    (sealed,) = kept(thousands)
    assert b"6223" in content
    assert b"6223" not in sealed.read_bytes()
    assert cashier.get(asked).status_code == 200
    page = cashier.get(own).content.decode()
    assert asked in page
    assert f"{own}answer/" not in page
    assert state_of(batch) == BatchState.SENT
    at_work(asked)
    at_work(asked)  # the message comes twice
    assert state_of(batch) == BatchState.ANSWERED
    assert kept(thousands) == []
    done = cashier.get(asked)
    assert done["Location"] == own
    assert "到账1笔" in cashier.get(own).content.decode()
    again = cashier.post(f"{own}answer/", {"file": answer_file(content), "paid_on": "2014-01-06"})
    assert again.status_code == 422  # what is known beforehand is refused at once
    with in_county():
        assert BankAnswer.objects.count() == 1


def test_a_refused_answer_says_every_line_in_the_cashier_s_language(
    batch: PaymentBatch, thousands: Path, page_of: Pages
) -> None:
    altered = of_the_bank(batch).replace(b"960.00", b"960.01").replace(b"\r\n2|", b"\r\n370406198001011234|")
    cashier = page_of(Role.CASHIER)
    cashier.cookies["django_language"] = "en"
    asked = bring(cashier, batch, altered)
    at_work(asked)
    page = cashier.get(asked).content.decode()
    assert "Our file has no line" in page
    assert "things are wrong with the file" in page
    told = "Nothing of the file was taken: "
    assert told in page
    assert told in cashier.get(f"/subsidies/batches/{batch.pk}/").content.decode()
    assert told in cashier.get("/subsidies/batches/").content.decode()  # also for who left the page
    assert kept(thousands) == []
    with in_county():
        job = Job.objects.get(kind=BATCH_TASK)
        assert "370406198001011234" not in f"{job.message}{job.result}"  # what a line repeats is sealed
        assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.SENT}
    at_work(bring(cashier, batch, of_the_bank(batch)))
    assert told not in cashier.get(f"/subsidies/batches/{batch.pk}/").content.decode()
    assert state_of(batch) == BatchState.ANSWERED


def test_an_answer_that_two_cashiers_bring_at_once_is_booked_once(
    batch: PaymentBatch, thousands: Path
) -> None:
    content = of_the_bank(batch)
    with in_county():
        people = [make_counters().cashier, make_actor(Role.CASHIER, name="另一出纳")]
    jobs = []
    for cashier in people:
        with open_context(actor=cashier):
            job = request_answer(
                actor=cashier, batch=batch, kind=ANSWER, content=content, file_name="answer.txt"
            )
            jobs.append(str(job.pk))

    def work(job: str) -> None:
        try:
            tasks.work_on_batch("370406", job)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=[job]) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with in_county():
        assert sorted(Job.objects.values_list("state", flat=True)) == [JobState.DONE, JobState.FAILED]
        assert BankAnswer.objects.count() == 1
        assert "同一文件" in Job.objects.get(state=JobState.FAILED).message
    assert state_of(batch) == BatchState.ANSWERED
    assert kept(thousands) == []


def test_a_worker_that_is_killed_leaves_nothing_and_the_file_for_the_next(
    batch: PaymentBatch, thousands: Path, page_of: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = bring(page_of(Role.CASHIER), batch, of_the_bank(batch))

    class Killed(BaseException):
        pass

    def killed(**_given: object) -> None:
        raise Killed

    with monkeypatch.context() as death, pytest.raises(Killed):
        death.setattr("subsidies.services.answer_jobs.end_asked_job", killed)
        at_work(asked)
    with in_county():
        assert not BankAnswer.objects.exists()
        assert Job.objects.get().state == JobState.RUNNING
    assert len(kept(thousands)) == 1
    at_work(asked)
    assert state_of(batch) == BatchState.ANSWERED
    assert kept(thousands) == []


def test_who_is_no_longer_cashier_has_no_answer_read(
    batch: PaymentBatch, thousands: Path, page_of: Pages
) -> None:
    asked = bring(page_of(Role.CASHIER), batch, of_the_bank(batch))
    with in_county():
        RoleGrant.objects.filter(role=Role.CASHIER).update(to_on="2014-01-01")
    at_work(asked)
    with in_county():
        assert not BankAnswer.objects.exists()
        assert Job.objects.get().state == JobState.FAILED
    assert kept(thousands) == []


def test_the_answers_to_a_transfer_of_premiums_are_read_the_same_way(thousands: Path, page_of: Pages) -> None:
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        batch = sent_premiums(make_counters(), count=2)
        own = f"/subsidies/batches/{batch.pk}/"
        arrived, roster = answer_to(file_of(batch)), fund_says(batch, {2: "22"})
    cashier = page_of(Role.CASHIER)
    asked = cashier.post(f"{own}premiums/transfer/", {"file": answer_file(arrived), "paid_on": "2014-01-06"})[
        "Location"
    ]
    at_work(asked)
    assert cashier.get(asked)["Location"] == own
    assert "划款已到账" in cashier.get(own).content.decode()
    altered = roster.replace(b"90.00,,00", b"90.01,,00", 1)
    asked = cashier.post(f"{own}premiums/fund/", {"file": answer_file(altered)})["Location"]
    at_work(asked)
    with in_county():
        assert Job.objects.filter(state=JobState.FAILED, result__error_count__gt=0).count() == 1
        assert set(batch.payments.values_list("state", flat=True)) == {PaymentState.SENT}
    asked = cashier.post(f"{own}premiums/fund/", {"file": answer_file(roster)})["Location"]
    at_work(asked)
    with in_county():
        assert sorted(batch.payments.values_list("state", flat=True)) == [
            PaymentState.PAID,
            PaymentState.SENT,
        ]
    assert kept(thousands) == []
