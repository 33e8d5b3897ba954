"""A recovery on its way: proposed, told, heard, decided by another, in force when it can no longer be appealed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.acts import record_act
from offices.services.numbers import next_number
from offices.services.schedule import schedule
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import (
    DeliveryMethod,
    LateDecision,
    LateState,
    ProgrammeKind,
    RecoveryGround,
    RecoveryState,
)
from subsidies.models import Grant, LateFinding, Payment, Recovery, RecoveryLine
from subsidies.models.recoveries import TRANSITIONS
from subsidies.selectors.letters import working_day_from
from subsidies.selectors.recoveries import force_of, recoverable_of
from subsidies.services.letters import issue_recovery_letter, terms_today
from subsidies.services.recovery_plans import Instalment, agree_default_plan, write_plan
from subsidies.services.steps import constraint_of

FORCE_TASK = "subsidies.bring_recoveries_into_force"


@transaction.atomic
def propose_recovery(
    *,
    grant: Grant,
    ground: RecoveryGround,
    facts: str,
    document: str,
    document_on: datetime.date,
    amounts: Mapping[UUID, Decimal],
    actor: Actor,
    finding: LateFinding | None = None,
) -> Recovery:
    """Propose that money paid on false documents or twice comes back; nothing is asked of anybody yet.

    By a reviewer or the county; another person decides. `amounts`: yuan by paid line, all lines paid to the
    same payee, none beyond what other recoveries leave of it. `finding`: the late finding that was referred
    here. Raises NotAllowed, DomainError `own_family`, `facts_missing`, `document_later`,
    `nothing_to_recover`, `premium_went_to_fund`, `not_paid_by_this_grant`, `several_payees`,
    `more_than_left`, `finding_not_referred`, `finding_used`.
    """
    if not policies.may_propose_recoveries(actor) or not actor.covers(grant.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=grant.person_id)
    _check_facts(ground, facts, document, document_on)
    _check_finding(grant, finding)
    wanted = {pk: amount for pk, amount in amounts.items() if amount}
    lines = _lines_to_recover(grant, wanted)
    first = lines[0]
    with _in_words():
        recovery = Recovery.objects.create(
            number=f"R{clock.today().year}-{next_number(series='recovery', year=clock.today().year):04d}",
            grant=grant,
            late_finding=finding,
            representative=first.representative,
            debtor_name=first.payee_name,
            ground=ground,
            facts=facts.strip(),
            document=document.strip(),
            document_on=document_on,
            amount=sum(wanted.values(), Decimal()),
            proposed_by_id=actor.staff_id,
            proposed_on=clock.today(),
            division_code=grant.division_code,
        )
        RecoveryLine.objects.bulk_create(
            [
                RecoveryLine(
                    recovery=recovery,
                    payment=line,
                    first_amount=wanted[line.pk],
                    amount=wanted[line.pk],
                    division_code=grant.division_code,
                )
                for line in lines
            ]
        )
    record_act(
        actor=actor,
        verb="subsidies.propose_recovery",
        record=recovery,
        number=recovery.number,
        ground=ground,
        amount=recovery.amount,
        lines=len(lines),
    )
    return recovery


def _check_facts(ground: str, facts: str, document: str, document_on: datetime.date) -> None:
    if ground not in RecoveryGround.values or not facts.strip() or not document.strip():
        raise DomainError(
            "facts_missing",
            _(
                "Only false documents or a double payment are recovered: write down the facts and name the document that proves them."
            ),
        )
    if document_on > clock.today():
        raise DomainError("document_later", _("The document's day lies in the future. Check the day."))


def _check_finding(grant: Grant, finding: LateFinding | None) -> None:
    if finding is None:
        return
    is_referred = finding.state == LateState.DECIDED and finding.decision == LateDecision.RECOVER
    if finding.grant_id != grant.pk or not is_referred:
        raise DomainError(
            "finding_not_referred",
            _("This finding was not referred to the recovery procedure. Have it decided first."),
        )


def _lines_to_recover(grant: Grant, wanted: Mapping[UUID, Decimal]) -> list[Payment]:
    if grant.programme.kind == ProgrammeKind.PREMIUM:
        raise DomainError(
            "premium_went_to_fund",
            _("The premium went to a fund, not to the family: ask the fund for what it took in wrongly."),
        )
    if not wanted or min(wanted.values()) < 0:
        raise DomainError("nothing_to_recover", _("Say of at least one payment how many yuan are recovered."))
    free = {one.line.pk: one for one in recoverable_of(grant)}
    unknown = wanted.keys() - free.keys()
    if unknown:
        raise DomainError(
            "not_paid_by_this_grant",
            _("Only what this grant has paid can be recovered, and what no other recovery takes already."),
        )
    lines = [one.line for one in free.values() if one.line.pk in wanted]
    if len({line.representative_id for line in lines}) > 1:
        raise DomainError(
            "several_payees",
            _("These payments went to different payees. Propose one recovery for each of them."),
        )
    for pk, amount in wanted.items():
        if amount > free[pk].free:
            raise DomainError(
                "more_than_left",
                _("Of the payment of %(period)s at most %(free)s yuan can be recovered."),
                period=free[pk].line.batch.period,
                free=free[pk].free,
            )
    return lines


@contextmanager
def _in_words() -> Iterator[None]:
    """What the database refuses of a proposal, in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        match constraint_of(error):
            case "a_late_finding_is_recovered_once":
                raise DomainError(
                    "finding_used",
                    _("A recovery is already proposed from this finding. Look there first."),
                ) from error
            case "nothing_is_recovered_twice":
                raise Stale(
                    "taken_meanwhile",
                    _("Another recovery has taken of these payments meanwhile. Open the page again."),
                ) from error
        raise


