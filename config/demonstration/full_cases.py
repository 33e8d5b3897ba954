"""The cases of the full county's year: hundreds of families, one by one through the office's services."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from config.demonstration.cases import DAY, ON_THE_WAY, Desk
from config.demonstration.full_plan import Plan
from households.enums import Relation
from households.models import BankAccount, Membership, Person
from offices import clock
from offices.errors import DomainError
from subsidies.enums import ApplicationState, NominationReason, Standing, StopReason
from subsidies.models import Application, Assessment, Grant, Programme, Sweep
from subsidies.selectors.rules import policy_on
from subsidies.services import grants
from subsidies.services.nominations import nominate_family
from subsidies.services.sweep import entitled_among

State = ApplicationState
SPRING = datetime.date(2013, 2, 28)
"""The day of the assessment that the year begins with."""
SUMMER = datetime.date(2013, 7, 15)
"""The day of the assessment that finds who retired in spring."""
_SPECIAL = {"TFSD": 80, "TFSC": 70}
"""Grants of special assistance in the full county."""

_SPARE = 20
"""So many of who is not granted are looked at for other cases; the rest stay owed."""


class Counter:
    """Takes families one after the other through the office and says how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.desk = Desk(lambda _text: None)
        self._say = say

    def grant(self, code: str, people: Sequence[Person], first: datetime.date, last: datetime.date) -> int:
        """Each from the counter to the grant, begun evenly between two days."""
        self._say(f"  … {code}: {len(people)} families 户")
        for begun_on, person in zip(_days(first, last, len(people)), people, strict=True):
            self.desk.bring(person, code, State.GRANTED, begun_on)
        return len(people)


def make_spring_cases(plan: Plan, sweep: Sweep, say: Callable[[str], None]) -> None:
    """Reward assistance, special assistance, the four rewards: whoever was owed in spring, as far as the plan says."""
    counter = Counter(say)
    granted, others = chosen(sweep, "NCJF", plan.recipients)
    counter.grant("NCJF", granted, datetime.date(2013, 3, 4), datetime.date(2013, 10, 8))
    for code, many in _SPECIAL.items():
        counter.grant(
            code,
            chosen(sweep, code, plan.of(many))[0],
            datetime.date(2013, 3, 6),
            datetime.date(2013, 10, 30),
        )
    for code, many in plan.rewards.items():
        counter.grant(
            code,
            chosen(sweep, code, many)[0],
            datetime.date(2013, 3, 11),
            datetime.date(2013, 9, 27),
        )
    _on_the_way(counter.desk, others)
    _end_some(counter.desk, plan.of(6))


def make_summer_cases(plan: Plan, sweep: Sweep, say: Callable[[str], None]) -> None:
    """Lump sums to those who retired in spring, and the model families that the villages chose."""
    counter = Counter(say)
    granted, others = chosen(sweep, "DSYL", plan.lump_sums)
    counter.grant("DSYL", granted, datetime.date(2013, 7, 16), datetime.date(2013, 10, 10))
    for person in others[:1]:
        counter.desk.bring(person, "DSYL", State.TOWNSHIP_REVIEWED, datetime.date(2013, 12, 19))
    _nominate(counter.desk, plan, say)


def owed_people(sweep: Sweep, code: str, *, is_paid: bool = True) -> list[UUID]:
    """Who a sweep found owed a programme (and can be paid), in the order of their villages."""
    rows = Assessment.objects.filter(sweep=sweep, programme_id=code, standing=Standing.OWED)
    if is_paid:
        rows = rows.filter(Exists(BankAccount.objects.filter(person=OuterRef("person"))))
    rows = rows.order_by("division_code", "person__birth_date", "person__name_sort", "person_id")
    return list(rows.values_list("person_id", flat=True))


def _owed_all_year(code: str, people: Sequence[UUID]) -> list[UUID]:
    policy = policy_on(code, datetime.date(SPRING.year, 12, 31))
    still = entitled_among(policy, people) if policy else set()
    return [person for person in people if person in still]


