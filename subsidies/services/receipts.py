"""Explanations that were given are kept, to the byte."""

from __future__ import annotations

import datetime
import hashlib
import json
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from households.models import Person
from offices import clock
from offices.actors import Actor
from offices.database.context import as_known_at
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.numbers import new_code
from subsidies import policies
from subsidies.enums import ProgrammeKind
from subsidies.models import Application, ExplanationReceipt, Programme
from subsidies.models.receipts import Occasion
from subsidies.selectors.arithmetic import arithmetic_of, changes_of
from subsidies.selectors.explanation import Explanation, assess_person
from subsidies.selectors.rules import policy_on


@transaction.atomic
def keep_explanation(
    *,
    actor: Actor,
    person: Person,
    programme: Programme,
    on: datetime.date,
    occasion: Occasion,
    application: Application | None = None,
    known_at: datetime.datetime | None = None,
) -> ExplanationReceipt:
    """Explain somebody's entitlement for a day and keep what is said, in the office's language.

    `known_at`: by what was known at that moment, to the byte what would have been kept then; else now.
    By whoever may see it and serves the person or the case. Raises NotAllowed, and what
    assess_person raises.
    """
    division_code = application.division_code if application else person.division_code
    if not policies.may_keep_explanations(actor) or not actor.covers(division_code):
        raise NotAllowed()
    with translation.override(settings.LANGUAGE_CODE):
        moment = known_at or this_moment()
        with as_known_at(known_at) if known_at else nullcontext():
            found = assess_person(person=person, programme=programme, on=on, known_at=known_at)
            content = json.dumps(_said(found, moment), ensure_ascii=False)
    receipt = ExplanationReceipt.objects.create(
        code=new_code(),
        person=person,
        programme=programme,
        policy_version=found.policy_version,
        application=application,
        as_of=on,
        known_at=moment,
        occasion=occasion,
        outcome=found.outcome,
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        given_on=clock.today(),
        given_by_id=actor.staff_id,
        division_code=division_code,
    )
    record_act(
        actor=actor,
        verb="subsidies.keep_explanation",
        record=receipt,
        programme=programme.code,
        as_of=on,
        digest=receipt.digest,
    )
    return receipt


def keep_decision(*, actor: Actor, application: Application) -> ExplanationReceipt | None:
    """Keep what a decision on an application rests on; None where no rule says it (an award, no policy).

    By whoever decides. Raises what keep_explanation raises.
    """
    is_by_selection = application.programme.kind == ProgrammeKind.AWARD
    if is_by_selection or policy_on(application.programme_id, clock.today()) is None:
        return None
    return keep_explanation(
        actor=actor,
        person=application.person,
        programme=application.programme,
        on=clock.today(),
        occasion=Occasion.DECIDED,
        application=application,
    )


def this_moment() -> datetime.datetime:
    """The database's own clock: row history is written by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment  # type: ignore[no-any-return] # a datetime


def _said(found: Explanation, known_at: datetime.datetime) -> dict[str, Any]:
    version = found.policy_version
    return {
        "programme": found.programme.code,
        "programme_name": found.programme.name,
        "as_of": found.on.isoformat(),
        "known_at": known_at.isoformat(),
        "basis": [version.basis_title, version.basis_number],
        "annual_amount": None if found.annual_amount is None else str(found.annual_amount),
        "arithmetic": list(arithmetic_of(found)),
        "changes": list(changes_of(found)),
        "asked_when_applying": [clause.code for clause in found.application_clauses],
        "explanation": found.as_json(),
    }


def said_in(receipt: ExplanationReceipt) -> dict[str, Any]:
    """What a receipt says, after its digest was compared. Raises DomainError `receipt_changed`."""
    if hashlib.sha256(receipt.content.encode()).hexdigest() != receipt.digest:
        raise DomainError(
            "receipt_changed",
            _("The kept explanation %(code)s does not agree with its digest. Tell the audit administrator."),
            code=receipt.code,
        )
    told: dict[str, Any] = json.loads(receipt.content)
    return told
