"""Published policies as they stand on a day: their rule and their amounts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from subsidies.enums import PolicyState, ProgrammeKind
from subsidies.models import PolicyVersion
from subsidies.predicates import Rule, read_rule
from subsidies.selectors.amounts import Amounts, Collection, amounts_on, collection_on
from subsidies.selectors.parameters import value_on


@dataclass(frozen=True)
class PolicyOnDay:
    """A published version with the values that its dated parameters have on a day."""

    version: PolicyVersion
    day: datetime.date

    @property
    def code(self) -> str:
        """The programme's code."""
        return self.version.programme_id

    @cached_property
    def rule(self) -> Rule:
        """The rule of the day. Raises RuleError when it cannot be read."""
        return read_rule(self.version.rule, lambda name: value_on(self.version, name, self.day))

    @property
    def is_by_selection(self) -> bool:
        """An award that people are chosen for: the rules entitle nobody, and no sweep looks for them."""
        return self.version.programme.kind == ProgrammeKind.AWARD

    @cached_property
    def amounts(self) -> Amounts:
        """What a grant pays: nothing where the programme is not about money."""
        return amounts_on(self.version, self.day)

    @cached_property
    def collection(self) -> Collection | None:
        """When a premium is collected and for which year, where the policy says so."""
        return collection_on(self.version, self.day)

    @property
    def relations(self) -> frozenset[str]:
        """What the rule and the amounts read."""
        return self.rule.relations | self.amounts.relations


def policies_on(day: datetime.date, codes: Iterable[str] | None = None) -> list[PolicyOnDay]:
    """The published policies in force on a day, of all programmes or of the named ones, in order."""
    versions = PolicyVersion.objects.published_on(day).select_related("programme")
    if codes is not None:
        versions = versions.filter(programme_id__in=list(codes))
    return [PolicyOnDay(version, day) for version in versions.order_by("programme__order", "programme_id")]


def policy_on(programme_code: str, day: datetime.date) -> PolicyOnDay | None:
    """The published policy of a programme on a day, if there is one."""
    return next(iter(policies_on(day, [programme_code])), None)


def programmes_reading_homes(day: datetime.date) -> frozenset[str]:
    """The programmes whose rule of a day reads who lives in one household."""
    return frozenset(policy.code for policy in policies_on(day) if "household" in policy.relations)


def published_versions(programme_code: str) -> list[PolicyVersion]:
    """Every published policy of a programme, whenever it holds."""
    found = PolicyVersion.objects.filter(programme_id=programme_code, state=PolicyState.PUBLISHED)
    return list(found.select_related("programme").order_by("from_on"))


def on_days(versions: Iterable[PolicyVersion], days: Iterable[datetime.date]) -> Iterator[PolicyOnDay]:
    """The policy of each of the days on which one of the versions holds."""
    told = list(versions)
    for day in days:
        for version in told:
            if version.from_on <= day and (version.to_on is None or version.to_on > day):
                yield PolicyOnDay(version, day)


def benefits_to_explain(day: datetime.date) -> dict[str, str]:
    """What a visit to a family can be about: the programmes with a policy in force, name by code."""
    versions = PolicyVersion.objects.published_on(day).select_related("programme")
    return {
        version.programme_id: version.programme.name
        for version in versions.order_by("programme__order", "programme_id")
    }
