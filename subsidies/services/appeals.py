"""Appeals: taken in at any counter, accepted, put off, suspended, withdrawn, decided by somebody else."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from enforcement.services.certificates import require_certificate
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.calendar import add_working_days
from offices.services.numbers import next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import AppealKind, AppealResult, AppealState, AppealVia, LetterKind
from subsidies.models import Appeal, DecisionLetter
from subsidies.models.appeals import TRANSITIONS
from subsidies.selectors.letters import add_months, time_limits_of
from subsidies.services.letters import issue_outcome_letter
from subsidies.services.steps import constraint_of

RESULTS: dict[str, tuple[AppealResult, ...]] = {
    LetterKind.REFUSED: (AppealResult.CHANGED, AppealResult.SENT_BACK, AppealResult.STANDS),
    LetterKind.STOPPED: (AppealResult.CHANGED, AppealResult.SENT_BACK, AppealResult.STANDS),
    LetterKind.GRANTED: (AppealResult.CHANGED, AppealResult.STANDS),
    LetterKind.CHANGED: (AppealResult.CHANGED, AppealResult.STANDS),
    LetterKind.RECOVERY: (AppealResult.CHANGED, AppealResult.SENT_BACK, AppealResult.STANDS),
}
"""What an appeal against a kind of letter may come to; against an answer, that of the first decision."""


def decision_of(letter: DecisionLetter) -> DecisionLetter:
    """The decision that an appeal against a letter is about: of an answer, what it answered."""
    return letter.appeal.letter if letter.kind == LetterKind.OUTCOME and letter.appeal else letter


@transaction.atomic
def receive_appeal(
    *,
    letter: DecisionLetter,
    kind: AppealKind,
    via: AppealVia,
    grounds: str,
    received_on: datetime.date,
    actor: Actor,
) -> Appeal:
    """Take an appeal in: any counter does, also when it comes late or before the letter was delivered.

    It is accepted or not within the working days of the letter's terms. Raises NotAllowed, DomainError
    `own_family`, `grounds_missing`, `received_later`, `received_before`, `appealed_already`.
    """
    about = decision_of(letter)
    if not policies.may_receive_appeals(actor) or not actor.covers(about.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=about.application.person_id)
    if not grounds.strip():
        raise DomainError(
            "grounds_missing", _("Write down what the family says: one sentence in its own words will do.")
        )
    if received_on > clock.today():
        raise DomainError("received_later", _("The day lies in the future. Write the day on which it came."))
    if received_on < about.issued_on:
        raise DomainError(
            "received_before",
            _("The letter is of %(day)s, so no appeal against it can have come before. Check the day."),
            day=date_format(about.issued_on, "DATE_FORMAT"),
        )
    limits = {limit.kind: limit for limit in time_limits_of(about)}
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                number=f"A{clock.today().year}-{next_number(series='appeal', year=clock.today().year):04d}",
                kind=kind,
                letter=about,
                application=about.application,
                via=via,
                received_on=received_on,
                received_by_id=actor.staff_id,
                grounds=grounds.strip(),
                is_late=kind in limits and limits[kind].is_over(received_on),
                due_on=add_working_days(received_on, about.terms.acceptance_working_days),
                division_code=about.division_code,
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_appeal_of_a_kind_against_a_letter":
            raise
        raise DomainError(
            "appealed_already",
            _("An appeal of this kind against the letter is on its way or decided. Look there first."),
        ) from error
    record_act(
        actor=actor,
        verb="subsidies.receive_appeal",
        record=appeal,
        number=appeal.number,
        kind=kind,
        letter=about.number,
        is_late=appeal.is_late,
    )
    return appeal


@transaction.atomic
def accept_appeal(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Accept an appeal; the time in which it is answered runs from today, of a review from its receipt.

    By the county. Raises NotAllowed, Stale.
    """
    _check_may_decide(appeal, actor)
    today, terms = clock.today(), appeal.letter.terms
    due_on = {
        AppealKind.REVIEW: appeal.received_on + datetime.timedelta(days=terms.review_decision_days),
        AppealKind.RECONSIDERATION: today + datetime.timedelta(days=terms.decision_days),
        AppealKind.LAWSUIT: add_months(today, terms.court_decision_months),
    }[AppealKind(appeal.kind)]
    return _move(
        appeal,
        AppealState.ACCEPTED,
        actor,
        "subsidies.accept_appeal",
        frm=AppealState.RECEIVED,
        accepted_on=today,
        accepted_by_id=actor.staff_id,
        due_on=due_on,
    )


