"""During which periods somebody was entitled to a benefit, from the programme's start to a day.

What the register says today is asked of every day on which anything can change: days of the policy
and of its parameters, birthdays that the rule waits for, ends of facts of the person and her nearest.
The days are decided by the same statement as the sweep's, many days and people at once.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from households.models import Absence
from offices.database.planning import looking_rows_up
from subsidies.enums import Frequency, Outcome, PolicyState
from subsidies.models import Grant, PolicyVersion, Programme
from subsidies.periods import twelfths
from subsidies.predicates import Bindings
from subsidies.selectors.amounts import collection_on
from subsidies.selectors.assessing import decide
from subsidies.selectors.days_of_change import days_of_facts
from subsidies.selectors.rules import PolicyOnDay

_OUTCOMES = {True: Outcome.ENTITLED, False: Outcome.NOT_ENTITLED, None: Outcome.UNKNOWN}
_READS_THE_YEAR = "examination"
"""The relation whose condition asks for the year of the day: each New Year may turn it."""
_DAY_PLACEHOLDER = re.compile(r"%\((?:day|reckoned_on)\)s")
NOT_AWAY = (
    f'NOT EXISTS (SELECT FROM "{Absence._meta.db_table}" away WHERE away.person_id = subject.id '
    "AND (away.from_on IS NULL OR away.from_on <= %(day)s::date) "
    "AND (away.to_on IS NULL OR away.to_on > %(day)s::date))"
)
"""Who had left the county on a day was entitled to nothing here."""
_Paid = tuple[Decimal | None, Decimal | None]
"""What the year brings, and one period of it."""


@dataclass(frozen=True, slots=True)
class EntitledPeriod:
    """`[from_on, to_on)` with one outcome under one version, and what a year of it brings (yuan).

    `amount` is that of one period of the programme, a year or a month. `to_on` is None for the period that goes on on the day asked about.
    """

    from_on: datetime.date
    to_on: datetime.date | None
    outcome: Outcome
    version: PolicyVersion
    annual_amount: Decimal | None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days from `policy.day` on, up to `to_on`, on which the same rule and amounts hold."""

    policy: PolicyOnDay
    to_on: datetime.date | None


def history_of(*, person_id: UUID, programme: Programme, until: datetime.date) -> list[EntitledPeriod]:
    """The periods of one person, oldest first, without those in which she was not entitled."""
    return histories(people=[person_id], programme=programme, until=until)[person_id]


def histories(
    *, people: Sequence[UUID], programme: Programme, until: datetime.date
) -> dict[UUID, list[EntitledPeriod]]:
    """The same for several people at once. Needs the scope of the whole county."""
    found: dict[UUID, list[EntitledPeriod]] = {person: [] for person in people}
    stretches = _stretches(programme, until)
    if not stretches or not people:
        return found
    days = days_of_facts(
        people=people,
        versions=[one.policy.version for one in stretches],
        relations=frozenset().union(*(one.policy.relations for one in stretches)),
    )
    moments: dict[UUID, list[tuple[datetime.date, _Stretch, Outcome, _Paid]]] = {
        person: [] for person in people
    }
    with looking_rows_up():
        for stretch, asked in _asked(stretches, days, until):
            for person, day, outcome, paid in _decided(stretch.policy, asked):
                moments[person].append((day, stretch, outcome, paid))
    for person, decided in moments.items():
        found[person] = list(_periods(sorted(decided, key=lambda one: one[0])))
    return found


def _stretches(programme: Programme, until: datetime.date) -> list[_Stretch]:
    """The programme's published past cut where a version, a parameter or the year's amount changes."""
    cut: list[_Stretch] = []
    versions = PolicyVersion.objects.filter(
        programme=programme, state=PolicyState.PUBLISHED, from_on__lte=until
    ).select_related("programme")
    for version in versions.order_by("from_on"):
        ends = version.to_on if version.to_on and version.to_on <= until else None
        for begins, stops in _pairs(_days_of_version(version, until), ends):
            policy = PolicyOnDay(version, begins)
            last = cut[-1] if cut else None
            if (
                last
                and last.to_on == begins
                and last.policy.version == version
                and last.policy.rule == policy.rule
                and last.policy.amounts == policy.amounts
                and _READS_THE_YEAR not in policy.relations
            ):
                cut[-1] = _Stretch(last.policy, stops)
            else:
                cut.append(_Stretch(policy, stops))
    return cut


def _days_of_version(version: PolicyVersion, until: datetime.date) -> list[datetime.date]:
    """Its first day, each day on which a parameter begins or ends or a collection does, and each New Year."""
    days = {version.from_on}
    for rows in version.parameters.values():
        days.update(
            datetime.date.fromisoformat(row[end]) for row in rows for end in ("from", "to") if row[end]
        )
    days.update(datetime.date(year, 1, 1) for year in range(version.from_on.year + 1, until.year + 1))
    ends_of_years = (datetime.date(year, 12, 31) for year in range(version.from_on.year, until.year + 1))
    collections = (collection_on(version, day) for day in ends_of_years)
    days.update(one.begins_on for one in collections if one)
    last = min(until, version.to_on - datetime.timedelta(days=1)) if version.to_on else until
    return sorted(day for day in days if version.from_on <= day <= last)


