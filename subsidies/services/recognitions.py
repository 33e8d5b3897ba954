"""Honours without money: nominated by the village, confirmed by the county, certified on paper."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households.models import Person
from households.services.own_family import check_not_own_family
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.models import Division, Verification
from offices.services.acts import record_act
from offices.services.numbers import new_code, next_number
from offices.services.states import locked, move
from subsidies import policies
from subsidies.enums import RecognitionKind, RecognitionState
from subsidies.models import Recognition
from subsidies.models.awards import RECOGNITION_TRANSITIONS
from subsidies.services.nominations import check_reasons

LEAST_PRESENT = 3
_SERIES = "recognition"


@transaction.atomic
def nominate_person(
    *, actor: Actor, person: Person, kind: str, reasons: Sequence[str], present: Sequence[str]
) -> Recognition:
    """Nominate somebody for an honour of the year, with the names of those present at the choice.

    By the village or the township's counter, never somebody of the own family. Raises NotAllowed,
    DomainError `own_family`, `honour_kind`, `reasons_needed`, `present_missing`, `person_died`, `honoured_already`.
    """
    if not policies.may_nominate(actor) or not actor.covers(person.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=person.pk)
    today = clock.today()
    if kind not in RecognitionKind.values:
        raise DomainError("honour_kind", _("Choose the honour."))
    if person.died_on and person.died_on <= today:
        raise DomainError("person_died", _("%(name)s has died."), name=person.name)
    chosen = check_reasons(reasons)
    names = list(dict.fromkeys(name.strip() for name in present if name.strip()))
    if len(names) < LEAST_PRESENT:
        raise DomainError(
            "present_missing",
            _("Write the names of those present at the review: at least %(least)d people, one a line."),
            least=LEAST_PRESENT,
        )
    try:
        with transaction.atomic():
            made = Recognition.objects.create(
                kind=kind,
                person=person,
                year=today.year,
                reasons=chosen,
                present=names,
                nominated_by_id=actor.staff_id,
                nominated_on=today,
                division_code=person.division_code,
            )
    except IntegrityError as error:
        raise DomainError(
            "honoured_already", _("This person has been nominated for this honour this year.")
        ) from error
    record_act(actor=actor, verb="subsidies.nominate_person", record=made, kind=kind, reasons=chosen)
    return made


@transaction.atomic
def confirm_recognition(*, actor: Actor, recognition: Recognition) -> Recognition:
    """Confirm an honour: it gets its number and a code that verifies the certificate without a name.

    By the county, never the one who nominated. Raises NotAllowed, Stale, DomainError `own_family`.
    """
    current = _checked(actor, recognition)
    today = clock.today()
    number = f"惠民荣〔{today.year}〕{next_number(series=_SERIES, year=today.year)}号"
    text = "\n".join([number, str(current.person_id), current.kind, str(current.year), today.isoformat()])
    digest = hashlib.sha256(text.encode()).hexdigest()
    moved = _decide(
        actor,
        current,
        RecognitionState.CONFIRMED,
        "subsidies.confirm_recognition",
        number=number,
        code=new_code(),
        digest=digest,
    )
    office = Division.objects.filter(pk=actor.division_code).values_list("name", flat=True).first()
    Verification.objects.create(
        code=moved.code,
        kind=Verification.Kind.AWARD,
        title=number,
        division_name=office or actor.division_code,
        issued_on=today,
        figures_digest=digest,
        record_id=moved.pk,
    )
    return moved


@transaction.atomic
def reject_recognition(*, actor: Actor, recognition: Recognition) -> Recognition:
    """Do not confirm an honour. By the county, never the one who nominated. Raises NotAllowed, Stale."""
    current = _checked(actor, recognition)
    return _decide(actor, current, RecognitionState.REJECTED, "subsidies.reject_recognition")


def _checked(actor: Actor, recognition: Recognition) -> Recognition:
    if not policies.may_confirm_recognitions(actor) or not actor.covers(recognition.division_code):
        raise NotAllowed()
    check_not_own_family(actor=actor, person=recognition.person_id)
    current = locked(recognition)
    if actor.staff_id == current.nominated_by_id:
        raise NotAllowed("own_nomination", _("You nominated this person. Somebody else must confirm it."))
    return current


def _decide(
    actor: Actor, current: Recognition, to: RecognitionState, verb: str, **fields: Any
) -> Recognition:
    return move(
        record=current,
        to=to,
        transitions=RECOGNITION_TRANSITIONS,
        actor=actor,
        verb=verb,
        decided_by_id=actor.staff_id,
        decided_on=clock.today(),
        **fields,
    )
