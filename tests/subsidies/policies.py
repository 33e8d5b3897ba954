"""Drafts of policies for tests: the people of the county who write and approve, and the forms they fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client

from offices.actors import Actor
from offices.database.context import open_context
from offices.enums import Role
from offices.models import Job, Staff
from offices.services.jobs import request_job
from subsidies.models import PolicyVersion, Programme
from subsidies.services.drafts import change_draft, start_draft
from subsidies.services.publication import submit_policy
from subsidies.services.simulation import run_simulation
from tests.factories import make_actor

COUNTY = "370406"


def author() -> Actor:
    return make_actor(Role.COUNTY, name="拟稿人")


def approver() -> Actor:
    return make_actor(Role.COUNTY, name="审定人")


def desk(actor: Actor) -> Client:
    """A browser of the actor's own."""
    browser = Client()
    with open_context(scope=""):
        browser.force_login(Staff.objects.get(pk=actor.staff_id), settings.AUTHENTICATION_BACKENDS[0])
    return browser


def draft_of(code: str = "NCJF", **parts: Any) -> PolicyVersion:
    """A draft of a programme, with some of its parts changed."""
    draft = start_draft(actor=author(), programme=Programme.objects.get(pk=code))
    if parts:
        draft = change_draft(actor=author(), draft=draft, revision=draft.revision, **parts)
    return draft


def simulate(version: PolicyVersion, as_of: Any = None) -> None:
    """Count a draft as its job would."""
    job: Job = request_job(
        actor=author(),
        kind="subsidies.run_simulation",
        task="subsidies.run_simulation",
        version=str(version.pk),
        as_of=(as_of or version.from_on).isoformat(),
    )
    run_simulation(actor=author(), job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.message


def submitted(code: str = "NCJF", **parts: Any) -> PolicyVersion:
    """A draft that was simulated and waits for approval."""
    draft = draft_of(code, **parts)
    simulate(draft)
    return submit_policy(actor=author(), draft=draft, revision=draft.revision)


def rows_typed(*rows: tuple[str, str, Any]) -> dict[str, Any]:
    """The fields of dated rows as a browser sends them: from, until, value."""
    return {name: value for number, row in enumerate(rows) for name, value in _row(number, row)} | {
        "rows": str(len(rows))
    }


def _row(number: int, row: tuple[str, str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in zip(("from_on", "to_on", "value"), row, strict=True):
        yield f"row{number}-{name}", value
    yield f"row{number}-known", "source"
