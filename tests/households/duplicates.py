"""Pairs of records and merges for tests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.apps import apps
from django.utils.translation import gettext

from households.enums import DuplicateReason
from households.models import DuplicatePair, Person, PersonMerge, RowChange
from households.services.changes import rows_of_set
from households.services.duplicate_search import common_division, facts_digest
from households.services.merge_plan import REPEATED, MergePlan
from households.services.merges import merge_people, preview_merge
from offices import clock
from offices.actors import Actor
from offices.enums import Role
from subsidies.enums import Step, StepResult
from subsidies.models import Application, ApplicationStep, PolicyVersion
from tests.conftest import sql
from tests.factories import make_actor, make_person
from tests.subsidies.money import citizen_number, paid_programme


def pair_of(one: Person, other: Person) -> DuplicatePair:
    first, second = sorted((one, other), key=lambda person: person.pk)
    return DuplicatePair.objects.create(
        first=first,
        second=second,
        score=85,
        reasons=[DuplicateReason.ONE_DIGIT],
        facts_digest=facts_digest(first, second),
        found_on=clock.today(),
        division_code=common_division(first.division_code, second.division_code),
    )


def merge(one: Person, other: Person, *, actor: Actor | None = None, **chosen: Person) -> PersonMerge:
    """The first stays; of each contradiction hers is kept unless `chosen` says whose."""
    pair = DuplicatePair.objects.filter(first__in=[one, other], second__in=[one, other]).first()
    actor = actor or make_actor(Role.COUNTY)
    pair = pair or pair_of(one, other)
    plan = preview_merge(actor=actor, pair=pair, keep=one.pk)
    picked = {choice.code: str(one.pk) for choice in plan.choices}
    picked |= {code: str(person.pk) for code, person in chosen.items()}
    return merge_people(actor=actor, pair=pair, keep=one.pk, chosen=picked)


_NOT_OURS = {"offices_act", "offices_read", "households_rowchange", "households_personmerge"}


def images() -> dict[str, list[Any]]:
    """Every row of every table of cases as the database has it; evidence only grows, so it is left out."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ("households", "subsidies", "reports", "enforcement", "checkups")
        and "event" not in model._meta.model_name
        and not model.__module__.startswith("checkups.clinical")
        and model._meta.db_table not in _NOT_OURS
    ]
    return {
        table: sql(f"SELECT to_jsonb(t) {_without(table)} AS image FROM {table} t ORDER BY image")
        for table in tables
    }


def _without(table: str) -> str:
    """An assessment is made anew, and a line of it that nobody touched: what it says is compared, not its key."""
    return "- 'id'" if table in ("subsidies_assessment", "subsidies_debt") else "- '[]'::text"


def two(**fields: Any) -> tuple[Person, Person]:
    return (
        make_person(number=citizen_number(1), **fields),
        make_person(number=citizen_number(2), **fields),
    )


TABLES_OF_KINDS = {
    "Application": "subsidies_application",
    "Grant": "subsidies_grant",
    "Payment": "subsidies_payment",
    "Event": "households_lifeevent",
    "Visit": "households_visit",
    "Row of a file that means the record": "households_ambiguousrow",
    "Record merged into it earlier": "households_person",
    "Household": "households_membership",
    "Lives in": "households_residence",
    "Hukou": "households_hukou",
    "Only-child certificate": "households_onlychildcertificate",
    "Bank account": "households_bankaccount",
}


def shown_by_table(plan: MergePlan) -> Counter[str]:
    """How many rows of each table the page says will move or end."""
    tables = {gettext(kind): table for kind, table in TABLES_OF_KINDS.items()}
    return Counter(
        tables[str(row.kind)]
        for row in plan.rows
        if not (row.outcome is REPEATED and str(row.kind) == gettext("Event"))
    )


def moved_by_table(made: PersonMerge) -> Counter[str]:
    """How many the merge did change, but for the two records themselves and what it derives."""
    counted = Counter(rows_of_set(made.pk))
    others = RowChange.objects.filter(change_set=made.pk, row_table="households_person")
    both = [made.survivor_id, made.absorbed_id]
    counted["households_person"] = others.exclude(row_id__in=both).count()
    counted["households_duplicatepair"] = 0
    return +counted


def open_case(person: Person, serial: int) -> Application:
    """An application that has just been entered."""
    programme, entry = paid_programme(), make_actor(Role.TOWNSHIP)
    case = Application.objects.create(
        file_number=f"O-{serial}",
        programme=programme,
        policy_version=PolicyVersion.objects.get(programme=programme),
        person=person,
        division_code=person.division_code,
        entered_on=clock.today(),
        entered_by_id=entry.staff_id,
    )
    ApplicationStep.objects.create(
        application=case,
        step=Step.ENTRY,
        result=StepResult.PASSED,
        acted_by_id=entry.staff_id,
        acted_on=clock.today(),
        division_code=person.division_code,
    )
    return case
