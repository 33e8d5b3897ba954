"""A row of every kind that an address names, in one village, brought there by the real services."""

from __future__ import annotations

import pytest

from tests.rows.by_list import by_list
from tests.rows.cases import annual_review, cases, debts, policies
from tests.rows.money import kinds, money
from tests.rows.others import checkups, reports
from tests.rows.people import NAME, Kwargs
from tests.rows.recoveries import recoveries
from tests.rows.registry import departments, divisions, duplicates, outreach, registry, representations
from tests.subsidies.cases import rules_say

__all__ = ["NAME", "Kwargs", "build_rows"]


def build_rows(families: int = 1) -> dict[str, Kwargs]:
    """By kind, what an address needs to name the row (`?`: what follows it).

    Lists that belong to it have `families` entries.

    Runs inside an open context of the county, with the rules and the days as they are in the tests.
    """
    with pytest.MonkeyPatch.context() as patched:
        rules_say(patched)
        rows: dict[str, Kwargs] = {"": {}}
        for build in (
            registry,
            duplicates,
            outreach,
            divisions,
            cases,
            by_list,
            debts,
            policies,
            money,
            kinds,
            checkups,
            reports,
            departments,
            representations,
            annual_review,
            recoveries,
        ):
            rows |= build(families)
        return rows
