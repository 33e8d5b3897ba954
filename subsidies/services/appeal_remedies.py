"""A successful appeal corrects the case: granted, resumed, raised, or decided anew; arrears come by themselves."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Verification
from offices.services.acts import record_act
from offices.services.states import locked, move
from offices.templatetags.ui import money, yuan
from subsidies import policies
from subsidies.enums import (
    AppealResult,
    AppealState,
    ApplicationState,
    Frequency,
    GrantState,
    LetterKind,
    Step,
    StepResult,
)
from subsidies.letter_text import LetterTable
from subsidies.models import Appeal, Application, Arrear, Grant, Payment
from subsidies.models.applications import AFTER_APPEAL as APPLICATION_AFTER_APPEAL
from subsidies.models.grants import AFTER_APPEAL as GRANT_AFTER_APPEAL
from subsidies.periods import amount_for, read_period
from subsidies.selectors.grant_amounts import AmountsByDay, amounts_of
from subsidies.selectors.stop_rules import ends_with_death
from subsidies.services.commitments import check_commitment
from subsidies.services.debt_cases import follow_entry, follow_grant
from subsidies.services.letters import issue_change_letter
from subsidies.services.raises import raise_earlier_periods
from subsidies.services.recovery_remedies import correct_recovery
from subsidies.services.steps import constraint_of, due_after

_REACHED = (
    (Step.COUNTY_CONFIRMATION, ApplicationState.COUNTY_CONFIRMED),
    (Step.COUNTY_REVIEW, ApplicationState.COUNTY_REVIEWED),
    (Step.TOWNSHIP_REVIEW, ApplicationState.TOWNSHIP_REVIEWED),
    (Step.VILLAGE_REVIEW, ApplicationState.VILLAGE_REVIEWED),
)


@transaction.atomic
def carry_out_appeal(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Do what a successful appeal decided, by another person of the county than decided it.

    Refused: the benefit is granted from the right day, or the application goes on where it was refused.
    Stopped: payments go on, and what was held back is paid by the batches of its periods. Too little: the
    grant is raised, and what its paid periods lack becomes arrears, which the next batch adds to its line.
    Recovered: it is withdrawn or lowered, and what came in too much is paid back. A letter tells the family. Raises NotAllowed, Stale, DomainError `nothing_to_carry_out`,
    `decided_it`, `granted_already`, `applied_again`.
    """
    if not policies.may_carry_out_appeals(actor) or not actor.covers(appeal.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=appeal.application.person_id)
    current = locked(appeal)
    if current.state != AppealState.DECIDED or current.result == AppealResult.STANDS:
        raise DomainError(
            "nothing_to_carry_out", gettext_lazy("This appeal changed nothing that could be carried out.")
        )
    if current.carried_out_on is not None:
        raise Stale("carried_out", gettext_lazy("This appeal has been carried out already."))
    if current.decided_by_id == actor.staff_id:
        raise NotAllowed(
            "decided_it", gettext_lazy("You decided this appeal. Somebody else must carry it out.")
        )
    current.carried_out_on = clock.today()
    current.carried_out_by_id = actor.staff_id
    current.save(update_fields=["carried_out_on", "carried_out_by"])
    letter = current.letter
    # Whoever holds the paper learns on the public page that it holds no more.
    Verification.objects.filter(pk=letter.verification_id).update(is_withdrawn=True)
    if letter.kind == LetterKind.REFUSED and current.result == AppealResult.CHANGED:
        _grant(current, actor)
    elif letter.kind == LetterKind.REFUSED:
        _reopen(current, actor)
    elif letter.kind == LetterKind.STOPPED:
        _resume(current, actor)
    elif letter.kind == LetterKind.RECOVERY:
        correct_recovery(appeal=current, actor=actor)
    else:
        _raise_grant(current, actor)
    record_act(
        actor=actor,
        verb="subsidies.carry_out_appeal",
        record=current,
        number=current.number,
        result=current.result,
    )
    return current


