"""The reviews of an application, its confirmation and its refusal: each by another person."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enforcement.services.certificates import require_certificate
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import ApplicationState, Step, StepResult
from subsidies.models import Application, PolicyVersion
from subsidies.models.applications import BANDS_ASKED_IN, TRANSITIONS
from subsidies.services.letters import issue_refusal_letter
from subsidies.services.notices import post_notice, take_down_notices
from subsidies.services.receipts import keep_decision
from subsidies.services.steps import (
    check_another_person,
    check_entitled,
    check_step,
    check_unanswered_objections,
    confirmations_today,
    due_after,
    write_step,
)
from subsidies.time_limits import notice_after, stated_number


def review_in_village(
    *, application: Application, actor: Actor, opinion: str, present: Sequence[str]
) -> Application:
    """The village review (村级评议) with the names of those present; then the village notice hangs.

    By the village's own specialist, who did not enter it. Raises what check_step and
    check_entitled raise, DomainError `present_missing`, `opinion_missing`.
    """
    names = names_of_those_present(present=present, version=application.policy_version)
    return _pass(
        application=application,
        actor=actor,
        step=Step.VILLAGE_REVIEW,
        to=ApplicationState.VILLAGE_REVIEWED,
        verb="subsidies.review_in_village",
        opinion=opinion,
        present=names,
    )


def review_in_township(*, application: Application, actor: Actor, opinion: str) -> Application:
    """The township review (初审); then the township notice hangs. Raises as _pass."""
    return _pass(
        application=application,
        actor=actor,
        step=Step.TOWNSHIP_REVIEW,
        to=ApplicationState.TOWNSHIP_REVIEWED,
        verb="subsidies.review_in_township",
        opinion=opinion,
    )


def review_in_county(*, application: Application, actor: Actor, opinion: str) -> Application:
    """The first of two county reviewers, for programmes that are never posted. Raises as _pass."""
    return _pass(
        application=application,
        actor=actor,
        step=Step.COUNTY_REVIEW,
        to=ApplicationState.COUNTY_REVIEWED,
        verb="subsidies.review_in_county",
        opinion=opinion,
    )


def confirm_application(*, application: Application, actor: Actor, opinion: str) -> Application:
    """The county confirmation (县级确认); then the county notice hangs.

    Every clause of the registry must hold that day: unknown is not yes. Raises as _pass.
    """
    return _pass(
        application=application,
        actor=actor,
        step=Step.COUNTY_CONFIRMATION,
        to=ApplicationState.COUNTY_CONFIRMED,
        verb="subsidies.confirm_application",
        opinion=opinion,
    )


def _pass(
    *,
    application: Application,
    actor: Actor,
    step: Step,
    to: ApplicationState,
    verb: str,
    opinion: str,
    present: Sequence[str] = (),
) -> Application:
    """Take a step: check, write it, move on, put up the notice. Raises DomainError `opinion_missing`."""
    with transaction.atomic():
        current = locked(application)
        if current.state in BANDS_ASKED_IN:
            current.confirmations = confirmations_today(current)
        certificate_number = check_step(application=current, actor=actor, step=step)
        if not opinion.strip():
            raise opinion_missing()
        amount = check_entitled(application=current, is_decision=step == Step.COUNTY_CONFIRMATION)
        write_step(
            application=current,
            actor=actor,
            step=step,
            result=StepResult.PASSED,
            opinion=opinion,
            present=present,
            certificate_number=certificate_number,
        )
        moved = move(
            record=current,
            to=to,
            transitions=TRANSITIONS,
            actor=actor,
            verb=verb,
            detail={"certificate": certificate_number},
            annual_amount=amount,
            confirmations=current.confirmations,
        )
        if step == Step.COUNTY_CONFIRMATION:
            keep_decision(application=moved, actor=actor)
        start = clock.today()
        level = notice_after(moved.policy_version, step, is_posted=moved.programme.is_posted)
        if level is not None:
            start = post_notice(application=moved, level=level, actor=actor).last_day
        moved.due_on = due_after(moved, moved.next_step, start=start)
        moved.save(update_fields=["due_on"])
        return moved


def names_of_those_present(*, present: Sequence[str], version: PolicyVersion) -> list[str]:
    """The names that were written, as many as the policy asks for. Raises DomainError `present_missing`."""
    names = [name.strip() for name in present if name.strip()]
    least = stated_number(version, "present_at_village_review", clock.today())
    if len(set(names)) < least:
        raise DomainError(
            "present_missing",
            _("Write the names of those present at the review: at least %(least)d people, one a line."),
            least=least,
        )
    return names


def opinion_missing() -> DomainError:
    """A review says in a sentence what it found."""
    return DomainError(
        "opinion_missing", _("Write the opinion in a sentence: it stands in the family's file.")
    )


@transaction.atomic
def refuse_application(*, application: Application, actor: Actor, reason: str) -> Application:
    """Refuse with the reason; the letter names the ways of appeal and can be verified.

    By whoever would take the township's step or a later one, with a valid certificate; a village
    refuses nobody. A notice need not have ended, an objection must be answered. Raises NotAllowed,
    Stale, DomainError `reason_missing`, `objection_open`, `acted_before`, or what
    require_certificate raises.
    """
    current = locked(application)
    step = policies.REFUSAL_STEPS.get(current.state)
    if step is None:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=current.get_state_display(),
        )
    if not policies.may_take(actor, step=step, division_code=current.division_code):
        raise NotAllowed()
    check_unanswered_objections(current)
    check_another_person(current, actor=actor)
    certificate_number = require_certificate(actor=actor, on=clock.today()).number
    if not reason.strip():
        raise DomainError(
            "reason_missing", _("Write the reason and the condition it rests on: the family reads it.")
        )
    write_step(
        application=current,
        actor=actor,
        step=step,
        result=StepResult.REFUSED,
        opinion=reason,
        certificate_number=certificate_number,
    )
    moved = move(
        record=current,
        to=ApplicationState.REFUSED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="subsidies.refuse_application",
        detail={"step": step, "certificate": certificate_number},
        decided_on=clock.today(),
        due_on=None,
        refusal_reason=reason.strip(),
    )
    take_down_notices(application=moved)
    receipt = keep_decision(application=moved, actor=actor)
    issue_refusal_letter(application=moved, receipt=receipt, actor=actor)
    return moved
