"""Merge, then undo: every table is as it was, whatever two records held."""

from __future__ import annotations

import datetime
import itertools
import json
import random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from households.enums import EmploymentState, HukouType, ParentRole, Relation
from households.models import (
    Absence,
    AccountCorrection,
    Disability,
    Employment,
    ExaminationYear,
    Hukou,
    LifeEvent,
    MaritalFact,
    Membership,
    OnlyChildCertificate,
    Parentage,
    Person,
    Residence,
)
from households.services.merges import undo_merge
from offices import clock
from offices.database.context import keep_context, open_context
from offices.enums import Role
from offices.errors import DomainError
from offices.services.staff import system_actor
from subsidies.services.sweep import sweep
from tests.factories import OTHER_VILLAGE, VILLAGE, make_actor, make_household, make_person
from tests.households.duplicates import images, merge, open_case, pair_of
from tests.subsidies.money import citizen_number, fund, give_account, make_grant, paid_programme, sent_batch

pytestmark = pytest.mark.django_db

_DAYS = [None, *(datetime.date(year, 1, 1) for year in (1990, 2000, 2005, 2010, 2013))]


class _Family:
    """Facts of both records and of people around them, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.people = [self._record(1), self._record(2)]
        self.child = make_person(name="王小明", born="1980-03-11")
        for person in self.people:
            self._facts_of(person)

    def _record(self, serial: int) -> Person:
        village = self.draw.choice([VILLAGE, OTHER_VILLAGE])
        if self.draw.random() < 0.5:
            grant = make_grant(
                paid_programme(f"P{self.draw.choice([1, serial])}"), serial=serial, village=village
            )
            return grant.person
        number = citizen_number(serial) if self.draw.random() < 0.8 else None
        person = make_person(number=number, village=village, name=self.draw.choice(["王秀英", "王秀瑛"]))
        if self.draw.random() < 0.3:
            open_case(person, serial)
        if self.draw.random() < 0.3:
            person.died_on = datetime.date(2013, 5, 1)
            person.save()
        return person

    def _spells(self) -> list[tuple[datetime.date | None, datetime.date | None]]:
        """Periods beside each other, without overlap, with gaps between them."""
        days = sorted(self.draw.sample(_DAYS[1:], self.draw.randint(1, 4)))
        bounds: list[datetime.date | None] = [self.draw.choice([None, days[0]]), *days[1:], None]
        spells = list(itertools.pairwise(bounds))
        return [spell for spell in spells if self.draw.random() < 0.7 and spell[0] != spell[1]] or spells[:1]

    def _facts_of(self, person: Person) -> None:
        draw, code = self.draw, person.division_code
        for model in (Hukou, Residence):
            model._default_manager.filter(person=person).update(to_on=datetime.date(1985, 1, 1))
        home = make_household(make_person(name="王建国"))
        for model, values in (
            (Hukou, lambda: {"hukou_type": draw.choice(HukouType.values), "place_code": code}),
            (Residence, lambda: {"place_code": draw.choice([VILLAGE, OTHER_VILLAGE])}),
            (Disability, lambda: {"grade": draw.randint(1, 4)}),
            (Employment, lambda: {"state": draw.choice(EmploymentState.values)}),
            (MaritalFact, lambda: {"state": draw.choice(["married", "widowed"])}),
            (
                OnlyChildCertificate,
                lambda: {"number": str(draw.random()), "issued_on": datetime.date(1985, 1, 1)},
            ),
            (ExaminationYear, lambda: {"year": 2013}),
            (
                draw.choice([Membership, Absence]),
                lambda: {"household": home, "relation": Relation.OTHER} if home else {},
            ),
        ):
            for from_on, to_on in self._spells() if draw.random() < 0.7 else []:
                if from_on is None and model in (Hukou, Residence):
                    from_on = datetime.date(1985, 1, 1)
                given_values = values() if model is not Absence else {"place_code": "370105001001"}
                model._default_manager.create(
                    person=person, from_on=from_on, to_on=to_on, division_code=code, **given_values
                )
        if draw.random() < 0.6:
            give_account(person, f"6228{person.pk.int % 10**12:012d}") if not _has_account(person) else None
        if draw.random() < 0.6 and not Parentage.objects.filter(person=self.child).exists():
            Parentage.objects.create(
                person=self.child, parent=person, role=ParentRole.MOTHER, kind="birth", division_code=VILLAGE
            )
        if draw.random() < 0.5:
            self._entries_of(person)

    def _entries_of(self, person: Person) -> None:
        counter = make_actor(Role.TOWNSHIP)
        LifeEvent.objects.create(
            kind="move",
            person=person,
            other=self.child,
            happened_on=datetime.date(2013, 1, 1),
            reported_on=datetime.date(2013, 1, 2),
            recorded_by_id=counter.staff_id,
            recorded_role=Role.TOWNSHIP,
            division_code=person.division_code,
        )
        if self.draw.random() < 0.5:
            AccountCorrection.objects.create(
                person=person,
                bank="山亭农村信用社",
                account="62230000111122",
                account_digest=b"x" * 32,
                document="存折",
                proposed_by_id=counter.staff_id,
                proposed_on=clock.today(),
                division_code=person.division_code,
            )


def _has_account(person: Person) -> bool:
    return person.bankaccount_set.exists()  # type: ignore[attr-defined] # made by the abstract fact


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])  # a seed does not shrink
@given(seed=st.integers(0, 2**32), side=st.integers(0, 1))
def test_a_merge_undone_restores_the_exact_state(seed: int, side: int) -> None:
    with keep_context():
        actor = system_actor()
    with transaction.atomic(), open_context(actor=actor):
        family = _Family(seed)
        kept, gone = family.people[side], family.people[1 - side]
        pair_of(kept, gone)
        for code in ("P1", "P2"):
            programme = paid_programme(code)
            if programme.grant_set.exists() and family.draw.random() < 0.7:
                fund(programme)
                sent_batch(programme)
        sweep(actor=make_actor(Role.COUNTY), as_of=clock.today())
        before = images()
        codes = (
            "home",
            "hukou",
            "parents",
            "certificate",
            "employment",
            "for_rules",
            "number",
            "name",
            "death",
        )
        chosen = {code: gone for code in codes if family.draw.random() < 0.5}
        try:
            made = merge(kept, gone, **chosen)
        except DomainError as refused:
            assert refused.code == "merge_hindered"
            assert images() == before
        else:
            assert not Membership.objects.on(clock.today()).filter(person=gone).exists()
            assert Person.objects.get(pk=kept.pk).merged_from.get() == gone
            undo_merge(actor=make_actor(Role.COUNTY), merge=made)
            assert _known(images(), before) == _known(before, before)
        transaction.set_rollback(True)


def _known(after: dict[str, list[Any]], before: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Without the pairs that the search after the merge found: they are a list of work, made anew at night.

    Of the register of debts, which each assessment keeps anew, who has an open line for what is compared.
    """
    pairs = {json.loads(row[0])["id"] for row in before["households_duplicatepair"]}
    known = {
        table: [
            row for row in rows if table != "households_duplicatepair" or json.loads(row[0])["id"] in pairs
        ]
        for table, rows in after.items()
    }
    lines = [json.loads(row[0]) for row in known.pop("subsidies_debt")]
    open_lines = sorted(
        (line["person_id"], line["programme_id"]) for line in lines if line["state"] == "open"
    )
    return {**known, "open lines": open_lines}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_merge_the_same_pair_at_once() -> None:
    """One merges, the other waits for her and is told."""
    import threading

    from django.db import connections

    with keep_context():
        system = system_actor()
    with open_context(actor=system):
        kept, gone = (make_person(number=citizen_number(serial)) for serial in (1, 2))
        pair_of(kept, gone)
        actors = [make_actor(Role.COUNTY, name=name) for name in ("甲", "乙")]
    found: list[str] = []
    start = threading.Barrier(2)

    def act(who: int) -> None:
        try:
            with open_context(actor=actors[who]):
                start.wait(10)
                merge((kept, gone)[who], (kept, gone)[1 - who], actor=actors[who])
                found.append("merged")
        except DomainError as refused:
            found.append(refused.code)
        finally:
            connections.close_all()

    clerks = [threading.Thread(target=act, args=(who,)) for who in (0, 1)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join(60)
    assert sorted(found)[0] == "merged"
    assert sorted(found)[1] in {"record_is_merged", "state_changed"}
    with open_context(actor=system):
        assert Person.objects.exclude(merged_into=None).count() == 1
