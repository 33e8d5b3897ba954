"""What a policy would change for whom, counted over everybody by the two versions' own statements.

Numbers leave this module only as `small_cells` lets them; no row is of a person.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from households.models import Absence
from offices.errors import DomainError
from subsidies.models import BudgetLine, PolicyVersion
from subsidies.predicates import Bindings
from subsidies.predicates.sql import holds, table
from subsidies.selectors.assessing import decide
from subsidies.selectors.rules import PolicyOnDay, policy_on
from subsidies.selectors.small_cells import SMALL, Cells, Told, tell
from subsidies.shares import split

PEOPLE = ("before", "after", "gained", "lost", "raised", "lowered")
"""Entitled by the version in force and by the draft; by the draft alone and no longer; paid more, paid less."""


@dataclass(frozen=True, slots=True)
class Group:
    """People of a township who are alike in all that is counted; `None` for an outcome is unknown."""

    township: str
    before: bool | None
    after: bool | None
    amount_before: Decimal | None
    amount_after: Decimal | None
    people: int


def simulated(version: PolicyVersion, day: datetime.date) -> dict[str, Any]:
    """The counts of a draft beside the version in force on a day, as they are kept and shown.

    Yuan are of the whole year, if everybody entitled were paid. Needs a context of the whole county.
    Raises RuleError for a draft that cannot be read.
    """
    policy, present = PolicyOnDay(version, day), policy_on(version.programme_id, day)
    return counts_of(groups(policy, present), version=version, year=day.year)


def groups(policy: PolicyOnDay, present: PolicyOnDay | None) -> list[Group]:
    """Everybody living in the county, assessed by both, counted by township, outcome and amount.

    An award that people are chosen for entitles nobody.
    """
    values = Bindings(day=policy.day, reckoned_on=policy.day)
    away = f"EXISTS (SELECT FROM {table(Absence)} away WHERE away.person_id = subject.id AND {holds('away')})"
    sides = [
        _assessed(side, values, among=(f"NOT {away}",)) if side and not side.is_by_selection else _NOBODY
        for side in (present, policy)
    ]
    with connection.cursor() as cursor:
        # Both sides join whole tables; before they have statistics the planner would count each
        # person's children anew.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            f"""SELECT left(coalesce(present.division_code, draft.division_code), 9),
                       CASE WHEN present.id IS NULL THEN false ELSE present.outcome END,
                       CASE WHEN draft.id IS NULL THEN false ELSE draft.outcome END,
                       present.annual_amount, draft.annual_amount, count(*)
                  FROM ({sides[0]}) present FULL JOIN ({sides[1]}) draft ON draft.id = present.id
                 GROUP BY 1, 2, 3, 4, 5""",
            values.values,
        )
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return [Group(row[0].ljust(12, "0"), *row[1:]) for row in rows]


_NOBODY = (
    "SELECT NULL::uuid AS id, NULL::text AS division_code, NULL::boolean AS outcome, "
    "NULL::numeric AS annual_amount WHERE false"
)


def _assessed(policy: PolicyOnDay, values: Bindings, *, among: tuple[str, ...]) -> str:
    decision = decide(policy, values, among=among, is_pruned=True)
    return (
        f"WITH {decision.subjects}, assessed AS ({decision.rows}) "
        f"SELECT id, division_code, {decision.all_hold} AS outcome, annual_amount "
        f"FROM assessed WHERE {decision.none_is_false}"
    )


def counts_of(found: Iterable[Group], *, version: PolicyVersion, year: int) -> dict[str, Any]:
    """Groups as they may be told: by township, small numbers suppressed, with the budget they need.

    How many are paid which amount is counted too, because yuan tell it. Where that alone is small,
    the people are told and the yuan are not.
    """
    people: dict[str, dict[str, int]] = {}
    paid: dict[str, dict[str, int]] = {}
    unknown = 0
    for group in found:
        unknown += group.people if group.after is None else 0
        cells = people.setdefault(group.township, dict.fromkeys(PEOPLE, 0))
        classes = paid.setdefault(group.township, {})
        _count(group, cells, classes)
    _complete(paid)
    with_money = tell({place: {**cells, **paid[place]} for place, cells in people.items()})
    told = with_money or tell(people)
    if told is None:
        return {"rows": [], "rest": None, "total": None, "unknown": None, "budget": []}
    return {
        "rows": [
            {"code": place, **_shown(cells, has_money=bool(with_money))}
            for place, cells in sorted(told.rows.items())
        ],
        "rest": _rest(told, has_money=bool(with_money)),
        "total": _shown(told.total, has_money=bool(with_money)),
        "unknown": None if 0 < unknown < SMALL else unknown,
        "budget": _budget(told.total, version=version, year=year) if with_money else [],
    }


def _count(group: Group, cells: dict[str, int], classes: dict[str, int]) -> None:
    was, will = group.before is True, group.after is True
    before, after = group.amount_before or Decimal(), group.amount_after or Decimal()
    for column, is_counted in (
        ("before", was),
        ("after", will),
        ("gained", will and not was),
        ("lost", was and not will),
        ("raised", was and will and after > before),
        ("lowered", was and will and after < before),
    ):
        cells[column] += group.people if is_counted else 0
    for side, is_entitled, amount in (("before", was, before), ("after", will, after)):
        if is_entitled:
            name = f"{side} {amount}"
            classes[name] = classes.get(name, 0) + group.people


def _complete(rows: Mapping[str, dict[str, int]]) -> None:
    columns = set().union(*rows.values()) if rows else set()
    for cells in rows.values():
        for column in columns:
            cells.setdefault(column, 0)


def _shown(cells: Cells, *, has_money: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {column: cells.get(column, 0) for column in PEOPLE}
    if has_money:
        shown |= {f"money_{side}": str(_money(cells, side)) for side in ("before", "after")}
    return shown


def _money(cells: Cells, side: str) -> Decimal:
    total = Decimal("0.00")
    for column, people in cells.items():
        if column.startswith(f"{side} "):
            total += Decimal(column.split(" ")[1]) * people
    return total


def _rest(told: Told, *, has_money: bool) -> dict[str, Any] | None:
    if told.rest is None:
        return None
    return {"places": told.merged, **_shown(told.rest, has_money=has_money)}


def _budget(total: Cells, *, version: PolicyVersion, year: int) -> list[dict[str, Any]]:
    """What the draft would need of each source in the year, beside what its budget line has."""
    try:
        needs = split(_money(total, "after"), version.funding)
    except DomainError:
        return []
    lines = dict(
        BudgetLine.objects.filter(programme_id=version.programme_id, year=year).values_list(
            "source", "amount"
        )
    )
    return [
        {
            "source": source,
            "year": year,
            "need": str(need),
            "budget": str(lines[source]) if source in lines else None,
            "is_over": need > lines.get(source, Decimal()),
        }
        for source, need in needs.items()
    ]


__all__ = ["PEOPLE", "Group", "counts_of", "groups", "simulated"]
