"""Am I entitled? The published rules, run over what somebody answers instead of over the registry."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.functional import Promise

from subsidies.answers import Answers, Question
from subsidies.documents import Document, required_documents
from subsidies.enums import Frequency, Outcome, ProgrammeKind
from subsidies.models import PolicyVersion, Programme
from subsidies.predicates import Node, Where
from subsidies.selectors.deciding import Decided, decided, walk, would_qualify
from subsidies.selectors.imagined_families import ImaginedFamily, families_of, rows_of
from subsidies.selectors.rules import PolicyOnDay, policies_on

_ASKED_ABOUT: dict[str, tuple[Question, ...]] = {
    "birth_date": (Question.BORN,),
    "hukou": (Question.HUKOU,),
    "marriage": (Question.SPOUSE,),
    "spouse_birth_date": (Question.SPOUSE_BORN,),
    "spouse_hukou": (Question.SPOUSE_HUKOU,),
    "children": (Question.CHILD_BORN,),
    "children_over_time": (Question.CHILD_DIED, Question.CHILD_BORN),
    "child_disability": (Question.GRADE,),
    "certificate": (Question.CERTIFICATE,),
    "other_parent": (Question.SPOUSE, Question.CERTIFICATE),
    "household": (Question.CERTIFICATE,),
    "parents": (Question.CERTIFICATE,),
    "employment": (Question.WORK, Question.EMPLOYER),
    "retirement": (Question.RETIRED,),
    "insured_elsewhere": (Question.MEDICAL, Question.PENSION),
}
"""The questions behind each fact that a rule may read."""


@dataclass(frozen=True, slots=True)
class AnsweredClause:
    """A condition in words, and whether the answers fulfil it (None: they do not say)."""

    text: str
    result: bool | None


@dataclass(frozen=True, slots=True)
class ProgrammeAnswer:
    """What the rules of one programme say to the answers.

    `child_born`: it is about this child and not about who asks. Amounts are those of one period and
    of the year, in yuan, also where something is still open. `to_find_out` names what would decide.
    """

    policy: PolicyOnDay
    outcome: Outcome
    amount: Decimal | None
    annual_amount: Decimal | None
    clauses: tuple[AnsweredClause, ...]
    to_find_out: tuple[str, ...]
    would_qualify: datetime.date | None
    documents: tuple[Document, ...]
    child_born: datetime.date | None = None

    @property
    def programme(self) -> Programme:
        return self.policy.version.programme

    @property
    def version(self) -> PolicyVersion:
        return self.policy.version

    @property
    def is_monthly(self) -> bool:
        return self.programme.frequency == Frequency.MONTHLY

    @property
    def reasons(self) -> tuple[str, ...]:
        """The conditions that are not fulfilled, in words."""
        return tuple(clause.text for clause in self.clauses if clause.result is False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer: what is hers first, then what may be, then what is not yet.

    `by_selection` are awards that people are chosen for: no rule entitles to them.
    """

    on: datetime.date
    programmes: tuple[ProgrammeAnswer, ...]
    by_selection: tuple[Programme, ...]

    def having(self, outcome: Outcome) -> tuple[ProgrammeAnswer, ...]:
        """Those that came out so, in the programmes' order."""
        return tuple(one for one in self.programmes if one.outcome is outcome)


def calculate(answers: Answers, *, on: datetime.date) -> Answer:
    """Decide every programme with a published policy on a day for what was answered.

    The statement is that of the sweep and the explanation, over rows that are in it alone: nothing
    is read of anybody, and nothing is kept.
    """
    families = families_of(answers, on=on)
    policies = policies_on(on)
    selected = [policy for policy in policies if policy.version.programme.kind == ProgrammeKind.AWARD]
    answered = [
        _answered(policy, answers, families, people, child_born)
        for policy in policies
        if policy not in selected
        for people, child_born in _asked_for(policy, answers, families)
    ]
    told = [one for one in answered if one.child_born is None or one.outcome is not Outcome.NOT_ENTITLED]
    return Answer(on, tuple(told), tuple(policy.version.programme for policy in selected))


