"""Until when a decline is respected: as long as the law is the one that the family declined under."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from subsidies.models import Debt
from subsidies.selectors.law_of_days import still_the_law
from subsidies.services.sweep_findings import PEOPLE

IN_FORCE = """EXISTS (SELECT FROM {debt} declined JOIN {person} who ON who.id = declined.person_id
    WHERE (who.id = {of}.person_id OR who.merged_into_id = {of}.person_id)
    AND declined.programme_id = {of}.programme_id AND declined.closed_as = '{as_declined}'
    AND (declined.policy_version_id, declined.closed_on) IN (SELECT * FROM {law_in_force})
    AND declined.closed_on <= %(day)s)"""
LAW_IN_FORCE = "unnest(%(law_versions)s::uuid[], %(law_days)s::date[])"
"""The versions and days under which somebody declined, and whose law still is the law (law_of_days)."""


def laws_in_force(
    *, on: datetime.date, programmes: Sequence[str] | None, is_of_some: bool
) -> dict[str, list[Any]]:
    """The values of `LAW_IN_FORCE`: the versions and days of declines whose law still is the law of a day.

    `is_of_some`: of the people who are assessed again, else of everybody. At county scope.
    """
    declined = Debt.objects.declined().filter(closed_on__lte=on)
    if programmes is not None:
        declined = declined.filter(programme__in=list(programmes))
    if is_of_some:
        chosen = RawSQL(f"SELECT person_id FROM {PEOPLE}", [])  # noqa: S611 # our own table
        declined = declined.filter(Q(person__in=chosen) | Q(person__merged_into__in=chosen))
    asked = declined.order_by().values_list("policy_version_id", "closed_on").distinct()
    laws = still_the_law(((version, day) for version, day in asked if day), on=on)
    return {"law_versions": [version for version, _day in laws], "law_days": [day for _version, day in laws]}
