"""Random families with every kind of fact the rules read, and a plain evaluation of them.

The evaluation is written from the text of the programmes, person by person, with nothing of
`subsidies.predicates`: what it says and what the database says must be the same.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from households.enums import HukouType, MaritalState, ParentageKind, ParentRole, Sex
from households.models import Disability, Hukou, MaritalFact, Parentage, Person
from tests.factories import VILLAGE

Truth = bool | None
Period = tuple[datetime.date | None, datetime.date | None]
EDGES = ("1933-01-01", "1932-12-31", "1953-12-31", "1954-01-01", "1953-01-01", "1964-12-31", "1965-01-01")
LEAP_DAYS = ("1936-02-29", "1944-02-29", "1952-02-29", "1956-02-29", "1964-02-29")
RURAL = (HukouType.RURAL, HukouType.DEFINED_RURAL)


@dataclass
class Child:
    """A child of a couple as one parent has it: the parentage's kind and period are that parent's."""

    sex: str
    born: datetime.date
    died: datetime.date | None
    kind: str
    held: Period
    grades: list[tuple[int, Period]] = field(default_factory=list)


@dataclass
class Adult:
    """Somebody assessed, with what is on record about her."""

    sex: str
    born: datetime.date
    died: datetime.date | None
    hukou: list[tuple[str, Period]]
    marriages: list[tuple[str | None, Adult | None, bool, Period]] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    row: Person | None = None


def random_families(count: int, *, seed: int, day: datetime.date) -> list[Adult]:
    """Make families, store them, and return their adults."""
    dice = random.Random(seed)
    adults: list[Adult] = []
    rows: dict[type, list[object]] = {
        kind: [] for kind in (Person, Hukou, MaritalFact, Parentage, Disability)
    }
    for _number in range(count):
        adults += _family(dice, day, rows)
    for kind, made in rows.items():
        kind.objects.bulk_create(made, batch_size=2000)  # type: ignore[attr-defined] # each is a model
    return adults


def _family(dice: random.Random, day: datetime.date, rows: dict[type, list[object]]) -> list[Adult]:
    wife, husband = (_adult(dice, day, sex, rows) for sex in (Sex.FEMALE, Sex.MALE))
    for one, other in ((wife, husband), (husband, wife)):
        _marry(dice, day, one, other, rows)
    for _birth in range(dice.choices((0, 1, 2, 3), (15, 50, 28, 7))[0]):
        _bear(dice, day, wife, husband, rows)
    return [wife, husband]


def _adult(dice: random.Random, day: datetime.date, sex: str, rows: dict[type, list[object]]) -> Adult:
    if dice.random() < 0.15:
        born = datetime.date.fromisoformat(dice.choice(EDGES + LEAP_DAYS))
    else:
        born = datetime.date(1931, 1, 1) + datetime.timedelta(days=dice.randrange(36 * 365))
    died = _day_near(dice, day) if dice.random() < 0.08 else None
    adult = Adult(sex=sex, born=born, died=died, hukou=[])
    adult.row = _person(adult.sex, born, died, rows)
    kinds = dice.choices(
        (HukouType.RURAL, HukouType.DEFINED_RURAL, HukouType.URBAN, HukouType.RESIDENT, None),
        (60, 10, 10, 15, 5),
        k=2,
    )
    turned = _day_near(dice, day) if dice.random() < 0.15 else None
    periods: tuple[Period, ...] = ((None, turned), (turned, None)) if turned else ((None, None),)
    for kind, period in zip(kinds, periods, strict=False):
        if kind:
            adult.hukou.append((kind, period))
            rows[Hukou].append(
                Hukou(
                    person=adult.row, hukou_type=kind, place_code=VILLAGE, division_code=VILLAGE, **_p(period)
                )
            )
    return adult


def _marry(
    dice: random.Random, day: datetime.date, one: Adult, other: Adult, rows: dict[type, list[object]]
) -> None:
    if dice.random() < 0.08:
        return
    state = dice.choices(
        (MaritalState.MARRIED, MaritalState.WIDOWED, MaritalState.DIVORCED, None), (75, 10, 10, 5)
    )[0]
    spouse = other if dice.random() < 0.85 else None
    is_named = spouse is not None or dice.random() < 0.5
    period: Period = (_day_near(dice, day), None) if dice.random() < 0.1 else (None, None)
    one.marriages.append((state, spouse, is_named, period))
    rows[MaritalFact].append(
        MaritalFact(
            person=one.row,
            state=state,
            spouse=spouse.row if spouse else None,
            spouse_digest=b"x" * 32 if is_named else None,
            division_code=VILLAGE,
            **_p(period),
        )
    )


def _bear(
    dice: random.Random, day: datetime.date, wife: Adult, husband: Adult, rows: dict[type, list[object]]
) -> None:
    sex = dice.choice((Sex.FEMALE, Sex.MALE))
    born = datetime.date(1960, 1, 1) + datetime.timedelta(days=dice.randrange(54 * 366))
    died = None
    if dice.random() < 0.25:
        died = max(born, _day_near(dice, day) if dice.random() < 0.3 else born + _days(dice, 40 * 365))
    child = _person(sex, born, died, rows)
    grades: list[tuple[int, Period]] = []
    if dice.random() < 0.3:
        since = _day_near(dice, day) if dice.random() < 0.4 else None
        grades.append((dice.randint(1, 4), (since, None)))
        rows[Disability].append(
            Disability(person=child, grade=grades[0][0], division_code=VILLAGE, from_on=since)
        )
    for parent, role in ((wife, ParentRole.MOTHER), (husband, ParentRole.FATHER)):
        if dice.random() < 0.07:
            continue
        kind = dice.choices((ParentageKind.BIRTH, ParentageKind.ADOPTED, ParentageKind.STEP), (80, 10, 10))[0]
        start = born + _days(dice, 3000) if kind != ParentageKind.BIRTH and dice.random() < 0.7 else None
        end = _day_near(dice, day) if dice.random() < 0.05 else None
        if start and end and end <= start:
            end = None
        parent.children.append(Child(sex, born, died, kind, (start, end), grades))
        rows[Parentage].append(
            Parentage(
                person=child,
                parent=parent.row,
                role=role,
                kind=kind,
                division_code=VILLAGE,
                **_p((start, end)),
            )
        )


def _person(
    sex: str, born: datetime.date, died: datetime.date | None, rows: dict[type, list[object]]
) -> Person:
    person = Person(
        name="某某", name_sort="mou mou", sex=sex, birth_date=born, died_on=died, division_code=VILLAGE
    )
    rows[Person].append(person)
    return person


def _days(dice: random.Random, most: int) -> datetime.timedelta:
    return datetime.timedelta(days=dice.randrange(most))


def _day_near(dice: random.Random, day: datetime.date) -> datetime.date:
    """A day about the day of assessment, often that day itself or a neighbour of it."""
    return day + datetime.timedelta(days=dice.choice((-2000, -400, -30, -1, 0, 1, 30, 400)))


def _p(period: Period) -> dict[str, datetime.date | None]:
    return {"from_on": period[0], "to_on": period[1]}


# The plain evaluation --------------------------------------------------------------------------


def holds(period: Period, day: datetime.date) -> bool:
    return (period[0] is None or period[0] <= day) and (period[1] is None or day < period[1])


def lives(born: datetime.date, died: datetime.date | None, day: datetime.date) -> bool:
    return born <= day and (died is None or day < died)


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


def is_rural(adult: Adult, day: datetime.date) -> Truth:
    kind = next((kind for kind, period in adult.hukou if holds(period, day)), None)
    return None if kind in (None, HukouType.RESIDENT) else kind in RURAL


def spouse_is_rural(adult: Adult, day: datetime.date) -> Truth:
    marriage = next((one for one in adult.marriages if holds(one[3], day)), None)
    if marriage is None:
        return True
    state, spouse, is_named, _period = marriage
    if state in (MaritalState.WIDOWED, MaritalState.DIVORCED):
        return True
    if spouse is None:
        return None if is_named else True
    return is_rural(spouse, day) if lives(spouse.born, spouse.died, day) else True


def parent_has_reached(adult: Adult, years: int, day: datetime.date) -> Truth:
    if adult.sex == Sex.FEMALE:
        return has_reached(adult.born, years, day)
    marriage = next((one for one in adult.marriages if holds(one[3], day)), None)
    if marriage is None:
        return None
    state, spouse, _is_named, _period = marriage
    if state in (MaritalState.WIDOWED, MaritalState.DIVORCED):
        return has_reached(adult.born, years, day)
    if spouse is None:
        return None
    return has_reached((spouse if lives(spouse.born, spouse.died, day) else adult).born, years, day)


class Family:
    """The children of one adult that count on a day."""

    def __init__(self, adult: Adult, day: datetime.date) -> None:
        counted = [
            child
            for child in adult.children
            if child.kind != ParentageKind.STEP
            and child.born <= day
            and (child.held[0] is None or child.held[0] <= day)
        ]
        hers = [child for child in counted if holds(child.held, day)]
        self.living = [child for child in hers if lives(child.born, child.died, day)]
        # Parentage that ended with or after the child's death still is a child of hers that died.
        self.died = [
            child
            for child in counted
            if child.died is not None
            and child.died <= day
            and (child.held[1] is None or child.held[1] >= child.died)
        ]
        self.was_never_two = not any(
            _lived_together(one, other) for index, one in enumerate(counted) for other in counted[index + 1 :]
        )
        self.grades = [grade for child in self.living for grade, period in child.grades if holds(period, day)]


def _lived_together(one: Child, other: Child) -> bool:
    spans = []
    for child in (one, other):
        starts = max(filter(None, (child.born, child.held[0])))
        ends = min(filter(None, (child.died, child.held[1], datetime.date.max)))
        if ends <= starts:
            return False
        spans.append((starts, ends))
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


def ncjf(adult: Adult, day: datetime.date) -> Truth:
    family = Family(adult, day)
    return all_of(
        lives(adult.born, adult.died, day),
        adult.born >= datetime.date(1933, 1, 1),
        has_reached(adult.born, 60, day),
        is_rural(adult, day),
        spouse_is_rural(adult, day),
        len(family.living) == 1
        or (len(family.living) == 2 and all(child.sex == Sex.FEMALE for child in family.living))
        or (not family.living and bool(family.died)),
    )


def tfsd(adult: Adult, day: datetime.date) -> Truth:
    family = Family(adult, day)
    return all_of(
        lives(adult.born, adult.died, day),
        adult.born >= datetime.date(1933, 1, 1),
        parent_has_reached(adult, 49, day),
        family.was_never_two,
        bool(family.died) and not family.living,
    )


def tfsc(adult: Adult, day: datetime.date) -> Truth:
    family = Family(adult, day)
    return all_of(
        lives(adult.born, adult.died, day),
        adult.born >= datetime.date(1933, 1, 1),
        parent_has_reached(adult, 49, day),
        family.was_never_two,
        len(family.living) == 1 and any(grade <= 3 for grade in family.grades),
    )


PROGRAMMES: dict[str, Callable[[Adult, datetime.date], Truth]] = {"NCJF": ncjf, "TFSD": tfsd, "TFSC": tfsc}