def _pairs(
    days: Sequence[datetime.date], ends: datetime.date | None
) -> Iterator[tuple[datetime.date, datetime.date | None]]:
    yield from zip(days, [*days[1:], ends], strict=True)


def _asked(
    stretches: Sequence[_Stretch], days: Mapping[UUID, Iterable[datetime.date]], until: datetime.date
) -> Iterator[tuple[_Stretch, list[tuple[UUID, datetime.date]]]]:
    for stretch in stretches:
        begins, ends = stretch.policy.day, stretch.to_on
        yield (
            stretch,
            [
                (person, day)
                for person, changes in days.items()
                for day in {
                    begins,
                    *(day for day in changes if begins < day <= until and (ends is None or day < ends)),
                }
            ],
        )


def _decided(
    policy: PolicyOnDay, asked: Sequence[tuple[UUID, datetime.date]]
) -> Iterator[tuple[UUID, datetime.date, Outcome, _Paid]]:
    """The decision on each of these days, in one statement: the day is a column instead of a value."""
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    decision = decide(policy, values, among=("subject.id = moment.person_id", NOT_AWAY))
    inner = (
        f"WITH {decision.subjects}, assessed AS ({decision.rows}) "
        f"SELECT {decision.all_hold} AS holds, annual_amount, amount FROM assessed"
    )
    people = values.bind([person for person, _day in asked])
    days = values.bind([day for _person, day in asked])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT moment.person_id, moment.day, decided.person_id IS NOT NULL, decided.holds, "
            "decided.annual_amount, decided.amount "
            f"FROM unnest({people}::uuid[], {days}::date[]) AS moment (person_id, day) "
            f"LEFT JOIN LATERAL (SELECT moment.person_id, told.* FROM ({_DAY_PLACEHOLDER.sub('moment.day', inner)}) told) "
            "decided ON true",
            values.values,
        )
        for person, day, is_here, holds, *paid in cursor.fetchall():
            yield person, day, _OUTCOMES[holds] if is_here else Outcome.NOT_ENTITLED, (paid[0], paid[1])


def _periods(
    decided: Sequence[tuple[datetime.date, _Stretch, Outcome, _Paid]],
) -> Iterator[EntitledPeriod]:
    """Days that follow each other with the same answer are one period."""
    current: EntitledPeriod | None = None
    for index, (day, stretch, outcome, paid) in enumerate(decided):
        following = decided[index + 1][0] if index + 1 < len(decided) else None
        ends = min((one for one in (stretch.to_on, following) if one), default=None)
        if (
            current
            and current.to_on == day
            and (current.outcome, current.version, current.annual_amount, current.amount)
            == (outcome, stretch.policy.version, *paid)
        ):
            current = EntitledPeriod(current.from_on, ends, outcome, current.version, *paid)
            continue
        if current and current.outcome != Outcome.NOT_ENTITLED:
            yield current
        current = EntitledPeriod(day, ends, outcome, stretch.policy.version, *paid)
    if current and current.outcome != Outcome.NOT_ENTITLED:
        yield current


@dataclass(frozen=True, slots=True)
class OwedPast:
    """Since when the right that holds on a day is not received, and what the years before would have brought."""

    since: datetime.date
    arrears_amount: Decimal


def owed_past(
    *,
    periods: Sequence[EntitledPeriod],
    frequency: str,
    on: datetime.date,
    received_until: datetime.date | None,
) -> OwedPast | None:
    """What follows from a history: the unbroken right up to the day, after the end of an earlier grant.

    None if she is not entitled on the day. `received_until`: the first day that no grant covers any more.
    """
    since: datetime.date | None = None
    reached: datetime.date | None = None
    for period in periods:
        if period.outcome != Outcome.ENTITLED:
            continue
        if since is None or reached != period.from_on:
            since = period.from_on
        reached = period.to_on
    if since is None or reached is not None:
        return None
    if received_until and received_until > since:
        since = min(received_until, on)
    return OwedPast(since, _arrears(periods, frequency, since, on))


def _arrears(
    periods: Sequence[EntitledPeriod], frequency: str, since: datetime.date, on: datetime.date
) -> Decimal:
    """A year pays its amount whole, a monthly benefit its months; what is given once has no arrears."""
    total = Decimal("0.00")
    if frequency == Frequency.ONCE:
        return total
    for year in range(since.year, on.year):
        last = datetime.date(year, 12, 31)
        amount = next(
            (
                one.annual_amount
                for one in periods
                if one.from_on <= last and (one.to_on is None or one.to_on > last)
            ),
            None,
        )
        if not amount:
            continue
        is_part = frequency == Frequency.MONTHLY and year == since.year
        total += amount - twelfths(amount, since.month - 1) if is_part else amount
    return total


def received_until(*, people: Sequence[UUID], programme: Programme, on: datetime.date) -> dict[UUID, Any]:
    """The end of the last grant that a person had before the day, if she had one."""
    ended = Grant.objects.filter(person__in=people, programme=programme, to_on__lte=on)
    return dict(ended.order_by("person_id", "to_on").values_list("person_id", "to_on"))
