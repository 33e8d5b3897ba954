"""Random answers at the calculator, and the same family as a clerk would have recorded it."""

from __future__ import annotations

import datetime
import random
from typing import Any
from uuid import UUID

from households.enums import EmploymentState, HukouType, MaritalState, ParentageKind, ParentRole, Sex
from households.models import (
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
from subsidies.answers import Answers, ChildAnswer, Employer, Holder, Span, Spouse
from tests.factories import VILLAGE

EDGES = ("1933-01-01", "1932-12-31", "1953-12-31", "1954-01-01", "1964-12-31", "1965-01-01", "1952-02-29")
HUKOU = (*HukouType.values, HukouType.RURAL, HukouType.RURAL, HukouType.RURAL, "")
CODES = {
    Employer.ENTERPRISE: "91350100M000100Y43",
    Employer.PUBLIC: "12100000425006133D",
    Employer.UNKNOWN: "",
}


def exactly(day: datetime.date) -> Span:
    return Span(day, day)


def random_answers(dice: random.Random) -> Answers:
    """Answers of every kind: days and grades are known, what the registry has a sign for may be open."""
    spouse = dice.choices(list(Spouse), (70, 15, 15))[0]
    lives = spouse is Spouse.LIVES
    work = dice.choice((*EmploymentState.values, ""))
    return Answers(
        born=_adult(dice),
        sex=dice.choice((Sex.FEMALE, Sex.MALE)),
        hukou=dice.choice(HUKOU),
        spouse=spouse,
        spouse_born=_adult(dice) if lives else None,
        spouse_hukou=dice.choice(HUKOU) if lives else "",
        kids=tuple(_kid(dice) for _one in range(dice.choices((0, 1, 2, 3), (10, 50, 30, 10))[0])),
        certificate=dice.choice([one for one in Holder if lives or one is not Holder.SPOUSE]),
        work=work,
        employer=dice.choice(list(Employer)) if work else Employer.UNKNOWN,
        retired=_between(dice, 2011, 2013)
        if work == EmploymentState.RETIRED and dice.random() < 0.8
        else None,
        has_medical=dice.random() < 0.2,
        has_pension=dice.random() < 0.2,
    )


def _between(dice: random.Random, first: int, last: int) -> datetime.date:
    start = datetime.date(first, 1, 1)
    return start + datetime.timedelta(days=dice.randrange((datetime.date(last, 12, 31) - start).days))


def _adult(dice: random.Random) -> Span:
    if dice.random() < 0.2:
        return exactly(datetime.date.fromisoformat(dice.choice(EDGES)))
    return exactly(_between(dice, 1931, 1975))


def _kid(dice: random.Random) -> ChildAnswer:
    born = _between(dice, 1960, 2012) if dice.random() < 0.8 else _between(dice, 1996, 1999)
    is_living = dice.random() < 0.75
    died = min(born + datetime.timedelta(days=dice.randrange(9000)), datetime.date(2013, 12, 31))
    return ChildAnswer(
        born=exactly(born),
        sex=dice.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE)),
        kind=dice.choices(ParentageKind.values, (80, 12, 8))[0],
        is_living=is_living,
        died=None if is_living else exactly(died),
        grade=dice.choice((0, 0, 0, 1, 2, 3, 4)),
        examination_year=dice.choice((2013, 2014))
        if 1996 <= born.year <= 1999 and dice.random() < 0.6
        else None,
    )


def record(told: Answers, dice: random.Random) -> tuple[Person, list[Person]]:
    """Record the family in the registry: who asks, and the children in their order."""
    asker = _person(told.sex, told.born.first)
    other_sex = Sex.MALE if told.sex == Sex.FEMALE else Sex.FEMALE
    _fact(Hukou, asker, hukou_type=told.hukou, place_code=VILLAGE) if told.hukou else None
    spouse = _record_spouse(told, asker, other_sex, dice)
    _record_household(asker, spouse if told.spouse is Spouse.LIVES else None)
    _record_certificates(told, asker, spouse)
    if told.work:
        _fact(Employment, asker, state=told.work, retired_on=told.retired, employer_code=CODES[told.employer])
    for scheme, has in (("medical", told.has_medical), ("pension", told.has_pension)):
        if has:
            _fact(InsuranceElsewhere, asker, scheme=scheme)
    return asker, [_record_kid(kid, told, asker, spouse) for kid in told.kids]