def _in_order(keys: Sequence[UUID]) -> list[Person]:
    found = Person.objects.in_bulk(keys)
    return [found[key] for key in keys]


def chosen(sweep: Sweep, code: str, many: int, *, is_paid: bool = True) -> tuple[list[Person], list[Person]]:
    """So many of those owed until the year's end, of all villages, and some of the others.

    A case takes weeks: whose right ends meanwhile would be refused. Raises DomainError `too_few_owed`.
    """
    people = _owed_all_year(code, owed_people(sweep, code, is_paid=is_paid))
    if len(people) < many:
        raise DomainError(
            "too_few_owed",
            _(
                "%(programme)s is owed to %(count)s people, and %(many)s are to be granted. Take another seed."
            ),
            programme=code,
            count=len(people),
            many=many,
        )
    places = {number * len(people) // many for number in range(many)}
    others = [key for number, key in enumerate(people) if number not in places]
    return _in_order([people[number] for number in sorted(places)]), _in_order(others[:_SPARE])


def _days(first: datetime.date, last: datetime.date, many: int) -> Iterable[datetime.date]:
    span = (last - first).days
    return (first + DAY * (number * span // max(many, 1)) for number in range(many))


def _on_the_way(desk: Desk, people: Sequence[Person]) -> None:
    """Cases at every step on the day of the demonstration, as far as there are people; the others stay owed."""
    waiting = iter(people)
    for take in (desk.with_papers_missing, desk.refused, desk.withdrawn, desk.objected):
        for person in _next(waiting):
            take(person)
    for state, begun_on in ON_THE_WAY:
        for person in _next(waiting):
            desk.bring(person, "NCJF", state, begun_on)


def _next(waiting: Iterator[Person]) -> list[Person]:
    return list(islice(waiting, 1))


def _end_some(desk: Desk, many: int) -> None:
    """Moves that end grants with the year: until then they are paid and count."""
    held = Grant.objects.filter(programme_id="NCJF").order_by("from_on", "application__file_number")
    for grant in held[:many]:
        with clock.demonstration_day(datetime.date(2013, 11, 18)):
            grants.stop_grant(
                grant=grant,
                reason=StopReason.MOVED,
                event_on=datetime.date(2013, 11, 12),
                actor=desk.officers.county,
            )


def _nominate(desk: Desk, plan: Plan, say: Callable[[str], None]) -> None:
    """The villages nominate families, the county confirms; some are still on their way."""
    award = Programme.objects.get(pk="MFXJ")
    say(f"  … MFXJ: {plan.model_families} families 户")
    families = _heads(plan.model_families + 2)
    begins = _days(datetime.date(2013, 7, 18), datetime.date(2013, 9, 30), len(families))
    for number, (begun_on, person) in enumerate(zip(begins, families, strict=True)):
        reasons = [NominationReason.CARES, NominationReason.HARMONY][: 1 + number % 2]
        with clock.demonstration_day(begun_on):
            case: Application = nominate_family(
                actor=desk.officers.counter(person.division_code),
                person=person,
                programme=award,
                reasons=reasons,
            )
        until = State.GRANTED if number < plan.model_families else State.VILLAGE_REVIEWED
        desk.bring_on(case, until, begun_on)


def _heads(many: int) -> list[Person]:
    """Heads of households of all villages who can be paid, always the same ones."""
    paid = Exists(BankAccount.objects.filter(person=OuterRef("person")))
    heads = Membership.objects.filter(
        paid,
        relation=Relation.HEAD,
        to_on=None,
        person__died_on=None,
        person__birth_date__range=(datetime.date(1950, 1, 1), datetime.date(1980, 1, 1)),
    ).order_by("division_code", "person__birth_date", "person__name_sort", "person_id")
    keys = list(heads.values_list("person_id", flat=True))
    return _in_order([keys[number * len(keys) // many] for number in range(many)])
