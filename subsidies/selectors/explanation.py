"""Why a benefit is somebody's, or not, or not known yet: clause by clause, from the register.

The clauses are decided by the same statement as the sweep's (assessing.py), run over one person.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from households.models import Person
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.sealing import Purpose, digest
from subsidies.enums import Outcome, PolicyState
from subsidies.models import PolicyVersion, Programme
from subsidies.predicates import Bindings, Node, Where
from subsidies.predicates.relations import joins, subject
from subsidies.selectors.assessing import decide
from subsidies.selectors.clause_facts import FactsOfPerson, ShownFact
from subsidies.selectors.rules import PolicyOnDay, policy_on


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """A condition inside a clause, and how it came out."""

    text: str
    result: bool | None
    operator: str
    parts: tuple[ExplainedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedClause:
    """A clause: its words, its result (None: not known, or asked when applying), and its facts."""

    code: str
    text: str
    result: bool | None
    where: Where
    parts: tuple[ExplainedPart, ...]
    facts: tuple[ShownFact, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_asked_when_applying(self) -> bool:
        return self.where is Where.APPLICATION

    def as_json(self) -> dict[str, Any]:
        """The object of `explain --json`."""
        return {
            "code": self.code,
            "text": self.text,
            "result": self.result,
            "facts": [fact.as_json() for fact in self.facts],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome of the registry clauses for one person, programme and day.

    `amount` is that of one period (a year or a month), `annual_amount` what a grant pays for the
    year of the day, both in yuan and only for the entitled. `would_qualify`: the first later day
    on which passing time alone makes every clause true.
    """

    person_id: UUID
    programme: Programme
    policy: PolicyOnDay
    on: datetime.date
    outcome: Outcome
    amount: Decimal | None
    annual_amount: Decimal | None
    clauses: tuple[ExplainedClause, ...]
    would_qualify: datetime.date | None

    @property
    def policy_version(self) -> PolicyVersion:
        return self.policy.version

    @property
    def registry_clauses(self) -> tuple[ExplainedClause, ...]:
        """The clauses that decided."""
        return tuple(clause for clause in self.clauses if not clause.is_asked_when_applying)

    @property
    def application_clauses(self) -> tuple[ExplainedClause, ...]:
        """The clauses that are asked when applying."""
        return tuple(clause for clause in self.clauses if clause.is_asked_when_applying)

    def as_json(self) -> dict[str, Any]:
        """What `explain --json` prints."""
        return {
            "outcome": self.outcome.value,
            "amount": None if self.amount is None else str(self.amount),
            "policy_version": str(self.policy.version),
            "clauses": [clause.as_json() for clause in self.clauses],
            "would_qualify": self.would_qualify.isoformat() if self.would_qualify else None,
        }


def assess_person(*, person: Person, programme: Programme, on: datetime.date) -> Explanation:
    """Assess one person for a programme on a day, at county scope, with every reason.

    The caller answers for who may see the person. Raises DomainError when no published policy
    holds on the day, or when people are chosen for the programme.
    """
    with county_scope():
        policy = policy_on(programme.code, on)
        if policy is None:
            raise DomainError(
                "no_policy_on_day",
                _("No published policy of “%(programme)s” holds on %(day)s."),
                programme=programme.name,
                day=on.isoformat(),
            )
        if policy.is_by_selection:
            raise DomainError(
                "by_selection",
                _(
                    "“%(programme)s” is given by nomination and comparison: the rules entitle nobody to it. "
                    "Ask the village committee who nominates."
                ),
                programme=programme.name,
            )
        row = _decided(policy, person, reckoned_on=on)
        clauses = _explained(policy, row.results, person)
        amounts = row.amounts if row.outcome is Outcome.ENTITLED else (None, None)
        would = None if row.outcome is Outcome.ENTITLED else _would_qualify(policy, person)
    return Explanation(
        person_id=person.pk,
        programme=programme,
        policy=policy,
        on=on,
        outcome=row.outcome,
        amount=amounts[0],
        annual_amount=amounts[1],
        clauses=clauses,
        would_qualify=would,
    )


