"""What every step of an application has in common: who, when, after which notice, by another person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from enforcement.services.certificates import require_certificate
from households.services.own_family import CONSTRAINT as OWN_FAMILY
from households.services.own_family import check_not_own_family, own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.services.calendar import add_working_days
from subsidies import policies
from subsidies.enums import Outcome
from subsidies.models import Application, ApplicationStep, ConfirmationBand, ListedAct, Notice, Objection
from subsidies.selectors.assessed import assessed
from subsidies.services.confirmations import confirmations_for
from subsidies.time_limits import days_of


def check_step(*, application: Application, actor: Actor, step: str) -> str:
    """Whether the actor may take this step now; returns the number of her certificate.

    The application is locked. Raises NotAllowed for another role or village, Stale when another
    step comes next, DomainError `own_family`, `notice_running`, `objection_open`, `objection_upheld`,
    `acted_before`, or what require_certificate raises.
    """
    if not policies.may_take(actor, step=step, division_code=application.division_code):
        raise NotAllowed()
    if application.next_step != step:
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=application.get_state_display(),
        )
    check_notice(application, on=clock.today())
    check_objections(application)
    check_another_person(application, actor=actor)
    if step not in policies.STEPS_WITH_CERTIFICATE:
        return ""
    return require_certificate(actor=actor, on=clock.today()).number


def check_notice(application: Application, *, on: datetime.date) -> None:
    """Refuse while a notice hangs: the next step is possible from the day after its last day."""
    hanging = Notice.objects.in_the_way_on(on).filter(application=application).order_by("-last_day").first()
    if hanging:
        raise DomainError(
            "notice_running",
            _("The %(notice)s hangs until %(day)s. The next step is possible from the day after."),
            notice=hanging.get_level_display(),
            day=date_format(hanging.last_day, "DATE_FORMAT"),
        )


def check_unanswered_objections(application: Application) -> None:
    """Refuse while an objection waits for its answer."""
    waiting = Objection.objects.unanswered().filter(notice__application=application).first()
    if waiting:
        raise DomainError(
            "objection_open",
            _("An objection of %(day)s is not answered yet. Answer it first; it is due on %(due)s."),
            day=date_format(waiting.received_on, "DATE_FORMAT"),
            due=date_format(waiting.due_on, "DATE_FORMAT"),
        )


def check_objections(application: Application) -> None:
    """Refuse while an objection is unanswered, or stands upheld."""
    check_unanswered_objections(application)
    if Objection.objects.upheld().filter(notice__application=application).exists():
        raise DomainError(
            "objection_upheld",
            _(
                "An objection to this application was upheld. Refuse it with the reason, or let the family withdraw it."
            ),
        )


def check_another_person(application: Application, *, actor: Actor) -> None:
    """Nobody takes two steps of one application, and none of one of her own family."""
    check_not_own_family(actor=actor, person=application.person_id)
    if ApplicationStep.objects.acts_of(actor.staff_id).filter(application=application).exists():
        raise acted_before()


def acted_before() -> DomainError:
    """The refusal of a second act of the same person."""
    return DomainError(
        "acted_before",
        _("You have already acted on this application. The next step must be taken by somebody else."),
    )


def write_step(
    *,
    application: Application,
    actor: Actor,
    step: str,
    result: str,
    opinion: str = "",
    present: Sequence[str] = (),
    certificate_number: str = "",
) -> ApplicationStep:
    """Write the act. The database's refusal of a second one becomes its sentence."""
    (written,) = write_steps(
        applications=[application],
        actor=actor,
        step=step,
        result=result,
        opinion=opinion,
        present=present,
        certificate_number=certificate_number,
    )
    return written


def write_steps(
    *,
    applications: Sequence[Application],
    actor: Actor,
    step: str,
    result: str,
    opinion: str = "",
    present: Sequence[str] = (),
    certificate_number: str = "",
    listed: ListedAct | None = None,
) -> list[ApplicationStep]:
    """Write the same act on each of some applications: of one, or of those on a list."""
    today = clock.today()
    try:
        with transaction.atomic():
            return ApplicationStep.objects.bulk_create(
                ApplicationStep(
                    application=application,
                    step=step,
                    result=result,
                    acted_by_id=actor.staff_id,
                    acted_on=today,
                    opinion=opinion.strip(),
                    present=list(present),
                    certificate_number=certificate_number,
                    listed=listed,
                    division_code=application.division_code,
                )
                for application in applications
            )
    except IntegrityError as error:
        raise _said(error) from error


def _said(error: IntegrityError) -> DomainError:
    name = constraint_of(error)
    if name == OWN_FAMILY:
        return own_family()
    if name == "each_step_is_by_another_person":
        return acted_before()
    if name == "each_step_passes_once":
        return Stale("step_taken", _("This step has already been taken."))
    raise error


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that a statement broke."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def check_entitled(*, application: Application, is_decision: bool) -> Decimal | None:
    """What a year brings by today's assessment.

    Raises DomainError `not_entitled` when a clause of the registry does not hold, and for a
    decision also `not_known` when one cannot be judged yet: unknown is never taken for yes.
    """
    found = assessed(person=application.person, programme=application.programme, on=clock.today())
    if found.outcome == Outcome.NOT_ENTITLED:
        raise DomainError(
            "not_entitled",
            _(
                "By the registry a condition does not hold: %(condition)s. "
                "Correct the registry if it is wrong, else refuse the application with this reason."
            ),
            condition=found.unmet,
        )
    if is_decision and found.outcome == Outcome.UNKNOWN:
        raise DomainError(
            "not_known",
            _(
                "A condition cannot be judged yet: %(condition)s. "
                "Record the missing fact with its document in the registry first."
            ),
            condition=found.unknown,
        )
    return found.annual_amount


def confirmations_today(application: Application) -> int:
    """How many county reviewers an application takes by today's amount and the bands that hold today."""
    is_posted = application.programme.is_posted
    amount = application.annual_amount
    if is_posted and ConfirmationBand.objects.on(clock.today()).exists():
        found = assessed(person=application.person, programme=application.programme, on=clock.today())
        amount = found.annual_amount if found.annual_amount is not None else amount
    return confirmations_for(amount=amount, is_posted=is_posted, on=clock.today())


def due_after(application: Application, step: str | None, *, start: datetime.date) -> datetime.date | None:
    """The last day for a step that may begin after `start`, in working days."""
    if step is None:
        return None
    return add_working_days(start, days_of(application.policy_version, step, start))
