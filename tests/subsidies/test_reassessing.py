"""Changed families assessed alone stand exactly as the assessment of everybody would have them."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from households.enums import EventKind
from households.models import (
    Absence,
    Disability,
    Employment,
    ExaminationYear,
    Household,
    Hukou,
    InsuranceElsewhere,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
)
from offices import clock
from offices.actors import Actor
from subsidies.consequences import assess_again
from subsidies.models import Assessment, Debt, PolicyVersion
from subsidies.services import debt_since
from subsidies.services.sweep import sweep
from tests.conftest import as_owner
from tests.factories import VILLAGE
from tests.subsidies.random_families import random_families

LINE = ("person_id", "programme_id", "state", "standing", "missing", "annual_amount", "closed_as", "officer_id",
        "owed_since", "arrears_amount", "division_code")  # fmt: skip
REGISTRY = (Person, Household, Membership, Absence, Hukou, MaritalFact, Parentage, OnlyChildCertificate, Employment,
            Disability, ExaminationYear, InsuranceElsewhere)  # fmt: skip


def kept() -> tuple[list[Any], list[Any]]:
    """Everything the day's sweep and the register say, but for the keys of rows."""
    names = ("programme_id", "person_id", "outcome", "standing", "amount", "annual_amount", "division_code")
    found = Assessment.objects.order_by("programme_id", "person_id")
    lines = Debt.objects.order_by("person_id", "programme_id", "state", "closed_as", "pk")
    return (
        [(*row[:-1], json.dumps(row[-1], sort_keys=True)) for row in found.values_list(*names, "reasons")],
        list(lines.values_list(*LINE)),
    )


def publish_drafts() -> None:
    for draft in PolicyVersion.objects.filter(state="draft"):
        for value in draft.parameters.get("amount", []):
            value["value"] = (
                value["value"].replace("0.00", "240.00") if value["value"] == "0.00" else value["value"]
            )
        draft.state, draft.published_at = "published", clock.now()
        draft.save()