def _record_spouse(told: Answers, asker: Person, sex: str, dice: random.Random) -> Person | None:
    if told.spouse is Spouse.UNKNOWN:
        _fact(MaritalFact, asker, state=MaritalState.MARRIED, spouse_digest=b"x" * 32)
        return None
    if told.spouse is Spouse.NONE:
        died_on = datetime.date(2001, 3, 4)
        spouse = _person(sex, datetime.date(1950, 1, 1), died_on) if dice.random() < 0.6 else None
        # The register may not have followed: a spouse who died leaves the other widowed all the same.
        states = [MaritalState.WIDOWED, MaritalState.MARRIED] if spouse else [MaritalState.DIVORCED]
        _fact(MaritalFact, asker, state=dice.choice(states), spouse=spouse)
        return spouse
    assert told.spouse_born
    spouse = _person(sex, told.spouse_born.first)
    _fact(MaritalFact, asker, state=dice.choice((MaritalState.MARRIED, None)), spouse=spouse)
    _fact(MaritalFact, spouse, state=MaritalState.MARRIED, spouse=asker)
    if told.spouse_hukou:
        _fact(Hukou, spouse, hukou_type=told.spouse_hukou, place_code=VILLAGE)
    return spouse


def _record_household(asker: Person, spouse: Person | None) -> None:
    household = Household.objects.create(number=str(asker.pk)[-12:], division_code=VILLAGE)
    for member in filter(None, (asker, spouse)):
        _fact(Membership, member, household=household, relation="other")


def _record_certificates(told: Answers, asker: Person, spouse: Person | None) -> None:
    """Who holds none has given hers back; of whom nothing is known, nothing is on record."""
    if told.certificate is Holder.UNKNOWN:
        return
    for person, holder in ((asker, Holder.OWN), (spouse, Holder.SPOUSE)):
        if person and (person is asker or told.spouse is Spouse.LIVES):
            ended = None if told.certificate is holder else datetime.date(1999, 1, 1)
            _fact(
                OnlyChildCertificate,
                person,
                number="山0001",
                issued_on=datetime.date(1988, 1, 1),
                to_on=ended,
            )


def _record_kid(kid: ChildAnswer, told: Answers, asker: Person, spouse: Person | None) -> Person:
    child = _person(kid.sex, kid.born.first, kid.died.first if kid.died else None)
    roles = [ParentRole.MOTHER, ParentRole.FATHER]
    if told.sex == Sex.MALE:
        roles.reverse()
    _fact(Parentage, child, parent=asker, role=roles[0], kind=kid.kind)
    other_kind = ParentageKind.BIRTH if kid.kind == ParentageKind.STEP else kid.kind
    if spouse:
        _fact(Parentage, child, parent=spouse, role=roles[1], kind=other_kind)
    elif told.spouse is Spouse.UNKNOWN:
        _fact(Parentage, child, parent_digest=b"x" * 32, role=roles[1], kind=other_kind)
    if kid.grade:
        _fact(Disability, child, grade=kid.grade)
    if kid.examination_year:
        _fact(ExaminationYear, child, year=kid.examination_year)
    return child


def _person(sex: str, born: datetime.date, died: datetime.date | None = None) -> Person:
    return Person.objects.create(
        name="某某", name_sort="mou mou", sex=sex, birth_date=born, died_on=died, division_code=VILLAGE
    )


def _fact(model: Any, person: Person, **fields: Any) -> UUID:
    made: UUID = model.objects.create(person=person, division_code=VILLAGE, **fields).pk
    return made
