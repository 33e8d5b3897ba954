"""Priority letters: issued on request to a family that has the right, withdrawn when it ends."""

from __future__ import annotations

import datetime
import hashlib

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.models import Division, Verification
from offices.services.acts import record_act
from offices.services.numbers import new_code, next_number
from offices.services.states import locked
from subsidies import policies
from subsidies.enums import LetterPurpose, Outcome, ProgrammeKind
from subsidies.models import PolicyVersion, PriorityLetter, Programme
from subsidies.models.receipts import Occasion
from subsidies.selectors.parameters import has_value, value_on
from subsidies.services.receipts import keep_explanation

HOLDS_DAYS = 365
"""How long a letter holds where the policy's dated parameter `holds_days` says nothing (inferred)."""
_SERIES = "priority_letter"


@transaction.atomic
def issue_letter(*, actor: Actor, person: Person, programme: Programme, purpose: str) -> PriorityLetter:
    """Issue a priority letter to somebody who holds the right for her family on this day.

    By a reviewer of the township or the county, never for her own family. What it rests on is kept
    as an explanation. Raises NotAllowed, DomainError `own_family`, `no_letter`, `not_entitled_letter`,
    `letter_purpose`, `letter_there_already`, and what assess_person raises.
    """
    if not policies.may_issue_letters(actor) or not actor.covers(person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    if programme.kind != ProgrammeKind.LETTER:
        raise DomainError("no_letter", _("%(programme)s is not given by a letter."), programme=programme.name)
    if purpose not in LetterPurpose.values:
        raise DomainError("letter_purpose", _("Choose to which office the letter is shown."))
    today = clock.today()
    receipt = keep_explanation(
        actor=actor, person=person, programme=programme, on=today, occasion=Occasion.PRINTED
    )
    if receipt.outcome != Outcome.ENTITLED:
        raise DomainError(
            "not_entitled_letter",
            _(
                "By the register the family does not hold this right today, or a fact is not known. Open the "
                "explanation, and correct the register where it is wrong."
            ),
        )
    number = f"惠民优〔{today.year}〕{next_number(series=_SERIES, year=today.year)}号"
    last_day = _last_day(receipt.policy_version, today)
    digest = hashlib.sha256(
        "\n".join(
            [number, str(person.pk), purpose, today.isoformat(), last_day.isoformat(), receipt.digest]
        ).encode()
    ).hexdigest()
    try:
        with transaction.atomic():
            letter = PriorityLetter.objects.create(
                number=number,
                code=new_code(),
                programme=programme,
                person=person,
                receipt=receipt,
                purpose=purpose,
                issued_on=today,
                last_day=last_day,
                digest=digest,
                issued_by_id=actor.staff_id,
                division_code=person.division_code,
            )
    except IntegrityError as error:
        raise DomainError(
            "letter_there_already",
            _("The family has a letter for this purpose that still holds. Print that one again."),
        ) from error
    office = Division.objects.filter(pk=actor.division_code).values_list("name", flat=True).first()
    Verification.objects.create(
        code=letter.code,
        kind=Verification.Kind.PRIORITY,
        title=f"{number} {today:%Y-%m-%d} – {last_day:%Y-%m-%d}",
        division_name=office or actor.division_code,
        issued_on=today,
        figures_digest=digest,
        record_id=letter.pk,
    )
    record_act(
        actor=actor,
        verb="subsidies.issue_letter",
        record=letter,
        number=number,
        purpose=purpose,
        digest=digest,
    )
    return letter


def _last_day(version: PolicyVersion, day: datetime.date) -> datetime.date:
    days = int(value_on(version, "holds_days", day)) if has_value(version, "holds_days", day) else HOLDS_DAYS
    return day + datetime.timedelta(days=days - 1)


@transaction.atomic
def withdraw_letter(*, actor: Actor, letter: PriorityLetter, reason: str) -> PriorityLetter:
    """Withdraw a letter that should not hold any more: whoever verifies it is told so at once.

    By a reviewer of the township or the county. Raises NotAllowed, Stale, DomainError `own_family`,
    `reason_needed`.
    """
    if not policies.may_issue_letters(actor) or not actor.covers(letter.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=letter.person_id)
    if not reason.strip():
        raise DomainError("reason_needed", _("Say why the letter is withdrawn."))
    current = locked(letter)
    if current.withdrawn_on is not None:
        raise Stale("letter_withdrawn", _("This letter has been withdrawn already."))
    current.withdrawn_on = clock.today()
    current.withdrawn_by_id = actor.staff_id
    current.withdrawal_reason = reason.strip()
    current.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawal_reason"])
    Verification.objects.filter(code=current.code).update(is_withdrawn=True)
    record_act(actor=actor, verb="subsidies.withdraw_letter", record=current, number=current.number)
    return current