class Changes:
    """What happens to people, written as events and imports would leave it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.today = clock.today()

    def happen(self, person: Person) -> set[UUID]:
        """Something to this person; whose facts it changed."""
        change = self.dice.choice(
            [
                self.hukou,
                self.die,
                self.rise,
                self.certificate,
                self.lose_certificate,
                self.disability,
                self.part,
                self.leave,
                self.work,
                self.move,
                self.lose_tie,
            ]
        )
        change(person)
        return {person.pk}

    def _one(self, rows: QuerySet[Any]) -> Any:
        found = list(rows.order_by("from_on", "pk"))
        return found[-1] if found else None

    def hukou(self, person: Person) -> None:
        kind = self.dice.choice(["rural", "urban", "resident", "defined_rural"])
        Hukou.objects.filter(person=person).update(hukou_type=kind)

    def die(self, person: Person) -> None:
        Person.objects.filter(pk=person.pk, died_on=None, birth_date__lt=self.today).update(
            died_on=self.today
        )

    def rise(self, person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(died_on=None)

    def certificate(self, person: Person) -> None:
        if not OnlyChildCertificate.objects.filter(person=person).exists():
            OnlyChildCertificate.objects.create(
                person=person, number="某1", issued_on=datetime.date(2001, 1, 1), division_code=VILLAGE
            )

    def lose_certificate(self, person: Person) -> None:
        OnlyChildCertificate.objects.filter(person=person, to_on=None).exclude(
            from_on__gte=self.today
        ).update(to_on=self.today)

    def disability(self, person: Person) -> None:
        if not Disability.objects.filter(person=person).update(grade=self.dice.randint(1, 4)):
            Disability.objects.create(person=person, grade=2, division_code=VILLAGE)

    def part(self, person: Person) -> None:
        MaritalFact.objects.filter(person=person).update(
            state=self.dice.choice(["divorced", "widowed", "married"])
        )

    def leave(self, person: Person) -> None:
        if not Absence.objects.filter(person=person).exists():
            Absence.objects.create(person=person, from_on=self.today, division_code=VILLAGE)

    def work(self, person: Person) -> None:
        Employment.objects.filter(person=person).update(
            state="retired", retired_on=datetime.date(2013, 6, 1), employer_code="91350100M000100Y43"
        )

    def sit(self, person: Person) -> None:
        if not ExaminationYear.objects.filter(person=person).update(year=self.today.year - 1):
            ExaminationYear.objects.create(person=person, year=self.today.year, division_code=VILLAGE)

    def insure(self, person: Person) -> None:
        if not InsuranceElsewhere.objects.filter(person=person).exists():
            for scheme in ("medical", "pension"):
                InsuranceElsewhere.objects.create(person=person, scheme=scheme, division_code=VILLAGE)

    def move(self, person: Person) -> None:
        home = self._one(Membership.objects.filter(person=person))
        other = Membership.objects.exclude(person=person).order_by("household_id", "pk").first()
        if home and other:
            Membership.objects.filter(pk=home.pk).update(household=other.household_id)

    def lose_tie(self, person: Person) -> None:
        tie = self._one(Parentage.objects.filter(person=person, to_on=None))
        if tie and (tie.from_on is None or tie.from_on < self.today):
            Parentage.objects.filter(pk=tie.pk).update(to_on=self.today)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_changed_families_stand_as_a_full_sweep_has_them(county: Actor, seed: int) -> None:
    publish_drafts()
    random_families(30, seed=seed, day=clock.today())
    sweep(actor=county, as_of=clock.today())
    changes = Changes(seed)
    people = list(Person.objects.order_by("birth_date", "pk"))
    for _round in range(3):
        touched: set[UUID] = set()
        for person in changes.dice.sample(people, 12):
            # A move out of a home is a change to it as well: the event would name the old home's people.
            touched |= set(
                Membership.objects.filter(
                    household__in=Membership.objects.filter(person=person).values("household")
                ).values_list("person_id", flat=True)
            )
            touched |= set(
                Parentage.objects.filter(person=person, parent__isnull=False).values_list(
                    "parent_id", flat=True
                )
            )
            touched |= changes.happen(person)
        assess_again(sorted(touched))
        alone = kept()
        sweep(actor=county, as_of=clock.today())
        assert alone == kept()
        assert len(alone[0]) > 50
        assert alone[1]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_kinds_of_events_reach_as_far_as_rules_read_them(county: Actor, seed: int) -> None:
    publish_drafts()
    random_families(30, seed=seed, day=clock.today())
    sweep(actor=county, as_of=clock.today())
    changes = Changes(seed)
    people = list(Person.objects.order_by("birth_date", "pk"))
    moved = 0
    for kind, change in (
        (EventKind.HUKOU, changes.hukou),
        (EventKind.EMPLOYMENT, changes.work),
        (EventKind.EXAMINATION, changes.sit),
        (EventKind.MEDICAL, changes.insure),
        (EventKind.PENSION, changes.insure),
    ):
        before = kept()
        touched = changes.dice.sample(people, 25)
        for person in touched:
            change(person)
        assess_again([person.pk for person in touched], kind)
        alone = kept()
        sweep(actor=county, as_of=clock.today())
        assert alone == kept(), kind
        moved += alone != before
    assert moved >= 3


class _TakenBack(Exception):
    """Lets everything since the savepoint go."""


@contextmanager
def believed_empty() -> Iterator[None]:
    """The planner takes every table of the registry for empty: its rows were gone when it was analysed.

    What ANALYZE writes of a table as a whole stays when the transaction is rolled back.
    """
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in REGISTRY)
    with suppress(_TakenBack), transaction.atomic():
        random_families(60, seed=7, day=clock.today())
        raise _TakenBack
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


@pytest.mark.django_db
def test_wrong_statistics_keep_nobody_waiting(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MOST_EXACT", "AT_ONCE"):  # since when it is owed is reckoned a line at a time
        monkeypatch.setattr(debt_since, limit, 0)
    publish_drafts()
    with believed_empty():
        random_families(90, seed=3, day=clock.today())
        sweep(actor=county, as_of=clock.today())
        people = list(Person.objects.values_list("pk", flat=True))
        assert len(people) > 300
        before = kept()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '5s'")
        assess_again(people)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        assert kept() == before


@pytest.mark.django_db
def test_many_changed_lines_are_reckoned_by_the_next_sweep(
    county: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_families(30, seed=4, day=clock.today())
    sweep(actor=county, as_of=clock.today())
    before = kept()
    monkeypatch.setattr(debt_since, "AT_ONCE", 0)
    assess_again(list(Person.objects.values_list("pk", flat=True)))
    lines = Debt.objects.open().exclude(standing="unknown")
    assert lines
    assert not lines.filter(is_since_exact=True)
    assert kept() == before
    sweep(actor=county, as_of=clock.today())
    assert kept() == before
    assert not lines.filter(is_since_exact=False)
