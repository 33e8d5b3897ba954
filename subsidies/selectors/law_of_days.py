"""Whether the law that somebody declined under is still the law: what is asked of her, and what it gives.

A new version that changes only who pays, the notice or a word leaves it as it is; an amount or a
condition that changes within a version, by its dates, does not.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from uuid import UUID

from subsidies.models import PolicyVersion
from subsidies.predicates import RuleError
from subsidies.selectors.rules import PolicyOnDay, policies_on

_Law = tuple[object, ...]


def still_the_law(
    asked: Iterable[tuple[UUID, datetime.date]], *, on: datetime.date
) -> list[tuple[UUID, datetime.date]]:
    """Of some versions and days, those whose conditions and amounts were the ones in force on `on`."""
    wanted = sorted(set(asked), key=lambda pair: (pair[1], pair[0]))
    if not wanted:
        return []
    versions = PolicyVersion.objects.select_related("programme").in_bulk({key for key, _day in wanted})
    now = {policy.code: policy for policy in policies_on(on, {one.programme_id for one in versions.values()})}
    return [
        (key, day)
        for key, day in wanted
        if (present := now.get(versions[key].programme_id))
        and _is_same(PolicyOnDay(versions[key], day), present)
    ]


def _is_same(former: PolicyOnDay, present: PolicyOnDay) -> bool:
    try:
        return _law(former) == _law(present)
    except (ArithmeticError, RuleError, ValueError):
        return former.version == present.version


def _law(policy: PolicyOnDay) -> _Law:
    """The conditions that the register answers, and the amount of a period; of a lump sum that of no year.

    A lump sum goes by the wage of the year before each retirement: a wage that is added for the next
    year changes nothing for who has retired.
    """
    amounts = policy.amounts
    clauses = tuple((clause.code, clause.node) for clause in policy.rule.registry_clauses)
    return (clauses, amounts.rural, amounts.urban)
