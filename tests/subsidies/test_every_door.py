"""One policy, whichever door somebody comes by: page, command, worker, service, and the database behind them.

The maker of a batch, who holds the county's role as well, approves it by none of them; an officer of the
county does by each.
"""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from offices import clock
from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import JobState, Role
from offices.errors import NotAllowed
from offices.middleware import ROLE_KEY
from offices.models import Act, Job, RoleGrant, Staff
from offices.services.jobs import request_job
from subsidies import tasks
from subsidies.enums import BatchState
from subsidies.models import PaymentBatch
from subsidies.selectors.batch_jobs import APPROVE, BATCH_TASK
from subsidies.services.batches import approve_batch, create_batch
from tests.conftest import sql
from tests.factories import make_actor
from tests.subsidies.money import fund, make_grant, paid_programme

pytestmark = pytest.mark.django_db
WHOLE = "370406000000"


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offices.services.jobs.current_app.send_task", lambda name, args: None)


@pytest.fixture
def maker(county: Actor) -> Actor:
    """Somebody of finance who holds the county's role as well, acting in it."""
    finance = make_actor(Role.FINANCE)
    grant = RoleGrant.objects.create(
        staff_id=finance.staff_id, role=Role.COUNTY, division_id=WHOLE, from_on=datetime.date(2000, 1, 1)
    )
    return grant.actor()


@pytest.fixture
def batch(maker: Actor) -> PaymentBatch:
    programme = paid_programme()
    fund(programme)
    make_grant(programme)
    return create_batch(actor=make_actor(Role.FINANCE), programme=programme, period="2013")


def by_page(actor: Actor, batch: PaymentBatch) -> bool:
    browser = Client()
    browser.force_login(Staff.objects.get(pk=actor.staff_id), settings.AUTHENTICATION_BACKENDS[0])
    session = browser.session
    session[ROLE_KEY] = f"{actor.role}@{actor.division_code}"
    session.save()
    answer = browser.post(reverse("subsidies:batch_step", args=[batch.pk, "approve"]))
    assert "login" not in answer.get("Location", "")
    return answer.status_code == 302


def by_command(actor: Actor, batch: PaymentBatch) -> bool:
    words = ("approve", batch.number, "--actor", actor.username, "--role", actor.role)
    try:
        call_command("payment_batch", *words, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as ended:
        assert ended.code == 1
        return False
    return True


def by_worker(actor: Actor, batch: PaymentBatch) -> bool:
    """The work as a page would have queued it, had the page let it through."""
    job: Job = request_job(
        actor=actor,
        kind=BATCH_TASK,
        task=BATCH_TASK,
        step=APPROVE,
        role=actor.role,
        language="zh-hans",
        batch=str(batch.pk),
    )
    with suppress(PaymentBatch.DoesNotExist):  # what somebody may not see is not there
        tasks.work_on_batch("370406", str(job.pk))
    with open_context(scope="370406"):
        job.refresh_from_db()
    return job.state == JobState.DONE


def by_service(actor: Actor, batch: PaymentBatch) -> bool:
    try:
        with open_context(actor=actor):
            approve_batch(actor=actor, batch=batch)
    except NotAllowed:
        return False
    return True


def by_sql(actor: Actor, batch: PaymentBatch) -> bool:
    try:
        with open_context(actor=actor), transaction.atomic():
            sql(
                "UPDATE subsidies_paymentbatch SET state = 'approved', approved_on = %s, approved_by_id = %s"
                " WHERE id = %s",
                [clock.today(), actor.staff_id, batch.pk],
            )
    except IntegrityError:
        return False
    return True


Door = Callable[[Actor, PaymentBatch], bool]
DOORS = [by_page, by_command, by_worker, by_service]


def state_of(batch: PaymentBatch) -> tuple[str, int]:
    with open_context(scope="370406"):
        batch.refresh_from_db()
        return batch.state, Act.objects.filter(verb="subsidies.approve_batch").count()


@pytest.mark.parametrize("door", [*DOORS, by_sql], ids=lambda door: door.__name__)
def test_no_door_leads_past_the_policy(maker: Actor, batch: PaymentBatch, door: Door) -> None:
    assert not door(maker, batch)
    assert state_of(batch) == (BatchState.MADE, 0)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_opens_to_whom_the_policy_lets_in(batch: PaymentBatch, door: Door) -> None:
    assert door(make_actor(Role.COUNTY), batch)
    assert state_of(batch) == (BatchState.APPROVED, 1)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COUNTY, Role.SYSTEM)])
def test_every_other_role_is_refused_at_every_door(batch: PaymentBatch, role: Role) -> None:
    somebody = make_actor(role)
    assert not any(door(somebody, batch) for door in DOORS)
    assert state_of(batch) == (BatchState.MADE, 0)


def test_work_in_the_name_of_nobody_is_refused(batch: PaymentBatch) -> None:
    nobody = Actor(uuid.uuid4(), "x", "x", Role.COUNTY, WHOLE)
    assert not by_service(make_actor(Role.SYSTEM_ADMIN), batch)
    with pytest.raises(IntegrityError), transaction.atomic():
        by_service(nobody, batch)
        sql("SET CONSTRAINTS ALL IMMEDIATE")
