"""Who employs and houses whom on a day: for pages within scope, for programmes that an employer pays."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from households.enums import EmploymentState, UnitKind
from households.models import Employment, Lodging, Person, Unit
from offices.actors import Actor
from offices.database.context import county_scope

SMALL = 5
"""Below it, a number of people elsewhere is not shown."""
WORKING = (EmploymentState.EMPLOYED, EmploymentState.PUBLIC)
PAID_FOR = (*WORKING, EmploymentState.RETIRED)
"""For whom an employer pays what an employer pays: also for who retired from there."""


@dataclass(frozen=True, slots=True)
class UnrecordedEmployer:
    """A credit code that people within scope have as their employer's, and no unit is recorded for."""

    credit_code: str
    people: int


def employer_of(*, person: Person, on: datetime.date) -> Unit | None:
    """The recorded unit that employs a person on a day or from which she retired, wherever it lies.

    `is_payer` says whether it pays what an employer pays. None without employment or unit.
    """
    jobs = Employment.objects.on(on).filter(person=person, state__in=PAID_FOR).exclude(employer_code="")
    code = jobs.values_list("employer_code", flat=True).first()
    if not code:
        return None
    with county_scope():
        return Unit.objects.on(on).filter(credit_code=code).first()


def staff_of(*, unit: Unit, on: datetime.date) -> QuerySet[Employment]:
    """Employment of who works at a unit on a day or retired from there, within the open scope."""
    jobs = Employment.objects.on(on).filter(state__in=PAID_FOR).exclude(employer_code="")
    return jobs.filter(employer_code=unit.credit_code)


def people_of(*, actor: Actor, unit: Unit, on: datetime.date) -> QuerySet[Any]:
    """Facts of the living whom a unit employs or houses on a day, within the reader's scope."""
    facts = _facts(unit, on)
    return facts.filter(
        person__in=Person.objects.visible_to(actor).living_on(on),
    ).select_related("person")


def people_elsewhere(*, actor: Actor, unit: Unit, on: datetime.date) -> int | None:
    """How many more the unit employs or houses beyond the reader's scope; None where fewer than five."""
    with county_scope():
        number = (
            _facts(unit, on)
            .filter(person__in=Person.objects.living_on(on))
            .exclude(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")
            .count()
        )
    return number if number >= SMALL else None


def unrecorded_employers(*, actor: Actor, on: datetime.date) -> list[UnrecordedEmployer]:
    """Employers named for people within scope that no unit of the county has, those of most people first."""
    counted = {
        row["employer_code"]: row["people"]
        for row in Employment.objects.on(on)
        .filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~", state__in=WORKING)
        .exclude(employer_code="")
        .values("employer_code")
        .annotate(people=Count("pk"))
        .order_by("employer_code")
    }
    for code in _recorded(counted):
        del counted[code]
    return [
        UnrecordedEmployer(code, people)
        for code, people in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _recorded(codes: Iterable[str]) -> list[str]:
    with county_scope():
        return list(Unit.objects.filter(credit_code__in=list(codes)).values_list("credit_code", flat=True))


def _facts(unit: Unit, on: datetime.date) -> QuerySet[Any]:
    if unit.kind == UnitKind.COMPOUND:
        return Lodging.objects.on(on).filter(unit=unit)
    return Employment.objects.on(on).filter(employer_code=unit.credit_code, state__in=WORKING)