def explain_number(*, actor: Actor, number: str, programme_code: str, on: datetime.date) -> Explanation:
    """The same by identity number, for whom the actor may see. Raises DomainError for the unknown."""
    cleaned = number.strip().upper()
    person = (
        Person.objects.visible_to(actor)
        .filter(id_number_digest=digest(cleaned, Purpose.IDENTITY_NUMBER))
        .first()
    )
    if person is None:
        raise DomainError(
            "unknown_person",
            _("Nobody with this identity number is in the register. Check the number, or import her first."),
        )
    programme = Programme.objects.filter(code=programme_code).first()
    if programme is None:
        raise DomainError("no_such_programme", _("There is no programme %(code)s."), code=programme_code)
    return assess_person(person=person, programme=programme, on=on)


@dataclass(frozen=True, slots=True)
class _Row:
    outcome: Outcome
    results: tuple[bool | None, ...]
    amounts: tuple[Decimal | None, Decimal | None]


def _decided(
    policy: PolicyOnDay, person: Person, *, reckoned_on: datetime.date, facts_of: datetime.date | None = None
) -> _Row:
    """The registry's decision for one person, with the result of every node of its clauses."""
    values = Bindings(day=facts_of or policy.day, reckoned_on=reckoned_on)
    decision = decide(policy, values, among=(f"subject.id = {values.bind(person.pk)}",))
    nodes = ", ".join(
        node.condition(values) for clause in policy.rule.registry_clauses for node in _walk(clause.node)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {decision.subjects}, assessed AS ({decision.rows}), "
            f"nodes AS (SELECT ARRAY[{nodes}]::boolean[] AS results FROM subject{joins(policy.relations)}) "
            f"SELECT {decision.all_hold}, nodes.results, amount, annual_amount FROM assessed, nodes",
            values.values,
        )
        outcome, results, amount, annual_amount = cursor.fetchone()
    outcomes = {True: Outcome.ENTITLED, False: Outcome.NOT_ENTITLED, None: Outcome.UNKNOWN}
    return _Row(outcomes[outcome], tuple(results), (amount, annual_amount))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from _walk(part)


def _explained(
    policy: PolicyOnDay, results: tuple[bool | None, ...], person: Person
) -> tuple[ExplainedClause, ...]:
    left = iter(results)
    facts = FactsOfPerson(person, policy.day)
    explained = []
    for clause in policy.rule.clauses:
        if clause.where is Where.APPLICATION:
            explained.append(ExplainedClause(clause.code, clause.sentence(), None, clause.where, (), ()))
            continue
        whole = _explained_part(clause.node, left)
        missing = (
            ()
            if whole.result is not None
            else tuple(dict.fromkeys(leaf.missing() for leaf in clause.node.leaves() if leaf.missing()))
        )
        explained.append(
            ExplainedClause(
                clause.code,
                clause.sentence(),
                whole.result,
                clause.where,
                whole.parts,
                facts.of(clause),
                missing,
            )
        )
    return tuple(explained)


def _explained_part(node: Node, left: Iterator[bool | None]) -> ExplainedPart:
    result = next(left)
    return ExplainedPart(
        node.sentence(), result, node.operator, tuple(_explained_part(part, left) for part in node.parts)
    )


def _would_qualify(policy: PolicyOnDay, person: Person) -> datetime.date | None:
    """The first later day on which every clause is true, if nothing but time and the policy change."""
    for day in _days_to_try(policy, person):
        later = policy_on(policy.code, day)
        if later is None:
            continue
        row = _decided(later, person, reckoned_on=day, facts_of=policy.day)
        if row.outcome is Outcome.ENTITLED:
            return day
    return None


def _days_to_try(policy: PolicyOnDay, person: Person) -> list[datetime.date]:
    """Birthdays that the rule waits for, and days on which the published policy itself changes."""
    days = _birthdays(policy, person)
    published = PolicyVersion.objects.filter(programme_id=policy.code, state=PolicyState.PUBLISHED)
    for version in published:
        days.add(version.from_on)
        for name in version.parameters:
            days.update(datetime.date.fromisoformat(row["from"]) for row in version.parameters[name])
    return sorted(day for day in days if day > policy.day)


def _birthdays(policy: PolicyOnDay, person: Person) -> set[datetime.date]:
    values = Bindings(day=policy.day)
    columns = [
        f"({column} + make_interval(years => {values.bind(years)}))::date"
        for leaf in policy.rule.leaves()
        for column, years in leaf.birthdays()
    ]
    if not columns:
        return set()
    among = f"subject.id = {values.bind(person.pk)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {subject(among)} SELECT {', '.join(columns)} FROM subject{joins(policy.rule.relations)}",
            values.values,
        )
        return {day for day in cursor.fetchone() if day is not None}
