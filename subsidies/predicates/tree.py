"""A rule: the clauses of a policy, read from its tree of predicates on one day.

A tree is `{"all": [...]}`; each child is `{PREDICATE: {PARAMETER: VALUE}}`, `{"all": [...]}`,
`{"any": [...]}` or `{"not": child}`. A value is written out or is `{"parameter": NAME}`: the
policy's dated parameter on that day. Each child of the top is a clause and names itself by
`"clause"`; before all others stands `living`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subsidies.predicates.base import OPERATORS, VOCABULARY, Bindings, Predicate, RuleError, Where
from subsidies.predicates.facts import Fact
from subsidies.predicates.people import Living

_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_MOST_DEEP = 6
_DAY_ONLY = frozenset({"subject"})


@dataclass(frozen=True, slots=True)
class Node:
    """A predicate, or nodes joined by all, any or not."""

    operator: str
    predicate: Predicate | None
    parts: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[Predicate]:
        """Its predicates, in order."""
        if self.predicate:
            yield self.predicate
        for part in self.parts:
            yield from part.leaves()

    def condition(self, values: Bindings) -> str:
        """Its one definition in SQL, three-valued."""
        if self.predicate:
            return f"({self.predicate.condition(values)})"
        if self.operator == "not":
            return f"(NOT {self.parts[0].condition(values)})"
        joined = " AND " if self.operator == "all" else " OR "
        return f"({joined.join(part.condition(values) for part in self.parts)})"

    def sentence(self) -> str:
        """It in words."""
        if self.predicate:
            return self.predicate.sentence()
        if self.operator == "not":
            return _("Not: %(sentence)s") % {"sentence": self.parts[0].sentence()}
        joined = _(", and ") if self.operator == "all" else _("; or ")
        return joined.join(part.sentence() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule; all of them together are the rule."""

    code: str
    node: Node

    @property
    def where(self) -> Where:
        """Registry, unless any of its predicates is asked when applying."""
        asked = any(leaf.where is Where.APPLICATION for leaf in self.node.leaves())
        return Where.APPLICATION if asked else Where.REGISTRY

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts it reads, each once."""
        return tuple(dict.fromkeys(fact for leaf in self.node.leaves() for fact in leaf.facts))

    @property
    def relations(self) -> frozenset[str]:
        """The relations it reads."""
        return frozenset(name for leaf in self.node.leaves() for name in leaf.relations())

    @property
    def reads_the_person_alone(self) -> bool:
        """Whether it can be decided before anything is joined."""
        return self.relations <= _DAY_ONLY

    def sentence(self) -> str:
        """The clause in words."""
        return self.node.sentence()

    def condition(self, values: Bindings) -> str:
        """The clause in SQL."""
        return self.node.condition(values)


@dataclass(frozen=True, slots=True)
class Rule:
    """The clauses of a policy on one day."""

    clauses: tuple[Clause, ...]

    @property
    def registry_clauses(self) -> tuple[Clause, ...]:
        """What the sweep and the explanation decide."""
        return tuple(clause for clause in self.clauses if clause.where is Where.REGISTRY)

    @property
    def relations(self) -> frozenset[str]:
        """Every relation that its registry clauses read."""
        return frozenset().union(*(clause.relations for clause in self.registry_clauses))

    def leaves(self) -> Iterator[Predicate]:
        """Every predicate of the rule."""
        for clause in self.clauses:
            yield from clause.node.leaves()


ValueOf = Callable[[str], Any]


def read_rule(tree: Mapping[str, Any], value_of: ValueOf) -> Rule:
    """Read a policy's tree; `value_of` gives a dated parameter's value and raises RuleError without one.

    Raises RuleError for anything that the closed vocabulary does not have.
    """
    if set(tree) != {"all"} or not isinstance(tree["all"], list) or not tree["all"]:
        raise RuleError(
            "no_clauses",
            gettext_lazy("The rule has no condition yet: add what must hold for whoever receives it."),
        )
    clauses = [Clause("living", Node("predicate", Living()))]
    for child in tree["all"]:
        code = child.get("clause", "") if isinstance(child, dict) else ""
        if not isinstance(code, str) or not _NAME.fullmatch(code):
            raise RuleError("unnamed_clause", gettext_lazy("Every clause of a rule has a name of its own."))
        node = _read({key: value for key, value in child.items() if key != "clause"}, value_of, deep=0)
        clauses.append(Clause(code, node))
    if len({clause.code for clause in clauses}) < len(clauses):
        raise RuleError("unnamed_clause", gettext_lazy("Every clause of a rule has a name of its own."))
    for clause in clauses:
        if clause.where is Where.APPLICATION and clause.node.predicate is None:
            raise RuleError(
                "mixed_clause",
                gettext_lazy("What is asked when applying is a clause of its own, not part of another."),
            )
    return Rule(tuple(clauses))


def _read(child: Any, value_of: ValueOf, *, deep: int) -> Node:
    if not isinstance(child, dict) or len(child) != 1 or deep > _MOST_DEEP:
        raise RuleError("unreadable_clause", gettext_lazy("Each part of a rule is exactly one condition."))
    ((word, inside),) = child.items()
    if word in ("all", "any") and isinstance(inside, list) and inside:
        return Node(word, None, tuple(_read(part, value_of, deep=deep + 1) for part in inside))
    if word == "not":
        node = _read(inside, value_of, deep=deep + 1)
        if not all(leaf.may_be_negated for leaf in node.leaves()):
            raise RuleError(
                "not_negatable",
                gettext_lazy(
                    "Ages, children and documents are asked for as they are, never by their opposite."
                ),
            )
        return Node("not", None, (node,))
    if word in OPERATORS or word not in VOCABULARY or not isinstance(inside, dict):
        raise RuleError(
            "unknown_condition",
            gettext_lazy("“%(word)s” is not a condition of the vocabulary."),
            word=str(word),
        )
    arguments = {
        name: value_of(value["parameter"])
        if isinstance(value, dict) and set(value) == {"parameter"}
        else value
        for name, value in inside.items()
    }
    return Node("predicate", VOCABULARY[word](**arguments))


def parameters_named(tree: Any) -> set[str]:
    """Every dated parameter that a tree refers to."""
    if isinstance(tree, dict):
        if set(tree) == {"parameter"} and isinstance(tree["parameter"], str):
            return {tree["parameter"]}
        return set().union(*map(parameters_named, tree.values()))
    return set().union(*map(parameters_named, tree)) if isinstance(tree, list) else set()
