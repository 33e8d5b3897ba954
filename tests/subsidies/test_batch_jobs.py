"""Batches of thousands of lines are a worker's: asked for on a page, done once, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from offices.database.context import keep_context, open_context
from offices.enums import JobState, Role
from offices.models import Job, RoleGrant
from offices.services.staff import system_actor
from subsidies import tasks
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch, Programme
from subsidies.selectors.batch_jobs import BATCH_TASK
from tests.subsidies.money import fund, make_grant, paid_programme

pytestmark = pytest.mark.django_db(transaction=True)
Pages = Callable[..., Client]


@pytest.fixture
def programme(monkeypatch: pytest.MonkeyPatch) -> Programme:
    monkeypatch.setattr("subsidies.selectors.batch_jobs.AT_ONCE", 1)
    monkeypatch.setattr("subsidies.views.batch_steps.AT_ONCE", 1)
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
    first, second = (finance.post("/subsidies/batches/new/", wanted).url for _time in range(2))
    at_work(first)
    at_work(second)
    assert "没有可发放的人员" in finance.get(second).content.decode()
    with in_county():
        assert PaymentBatch.objects.count() == 1


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