@transaction.atomic
def extend_appeal(*, appeal: Appeal, reason: str, actor: Actor) -> Appeal:
    """Put the answer off, once, by the days of the letter's terms. Raises NotAllowed, Stale, DomainError
    `reason_missing`, `extended_already`.
    """
    _check_may_decide(appeal, actor)
    current = locked(appeal)
    _check_reason(reason)
    if current.extended_on is not None:
        raise DomainError(
            "extended_already", _("The answer was put off once already; a second time is not possible.")
        )
    if current.state != AppealState.ACCEPTED or current.due_on is None:
        raise _stale(current)
    current.extended_on = clock.today()
    current.extension_reason = reason.strip()
    current.due_on += datetime.timedelta(days=current.letter.terms.extension_days)
    current.save(update_fields=["extended_on", "extension_reason", "due_on"])
    record_act(actor=actor, verb="subsidies.extend_appeal", record=current, due_on=current.due_on)
    return current


@transaction.atomic
def suspend_appeal(*, appeal: Appeal, reason: str, actor: Actor) -> Appeal:
    """Let the time stand still, once, while something outside the office is waited for.

    Raises NotAllowed, Stale, DomainError `reason_missing`, `suspended_already`.
    """
    _check_may_decide(appeal, actor)
    _check_reason(reason)
    if locked(appeal).suspended_on is not None:
        raise DomainError(
            "suspended_already", _("It was suspended once already; a second time is not possible.")
        )
    return _move(
        appeal,
        AppealState.SUSPENDED,
        actor,
        "subsidies.suspend_appeal",
        suspended_on=clock.today(),
        suspension_reason=reason.strip(),
    )


