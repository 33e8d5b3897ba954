"""The rows of a family as somebody describes it at the calculator, and every way an open answer may turn out.

What the registry has a sign for stays open in it (no row for the hukou, a spouse who is named and
not in the register). What it takes as complete (kinship, disability, insurance) or as exact (days)
is imagined both ways; where the ways differ, the answer is not known.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from django.db import models

from households.enums import MaritalState, ParentageKind, ParentRole, Sex
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
from offices.ids import new_id
from subsidies.answers import Answers, ChildAnswer, Employer, Holder, Question, Span, Spouse

_CODE_OF_EMPLOYER = {Employer.ENTERPRISE: "9", Employer.PUBLIC: "1"}
"""GB 32100: a code that begins with 9 is an enterprise's."""
_NAMED = b"\0" * 32
"""A number by which somebody is named who is not in the register."""

TOLD_BY: Mapping[type[models.Model], str] = {
    Person: "the days of birth and death",
    Hukou: "the kind of hukou",
    MaritalFact: "whether a spouse lives",
    Parentage: "the children",
    Disability: "a child's disability grade",
    OnlyChildCertificate: "the certificate",
    Employment: "the work and the day of retirement",
    ExaminationYear: "a child's examination year",
    InsuranceElsewhere: "whether insured as a worker or in another county",
    Membership: "taken as given: the couple has one household",
    Household: "taken as given: the couple has one household",
    Absence: "taken as given: who asks lives in the county",
}
"""What each table of the registry is told from; a test sees that no relation reads another."""


@dataclass(frozen=True, slots=True)
class ImaginedFamily:
    """One way a family may be: who asks, her living children in their order, and all rows."""

    asker: UUID
    kids: tuple[UUID | None, ...]
    rows: tuple[models.Model, ...]


def ways_to_be(answers: Answers, *, on: datetime.date) -> list[Answers]:
    """Every way in which what is open of days, grades and insurance may turn out, at its ends."""
    is_open = answers.open_questions
    ways = [answers]
    if Question.BORN in is_open:
        ways = [replace(way, born=end) for way in ways for end in _ends(way.born)]
    if answers.spouse_born and Question.SPOUSE_BORN in is_open:
        ways = [replace(way, spouse_born=end) for way in ways for end in _ends(answers.spouse_born)]
    if Question.CHILD_BORN in is_open:
        ways = _with_kids(ways, [partial(_born, end=end) for end in (0, 1)])
    if Question.CHILD_DIED in is_open:
        ways = _with_kids(ways, [partial(_died, end=end, on=on) for end in (0, 1)])
    if Question.GRADE in is_open:
        ways = _with_kids(ways, [partial(_graded, grade=grade) for grade in (0, 1)])
    if Question.MEDICAL in is_open:
        ways = [replace(way, has_medical=has) for way in ways for has in (False, True)]
    if Question.PENSION in is_open:
        ways = [replace(way, has_pension=has) for way in ways for has in (False, True)]
    return ways


def _ends(span: Span) -> tuple[Span, Span]:
    return Span(span.first, span.first), Span(span.last, span.last)


def _with_kids(ways: list[Answers], changes: Sequence[Callable[[ChildAnswer], ChildAnswer]]) -> list[Answers]:
    return [replace(way, kids=tuple(map(change, way.kids))) for way in ways for change in changes]


def _born(kid: ChildAnswer, end: int) -> ChildAnswer:
    return replace(kid, born=_ends(kid.born)[end])


def _died(kid: ChildAnswer, end: int, on: datetime.date) -> ChildAnswer:
    if kid.is_living:
        return kid
    return replace(kid, died=_ends(kid.died or Span(kid.born.first, on))[end])


def _graded(kid: ChildAnswer, grade: int) -> ChildAnswer:
    return replace(kid, grade=grade) if kid.grade is None else kid