@transaction.atomic
def notify_family(
    *, recovery: Recovery, method: DeliveryMethod, on: datetime.date, to: str, actor: Actor
) -> Recovery:
    """Record that the family was told what is held against it, and until when it may speak.

    By who serves the family. An announcement counts after the days of the terms of appeal. `to`: who signed,
    the postal number or where it was announced. Raises NotAllowed, Stale, DomainError `own_family`,
    `told_later`, `told_before`, `told_to_missing`.
    """
    _check_may_hear(recovery, actor)
    if on > clock.today():
        raise DomainError("told_later", _("The day lies in the future. Record it when it has happened."))
    if on < recovery.proposed_on:
        raise DomainError(
            "told_before",
            _("The recovery was proposed on %(day)s, so nobody was told of it before. Check the day."),
            day=date_format(recovery.proposed_on, "DATE_FORMAT"),
        )
    if not to.strip():
        raise DomainError(
            "told_to_missing", _("Say who signed the notice, its postal number, or where it was announced.")
        )
    terms = terms_today()
    told_on = on
    if method == DeliveryMethod.ANNOUNCED:
        told_on = on + datetime.timedelta(days=terms.announcement_days)
    heard_until = working_day_from(told_on + datetime.timedelta(days=terms.hearing_days))
    return _move(
        recovery,
        RecoveryState.NOTIFIED,
        actor,
        "subsidies.notify_of_recovery",
        notified_on=told_on,
        notified_how=method,
        notified_to=to.strip(),
        notified_by_id=actor.staff_id,
        heard_until=heard_until,
    )


@transaction.atomic
def record_statement(*, recovery: Recovery, statement: str, on: datetime.date, actor: Actor) -> Recovery:
    """Write down what the family says of a proposed recovery, in its own words.

    By who serves the family. Raises NotAllowed, Stale, DomainError `own_family`, `statement_missing`,
    `heard_outside`.
    """
    _check_may_hear(recovery, actor)
    if not statement.strip():
        raise DomainError(
            "statement_missing", _("Write down what the family says. If it says nothing, record its silence.")
        )
    told_on = locked(recovery).notified_on
    if told_on is not None and not told_on <= on <= clock.today():
        raise DomainError(
            "heard_outside",
            _("The family can have spoken after it was told and not after today. Check the day."),
        )
    return _move(
        recovery,
        RecoveryState.HEARD,
        actor,
        "subsidies.record_statement",
        statement=statement.strip(),
        heard_on=on,
        heard_by_id=actor.staff_id,
    )


@transaction.atomic
def record_silence(*, recovery: Recovery, actor: Actor) -> Recovery:
    """Record that the family has not spoken, once its days are over. Raises NotAllowed, Stale, DomainError
    `own_family`, `may_still_speak`.
    """
    _check_may_hear(recovery, actor)
    until = locked(recovery).heard_until
    if until is not None and clock.today() <= until:
        raise DomainError(
            "may_still_speak",
            _("The family may speak until %(day)s. Its silence can be recorded the day after."),
            day=date_format(until, "DATE_FORMAT"),
        )
    return _move(
        recovery,
        RecoveryState.HEARD,
        actor,
        "subsidies.record_silence",
        is_silent=True,
        heard_on=clock.today(),
        heard_by_id=actor.staff_id,
    )


