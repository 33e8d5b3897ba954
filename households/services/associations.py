"""Associations for migrants and chambers of commerce: recorded, changed, and what they did, counted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import AssociationKind, AssociationServiceKind
from households.models import Association, AssociationCount
from households.services.units import read_phone
from offices import clock
from offices.actors import Actor
from offices.divisions import full_code
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.states import locked


@transaction.atomic
def record_association(
    *,
    actor: Actor,
    kind: AssociationKind,
    name: str,
    place_code: str,
    place_name: str,
    agreement_from: datetime.date | None = None,
    agreement_to: datetime.date | None = None,
    agreement_document: str = "",
    contact_name: str = "",
    phone: str = "",
) -> Association:
    """Record a partner anywhere in China, and the agreement with it if there is one.

    By the county. `place_code` has 6, 9 or 12 digits. Raises NotAllowed, DomainError
    `association_name`, `association_place`, `association_known`, `agreement_document`,
    `agreement_period`, `phone_number`.
    """
    association = Association()
    _put(
        association, actor, kind, name, place_code, place_name,
        agreement_from, agreement_to, agreement_document, contact_name,
    )  # fmt: skip
    association.phone = read_phone(phone) or None  # type: ignore[assignment] # a sealed field takes text
    _save(association)
    record_act(actor=actor, verb="households.record_association", record=association, **_terms(association))
    return association


@transaction.atomic
def change_association(
    *,
    actor: Actor,
    association: Association,
    kind: AssociationKind,
    name: str,
    place_code: str,
    place_name: str,
    agreement_from: datetime.date | None = None,
    agreement_to: datetime.date | None = None,
    agreement_document: str = "",
    contact_name: str = "",
    phone: str = "",
) -> Association:
    """Change what is recorded, or renew the agreement; an empty phone leaves it. Raises as `record_association`."""
    current = locked(association)
    former = _terms(current)
    _put(
        current, actor, kind, name, place_code, place_name,
        agreement_from, agreement_to, agreement_document, contact_name,
    )  # fmt: skip
    if phone.strip():
        current.phone = read_phone(phone)  # type: ignore[assignment] # a sealed field takes text
    _save(current)
    record_act(
        actor=actor,
        verb="households.change_association",
        record=current,
        former=former,
        **_terms(current),
    )
    return current


@transaction.atomic
def count_services(
    *,
    actor: Actor,
    association: Association,
    month: datetime.date,
    numbers: Mapping[AssociationServiceKind, int],
) -> None:
    """Write how often an association did each service in a month; what was written before is replaced.

    By the county. Zero takes a count away. Raises NotAllowed, DomainError `count_month`, `count_number`.
    """
    if not policies.may_enter_associations(actor):
        raise NotAllowed()
    if month.day != 1 or month > clock.today():
        raise DomainError("count_month", _("Give a month that has begun, as 2013-12."))
    if any(number < 0 for number in numbers.values()):
        raise DomainError("count_number", _("A count is 0 or more."))
    locked(association)
    for kind, number in numbers.items():
        counts = AssociationCount.objects.filter(association=association, month=month, kind=kind)
        if number == 0:
            counts.delete()
        else:
            AssociationCount.objects.update_or_create(
                association=association, month=month, kind=kind, defaults={"number": number}
            )
    record_act(
        actor=actor,
        verb="households.count_services",
        record=association,
        month=month,
        numbers={str(kind): number for kind, number in numbers.items()},
    )


def _put(
    association: Association,
    actor: Actor,
    kind: AssociationKind,
    name: str,
    place_code: str,
    place_name: str,
    agreement_from: datetime.date | None,
    agreement_to: datetime.date | None,
    agreement_document: str,
    contact_name: str,
) -> None:
    if not policies.may_enter_associations(actor):
        raise NotAllowed()
    if not name.strip() or not place_name.strip():
        raise DomainError("association_name", _("Give the association's name and the area it serves."))
    try:
        code = full_code(place_code.strip())
    except ValueError as error:
        raise DomainError(
            "association_place",
            _("A division code has 6, 9 or 12 digits, for example 440300 for Shenzhen."),
        ) from error
    if (agreement_from is None) != (not agreement_document.strip()) or (
        agreement_to is not None and agreement_from is None
    ):
        raise DomainError(
            "agreement_document",
            _("An agreement has the day it begins and its document. Fill in both, or neither."),
        )
    if agreement_from and agreement_to and agreement_to <= agreement_from:
        raise DomainError(
            "agreement_period", _("An agreement ends after the day it begins. Compare the two days.")
        )
    association.kind, association.name = kind, " ".join(name.split())
    association.place_code, association.place_name = code, " ".join(place_name.split())
    association.agreement_from, association.agreement_to = agreement_from, agreement_to
    association.agreement_document = agreement_document.strip()
    association.contact_name = " ".join(contact_name.split())


def _terms(association: Association) -> dict[str, Any]:
    return {
        "kind": association.kind,
        "place_code": association.place_code,
        "agreement_from": association.agreement_from,
        "agreement_to": association.agreement_to,
    }


def _save(association: Association) -> None:
    try:
        with transaction.atomic():
            association.save()
    except IntegrityError as error:
        raise DomainError(
            "association_known", _("An association of this name is already recorded. Open it in the list.")
        ) from error
    association.refresh_from_db()
