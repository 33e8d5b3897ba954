"""Employers, institutions and compounds: recorded, changed, and whom a compound houses."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households import policies
from households.enums import ContactReason, FactSource, UnitKind
from households.models import Association, Lodging, Person, Unit
from offices import clock
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed, Stale
from offices.identifiers import read_credit_code
from offices.models import Division
from offices.services.acts import record_act
from offices.services.states import locked

_PHONE = re.compile(r"[0-9]{7,12}")


def read_phone(text: str) -> str:
    """The digits of a phone number; empty for none. Raises DomainError `phone_number`."""
    number = re.sub(r"[\s\-()（）]", "", text)
    if number and not _PHONE.fullmatch(number):
        raise DomainError("phone_number", _("A phone number has 7 to 12 digits. Give the area code with it."))
    return number


@transaction.atomic
def record_unit(
    *,
    actor: Actor,
    kind: UnitKind,
    name: str,
    place: str,
    credit_code: str = "",
    is_payer: bool = False,
    contact_name: str = "",
    phone: str = "",
    from_on: datetime.date | None = None,
    to_on: datetime.date | None = None,
) -> Unit:
    """Record a unit of a village within scope; an empty phone is none.

    By township and county. Raises NotAllowed, DomainError of the credit code's reader, `unit_name`,
    `unit_code_missing`, `unit_code_known`, `unit_period`, `phone_number`.
    """
    unit = Unit()
    _put(unit, actor, kind, name, place, credit_code, is_payer, contact_name, from_on, to_on)
    _put_phone(unit, phone)
    _save(unit)
    record_act(actor=actor, verb="households.record_unit", record=unit, kind=kind, is_payer=is_payer)
    return unit


@transaction.atomic
def change_unit(
    *,
    actor: Actor,
    unit: Unit,
    kind: UnitKind,
    name: str,
    place: str,
    credit_code: str = "",
    is_payer: bool = False,
    contact_name: str = "",
    phone: str = "",
    from_on: datetime.date | None = None,
    to_on: datetime.date | None = None,
) -> Unit:
    """Change what is recorded of a unit; its history keeps the rest. An empty phone leaves it as it is.

    Raises as `record_unit`.
    """
    if not actor.covers(unit.division_code):
        raise NotAllowed()
    current = locked(unit)
    _put(current, actor, kind, name, place, credit_code, is_payer, contact_name, from_on, to_on)
    if phone.strip():
        _put_phone(current, phone)
    _save(current)
    record_act(actor=actor, verb="households.change_unit", record=current, kind=kind, is_payer=is_payer)
    return current


@transaction.atomic
def lodge_person(
    *, actor: Actor, unit: Unit, person: Person, from_on: datetime.date, document: str = ""
) -> Lodging:
    """Write that a person lives in a compound from a day on; where she lived before ends that day.

    Raises NotAllowed, DomainError `not_a_compound`, `lodging_to_come`, `lodging_later_entry`.
    """
    may = policies.may_enter_outreach(actor) and actor.covers(unit.division_code)
    if not may or not actor.covers(person.division_code):
        raise NotAllowed()
    if unit.kind != UnitKind.COMPOUND:
        raise DomainError(
            "not_a_compound",
            _("Only a compound houses people. An employer's people are those who work there."),
        )
    if from_on > clock.today():
        raise DomainError(
            "lodging_to_come", _("This day is still to come. Enter it once the person lives there.")
        )
    locked(person)
    lodgings = Lodging.objects.select_for_update().filter(person=person)
    if lodgings.filter(Q(from_on__gte=from_on) | Q(to_on__gt=from_on)).exists():
        raise DomainError(
            "lodging_later_entry",
            _("A compound is already recorded for this person from that day or later. End that entry first."),
        )
    for former in lodgings.filter(to_on=None):
        former.to_on = from_on
        former.save(update_fields=["to_on"])
    lodging = Lodging.objects.create(
        person=person,
        unit=unit,
        from_on=from_on,
        source=FactSource.COUNTER,
        document=document,
        division_code=person.division_code,
    )
    record_act(actor=actor, verb="households.lodge_person", record=person, unit=unit.pk, from_on=from_on)
    return lodging


@transaction.atomic
def end_lodging(*, actor: Actor, lodging: Lodging, to_on: datetime.date) -> Lodging:
    """Write that a person lives in a compound no longer from a day on. Raises NotAllowed, Stale, DomainError `lodging_end`."""
    if not policies.may_enter_outreach(actor) or not actor.covers(lodging.division_code):
        raise NotAllowed()
    current = locked(lodging)
    if current.to_on is not None:
        raise Stale("lodging_ended", _("This entry has ended already."))
    if to_on > clock.today() or (current.from_on is not None and to_on <= current.from_on):
        raise DomainError(
            "lodging_end", _("The day of leaving is after the day of coming, and not still to come.")
        )
    current.to_on = to_on
    current.save(update_fields=["to_on"])
    record_act(
        actor=actor, verb="households.end_lodging", record=current.person, unit=current.unit_id, to_on=to_on
    )
    return current


@transaction.atomic
def show_contact_phone(*, actor: Actor, partner: Unit | Association, reason: ContactReason) -> str:
    """The phone of a unit's or an association's contact, once the act is written.

    Raises NotAllowed, DomainError `nothing_recorded`.
    """
    covers = actor.covers(partner.division_code) if isinstance(partner, Unit) else True
    if not policies.may_show_numbers(actor) or not covers:
        raise NotAllowed()
    if partner.phone is None:
        raise DomainError("nothing_recorded", _("Nothing is recorded here that could be shown."))
    record_act(actor=actor, verb="households.show_contact", record=partner, reason=reason)
    return partner.phone.reveal()


def _put(
    unit: Unit,
    actor: Actor,
    kind: UnitKind,
    name: str,
    place: str,
    credit_code: str,
    is_payer: bool,
    contact_name: str,
    from_on: datetime.date | None,
    to_on: datetime.date | None,
) -> None:
    if not policies.may_enter_outreach(actor) or not actor.covers(place):
        raise NotAllowed()
    if not Division.objects.villages().valid_on(clock.today()).filter(code=place).exists():
        raise DomainError("unit_place", _("This is no village of the county. Choose one of the list."))
    if not name.strip():
        raise DomainError("unit_name", _("Give the unit its name as its licence has it."))
    code = read_credit_code(credit_code) if credit_code.strip() else ""
    if not code and (kind != UnitKind.COMPOUND or is_payer):
        raise DomainError(
            "unit_code_missing",
            _("Who employs or pays is named by its credit code of 18 characters. Copy it from the licence."),
        )
    if from_on and to_on and to_on <= from_on:
        raise DomainError("unit_period", _("A unit ends after the day it begins. Compare the two days."))
    unit.kind, unit.name, unit.division_code = kind, " ".join(name.split()), place
    unit.credit_code, unit.is_payer = code, is_payer
    unit.contact_name = " ".join(contact_name.split())
    unit.from_on, unit.to_on = from_on, to_on


def _put_phone(partner: Any, phone: str) -> None:
    partner.phone = read_phone(phone) or None


def _save(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        raise DomainError(
            "unit_code_known",
            _(
                "A unit with this credit code is already recorded in the county, perhaps by another township. "
                "Search for it by its code, or ask the county office."
            ),
        ) from error
    unit.refresh_from_db()