def _asked_for(
    policy: PolicyOnDay, answers: Answers, families: Sequence[ImaginedFamily]
) -> Iterator[tuple[list[UUID], datetime.date | None]]:
    """Whom a programme is for: who asks, or where it goes by an examination each child who lives."""
    if "examination" not in policy.rule.relations:
        yield [family.asker for family in families], None
        return
    for place, kid in enumerate(answers.kids):
        people = [key for family in families if (key := family.kids[place])]
        if people:
            yield people, kid.born.first


def _answered(
    policy: PolicyOnDay,
    answers: Answers,
    families: Sequence[ImaginedFamily],
    people: list[UUID],
    child_born: datetime.date | None,
) -> ProgrammeAnswer:
    rows = rows_of(list(families))
    found = decided(policy, people, reckoned_on=policy.day, family=rows)
    ways = [found[key] for key in people]
    outcome = _merged([way.outcome for way in ways])
    results = [_merged_result(list(results)) for results in zip(*(way.results for way in ways), strict=True)]
    later = None
    if outcome is Outcome.NOT_ENTITLED:
        later = would_qualify(policy, people, ways, family=rows)
    amounts = _least(ways) if outcome is not Outcome.NOT_ENTITLED else (None, None)
    clauses, missing = _told(policy, results, answers.open_questions)
    return ProgrammeAnswer(
        policy=policy,
        outcome=outcome,
        amount=amounts[0],
        annual_amount=amounts[1],
        clauses=clauses,
        to_find_out=missing if outcome is Outcome.UNKNOWN else (),
        would_qualify=later,
        documents=_documents(policy),
        child_born=child_born,
    )


def _merged(outcomes: Sequence[Outcome]) -> Outcome:
    return outcomes[0] if len(set(outcomes)) == 1 else Outcome.UNKNOWN


def _merged_result(results: Sequence[bool | None]) -> bool | None:
    return results[0] if len(set(results)) == 1 else None


def _least(ways: Sequence[Decided]) -> tuple[Decimal | None, Decimal | None]:
    """The amounts that are certain: none where one way gives none."""
    return _smallest([way.amount for way in ways]), _smallest([way.annual_amount for way in ways])


def _smallest(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return min(known) if len(known) == len(amounts) else None


def _told(
    policy: PolicyOnDay, results: Sequence[bool | None], is_open: frozenset[Question]
) -> tuple[tuple[AnsweredClause, ...], tuple[str, ...]]:
    """The clauses in words, and what would make known what is not."""
    left = iter(results)
    clauses: list[AnsweredClause] = []
    missing: dict[str, None] = {}
    for clause in policy.rule.registry_clauses:
        by_node = [(node, next(left)) for node in walk(clause.node)]
        if clause.code != "living":
            clauses.append(AnsweredClause(clause.sentence(), by_node[0][1]))
        if by_node[0][1] is None:
            missing.update(dict.fromkeys(_missing(by_node, is_open)))
    return tuple(clauses), tuple(missing)


def _missing(by_node: Sequence[tuple[Node, bool | None]], is_open: frozenset[Question]) -> Iterator[str]:
    for node, result in by_node:
        leaf = node.predicate
        if leaf is None or result is not None:
            continue
        asked = [
            question.label
            for fact in leaf.facts
            for question in _ASKED_ABOUT.get(fact.code, ())
            if question in is_open
        ]
        words: list[str | Promise] = [*asked] or [leaf.missing()]
        yield from (str(word) for word in words if word)


def _documents(policy: PolicyOnDay) -> tuple[Document, ...]:
    """What the policy says it asks for on the day, else what its programme needs."""
    asked = [
        code
        for clause in policy.rule.clauses
        if clause.where is Where.APPLICATION
        for leaf in clause.node.leaves()
        for code in getattr(leaf, "documents", ())
    ]
    return tuple(map(Document, asked)) or required_documents(policy.version, policy.day)