@transaction.atomic
def decide_recovery(
    *,
    recovery: Recovery,
    reasons: str,
    actor: Actor,
    instalments: Sequence[Instalment] = (),
    agreement: str = "",
) -> Recovery:
    """Decide that the money is to be paid back; the letter is issued with it, and binds once it is in force.

    By the county, never who proposed it. `reasons` answer what the family says. `instalments` where they are
    agreed already (`agreement`: by which paper); else the whole is due the days of the terms after the
    decision is in force. Raises NotAllowed, Stale, DomainError `own_family`, `own_proposal`,
    `reason_missing`, those of a plan, `no_appeal_terms`.
    """
    _check_may_decide(recovery, actor)
    if not reasons.strip():
        raise DomainError(
            "reason_missing", _("Write the reasons, with an answer to what the family says: it reads them.")
        )
    if actor.staff_id == recovery.proposed_by_id:
        raise NotAllowed("own_proposal", _("You proposed this recovery. Somebody else must decide it."))
    decided = _move(
        recovery,
        RecoveryState.DECIDED,
        actor,
        "subsidies.decide_recovery",
        reasons=reasons.strip(),
        decided_on=clock.today(),
        decided_by_id=actor.staff_id,
    )
    if instalments:
        write_plan(recovery=decided, instalments=instalments, document=agreement, actor=actor)
    issue_recovery_letter(recovery=decided, instalments=instalments, actor=actor)
    return decided


@transaction.atomic
def drop_recovery(*, recovery: Recovery, reason: str, actor: Actor) -> Recovery:
    """Drop a proposal: the payments were lawful, or what the family says is right. The county, before a decision.

    Raises NotAllowed, Stale, DomainError `own_family`, `reason_missing`.
    """
    _check_may_decide(recovery, actor)
    if not reason.strip():
        raise DomainError("reason_missing", _("Write the reason: the family reads it."))
    return _move(
        recovery,
        RecoveryState.DROPPED,
        actor,
        "subsidies.drop_recovery",
        dropped_on=clock.today(),
        dropped_by_id=actor.staff_id,
        drop_reason=reason.strip(),
    )


def come_into_force(*, recovery: Recovery, actor: Actor) -> Recovery:
    """Write the day on which a decided recovery came into force, if it has; part of a service that asks for it.

    Where nothing else is agreed, the whole is due the days of the terms later.
    """
    current = locked(recovery)
    if current.state != RecoveryState.DECIDED or current.in_force_on is not None:
        return current
    if not force_of(current, on=clock.today()).is_in_force:
        return current
    current.in_force_on = clock.today()
    current.save(update_fields=["in_force_on"])
    record_act(
        actor=actor,
        verb="subsidies.bring_recovery_into_force",
        record=current,
        number=current.number,
        amount=current.outstanding_amount,
    )
    agree_default_plan(recovery=current, actor=actor)
    return current


@transaction.atomic
def bring_recoveries_into_force(*, actor: Actor) -> int:
    """Write of every decided recovery that it came into force; nightly, again without effect. Returns how many.

    Only the installation may. Raises NotAllowed.
    """
    if not policies.may_bring_recoveries_into_force(actor):
        raise NotAllowed()
    with county_scope():
        waiting = Recovery.objects.filter(state=RecoveryState.DECIDED, in_force_on=None).order_by("pk")
        done = [come_into_force(recovery=recovery, actor=actor) for recovery in waiting]
    return sum(recovery.in_force_on is not None for recovery in done)


def load_recovery_schedule(*, actor: Actor, county: str) -> int:
    """Have decisions to recover brought into force at night, after letters and what is overdue."""
    return schedule(task=FORCE_TASK, county=county, hour=0, minute=50)


def _check_may_hear(recovery: Recovery, actor: Actor) -> None:
    if not policies.may_hear_families(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=recovery.grant.person_id)


def _check_may_decide(recovery: Recovery, actor: Actor) -> None:
    if not policies.may_decide_recoveries(actor) or not actor.covers(recovery.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=recovery.grant.person_id)


def _move(recovery: Recovery, to: RecoveryState, actor: Actor, verb: str, **fields: Any) -> Recovery:
    return move(
        record=recovery,
        to=to,
        transitions=TRANSITIONS,
        actor=actor,
        verb=verb,
        detail={"number": recovery.number, "amount": recovery.amount},
        **fields,
    )