def _grant(appeal: Appeal, actor: Actor) -> Grant:
    """The refused benefit, from the day and in the amount that were decided."""
    from_on, annual_amount = appeal.remedy
    case = move(
        record=appeal.application,
        to=ApplicationState.GRANTED,
        transitions=APPLICATION_AFTER_APPEAL,
        actor=actor,
        verb="subsidies.grant_on_appeal",
        detail={"appeal": appeal.number},
        decided_on=clock.today(),
        annual_amount=annual_amount,
        refusal_reason="",
    )
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                application=case,
                programme_id=case.programme_id,
                policy_version_id=case.policy_version_id,
                person_id=case.person_id,
                from_on=from_on,
                annual_amount=annual_amount,
                confirmed_on=clock.today(),
                division_code=case.division_code,
            )
    except IntegrityError as error:
        raise _overlap(error) from error
    check_commitment(grant=grant, actor=actor)
    follow_grant(grant=grant)
    record_act(
        actor=actor,
        verb="subsidies.grant_on_appeal",
        record=grant,
        appeal=appeal.number,
        from_on=grant.from_on,
        annual_amount=grant.annual_amount,
    )
    paid = _(
        "The decision %(letter)s not to grant it is set aside. What is due since then is paid with the next payments."
    )
    issue_change_letter(
        grant=grant, appeal=appeal, before=(paid % {"letter": appeal.letter.number},), table=None, actor=actor
    )
    return grant


