"""Which employer pays a benefit that employers pay, and for whom an employer pays."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from households.models import Person, Unit
from households.selectors.units import employer_of, staff_of
from offices.actors import Actor
from subsidies.models import Grant, PolicyVersion
from subsidies.payers import is_paid_by_employers


@dataclass(frozen=True, slots=True)
class EmployerWhoPays:
    """The unit that pays for a person; None where none is on record that does. `is_seen`: within scope."""

    unit: Unit | None
    is_seen: bool


def employer_who_pays(
    *, actor: Actor, person: Person, version: PolicyVersion, on: datetime.date
) -> EmployerWhoPays | None:
    """Who pays a person's benefit as her employer on a day; None for a benefit that employers do not pay."""
    if not is_paid_by_employers(version, on):
        return None
    unit = employer_of(person=person, on=on)
    if unit is None or not unit.is_payer:
        return EmployerWhoPays(None, is_seen=False)
    return EmployerWhoPays(unit, is_seen=actor.covers(unit.division_code))


def grants_paid_by(*, actor: Actor, unit: Unit, on: datetime.date) -> QuerySet[Grant]:
    """Grants within scope that a paying unit pays on a day: of who works there or retired from there."""
    versions = [
        version.pk
        for version in PolicyVersion.objects.filter(parameters__has_key="payer")
        if is_paid_by_employers(version, on)
    ]
    return (
        Grant.objects.visible_to(actor)
        .covering(on)
        .filter(policy_version__in=versions, person__in=staff_of(unit=unit, on=on).values("person"))
        .select_related("person", "programme")
        .order_by("programme__order", "programme_id", "person__name_sort", "id")
    )
