"""Random families with every kind of fact the rules read, as plain records and as rows of the register."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from typing import Any

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
from tests.factories import VILLAGE
from tests.subsidies.plain_rules import Job, Period, Someone, Tie

EDGES = ("1933-01-01", "1932-12-31", "1953-12-31", "1954-01-01", "1953-01-01", "1964-12-31", "1965-01-01",
         "1968-12-31", "1969-01-01")  # fmt: skip
LEAP_DAYS = ("1936-02-29", "1944-02-29", "1952-02-29", "1956-02-29", "1964-02-29")
CHILD_EDGES = ("1995-12-31", "1996-01-01", "1997-12-31", "1998-01-01", "1996-02-29", "1999-12-31", "2000-01-01",
               "2013-12-31", "2014-01-01")  # fmt: skip
CODES = ("91350100M000100Y43", "12100000425006133D", "")
OPEN: Period = (None, None)


def random_families(count: int, *, seed: int, day: datetime.date) -> list[Someone]:
    """Make families, store them, and return everybody in them."""
    made = _Maker(random.Random(seed), day)
    for _number in range(count):
        made.family()
    made.write()
    return made.people


class _Maker:
    def __init__(self, dice: random.Random, day: datetime.date) -> None:
        self.dice = dice
        self.day = day
        self.people: list[Someone] = []
        self.rows: dict[type, list[Any]] = {Person: [], Household: []}

    def write(self) -> None:
        for kind, made in self.rows.items():
            kind._default_manager.bulk_create(made, batch_size=2000)  # type: ignore[attr-defined] # each is a model

    # People -----------------------------------------------------------------------------------

    def family(self) -> None:
        wife, husband = self._adult("F"), self._adult("M")
        children = self._children(wife, husband)
        home = self._household()
        for one in (wife, husband, *children):
            self._move_in(one, home)
        grown = [child for child in children if child.born.year < 1980 and not child.as_parent]
        if grown and self.dice.random() < 0.3:
            child = self.dice.choice(grown)
            self._facts_of_adult(child)
            partner = self._adult("F" if child.sex == "M" else "M")
            young, old = (partner, child) if child.sex == "M" else (child, partner)
            grandchildren = self._children(young, old, earliest=1998)
            together = home if self.dice.random() < 0.5 else self._household()
            for one in (partner, *grandchildren):
                self._move_in(one, together)

    def _adult(self, sex: str) -> Someone:
        dice = self.dice
        if dice.random() < 0.15:
            born = datetime.date.fromisoformat(dice.choice(EDGES + LEAP_DAYS))
        else:
            born = datetime.date(1931, 1, 1) + datetime.timedelta(days=dice.randrange(48 * 365))
        died = self._near() if dice.random() < 0.08 else None
        adult = self._someone(sex, born, died)
        self._facts_of_adult(adult)
        return adult

    def _someone(self, sex: str, born: datetime.date, died: datetime.date | None) -> Someone:
        row = Person(
            name="某某", name_sort="mou mou", sex=sex, birth_date=born, died_on=died, division_code=VILLAGE
        )
        self.rows[Person].append(row)
        one = Someone(sex, born, died, row=row)
        self.people.append(one)
        self._hukou(one)
        if self.dice.random() < 0.03:
            period: Period = (self._near(), None)
            one.away.append(period)
            self._row(Absence, one, period)
        return one

    def _children(self, wife: Someone, husband: Someone, *, earliest: int = 1960) -> list[Someone]:
        for one, other in ((wife, husband), (husband, wife)):
            if not one.marriages:
                self._marry(one, other)
        number = self.dice.choices((0, 1, 2, 3), (12, 50, 30, 8))[0]
        return [self._bear(wife, husband, earliest) for _birth in range(number)]

    def _bear(self, wife: Someone, husband: Someone, earliest: int) -> Someone:
        dice = self.dice
        if dice.random() < 0.1:
            born = datetime.date.fromisoformat(dice.choice(CHILD_EDGES))
        else:
            born = datetime.date(earliest, 1, 1) + self._days((2014 - earliest) * 366)
        died = None
        if dice.random() < 0.2:
            died = max(born, self._near() if dice.random() < 0.3 else born + self._days(40 * 365))
        child = self._someone(dice.choice(("F", "M")), born, died)
        if dice.random() < 0.3:
            grade, since = dice.randint(1, 4), self._near() if dice.random() < 0.4 else None
            child.grades.append((grade, (since, None)))
            self._row(Disability, child, (since, None), grade=grade)
        if dice.random() < (0.5 if 1994 <= born.year <= 2001 else 0.02):
            year, held = dice.choice((2012, 2013, 2013, 2013, 2014)), self._period()
            child.examinations.append((year, held))
            self._row(ExaminationYear, child, held, year=year)
        for parent, role in ((wife, "mother"), (husband, "father")):
            self._tie(child, parent, role)
        if dice.random() < 0.15:
            self._give_step_father(child, husband)
        return child

    def _tie(self, child: Someone, parent: Someone, role: str) -> None:
        dice = self.dice
        if dice.random() < 0.06:
            return
        is_named_alone = dice.random() < 0.05
        kind = dice.choices(("birth", "adopted", "step"), (80, 10, 10))[0]
        start = child.born + self._days(3000) if kind != "birth" and dice.random() < 0.7 else None
        end = self._near() if dice.random() < 0.05 else None
        if start and end and end <= start:
            end = None
        tie = Tie(child, None if is_named_alone else parent, kind, (start, end))
        child.as_child.append(tie)
        if not is_named_alone:
            parent.as_parent.append(tie)
        self._row(
            Parentage, child, (start, end), parent=None if is_named_alone else parent.row,
            parent_digest=b"x" * 32, role=role, kind=kind,
        )  # fmt: skip

    def _give_step_father(self, child: Someone, father: Someone) -> None:
        """Beside the father, living or dead; of step-fathers there is one."""
        others = [one for one in self.people if one.sex == "M" and one not in (child, father)]
        if others and not any(tie.kind == "step" for tie in child.as_child):
            other, period = self.dice.choice(others), (child.born + self._days(3000), None)
            tie = Tie(child, other, "step", period)
            child.as_child.append(tie)
            other.as_parent.append(tie)
            self._row(
                Parentage,
                child,
                period,
                parent=other.row,
                parent_digest=b"y" * 32,
                role="father",
                kind="step",
            )

    # Facts ------------------------------------------------------------------------------------

    def _hukou(self, one: Someone) -> None:
        kinds = self.dice.choices(
            ("rural", "defined_rural", "urban", "resident", None), (60, 10, 10, 15, 5), k=2
        )
        for kind, period in zip(kinds, self._periods(), strict=False):
            if kind:
                one.hukou.append((kind, period))
                self._row(Hukou, one, period, hukou_type=kind, place_code=VILLAGE)

    def _facts_of_adult(self, one: Someone) -> None:
        dice = self.dice
        if dice.random() < 0.45:
            issued = self._near() if dice.random() < 0.2 else datetime.date(1985, 1, 1) + self._days(28 * 365)
            start = issued if dice.random() < 0.7 else None
            end = self._near() if dice.random() < 0.15 else None
            if start and end and end <= start:
                end = None
            one.certificates.append((issued, (start, end)))
            self._row(OnlyChildCertificate, one, (start, end), number="某0001", issued_on=issued)
        if dice.random() < 0.7:
            for period in self._periods():
                state = dice.choice(("employed", "laid_off", "retired", "no_employer", "public", ""))
                retired_on = self._near() if dice.random() < 0.5 else None
                job = Job(state, retired_on, dice.choice(CODES), period)
                one.jobs.append(job)
                self._row(
                    Employment, one, period, state=state, retired_on=retired_on, employer_code=job.code
                )  # fmt: skip
        for scheme in ("medical", "pension"):
            if dice.random() < 0.15:
                period = self._period()
                one.insured.append((scheme, period))
                self._row(InsuranceElsewhere, one, period, scheme=scheme)

    def _marry(self, one: Someone, other: Someone) -> None:
        dice = self.dice
        if dice.random() < 0.08:
            return
        state = dice.choices(("married", "widowed", "divorced", None), (75, 10, 10, 5))[0]
        spouse = other if dice.random() < 0.85 else None
        is_named = spouse is not None or dice.random() < 0.5
        period: Period = (self._near(), None) if dice.random() < 0.1 else OPEN
        one.marriages.append((state, spouse, is_named, period))
        self._row(
            MaritalFact, one, period, state=state, spouse=spouse.row if spouse else None,
            spouse_digest=b"x" * 32 if is_named else None,
        )  # fmt: skip

    def _household(self) -> int:
        self.rows[Household].append(Household(number=str(len(self.rows[Household])), division_code=VILLAGE))
        return len(self.rows[Household]) - 1

    def _move_in(self, one: Someone, home: int) -> None:
        if one.homes or self.dice.random() < 0.05:
            return
        if self.dice.random() < 0.1:
            home = self._household()
        period = self._period()
        one.homes.append((home, period))
        self._row(Membership, one, period, household=self.rows[Household][home], relation="other")

    # Dice -------------------------------------------------------------------------------------

    def _row(self, model: Callable[..., Any], one: Someone, period: Period, **fields: Any) -> None:
        self.rows.setdefault(model, []).append(  # type: ignore[arg-type] # each is a model
            model(person=one.row, division_code=VILLAGE, from_on=period[0], to_on=period[1], **fields)
        )

    def _days(self, most: int) -> datetime.timedelta:
        return datetime.timedelta(days=self.dice.randrange(most))

    def _near(self) -> datetime.date:
        """A day about the day of assessment, often that day itself or a neighbour of it."""
        return self.day + datetime.timedelta(days=self.dice.choice((-2000, -400, -30, -1, 0, 1, 30, 400)))

    def _period(self) -> Period:
        """Mostly open; else begun or ended near the day."""
        if self.dice.random() < 0.85:
            return OPEN
        return (self._near(), None) if self.dice.random() < 0.5 else (None, self._near())

    def _periods(self) -> tuple[Period, ...]:
        """One open period, or two that meet near the day."""
        turned = self._near() if self.dice.random() < 0.15 else None
        return ((None, turned), (turned, None)) if turned else (OPEN,)
