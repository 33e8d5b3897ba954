"""The rules of every programme, read plainly from their text: person by person, over plain records.

Nothing of `subsidies` is used here. What this says and what the database says must be the same,
for everybody and every programme (test_entitlement_reckoning.py).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

Truth = bool | None
Period = tuple[datetime.date | None, datetime.date | None]
RURAL = ("rural", "defined_rural")


@dataclass(eq=False)
class Tie:
    """Whose child somebody is; the parent is None where she is named and not in the register."""

    child: Someone
    parent: Someone | None
    kind: str
    period: Period


@dataclass(eq=False)
class Job:
    """An employment on record."""

    state: str
    retired_on: datetime.date | None
    code: str
    period: Period


@dataclass(eq=False)
class Someone:
    """A person with everything on record about her."""

    sex: str
    born: datetime.date
    died: datetime.date | None = None
    hukou: list[tuple[str, Period]] = field(default_factory=list)
    marriages: list[tuple[str | None, Someone | None, bool, Period]] = field(default_factory=list)
    grades: list[tuple[int, Period]] = field(default_factory=list)
    certificates: list[tuple[datetime.date, Period]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    examinations: list[tuple[int, Period]] = field(default_factory=list)
    insured: list[tuple[str, Period]] = field(default_factory=list)
    homes: list[tuple[int, Period]] = field(default_factory=list)
    away: list[Period] = field(default_factory=list)
    as_parent: list[Tie] = field(default_factory=list)
    as_child: list[Tie] = field(default_factory=list)
    row: object = None


def holds(period: Period, day: datetime.date) -> bool:
    return (period[0] is None or period[0] <= day) and (period[1] is None or day < period[1])


def lives(one: Someone, day: datetime.date) -> bool:
    return one.born <= day and (one.died is None or day < one.died)


def has_reached(born: datetime.date, years: int, day: datetime.date) -> bool:
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = datetime.date(born.year + years, 2, 28)
    return birthday <= day


def all_of(*parts: Truth) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def any_of(parts: Iterable[Truth]) -> Truth:
    found = list(parts)
    if True in found:
        return True
    return None if None in found else False


def opposite(part: Truth) -> Truth:
    return None if part is None else not part


class Family:
    """The children of one parent that count on a day: born to or adopted by her, not step-children."""

    def __init__(self, parent: Someone, day: datetime.date) -> None:
        counted = [
            tie
            for tie in parent.as_parent
            if tie.kind != "step"
            and tie.child.born <= day
            and (tie.period[0] is None or tie.period[0] <= day)
        ]
        self.living = [tie.child for tie in counted if holds(tie.period, day) and lives(tie.child, day)]
        # A child whose parentage ended with or after its death still is a child of hers that died.
        self.died = [
            tie.child
            for tie in counted
            if tie.child.died is not None
            and tie.child.died <= day
            and (tie.period[1] is None or tie.period[1] >= tie.child.died)
        ]
        self._counted = counted
        self._day = day

    @cached_property
    def was_never_two(self) -> bool:
        counted = self._counted
        return not any(
            _lived_together(one, other) for index, one in enumerate(counted) for other in counted[index + 1 :]
        )

    @property
    def grades(self) -> Iterator[int]:
        for child in self.living:
            yield from (grade for grade, period in child.grades if holds(period, self._day))

    @property
    def is_two_daughters(self) -> bool:
        return len(self.living) == 2 and self._are_girls

    @property
    def is_daughter_only(self) -> bool:
        return len(self.living) in (1, 2) and self._are_girls

    @property
    def _are_girls(self) -> bool:
        return all(child.sex == "F" for child in self.living)


def _lived_together(one: Tie, other: Tie) -> bool:
    spans = []
    for tie in (one, other):
        starts = max(filter(None, (tie.child.born, tie.period[0])))
        ends = min(filter(None, (tie.child.died, tie.period[1], datetime.date.max)))
        if ends <= starts:
            return False
        spans.append((starts, ends))
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


class Register:
    """Everybody on record as they are on a day, and what each programme says of each."""

    def __init__(self, people: list[Someone], day: datetime.date) -> None:
        self.day = day
        self._families: dict[int, Family] = {}
        self._members: dict[int, list[Someone]] = defaultdict(list)
        for one in people:
            for home, period in one.homes:
                if holds(period, day) and lives(one, day):
                    self._members[home].append(one)

    # What is known of one person

    def family(self, one: Someone) -> Family:
        if id(one) not in self._families:
            self._families[id(one)] = Family(one, self.day)
        return self._families[id(one)]

    def is_away(self, one: Someone) -> bool:
        return any(holds(period, self.day) for period in one.away)

    def is_rural(self, one: Someone) -> Truth:
        kind = next((kind for kind, period in one.hukou if holds(period, self.day)), None)
        return None if kind in (None, "resident") else kind in RURAL

    def spouse_is_rural(self, one: Someone) -> Truth:
        marriage = next((row for row in one.marriages if holds(row[3], self.day)), None)
        if marriage is None or marriage[0] in ("widowed", "divorced"):
            return True
        _state, spouse, is_named, _period = marriage
        if spouse is None:
            return None if is_named else True
        return self.is_rural(spouse) if lives(spouse, self.day) else True

    def parent_has_reached(self, one: Someone, years: int) -> Truth:
        own = has_reached(one.born, years, self.day)
        if one.sex == "F":
            return own
        marriage = next((row for row in one.marriages if holds(row[3], self.day)), None)
        if marriage is None:
            return None
        state, spouse, _is_named, _period = marriage
        if state in ("widowed", "divorced"):
            return own
        if spouse is None:
            return None
        return has_reached(spouse.born, years, self.day) if lives(spouse, self.day) else own

    def certificate(self, one: Someone) -> Truth:
        """Held or returned; none on record by the day: not known."""
        begun = [
            period
            for issued, period in one.certificates
            if issued <= self.day and (period[0] is None or period[0] <= self.day)
        ]
        return any(holds(period, self.day) for period in begun) if begun else None

    def other_parents(self, one: Someone) -> list[Someone | None]:
        """Of her living children, or of those who died if none lives; None: named, not in the register."""
        family = self.family(one)
        return [
            tie.parent
            for child in family.living or family.died
            for tie in child.as_child
            if tie.parent is not one and tie.kind != "step" and holds(tie.period, self.day)
        ]

    def is_here(self, one: Someone) -> bool:
        return lives(one, self.day) and not self.is_away(one)

    def job(self, one: Someone) -> Job | None:
        return next((job for job in one.jobs if holds(job.period, self.day)), None)

    def insured_elsewhere(self, one: Someone, scheme: str) -> Truth:
        if any(name == scheme and holds(period, self.day) for name, period in one.insured):
            return True
        job = self.job(one)
        return None if job and job.state in ("employed", "public") else False

    # What is known of a family

    def payee(self, one: Someone) -> Truth:
        """The mother, if she lives here and holds the certificate; else the father."""
        own = self.certificate(one)
        others = self.other_parents(one)
        here = [self.certificate(other) for other in others if other and self.is_here(other)]
        if one.sex == "F":
            return own if own is not None else True not in here
        if True in here:
            return False
        if own is True:
            return True
        if None in here:
            return False
        return None if None in others else True

    def letter_holder(self, one: Someone) -> Truth:
        """The mother, if she lives here; else the father."""
        if one.sex == "F":
            return True
        others = self.other_parents(one)
        if any(other and self.is_here(other) for other in others):
            return False
        return None if None in others else True

    def either_holds(self, one: Someone) -> Truth:
        """She or the child's other parent holds the certificate."""
        found: list[Truth] = [self.certificate(one)]
        for other in self.other_parents(one):
            if other is None:
                found.append(None)
            elif self.is_here(other):
                found.append(self.certificate(other))
        return any_of(found)

    def household(self, one: Someone) -> list[Someone] | None:
        home = next((home for home, period in one.homes if holds(period, self.day)), None)
        return None if home is None else self._members[home]

    def has_only_child(self, one: Someone) -> Truth:
        return all_of(len(self.family(one).living) == 1, self.certificate(one))

    # The programmes

    def ncjf(self, one: Someone) -> Truth:
        family = self.family(one)
        return all_of(
            one.born >= datetime.date(1933, 1, 1),
            has_reached(one.born, 60, self.day),
            self.is_rural(one),
            self.spouse_is_rural(one),
            len(family.living) == 1 or family.is_two_daughters or (not family.living and bool(family.died)),
        )

    def tfsd(self, one: Someone) -> Truth:
        family = self.family(one)
        return all_of(
            one.born >= datetime.date(1933, 1, 1),
            self.parent_has_reached(one, 49),
            family.was_never_two,
            bool(family.died) and not family.living,
        )

    def tfsc(self, one: Someone) -> Truth:
        family = self.family(one)
        return all_of(
            one.born >= datetime.date(1933, 1, 1),
            self.parent_has_reached(one, 49),
            family.was_never_two,
            len(family.living) == 1 and any(grade <= 3 for grade in family.grades),
        )

    def dsjl(self, one: Someone) -> Truth:
        living = self.family(one).living
        return all_of(
            self.payee(one),
            self.certificate(one),
            len(living) == 1 and not has_reached(living[0].born, 18, self.day),
        )

    def dsyl(self, one: Someone) -> Truth:
        job = self.job(one)
        retired: Truth = None
        if job and job.retired_on:
            retired = datetime.date(2013, 1, 1) <= job.retired_on <= self.day
        elif job and job.state:
            retired = None if job.state == "retired" else False
        from_enterprise: Truth = None
        is_laid_off: Truth = None
        if job and job.state in ("laid_off", "no_employer", "public"):
            from_enterprise, is_laid_off = False, job.state == "laid_off"
        elif job and job.code:
            from_enterprise, is_laid_off = job.code.startswith("9"), False
        return all_of(
            has_reached(one.born, 45, self.day),
            self.either_holds(one),
            retired,
            any_of([from_enterprise, all_of(is_laid_off, self.payee(one))]),
        )

    def mxnh(self, one: Someone) -> Truth:
        members = self.household(one)
        family = (
            None
            if members is None
            else any_of(
                self.family(member).is_two_daughters or self.has_only_child(member) for member in members
            )
        )
        return all_of(self.is_rural(one), family, opposite(self.insured_elsewhere(one, "medical")))

    def mxnb(self, one: Someone) -> Truth:
        members = self.household(one)
        return all_of(
            has_reached(one.born, 16, self.day),
            not has_reached(one.born, 60, self.day),
            self.is_rural(one),
            None if members is None else any(self.family(member).is_daughter_only for member in members),
            opposite(self.insured_elsewhere(one, "pension")),
        )

    def zkjf(self, one: Someone) -> Truth:
        year = next((year for year, period in one.examinations if holds(period, self.day)), None)
        turns = self.day.year - one.born.year
        examinee: Truth = year == self.day.year if year else (None if 14 <= turns <= 17 else False)
        parents = [tie.parent for tie in one.as_child if tie.kind != "step" and holds(tie.period, self.day)]
        only_child = any_of(self.has_only_child(one) if one else None for one in parents)
        two_daughters = any_of(self.family(one).is_two_daughters if one else None for one in parents)
        if not parents:
            only_child = two_daughters = None
        return all_of(examinee, any_of([only_child, all_of(two_daughters, self.is_rural(one))]))

    def yxfx(self, one: Someone) -> Truth:
        family = self.family(one)
        return all_of(
            self.letter_holder(one),
            any_of(
                [
                    all_of(len(family.living) == 1, self.either_holds(one)),
                    all_of(family.is_two_daughters, self.is_rural(one)),
                ]
            ),
        )

    def snjl(self, one: Someone) -> Truth:
        return all_of(self.letter_holder(one), self.is_rural(one), self.family(one).is_two_daughters)

    def qtjl(self, one: Someone) -> Truth:
        return all_of(self.payee(one), self.certificate(one))

    def says(self, programme: str, one: Someone) -> str:
        """The outcome for one person, as the sweep names it."""
        if not lives(one, self.day) or self.is_away(one):
            return "not_entitled"
        return {True: "entitled", None: "unknown", False: "not_entitled"}[RULES[programme](self, one)]


RULES: dict[str, Callable[[Register, Someone], Truth]] = {
    "NCJF": Register.ncjf,
    "TFSD": Register.tfsd,
    "TFSC": Register.tfsc,
    "DSJL": Register.dsjl,
    "DSYL": Register.dsyl,
    "MXNH": Register.mxnh,
    "MXNB": Register.mxnb,
    "ZKJF": Register.zkjf,
    "YXFX": Register.yxfx,
    "SNJL": Register.snjl,
    "NCTB": Register.ncjf,
    "QTJL": Register.qtjl,
}