@transaction.atomic
def resume_appeal(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Go on; the last day moves by as many days as the time stood still. Raises NotAllowed, Stale."""
    _check_may_decide(appeal, actor)
    current = locked(appeal)
    if current.state != AppealState.SUSPENDED or current.suspended_on is None or current.due_on is None:
        raise _stale(current)
    return _move(
        current,
        AppealState.ACCEPTED,
        actor,
        "subsidies.resume_appeal",
        resumed_on=clock.today(),
        due_on=current.due_on + (clock.today() - current.suspended_on),
    )


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, actor: Actor) -> Appeal:
    """The family takes its appeal back, at any counter, before it is decided. Raises NotAllowed, Stale."""
    if not policies.may_receive_appeals(actor) or not actor.covers(appeal.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=appeal.application.person_id)
    return _move(appeal, AppealState.WITHDRAWN, actor, "subsidies.withdraw_appeal", due_on=None)


@transaction.atomic
def reject_appeal(*, appeal: Appeal, reasons: str, actor: Actor) -> Appeal:
    """Do not accept an appeal, with the reasons, which the family reads; the other ways stay open.

    A review only by somebody who has not acted on the case. Raises as decide_appeal.
    """
    _check_may_decide(appeal, actor)
    _check_reason(reasons)
    return _decide(
        appeal, AppealState.NOT_ACCEPTED, actor, "subsidies.reject_appeal", reasons=reasons.strip(), result=""
    )


@transaction.atomic
def decide_appeal(
    *,
    appeal: Appeal,
    result: AppealResult,
    reasons: str,
    actor: Actor,
    document: str = "",
    remedy_from_on: datetime.date | None = None,
    remedy_amount: Decimal | None = None,
) -> Appeal:
    """Decide a review, or write down what another body decided; the answer to the family comes with it.

    By the county, with a valid certificate for a review, and then never by who acted on the case: the
    database refuses it. What a successful one brings is `remedy_from_on` and `remedy_amount` (yuan a year):
    against a refusal both, against a grant what is better than it; against a recovery `remedy_amount` alone,
    what is to be paid back in all. Another person carries it out. Nobody is worse off. Raises NotAllowed,
    Stale, DomainError `reason_missing`, `result_does_not_fit`, `document_missing`, `remedy_missing`,
    `recovery_not_lowered`, `worse_off`, `acted_on_the_case`, `took_it_in`.
    """
    _check_may_decide(appeal, actor)
    _check_reason(reasons)
    letter = appeal.letter
    if result not in RESULTS.get(letter.kind, ()):
        raise DomainError(
            "result_does_not_fit", _("This result does not fit the decision that was appealed against.")
        )
    if appeal.kind == AppealKind.REVIEW:
        require_certificate(actor=actor, on=clock.today())
    elif not document.strip():
        raise DomainError(
            "document_missing", _("Name the document by which the reconsidering body or the court decided.")
        )
    has_remedy = result == AppealResult.CHANGED and letter.kind != LetterKind.STOPPED
    is_recovery = letter.kind == LetterKind.RECOVERY
    if has_remedy and is_recovery:
        _check_recovery_left(letter, remedy_amount)
    elif has_remedy:
        _check_remedy(letter, remedy_from_on, remedy_amount)
    return _decide(
        appeal,
        AppealState.DECIDED,
        actor,
        "subsidies.decide_appeal",
        result=result,
        reasons=reasons.strip(),
        document=document.strip(),
        remedy_from_on=remedy_from_on if has_remedy and not is_recovery else None,
        remedy_amount=remedy_amount if has_remedy else None,
    )


def _check_remedy(
    letter: DecisionLetter, remedy_from_on: datetime.date | None, remedy_amount: Decimal | None
) -> None:
    """Refuse a success that brings nothing, or less."""
    if remedy_from_on is None or remedy_amount is None or remedy_amount < 0:
        raise DomainError(
            "remedy_missing", _("Say from which day on what is granted, and how many yuan a year.")
        )
    if remedy_from_on > clock.today():
        raise DomainError("remedy_missing", _("The right began on a day that has come. Check the day."))
    grant = letter.grant
    if grant is None:
        return
    if remedy_amount < grant.annual_amount or remedy_from_on > grant.from_on:
        raise worse_off()
    if (remedy_amount, remedy_from_on) == (grant.annual_amount, grant.from_on):
        raise DomainError(
            "remedy_missing",
            _("That is what is granted already. Say what changes, or let the decision stand."),
        )


def _check_recovery_left(letter: DecisionLetter, left: Decimal | None) -> None:
    """Refuse a success that leaves as much to be paid back as before, or more."""
    if left is None or left < 0:
        raise DomainError(
            "remedy_missing",
            _("Say how many yuan are to be paid back in all after this; nothing is 0."),
        )
    if left >= letter.its_recovery.amount:
        raise DomainError(
            "recovery_not_lowered",
            _("%(amount)s yuan are asked for now. Say what is less, or let the decision stand."),
            amount=letter.its_recovery.amount,
        )


def worse_off() -> DomainError:
    """The refusal of a result that takes something from the family."""
    return DomainError(
        "worse_off",
        _("Nobody is worse off for having appealed: the amount cannot be lower, nor the first day later."),
    )


def _decide(appeal: Appeal, to: AppealState, actor: Actor, verb: str, **fields: Any) -> Appeal:
    if actor.staff_id == appeal.received_by_id:
        raise NotAllowed("took_it_in", _("You took this appeal in. Somebody else must decide it."))
    try:
        with transaction.atomic():
            decided = _move(
                appeal,
                to,
                actor,
                verb,
                decided_on=clock.today(),
                decided_by_id=actor.staff_id,
                due_on=None,
                **fields,
            )
    except IntegrityError as error:
        match constraint_of(error):
            case "appeal_is_decided_by_who_has_not_acted":
                raise DomainError(
                    "acted_on_the_case",
                    _("You have acted on this case, so you cannot decide its review. Somebody else must."),
                ) from error
            case "nobody_is_worse_off_by_an_appeal":
                raise worse_off() from error
        raise
    issue_outcome_letter(appeal=decided, actor=actor)
    return decided


def _move(
    appeal: Appeal,
    to: AppealState,
    actor: Actor,
    verb: str,
    *,
    frm: AppealState | None = None,
    **fields: Any,
) -> Appeal:
    if frm is not None and locked(appeal).state != frm:
        raise _stale(locked(appeal))
    told = {name: value for name, value in fields.items() if name in _TOLD}
    return move(
        record=appeal,
        to=to,
        transitions=TRANSITIONS,
        actor=actor,
        verb=verb,
        detail={"number": appeal.number, **told},
        **fields,
    )


_TOLD = frozenset({"result", "due_on", "remedy_from_on", "remedy_amount"})


def _stale(appeal: Appeal) -> Stale:
    return Stale(
        "state_changed",
        _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
        state=appeal.get_state_display(),
    )


def _check_may_decide(appeal: Appeal, actor: Actor) -> None:
    if not policies.may_decide_appeals(actor) or not actor.covers(appeal.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=appeal.application.person_id)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError("reason_missing", _("Write the reason: the family reads it."))
