"""The statement that decides a rule: for everybody or for one, the same text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from subsidies.predicates import Bindings, Node
from subsidies.predicates.relations import expressions, joins, subjects
from subsidies.selectors.gathered_facts import source
from subsidies.selectors.rules import PolicyOnDay


@dataclass(frozen=True, slots=True)
class Decision:
    """A statement's text up to `FROM …`: one row for each person asked about.

    Columns: id, division_code, `is_away` (where gathered), one for each registry clause, amount, annual_amount; where asked for,
    `results`: those of every node of the registry clauses, in the order of `walk`, and `birthdays`:
    the days on which conditions that go by age may turn.
    """

    subjects: str
    rows: str
    clause_columns: tuple[tuple[str, str], ...]

    @property
    def all_hold(self) -> str:
        """The outcome, three-valued."""
        return "(" + " AND ".join(column for _code, column in self.clause_columns) + ")"

    @property
    def none_is_false(self) -> str:
        """Entitled or unknown: the same as the outcome IS NOT FALSE, clause by clause."""
        return " AND ".join(f"{column} IS NOT FALSE" for _code, column in self.clause_columns)


def walk(node: Node) -> Iterator[Node]:
    """A node and all its parts, in the order of the results."""
    yield node
    for part in node.parts:
        yield from walk(part)


def decide(
    policy: PolicyOnDay,
    values: Bindings,
    *,
    among: Sequence[str] = (),
    is_pruned: bool = False,
    with_nodes: bool = False,
    is_gathered: bool = False,
) -> Decision:
    """The decision of a policy's registry clauses; `among` are conditions on `subject`'s columns.

    Gathered: the facts are read from what was gathered for all programmes (gathered_facts.py), and
    there are no `subjects` to begin with.

    Pruned: who fails a clause about her own birth or life is left out before anything is joined,
    which changes no outcome but false.
    """
    clauses = policy.rule.registry_clauses
    conditions = list(among)
    if is_pruned:
        conditions += [
            f"{clause.condition(values)} IS NOT FALSE" for clause in clauses if clause.reads_the_person_alone
        ]
    if with_nodes:
        columns, decided = _nodes(policy, values)
    else:
        columns = tuple((clause.code, f"clause_{index}") for index, clause in enumerate(clauses))
        decided = ", ".join(
            f"{clause.condition(values)} AS {column}"
            for clause, (_code, column) in zip(clauses, columns, strict=True)
        )
    amount, annual_amount = policy.amounts.expressions(values)
    if is_gathered:
        origin = f"{source(policy.relations)} WHERE {' AND '.join(conditions) or 'true'}"
        known = "subject.id, subject.division_code, subject.is_away"
    else:
        origin = f"subject{joins(policy.relations)}"
        known = "subject.id, subject.division_code"
    return Decision(
        subjects="" if is_gathered else expressions(policy.relations, subjects(*conditions)),
        rows=(
            f"SELECT {known}, {decided}, {amount} AS amount, {annual_amount} AS annual_amount FROM {origin}"
        ),
        clause_columns=columns,
    )


def _nodes(policy: PolicyOnDay, values: Bindings) -> tuple[tuple[tuple[str, str], ...], str]:
    """The place of each clause among the results of all nodes, and these results with the birthdays."""
    columns: list[tuple[str, str]] = []
    nodes: list[str] = []
    for clause in policy.rule.registry_clauses:
        columns.append((clause.code, f"results[{len(nodes) + 1}]"))
        nodes += [node.condition(values) for node in walk(clause.node)]
    ages = dict.fromkeys(age for leaf in policy.rule.leaves() for age in leaf.birthdays())
    days = ", ".join(
        f"({column} + make_interval(years => {values.bind(years)}))::date" for column, years in ages
    )
    return tuple(columns), (
        f"ARRAY[{', '.join(nodes)}]::boolean[] AS results, ARRAY[{days}]::date[] AS birthdays"
    )
