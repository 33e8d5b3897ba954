"""Papers of a decision by list, made when somebody asks: what was known then, and the letter to the family."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.services.own_family import check_not_own_family
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import LetterKind, Step, StepResult
from subsidies.models import Application, ApplicationStep, DecisionLetter, ExplanationReceipt, Grant
from subsidies.models.receipts import Occasion
from subsidies.selectors.listed import listed_act_of
from subsidies.services.letters import issue_grant_letter
from subsidies.services.receipts import keep_explanation


@transaction.atomic
def issue_listed_letter(*, grant: Grant, actor: Actor) -> DecisionLetter:
    """Issue the letter of a grant that was made by list, on any later day, to a family that asks for it.

    By the county office or a township's counter, in the name of the office that granted. It says what was
    decided, by what was known then; time limits run from its delivery. Asked for again, it is the same
    letter. Raises NotAllowed, DomainError `own_family`, `not_granted_by_list`, `no_appeal_terms`.
    """
    if not policies.may_issue_listed_letters(actor) or not actor.covers(grant.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=grant.person_id)
    current = locked(grant)
    issued = current.letters.filter(kind=LetterKind.GRANTED).first()
    if issued is not None:
        return issued
    application = current.application
    step = _passed(application, Step.GRANT)
    if step is None or step.listed_id is None:
        raise DomainError(
            "not_granted_by_list",
            _(
                "This grant was not made by list: its letter was issued with the decision, or it has an appeal's."
            ),
        )
    return issue_grant_letter(
        application=application,
        grant=_as_granted(current),
        receipt=decision_receipt(application=application, actor=actor),
        actor=actor,
        of_county=True,
    )


def decision_receipt(*, application: Application, actor: Actor) -> ExplanationReceipt | None:
    """What the county's confirmation rests on: kept with it, or made now as of then, where it was by list.

    None where neither is there. Part of a decision or of a letter, which have asked their policies.
    """
    kept = application.explanations.filter(occasion=Occasion.DECIDED).order_by("-known_at").first()
    if kept is not None:
        return kept
    step = _passed(application, Step.COUNTY_CONFIRMATION)
    if step is None or step.listed_id is None:
        return None
    listed = listed_act_of(step.listed_id)
    return keep_explanation(
        actor=actor,
        person=_person_then(application, listed.known_at),
        programme=application.programme,
        on=step.acted_on,
        occasion=Occasion.DECIDED,
        application=application,
        known_at=listed.known_at,
    )


def _passed(application: Application, step: Step) -> ApplicationStep | None:
    return application.steps.filter(step=step, result=StepResult.PASSED).first()


def _former(record: Any, since: datetime.datetime | None = None) -> Any:
    """The record as it was before its first change (since a moment); the record itself where there was none."""
    events = record.pgh_event_model._default_manager.filter(pgh_obj_id=record.pk)
    if since is not None:
        events = events.filter(pgh_created_at__gte=since)
    return events.order_by("pgh_created_at", "pgh_id").first() or record


def _person_then(application: Application, moment: datetime.datetime) -> Person:
    """Whose case it was at a moment: records that became one since were two."""
    with county_scope():
        return Person.objects.get(pk=_former(application, moment).person_id)


def _as_granted(grant: Grant) -> Grant:
    """The grant with what was decided, whatever has become of it since."""
    decided = copy.copy(grant)
    first = _former(grant)
    decided.from_on, decided.annual_amount = first.from_on, first.annual_amount
    return decided
