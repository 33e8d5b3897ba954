"""The closed vocabulary of rules: predicates, the facts they read, and the trees they form."""

from subsidies.predicates import application, children, families, people, working
from subsidies.predicates.base import VOCABULARY, Bindings, Predicate, RuleError, Where
from subsidies.predicates.facts import Fact
from subsidies.predicates.tree import Clause, Node, Rule, read_rule

__all__ = [
    "VOCABULARY",
    "Bindings",
    "Clause",
    "Fact",
    "Node",
    "Predicate",
    "Rule",
    "RuleError",
    "Where",
    "application",
    "children",
    "families",
    "people",
    "read_rule",
    "working",
]
