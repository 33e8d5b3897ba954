"""A policy's decision about named people, condition by condition, and the day on which it turns.

The people are those of the registry, or imagined ones whose rows stand in the statement itself
(imagined.py): the conditions are the same text, run by the same database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models

from subsidies.enums import Outcome
from subsidies.models import PolicyVersion
from subsidies.predicates import Bindings, Node
from subsidies.predicates.base import RECKONED_ON
from subsidies.selectors.assessing import decide, walk
from subsidies.selectors.imagined import hiding_tables
from subsidies.selectors.rules import PolicyOnDay, on_days, published_versions

Family = Sequence[models.Model]
"""Rows of the registry's tables that nobody has stored."""
_OUTCOMES = {True: Outcome.ENTITLED, False: Outcome.NOT_ENTITLED, None: Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Decided:
    """One person's outcome; `results` are those of every node of the registry clauses, in order.

    `birthdays`: when the conditions that go by age may turn.

    Amounts, in yuan, of one period and of the year: what it would be, whatever the outcome.
    """

    outcome: Outcome
    results: tuple[bool | None, ...]
    birthdays: tuple[datetime.date | None, ...]
    amount: Decimal | None
    annual_amount: Decimal | None


def decided(
    policy: PolicyOnDay,
    people: Sequence[UUID],
    *,
    reckoned_on: datetime.date,
    facts_of: datetime.date | None = None,
    family: Family | None = None,
) -> Mapping[UUID, Decided]:
    """The registry's decision for each of some people; `family`: for imagined people, from their rows."""
    values = Bindings(day=facts_of or policy.day, reckoned_on=reckoned_on)
    decision = decide(policy, values, among=(_among(people, values),), with_nodes=True)
    rows = _rows(
        f"{decision.subjects}, assessed AS ({decision.rows})",
        f"SELECT id, {decision.all_hold}, results, birthdays, amount, annual_amount FROM assessed",
        values,
        family,
    )
    return {
        key: Decided(_OUTCOMES[outcome], tuple(results), tuple(birthdays), amount, annual_amount)
        for key, outcome, results, birthdays, amount, annual_amount in rows
    }


def outcomes_among(policy: PolicyOnDay, people: Sequence[UUID]) -> dict[UUID, tuple[Outcome, Decimal | None]]:
    """The outcome for each of some people and what a year would bring, without the reasons.

    A record that was merged into another is nobody's, and is left out.
    """
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    decision = decide(policy, values, among=(_among(people, values),))
    rows = _rows(
        f"{decision.subjects}, assessed AS ({decision.rows})",
        f"SELECT id, {decision.all_hold}, annual_amount FROM assessed",
        values,
        None,
    )
    return {key: (_OUTCOMES[outcome], amount) for key, outcome, amount in rows}


def would_qualify(
    policy: PolicyOnDay,
    people: Sequence[UUID],
    now: Sequence[Decided],
    *,
    family: Family | None = None,
    versions: Sequence[PolicyVersion] = (),
) -> datetime.date | None:
    """The first later day on which each of them is entitled, if nothing but time and the policy change.

    `now` is what was decided for them. Days on which a condition that failed is asked again as it
    was, and does not go by age, are left out. `versions`: the programme's published ones, where they
    have been read already.
    """
    stuck = _stuck(policy, now)
    versions = versions or published_versions(policy.code)
    changes = sorted(day for day in _days_of_policy(versions) if day > policy.day)
    if all(_is_stuck(stuck, later) for later in (policy, *on_days(versions, changes))):
        return None
    waiting = {*changes, *_birthdays_after(policy.day, now)}
    while waiting:
        day = min(waiting)
        waiting.remove(day)
        for later in on_days(versions, [day]):
            if _is_stuck(stuck, later):
                continue
            found = decided(later, people, reckoned_on=day, facts_of=policy.day, family=family)
            if found and all(one.outcome is Outcome.ENTITLED for one in found.values()):
                return day
            # A later rule may wait for another age.
            waiting |= _birthdays_after(day, found.values())
    return None


def _birthdays_after(day: datetime.date, found: Iterable[Decided]) -> set[datetime.date]:
    return {one for each in found for one in each.birthdays if one and one > day}


def _is_stuck(stuck: set[Node], later: PolicyOnDay) -> bool:
    """Whether a later rule still asks for what failed and does not go by age."""
    return bool(stuck & {clause.node for clause in later.rule.registry_clauses})


def clause_results(policy: PolicyOnDay, results: Sequence[bool | None]) -> list[bool | None]:
    """Of the results of all nodes, those of the registry clauses themselves."""
    found, at = [], 0
    for clause in policy.rule.registry_clauses:
        found.append(results[at])
        at += sum(1 for _node in walk(clause.node))
    return found


def _stuck(policy: PolicyOnDay, now: Sequence[Decided]) -> set[Node]:
    failed = [
        clause
        for one in now
        for clause, result in zip(
            policy.rule.registry_clauses, clause_results(policy, one.results), strict=True
        )
        if result is not True
    ]
    return {clause.node for clause in failed if RECKONED_ON not in clause.condition(Bindings())}


def _days_of_policy(versions: Sequence[PolicyVersion]) -> set[datetime.date]:
    """Days on which the published policy itself changes."""
    days = {version.from_on for version in versions}
    for version in versions:
        for rows in version.parameters.values():
            days.update(datetime.date.fromisoformat(row["from"]) for row in rows)
    return days


def _among(people: Sequence[UUID], values: Bindings) -> str:
    if len(people) == 1:
        return f"subject.id = {values.bind(people[0])}"
    return f"subject.id = ANY({values.bind(list(people))}::uuid[])"


def _rows(expressions: str, select: str, values: Bindings, family: Family | None) -> list[tuple[Any, ...]]:
    hidden = [] if family is None else hiding_tables(expressions + select, family, values)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join([*hidden, expressions])} {select}", values.values)
        return cursor.fetchall()