def imagine(answers: Answers, *, on: datetime.date) -> ImaginedFamily:
    """The rows of one way a family may be; every day and grade in it is known."""
    asker = _person(answers.sex, answers.born)
    rows: list[models.Model] = [asker, *_hukou(asker, answers.hukou)]
    other = Sex.MALE if answers.sex == Sex.FEMALE else Sex.FEMALE
    spouse = None
    if answers.spouse is Spouse.LIVES:
        spouse = _person(other, answers.spouse_born)
        rows += [spouse, *_hukou(spouse, answers.spouse_hukou)]
    rows += [_marriage(asker, spouse, answers.spouse), *_household(asker, spouse)]
    rows += [*_certificates(asker, spouse, answers.certificate), *_work(asker, answers)]
    kids: list[UUID | None] = []
    for kid in answers.kids:
        child = _person(kid.sex, kid.born, died=kid.died if not kid.is_living else None)
        kids.append(child.pk if kid.is_living else None)
        rows += [child, *_kinship(child, kid, asker, spouse, answers.spouse)]
        if kid.grade:
            rows.append(Disability(id=new_id(), person_id=child.pk, grade=kid.grade))
        if kid.examination_year:
            rows.append(ExaminationYear(id=new_id(), person_id=child.pk, year=kid.examination_year))
    return ImaginedFamily(asker.pk, tuple(kids), tuple(rows))


def _person(sex: str, born: Span | None, *, died: Span | None = None) -> Person:
    died_on = max(died.first, born.first) if died and born else None
    person = Person(id=new_id(), sex=sex, died_on=died_on)
    if born:
        person.birth_date = born.first
    return person


def _hukou(person: Person, kind: str) -> Iterator[Hukou]:
    if kind:
        yield Hukou(id=new_id(), person_id=person.pk, hukou_type=kind)


def _marriage(asker: Person, spouse: Person | None, answer: Spouse) -> MaritalFact:
    return MaritalFact(
        id=new_id(),
        person_id=asker.pk,
        state=MaritalState.WIDOWED if answer is Spouse.NONE else MaritalState.MARRIED,
        spouse_id=spouse.pk if spouse else None,
        spouse_digest=_NAMED if answer is Spouse.UNKNOWN else None,
    )


def _household(*people: Person | None) -> Iterator[models.Model]:
    household = Household(id=new_id())
    yield household
    for person in people:
        if person:
            yield Membership(id=new_id(), person_id=person.pk, household_id=household.pk)


def _certificates(asker: Person, spouse: Person | None, answer: Holder) -> Iterator[models.Model]:
    if answer is Holder.UNKNOWN:
        return
    for person, holder in ((asker, Holder.OWN), (spouse, Holder.SPOUSE)):
        if person:
            # One that was given back at once is none: the registry has no other sign for "holds none".
            first = datetime.date.min
            ended = None if answer is holder else first
            yield OnlyChildCertificate(id=new_id(), person_id=person.pk, issued_on=first, to_on=ended)


def _work(asker: Person, answers: Answers) -> Iterator[models.Model]:
    if answers.work:
        yield Employment(
            id=new_id(),
            person_id=asker.pk,
            state=answers.work,
            retired_on=answers.retired,
            employer_code=_CODE_OF_EMPLOYER.get(answers.employer, ""),
        )
    for scheme, has in (("medical", answers.has_medical), ("pension", answers.has_pension)):
        if has:
            yield InsuranceElsewhere(id=new_id(), person_id=asker.pk, scheme=scheme)


def _kinship(
    child: Person, kid: ChildAnswer, asker: Person, spouse: Person | None, answer: Spouse
) -> Iterator[Parentage]:
    """A child is the couple's; a step-child of hers is the spouse's own."""
    hers, other = ParentRole.MOTHER, ParentRole.FATHER
    if asker.sex == Sex.MALE:
        hers, other = other, hers
    yield Parentage(id=new_id(), person_id=child.pk, parent_id=asker.pk, role=hers, kind=kid.kind)
    if answer is not Spouse.NONE:
        kind = ParentageKind.BIRTH if kid.kind == ParentageKind.STEP else kid.kind
        yield Parentage(
            id=new_id(),
            person_id=child.pk,
            parent_id=spouse.pk if spouse else None,
            parent_digest=None if spouse else _NAMED,
            role=other,
            kind=kind,
        )


def families_of(answers: Answers, *, on: datetime.date) -> list[ImaginedFamily]:
    """Every way the family may be, as rows."""
    return [imagine(way, on=on) for way in ways_to_be(answers, on=on)]


def rows_of(families: list[ImaginedFamily]) -> tuple[models.Model, ...]:
    """The rows of all of them: they have no person in common."""
    return tuple(itertools.chain.from_iterable(family.rows for family in families))
