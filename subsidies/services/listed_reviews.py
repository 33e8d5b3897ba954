"""The sheet in the village meeting, in the township and in the county: reviewed and confirmed together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from enforcement.services.certificates import require_certificate
from offices import clock
from offices.actors import Actor
from offices.services.states import move_together
from subsidies.enums import ApplicationState, Step, StepResult
from subsidies.models import Application, ListedAct, Programme
from subsidies.models.applications import TRANSITIONS
from subsidies.services.listed_acts import Listed, lock_and_sort, one_day, write_listed_act
from subsidies.services.listed_cases import Sorting, alike, check_may_list, in_parts
from subsidies.services.notices import hang_notices
from subsidies.services.reviews import names_of_those_present, opinion_missing
from subsidies.services.steps import due_after, write_steps
from subsidies.time_limits import notice_after

_STATE_AFTER: dict[Step, ApplicationState] = {
    Step.VILLAGE_REVIEW: ApplicationState.VILLAGE_REVIEWED,
    Step.TOWNSHIP_REVIEW: ApplicationState.TOWNSHIP_REVIEWED,
    Step.COUNTY_CONFIRMATION: ApplicationState.COUNTY_CONFIRMED,
}


def review_listed_in_village(
    *,
    actor: Actor,
    programme: Programme,
    division_code: str,
    opinion: str,
    present: Sequence[str],
    applications: Collection[UUID] | None = None,
) -> Listed:
    """The village meeting reviews the whole sheet (村级评议); then each family's notice hangs.

    By the village's specialist, with a certificate; whom she entered herself is left to another. Raises as
    _review, and DomainError `present_missing`.
    """
    return _review(
        actor=actor,
        verb="subsidies.review_listed_in_village",
        step=Step.VILLAGE_REVIEW,
        programme=programme,
        division_code=division_code,
        applications=applications,
        opinion=opinion,
        present=present,
    )


def review_listed_in_township(
    *,
    actor: Actor,
    programme: Programme,
    division_code: str,
    opinion: str,
    applications: Collection[UUID] | None = None,
) -> Listed:
    """The township reviews the list (初审) of a village or of all its villages. Raises as _review."""
    return _review(
        actor=actor,
        verb="subsidies.review_listed_in_township",
        step=Step.TOWNSHIP_REVIEW,
        programme=programme,
        division_code=division_code,
        applications=applications,
        opinion=opinion,
    )


def confirm_listed(
    *,
    actor: Actor,
    programme: Programme,
    division_code: str,
    opinion: str,
    applications: Collection[UUID] | None = None,
) -> Listed:
    """The county confirms the list (县级确认): whom every clause of the registry entitles that day.

    No receipt is written for each: what was known at the list's moment is said whenever one is asked for
    (listed_papers). Raises as _review.
    """
    return _review(
        actor=actor,
        verb="subsidies.confirm_listed",
        step=Step.COUNTY_CONFIRMATION,
        programme=programme,
        division_code=division_code,
        applications=applications,
        opinion=opinion,
    )


@transaction.atomic
@one_day()
def _review(
    *,
    actor: Actor,
    verb: str,
    step: Step,
    programme: Programme,
    division_code: str,
    applications: Collection[UUID] | None,
    opinion: str,
    present: Sequence[str] = (),
) -> Listed:
    """Take a step of all who can take it today: check, write, move on, put up the notices; the others stay.

    Raises NotAllowed, Stale, DomainError `not_by_list`, `opinion_missing`, `no_policy_on_day`,
    `list_too_long`, or what require_certificate raises.
    """
    check_may_list(actor=actor, programme=programme, step=step, division_code=division_code)
    certificate_number = require_certificate(actor=actor, on=clock.today()).number
    if not opinion.strip():
        raise opinion_missing()
    sorting = lock_and_sort(
        actor=actor, programme=programme, step=step, division_code=division_code, applications=applications
    )
    names = _present(sorting, present) if step == Step.VILLAGE_REVIEW else []
    if not sorting.ready:
        return Listed(None, left_behind=sorting.left_behind)
    listed = write_listed_act(
        actor=actor,
        verb=verb,
        step=step,
        programme=programme,
        division_code=division_code,
        sorting=sorting,
        opinion=opinion,
        present=names,
        certificate_number=certificate_number,
    )
    for cases in alike(sorting.ready, lambda case: case.policy_version_id).values():
        for part in in_parts(cases):
            _pass(part, actor, step, listed)
    return Listed(listed, sorting.taken, sorting.left_behind)


def _present(sorting: Sorting, present: Sequence[str]) -> list[str]:
    """The names of those present: as many as each policy asks for that somebody on the list applied under."""
    names = [name.strip() for name in present if name.strip()]
    for version in {case.policy_version_id: case.policy_version for case in sorting.ready}.values():
        names = names_of_those_present(present=present, version=version)
    return names


def _pass(cases: Sequence[Application], actor: Actor, step: Step, listed: ListedAct) -> None:
    """Write the step of cases of one policy version, put up their notices, and move them on."""
    write_steps(
        applications=cases,
        actor=actor,
        step=step,
        result=StepResult.PASSED,
        opinion=listed.opinion,
        present=listed.present,
        certificate_number=listed.certificate_number,
        listed=listed,
    )
    start = clock.today()
    level = notice_after(cases[0].policy_version, step, is_posted=listed.programme.is_posted)
    if level is not None:
        start = hang_notices(applications=cases, level=level, actor=actor)[0].last_day
    to = _STATE_AFTER[step]
    due = {
        following: due_after(cases[0], following, start=start)
        for following in {case.step_from(to) for case in cases}
    }
    for (following, amount, confirmations), together in alike(
        cases, lambda case: (case.step_from(to), case.annual_amount, case.confirmations)
    ).items():
        move_together(
            records=together,
            to=to,
            transitions=TRANSITIONS,
            annual_amount=amount,
            confirmations=confirmations,
            due_on=due[following],
        )