def _reopen(appeal: Appeal, actor: Actor) -> Application:
    """The application goes on where it was refused; who refused it takes no further step of it."""
    case = locked(appeal.application)
    passed = set(case.steps.filter(result=StepResult.PASSED).values_list("step", flat=True))
    state = next((state for step, state in _REACHED if step in passed), ApplicationState.ENTERED)
    try:
        with transaction.atomic():
            case = move(
                record=case,
                to=state,
                transitions=APPLICATION_AFTER_APPEAL,
                actor=actor,
                verb="subsidies.reopen_application",
                detail={"appeal": appeal.number},
                decided_on=None,
                refusal_reason="",
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_open_application_for_a_programme":
            raise
        raise DomainError(
            "applied_again",
            gettext_lazy(
                "The family has applied again meanwhile. Decide that application first, or let the family withdraw it."
            ),
        ) from error
    case.due_on = due_after(case, case.next_step, start=clock.today())
    case.save(update_fields=["due_on"])
    follow_entry(application=case)
    return case


def _resume(appeal: Appeal, actor: Actor) -> Grant:
    """The stop is taken away as if it had not been; what was paid only up to it, or less meanwhile, lacks the rest."""
    grant = locked(appeal.letter.its_grant)
    before = amounts_of(grant), grant.to_on
    try:
        with transaction.atomic():
            running = move(
                record=grant,
                to=GrantState.LIVE,
                transitions=GRANT_AFTER_APPEAL,
                actor=actor,
                verb="subsidies.resume_on_appeal",
                detail={"appeal": appeal.number},
                to_on=None,
                stop_reason="",
                event_on=None,
                stopped_on=None,
            )
    except IntegrityError as error:
        raise _overlap(error) from error
    arrears = _write_arrears(running, appeal, *before)
    check_commitment(grant=running, actor=actor)
    resumed = _(
        "The decision %(letter)s to stop payments is set aside. What was held back is paid with the next payments."
    )
    issue_change_letter(
        grant=running,
        appeal=appeal,
        before=(resumed % {"letter": appeal.letter.number},),
        table=_table_of(arrears, running),
        actor=actor,
    )
    return running


def _raise_grant(appeal: Appeal, actor: Actor) -> Grant:
    """The grant as it should have been, and arrears for the periods that were paid too low."""
    from_on, annual_amount = appeal.remedy
    grant = locked(appeal.letter.its_grant)
    before, amounts = (grant.annual_amount, grant.from_on), amounts_of(grant)
    grant.annual_amount = max(grant.annual_amount, annual_amount)
    grant.from_on = min(grant.from_on, from_on)
    try:
        with transaction.atomic():
            grant.save(update_fields=["annual_amount", "from_on"])
    except IntegrityError as error:
        raise _overlap(error) from error
    # What was raised by date meanwhile is never lower than the remedy.
    grant.amounts.filter(annual_amount__lt=annual_amount).update(annual_amount=annual_amount)
    if grant.from_on < before[1]:
        raise_earlier_periods(grant, began_on=before[1])
    arrears = _write_arrears(grant, appeal, amounts, grant.to_on)
    check_commitment(grant=grant, actor=actor)
    record_act(
        actor=actor,
        verb="subsidies.raise_on_appeal",
        record=grant,
        appeal=appeal.number,
        annual_amount_before=before[0],
        annual_amount=grant.annual_amount,
        from_on_before=before[1],
        from_on=grant.from_on,
        arrears=sum((arrear.amount for arrear in arrears), Decimal()),
    )
    held = _("Until now it was %(amount)s a year from %(day)s on (%(letter)s).") % {
        "amount": yuan(before[0]),
        "day": date_format(before[1], "DATE_FORMAT"),
        "letter": appeal.letter.number,
    }
    issue_change_letter(
        grant=grant, appeal=appeal, before=(held,), table=_table_of(arrears, grant), actor=actor
    )
    return grant


def _write_arrears(
    grant: Grant, appeal: Appeal, before: AmountsByDay, to_before: datetime.date | None
) -> list[Arrear]:
    """What each period that is paid, or being paid, lacks by the grant as it is now.

    Arrears of former appeals count as paid. Of a period that heirs share, what the grant brings more than
    before: they go on sharing what it brought then, whoever of them is paid already.
    """
    with county_scope():
        earlier = list(Arrear.objects.filter(grant=grant))
        periods = _lines_by_period(grant)
    now = amounts_of(grant)
    ends_on = ends_with_death(grant.programme, ends_on=grant.to_on, died_on=grant.person.died_on)
    found = []
    for lines in periods.values():
        first = lines[0]
        due = _due(first, grant, now, grant.to_on)
        if first.share is not None:
            lacking = due - _due(first, grant, before, to_before)
        else:
            # A period's own money is that of its line without the arrears that it took up.
            lacking = due - first.amount
            lacking += sum((one.amount for one in earlier if one.payment_id == first.pk), Decimal())
            lacking -= sum(
                (one.amount for one in earlier if one.period_from_on == first.period_from_on), Decimal()
            )
        if lacking > 0:
            found.append(
                Arrear(
                    grant=grant,
                    appeal=appeal,
                    period_from_on=first.period_from_on,
                    period_to_on=first.period_to_on,
                    ends_on=ends_on,
                    amount=lacking,
                    division_code=grant.division_code,
                )
            )
    return Arrear.objects.bulk_create(found)


def _due(line: Payment, grant: Grant, amounts: AmountsByDay, to_on: datetime.date | None) -> Decimal:
    """What a grant of such amounts and end brings for a line's period, in yuan; after its end nothing."""
    programme = grant.programme
    period = read_period(line.batch.period, programme.frequency)
    ends_on = ends_with_death(programme, ends_on=to_on, died_on=grant.person.died_on)
    if programme.frequency != Frequency.ONCE and ends_on is not None and ends_on <= period.from_on:
        return Decimal()
    return amount_for(
        annual_amount=amounts.on(period.from_on),
        frequency=programme.frequency,
        period=period,
        ends_on=ends_on,
    )


def _lines_by_period(grant: Grant) -> dict[datetime.date, list[Payment]]:
    """What is paid or being paid of a grant, by the first day of the period, in order."""
    found: dict[datetime.date, list[Payment]] = {}
    lines = Payment.objects.live().of_periods().filter(grant=grant).select_related("batch")
    for line in lines.order_by("period_from_on", "serial"):
        found.setdefault(line.period_from_on, []).append(line)
    return found


def _table_of(arrears: list[Arrear], grant: Grant) -> LetterTable | None:
    if not arrears:
        return None
    periods = _lines_by_period(grant)
    rows = []
    for arrear in arrears:
        lines = periods[arrear.period_from_on]
        paid = sum((line.amount for line in lines), Decimal())
        rows.append((lines[0].batch.period, money(paid + arrear.amount), money(paid), money(arrear.amount)))
    total = money(sum((arrear.amount for arrear in arrears), Decimal()))
    return LetterTable(
        title=_("Arrears by period"),
        columns=(_("Period"), _("Due"), _("Paid"), _("Arrears")),
        rows=tuple(rows),
        figures=(1, 2, 3),
        unit=_("Unit: yuan"),
        total=(_("Together"), "", "", total),
    )


def _overlap(error: IntegrityError) -> Exception:
    if constraint_of(error) != "one_grant_of_a_programme_at_a_time":
        return error
    return DomainError(
        "granted_already",
        gettext_lazy(
            "This person has another grant of the programme in that period. Look at it first: what it paid cannot be paid twice."
        ),
    )
