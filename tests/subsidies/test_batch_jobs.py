"""Batches of thousands of lines are a worker's: asked for on a page, done once, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from offices.database.context import keep_context, open_context
from offices.enums import JobState, Role
from offices.errors import Stale
from offices.models import Job, RoleGrant
from offices.services.asked_jobs import asker_of
from offices.services.jobs import cancel_job
from offices.services.staff import system_actor
from subsidies import tasks
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch, Programme
from subsidies.selectors.batch_jobs import BATCH_TASK
from subsidies.services.batch_jobs import work_on_batch
from tests.subsidies.money import fund, make_grant, paid_programme

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Client]


@pytest.fixture
def programme(monkeypatch: pytest.MonkeyPatch) -> Programme:
    monkeypatch.setattr("subsidies.selectors.batch_jobs.AT_ONCE", 1)
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)
    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        programme = paid_programme()
        fund(programme)
        for serial in (1, 2):
            make_grant(programme, serial=serial)
    return programme


def in_county() -> AbstractContextManager[object]:
    return open_context(county="370406", scope="370406")


def at_work(url: str) -> None:
    """The worker takes the job of a page's address in hand."""
    tasks.work_on_batch("370406", url.rstrip("/").rpartition("/")[2])


def test_three_people_have_a_large_batch_made_approved_and_sent(programme: Programme, page_of: Pages) -> None:
    finance = page_of(Role.FINANCE)
    wanted = {"programme": programme.pk, "period": "2013"}
    asked = finance.post("/subsidies/batches/new/", wanted).url
    assert "/jobs/" in asked
    assert finance.get(asked).status_code == 200
    assert asked in finance.get("/subsidies/batches/").content.decode()
    at_work(asked)
    at_work(asked)  # the message comes twice
    own = finance.get(asked).url
    with in_county():
        batch = PaymentBatch.objects.get()
        assert (batch.count, batch.payments.count()) == (2, 2)
    assert str(batch.pk) in own
    for role, step, state in (
        (Role.COUNTY, "approve", BatchState.APPROVED),
        (Role.CASHIER, "send", BatchState.SENT),
    ):
        page = page_of(role)
        asked = page.post(f"{own}{step}/").url
        assert page.post(f"{own}{step}/").url == asked  # asked for twice, done once
        at_work(asked)
        assert page.get(asked).url == own
        with in_county():
            batch.refresh_from_db()
            assert batch.state == state
    with in_county():
        assert batch.files.exists()


def test_a_refusal_is_told_on_the_page_in_the_asker_s_language(programme: Programme, page_of: Pages) -> None:
    finance = page_of(Role.FINANCE)
    wanted = {"programme": programme.pk, "period": "2013"}
    finance.cookies["django_language"] = "en"
    asked = finance.post("/subsidies/batches/new/", wanted).url
    assert finance.post("/subsidies/batches/new/", wanted).url == asked  # asked for twice, made once
    at_work(asked)
    again = finance.post("/subsidies/batches/new/", wanted).url
    assert again != asked
    at_work(again)
    refusal = "Nobody would be paid: no grant covers this period, or all of them are paid already."
    assert refusal in finance.get(again).content.decode()
    assert refusal in finance.get("/subsidies/batches/").content.decode()  # also for who left the page
    with in_county():
        assert PaymentBatch.objects.count() == 1


def test_what_is_known_beforehand_is_refused_before_anybody_works(
    programme: Programme, page_of: Pages
) -> None:
    finance = page_of(Role.FINANCE)
    wanted = {"programme": programme.pk, "period": "2013"}
    assert finance.post("/subsidies/batches/new/", {**wanted, "period": "2031"}).status_code == 422
    at_work(finance.post("/subsidies/batches/new/", wanted).url)
    with in_county():
        batch = PaymentBatch.objects.get()
    county = page_of(Role.COUNTY)
    asked = county.post(f"/subsidies/batches/{batch.pk}/approve/").url
    assert f"/{batch.pk}/approve/" not in county.get(f"/subsidies/batches/{batch.pk}/").content.decode()
    at_work(asked)
    assert county.post(f"/subsidies/batches/{batch.pk}/approve/").status_code == 422
    with in_county():
        assert Job.objects.filter(kind=BATCH_TASK).count() == 2


def test_work_that_was_ended_meanwhile_leaves_nothing(programme: Programme, page_of: Pages) -> None:
    asked = page_of(Role.FINANCE).post(
        "/subsidies/batches/new/", {"programme": programme.pk, "period": "2013"}
    )
    with in_county():
        job = Job.objects.get(kind=BATCH_TASK)
        finance = asker_of(job_id=job.pk)
        cancel_job(job_id=job.pk)
    with pytest.raises(Stale), open_context(actor=finance):
        Job.objects.filter(pk=job.pk).update(result=job.result)
        work_on_batch(actor=finance, job_id=job.pk)
    assert asked.status_code == 302
    with in_county():
        assert not PaymentBatch.objects.exists()


def test_who_no_longer_holds_the_role_has_nothing_done(programme: Programme, page_of: Pages) -> None:
    asked = (
        page_of(Role.FINANCE)
        .post("/subsidies/batches/new/", {"programme": programme.pk, "period": "2013"})
        .url
    )
    with in_county():
        RoleGrant.objects.filter(role=Role.FINANCE).update(to_on="2014-01-01")
    at_work(asked)
    with in_county():
        assert not PaymentBatch.objects.exists()
        job = Job.objects.get(kind=BATCH_TASK)
    assert job.state == JobState.FAILED
    assert job.message
