"""What a draft would change, counted before anything is published: on a page as a job, or by command."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope, current_context
from offices.divisions import full_code
from offices.enums import JobState
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Act, Job
from offices.services.acts import record_act
from offices.services.jobs import finish_job, report_progress, request_job
from subsidies.enums import PolicyState
from subsidies.models import PolicySimulation, PolicyVersion, Programme
from subsidies.policies import may_simulate_policies
from subsidies.policy_words import can_read, kinds_of
from subsidies.selectors.drafts import content_digest, lacks_of, open_draft, shipped_draft
from subsidies.selectors.rules import policy_on
from subsidies.selectors.simulating import simulated
from subsidies.services.drafts import with_rows
from subsidies.services.policies import check_policy

SIMULATION_TASK = "subsidies.run_simulation"
VERB = "subsidies.simulate_policy"
MOST_A_DAY = 40
"""So often a programme is counted in a day: enough to find an amount, too seldom to close in on somebody."""


def request_simulation(*, actor: Actor, version: PolicyVersion, as_of: datetime.date) -> Job:
    """Queue the counting of a draft for a day on which it would hold.

    The county may. A draft that lacks something, or that gives nothing, is not counted. Raises
    NotAllowed, Stale, DomainError `draft_incomplete`, `day_before_the_draft`, `counted_often_enough`.
    """
    if not may_simulate_policies(actor):
        raise NotAllowed()
    if version.state not in (PolicyState.DRAFT, PolicyState.SUBMITTED):
        raise Stale("nothing_to_simulate", _("Only a draft is simulated: this version is not one any more."))
    check_countable(version, as_of)
    _check_seldom(version.programme_id)
    job = request_job(
        actor=actor,
        kind=SIMULATION_TASK,
        task=SIMULATION_TASK,
        steps_total=2,
        version=str(version.pk),
        as_of=as_of.isoformat(),
    )
    record_act(
        actor=actor,
        verb=VERB,
        record=version,
        programme=version.programme_id,
        number=version.number,
        as_of=as_of,
        digest=content_digest(version),
    )
    return job


def check_countable(version: PolicyVersion, as_of: datetime.date) -> None:
    """Refuse what could not be published anyway: it would only describe a group of people."""
    lacks = lacks_of(version)
    if lacks:
        raise DomainError(
            "draft_incomplete", _("Something is still missing: %(first)s"), first=str(lacks[0].text)
        )
    check_policy(version)
    if as_of < version.from_on:
        raise DomainError(
            "day_before_the_draft",
            _("The draft begins on %(day)s. Choose that day or a later one."),
            day=version.from_on.isoformat(),
        )


def _check_seldom(programme_code: str) -> None:
    counted = Act.objects.filter(verb=VERB, on=clock.today(), detail__programme=programme_code).count()
    if counted >= MOST_A_DAY:
        raise DomainError(
            "counted_often_enough",
            _("This programme was simulated %(count)s times today. Go on tomorrow."),
            count=counted,
        )


def run_simulation(*, actor: Actor, job_id: UUID) -> None:
    """Do a queued simulation and keep its counts with the draft. Twice, it finds the same."""
    job = Job.objects.get(pk=job_id)
    version = PolicyVersion.objects.select_related("programme").get(pk=job.result["version"])
    as_of = datetime.date.fromisoformat(job.result["as_of"])
    report_progress(job_id=job_id, done=0, total=2)
    try:
        check_countable(version, as_of)
    except DomainError as refusal:
        finish_job(job_id=job_id, state=JobState.FAILED, message=str(refusal), **job.result)
        return
    began = time.monotonic()
    present = policy_on(version.programme_id, as_of)
    with transaction.atomic(), county_scope():
        report_progress(job_id=job_id, done=1, total=2)
        counts = simulated(version, as_of)
        kept = PolicySimulation.objects.create(
            version=version,
            compared_with=present.version if present else None,
            as_of=as_of,
            digest=content_digest(version),
            counts=counts,
            seconds=round(time.monotonic() - began, 3),
            simulated_by_id=job.requested_by_id,
            division_code=full_code(current_context().county),
        )
    finish_job(job_id=job_id, state=JobState.DONE, **{**job.result, "simulation": str(kept.pk)})


def simulate_values(
    *, actor: Actor, programme: Programme, as_of: datetime.date, values: Mapping[str, str]
) -> dict[str, Any]:
    """Count what other values of dated parameters would change, or the open draft where none is given.

    The values hold from the beginning of the day's year: in the draft that somebody is writing, else in
    the version in force on the day, else in the shipped draft that it would begin from; nothing is kept
    but the act. The county and the installation may. Raises NotAllowed, DomainError.
    """
    if not may_simulate_policies(actor):
        raise NotAllowed()
    with transaction.atomic(), county_scope():
        version = _tried(programme, as_of, values) if values else open_draft(programme)
        if version is None:
            raise DomainError(
                "no_draft_to_simulate",
                _("No draft of %(programme)s is open. Say which value to try: --set NAME=VALUE."),
                programme=programme.pk,
            )
        if values:
            check_policy(version)
        else:
            check_countable(version, as_of)
        _check_seldom(programme.pk)
        record_act(
            actor=actor,
            verb=VERB,
            record=version,
            programme=programme.pk,
            number=version.number,
            as_of=as_of,
            digest=content_digest(version),
        )
        return simulated(version, as_of)


def _tried(programme: Programme, as_of: datetime.date, values: Mapping[str, str]) -> PolicyVersion:
    """The open draft, the version in force or the shipped draft with other values, never saved."""
    policy = policy_on(programme.pk, as_of)
    bases = (open_draft(programme), policy.version if policy else None, shipped_draft(programme))
    base = next((one for one in bases if one and one.from_on <= as_of), None)
    if base is None:
        raise DomainError(
            "no_policy_on_day",
            _("No policy of “%(programme)s”, draft or published, holds on %(day)s."),
            programme=programme.name,
            day=as_of.isoformat(),
        )
    version = PolicyVersion.objects.select_related("programme").get(pk=base.pk)
    begins = datetime.date(as_of.year, 1, 1).isoformat()
    for name, value in values.items():
        kinds = kinds_of(version, name)
        if name not in version.parameters or not kinds:
            raise DomainError(
                "no_such_parameter",
                _("The policy has no parameter %(name)s. It has: %(known)s."),
                name=name,
                known="、".join(sorted(version.parameters)),
            )
        if not all(can_read(kind, value) for kind in kinds):
            raise DomainError("no_such_value", _("%(name)s cannot be “%(value)s”."), name=name, value=value)
        earlier = [
            {**row, "to": min(row["to"] or begins, begins)}
            for row in version.parameters[name]
            if row["from"] < begins
        ]
        tried = {"from": begins, "to": None, "value": value, "known": "inferred"}
        version.parameters = with_rows(version.parameters, name, [*earlier, tried])
    return version
