"""Why a benefit is somebody's, or not, or not known yet: clause by clause, from the register.

The clauses are decided by the same statement as the sweep's (assessing.py, deciding.py), run over one person.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from households.models import Person
from offices.actors import Actor
from offices.database.context import as_known_at, county_scope
from offices.database.planning import looking_rows_up
from offices.errors import DomainError
from offices.sealing import Purpose, digest
from subsidies.enums import Outcome
from subsidies.models import PolicyVersion, Programme
from subsidies.predicates import Node, Where
from subsidies.selectors.clause_facts import FactsOfPerson, ShownFact
from subsidies.selectors.deciding import decided, would_qualify
from subsidies.selectors.rules import PolicyOnDay, on_days, published_versions


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


def assess_person(
    *,
    person: Person,
    programme: Programme,
    on: datetime.date,
    known_at: datetime.datetime | None = None,
) -> Explanation:
    """Assess one person for a programme on a day, at county scope, with every reason.

    `known_at`: by what the registry and the policies said at that moment (ADR 0011), else by what
    is known now. The caller answers for who may see the person. Raises DomainError when no
    published policy holds on the day, nobody knew the person then, or people are chosen for the programme.
    """
    with county_scope(), as_known_at(known_at) if known_at else nullcontext():
        if known_at:
            person = _known_then(person)
        versions = published_versions(programme.code)
        policy = next(on_days(versions, [on]), None)
        if policy is None:
            raise no_policy_on_day(programme, on)
        if policy.is_by_selection:
            raise DomainError(
                "by_selection",
                _(
                    "“%(programme)s” is given by nomination and comparison: the rules entitle nobody to it. "
                    "Ask the village committee who nominates."
                ),
                programme=programme.name,
            )
        with looking_rows_up():
            row = decided(policy, [person.pk], reckoned_on=on)[person.pk]
            is_entitled = row.outcome is Outcome.ENTITLED
            would = None if is_entitled else would_qualify(policy, [person.pk], [row], versions=versions)
            clauses = _explained(policy, row.results, person)
    return Explanation(
        person_id=person.pk,
        programme=programme,
        policy=policy,
        on=on,
        outcome=row.outcome,
        amount=row.amount if is_entitled else None,
        annual_amount=row.annual_amount if is_entitled else None,
        clauses=clauses,
        would_qualify=would,
    )


def no_policy_on_day(programme: Programme, day: datetime.date) -> DomainError:
    """Nobody can be assessed for a programme on a day without a policy."""
    return DomainError(
        "no_policy_on_day",
        _("No published policy of “%(programme)s” holds on %(day)s."),
        programme=programme.name,
        day=day.isoformat(),
    )


def _known_then(person: Person) -> Person:
    then = Person.objects.filter(pk=person.pk).first()
    if then is None:
        raise DomainError(
            "not_known_then",
            _("At that moment the register did not know this person yet. Give a later one."),
        )
    return then


def explain_number(
    *,
    actor: Actor,
    number: str,
    programme_code: str,
    on: datetime.date,
    known_at: datetime.datetime | None = None,
) -> Explanation:
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
    return assess_person(person=person, programme=programme, on=on, known_at=known_at)


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
                tuple(_until(fact, policy.day) for fact in facts.of(clause)),
                missing,
            )
        )
    return tuple(explained)


def _until(fact: ShownFact, day: datetime.date) -> ShownFact:
    """The fact as it stood on the day: what ended it later belongs to later days' answers."""
    return replace(fact, to_on=None) if fact.to_on and fact.to_on > day else fact


def _explained_part(node: Node, left: Iterator[bool | None]) -> ExplainedPart:
    result = next(left)
    return ExplainedPart(
        node.sentence(), result, node.operator, tuple(_explained_part(part, left) for part in node.parts)
    )
