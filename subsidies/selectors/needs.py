"""What a version needs because of what its programme is: a payee for a family, points, conditions of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from subsidies.enums import ProgrammeKind, Unit
from subsidies.models import Programme
from subsidies.policy_words import AMOUNTS
from subsidies.predicates import Node, Predicate, Rule
from subsidies.predicates.application import ChosenByNomination
from subsidies.predicates.families import PayeeOfFamily
from subsidies.selectors.amounts import COLLECTED_FROM, SHARE, WAGE
from subsidies.selectors.sealed_lists import POINTS

PAYLESS = (ProgrammeKind.POINTS, ProgrammeKind.LETTER)
"""Kinds that give no money: no amount is stated, nobody need pay."""
_OF_MONEY = (*AMOUNTS, WAGE, SHARE, COLLECTED_FROM)


def needed_parameters(programme: Programme) -> tuple[str, ...]:
    """Dated parameters without which a programme of the kind gives nothing, though no condition names them."""
    return (POINTS,) if programme.kind == ProgrammeKind.POINTS else ()


def may_state(programme: Programme, parameter: str) -> bool:
    """Whether a dated parameter that no condition names says anything of a programme of the kind."""
    if parameter == POINTS:
        return programme.kind == ProgrammeKind.POINTS
    return parameter not in _OF_MONEY or programme.kind not in PAYLESS


def starting_rule(programme: Programme) -> dict[str, list[dict[str, object]]]:
    """What every rule of such a programme begins with; nothing where the county states all of it."""
    if programme.kind == ProgrammeKind.AWARD:
        return {"all": [{"clause": "chosen", ChosenByNomination.code: {}}]}
    if needs_payee(programme):
        return {"all": [{"clause": "payee", PayeeOfFamily.code: {"certificate": "no"}}]}
    return {"all": []}


def needs_payee(programme: Programme) -> bool:
    """Whether the rule says who stands for a family: of an award the village nominates one person."""
    return programme.unit == Unit.HOUSEHOLD and programme.kind != ProgrammeKind.AWARD


def has_payee(rule: Rule) -> bool:
    """Whether everybody who meets the rule is the one payee of a family."""
    return any(isinstance(one, PayeeOfFamily) for clause in rule.clauses for one in _always(clause.node))


def _always(node: Node) -> Iterator[Predicate]:
    """The conditions of a node without which it does not hold."""
    if node.predicate:
        yield node.predicate
    for part in node.parts if node.operator == "all" else ():
        yield from _always(part)


def condition_of_another_kind(programme: Programme, rule: Rule) -> Predicate | None:
    """The first condition that a programme of this kind may not use."""
    return next(
        (one for one in rule.leaves() if one.kinds is not None and programme.kind not in one.kinds), None
    )
