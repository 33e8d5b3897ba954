"""Families to which something happens, and what the registry says of them on a day."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from households.enums import EventKind, FactSource, MaritalState, ParentRole, Relation, Sex
from households.models import (
    Absence,
    Household,
    Hukou,
    LifeEvent,
    MaritalFact,
    Membership,
    Parentage,
    Person,
    RegistryTask,
    Residence,
    RowChange,
)
from households.services.events.recording import Report
from households.services.homes import FACTS
from offices.errors import DomainError
from tests.conftest import sql
from tests.factories import VILLAGE, make_household, make_person
from tests.subsidies.money import citizen_number

TODAY = datetime.date(2014, 1, 6)
TABLES = [model._meta.db_table for model in (Person, Household, RegistryTask, *FACTS)]


@dataclass
class Family:
    """A couple with a daughter of theirs, in one household; the man is its head."""

    head: Person
    wife: Person
    daughter: Person
    household: Household


def report(day: str, document: str = "") -> Report:
    return Report(datetime.date.fromisoformat(day), FactSource.DOCUMENT, document)


def make_family(*, village: str = VILLAGE, serial: int = 400, number: str | None = None) -> Family:
    """Married, with a grown daughter; every number differs by `serial`."""
    head = make_person(
        name="王建国",
        born="1953-02-01",
        sex=Sex.MALE,
        number=_number("19530201", serial * 2 + 1),
        village=village,
    )
    wife = make_person(
        name="李秀英", born="1955-10-02", number=_number("19551002", serial * 2), village=village
    )
    daughter = make_person(
        name="王小丽", born="1980-03-11", number=_number("19800311", serial * 2), village=village
    )
    for one, other in ((head, wife), (wife, head)):
        MaritalFact.objects.create(
            person=one,
            state=MaritalState.MARRIED,
            spouse=other,
            spouse_digest=other.id_number_digest,
            division_code=village,
        )
    for parent, role in ((head, ParentRole.FATHER), (wife, ParentRole.MOTHER)):
        Parentage.objects.create(
            person=daughter,
            parent=parent,
            parent_digest=parent.id_number_digest,
            role=role,
            division_code=village,
        )
    household = make_household(
        head, (wife, Relation.SPOUSE), (daughter, Relation.DAUGHTER), number=number or f"{serial:06d}"
    )
    return Family(head, wife, daughter, household)


def _number(born: str, serial: int) -> str:
    from tests.households.resident_files import number

    return number(born, serial % 1000)


def images() -> dict[str, Any]:
    """Every row of the registry as the database has it, but for what a file notes on a person."""
    return {
        table: sql(f"SELECT to_jsonb(t) - ARRAY['row_digest', 'row_as_of'] FROM {table} t ORDER BY t.id")
        for table in TABLES
    }


def answers(day: datetime.date) -> set[tuple[Any, ...]]:
    """Who lived on a day, in which household and relation, where, with which hukou: the one answer for it.

    Who has never been in the county before is no part of it.
    """
    people = Person.objects.living_on(day)
    families = Membership.objects.on(day).filter(person__in=people)
    away = Absence.objects.on(day).filter(person__in=people, from_on__isnull=False)
    kin = Parentage.objects.on(day).filter(person__in=people)
    known = [*families.values_list("person_id", flat=True), *away.values_list("person_id", flat=True)]
    homes = Residence.objects.on(day).filter(person__in=known)
    hukou = Hukou.objects.on(day).filter(person__in=known)
    return {
        *(("home", *row) for row in homes.values_list("person_id", "place_code")),
        *(("hukou", *row) for row in hukou.values_list("person_id", "hukou_type", "place_code")),
        *families.values_list("person_id", "household_id", "relation"),
        *away.values_list("person_id", "place_code"),
        *kin.values_list("person_id", "parent_id", "kind", "role"),
    }


def refused(code: str, act: Callable[..., Any], **arguments: Any) -> str:
    """The act is refused with a sentence, and nothing of it is written."""
    before, events, changes = images(), LifeEvent.objects.count(), RowChange.objects.count()
    with pytest.raises(DomainError) as refusal:
        act(**arguments)
    assert refusal.value.code == code, (refusal.value.code, str(refusal.value))
    assert images() == before
    assert (LifeEvent.objects.count(), RowChange.objects.count()) == (events, changes)
    sentence = str(refusal.value)
    assert "%(" not in sentence
    return sentence


__all__ = [
    "TODAY",
    "EventKind",
    "Family",
    "answers",
    "citizen_number",
    "images",
    "make_family",
    "refused",
    "report",
]
