"""Lists of cases: looked through and taken while the page is awaited, or by a worker where they are thousands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.actors import Actor
from offices.errors import DomainError
from offices.models import Job
from offices.sealing import Purpose, seal_json, unseal_json
from offices.selectors.asked_jobs import unfinished_jobs
from offices.services.asked_jobs import end_asked_job, request_asked_job
from subsidies.enums import Step
from subsidies.models import ListedAct, Programme
from subsidies.selectors import list_jobs
from subsidies.selectors.list_jobs import LIST_TASK, LOOK, TAKE, wanted_of
from subsidies.services.listed_acts import Listed, look_ahead
from subsidies.services.listed_cases import check_may_list, count_before
from subsidies.services.listed_entry import enter_listed
from subsidies.services.listed_grants import grant_listed
from subsidies.services.listed_reviews import (
    confirm_listed,
    review_listed_in_township,
    review_listed_in_village,
)

_TAKE: dict[str, Callable[..., Listed]] = {
    Step.ENTRY: enter_listed,
    Step.VILLAGE_REVIEW: review_listed_in_village,
    Step.TOWNSHIP_REVIEW: review_listed_in_township,
    Step.COUNTY_CONFIRMATION: confirm_listed,
    Step.GRANT: grant_listed,
}


def is_large_list(*, actor: Actor, programme: Programme, step: str, division_code: str) -> bool:
    """Whether more cases stand before the step than are taken at once. Raises as `count_listed`."""
    before = count_listed(actor=actor, programme=programme, step=step, division_code=division_code)
    return before > list_jobs.AT_ONCE


def count_listed(*, actor: Actor, programme: Programme, step: str, division_code: str) -> int:
    """How many cases stand before the step. Raises NotAllowed, DomainError `not_by_list`, `not_assessed`."""
    check_may_list(actor=actor, programme=programme, step=step, division_code=division_code)
    return count_before(actor=actor, programme=programme, step=step, division_code=division_code)


def take_by_list(
    *, actor: Actor, programme: Programme, step: str, division_code: str, told: Mapping[str, Any]
) -> ListedAct:
    """Take a step by list with what its sheet or meeting told. Raises as the step, and DomainError `nobody_goes`."""
    done = _TAKE[step](actor=actor, programme=programme, division_code=division_code, **told)
    if done.act is None:
        raise DomainError(
            "nobody_goes", gettext_lazy("Nobody on this list can go on today. Nothing was written.")
        )
    return done.act


def request_list(
    *, actor: Actor, programme: Programme, step: str, division_code: str, told: Mapping[str, Any]
) -> Job:
    """Have a step taken by list by a worker, as `take_by_list`; who asks again gets the same job.

    What is told may name people: it is sealed for the worker, and gone when the job ends. Raises
    NotAllowed, DomainError `not_by_list`.
    """
    check_may_list(actor=actor, programme=programme, step=step, division_code=division_code)
    wanted = wanted_of(does=TAKE, programme=programme, step=step, division_code=division_code)
    return _request(actor, wanted, told=seal_json(dict(told), Purpose.FILE))


def request_look(*, actor: Actor, programme: Programme, step: str, division_code: str) -> Job:
    """Have a list looked through by a worker, as `look_ahead`. Raises NotAllowed, DomainError `not_by_list`."""
    check_may_list(actor=actor, programme=programme, step=step, division_code=division_code)
    return _request(actor, wanted_of(does=LOOK, programme=programme, step=step, division_code=division_code))


def _request(actor: Actor, wanted: Mapping[str, str], **told: str) -> Job:
    waiting = unfinished_jobs(actor, LIST_TASK).filter(result__contains=wanted).first()
    return waiting or request_asked_job(actor=actor, kind=LIST_TASK, **wanted, **told)


@transaction.atomic
def work_on_list(*, actor: Actor, job_id: UUID) -> None:
    """Look through or take a queued list, with the job's end in the same transaction. Raises as the step."""
    job = Job.objects.get(pk=job_id)
    wanted = job.result
    where: dict[str, Any] = {
        "actor": actor,
        "programme": Programme.objects.get(pk=wanted["programme"]),
        "step": wanted["step"],
        "division_code": wanted["place"],
    }
    if wanted["does"] == LOOK:
        ahead = look_ahead(**where)
        end_asked_job(job=job, ready=ahead.taken, left_behind=ahead.left_behind)
        return
    act = take_by_list(**where, told=unseal_json(wanted["told"], Purpose.FILE))
    end_asked_job(job=job, message=said(act), act=str(act.pk))


def said(act: ListedAct) -> str:
    """What an act by list did, in a sentence."""
    return _("Done by list: %(count)d cases have gone on.") % {"count": act.taken}
