"""Published policies as they stand on a day: their rule and their amounts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from households.enums import HukouType
from subsidies.enums import Frequency
from subsidies.models import PolicyVersion
from subsidies.predicates import Bindings, Rule, RuleError, read_rule

RURAL_TYPES = (HukouType.RURAL, HukouType.DEFINED_RURAL)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Yuan for a rural and for an urban hukou: of one period (a year, a month), and of the whole year.

    Where the hukou does not say which, the lower one counts: it is certain.
    """

    rural: Decimal
    urban: Decimal
    annual_rural: Decimal
    annual_urban: Decimal

    @property
    def differ(self) -> bool:
        """Whether the hukou decides the amount."""
        return (self.rural, self.annual_rural) != (self.urban, self.annual_urban)

    def of(self, hukou_type: str | None) -> tuple[Decimal, Decimal]:
        """Amount of the period and of the year for a hukou."""
        if hukou_type in RURAL_TYPES:
            return self.rural, self.annual_rural
        if hukou_type == HukouType.URBAN:
            return self.urban, self.annual_urban
        return min(self.rural, self.urban), min(self.annual_rural, self.annual_urban)

    def expressions(self, values: Bindings) -> tuple[str, str]:
        """The same as SQL over the relation `hukou`: amount of the period and of the year."""
        if not self.differ:
            return f"{values.bind(self.rural)}::numeric", f"{values.bind(self.annual_rural)}::numeric"
        rural = values.bind([kind.value for kind in RURAL_TYPES])

        def choose(for_rural: Decimal, for_urban: Decimal) -> str:
            return (
                f"CASE WHEN hukou.hukou_type = ANY({rural}::text[]) THEN {values.bind(for_rural)}::numeric "
                f"WHEN hukou.hukou_type = '{HukouType.URBAN.value}' THEN {values.bind(for_urban)}::numeric "
                f"ELSE {values.bind(min(for_rural, for_urban))}::numeric END"
            )

        return choose(self.rural, self.urban), choose(self.annual_rural, self.annual_urban)


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

    @cached_property
    def amounts(self) -> Amounts:
        """What a grant pays: nothing where the programme is not about money."""
        frequency = self.version.programme.frequency
        rural, urban = self._amount("rural", self.day), self._amount("urban", self.day)
        if frequency != Frequency.MONTHLY:
            return Amounts(rural, urban, rural, urban)
        months = [datetime.date(self.day.year, month, 1) for month in range(1, 13)]
        return Amounts(
            rural,
            urban,
            sum((self._amount("rural", month) for month in months), Decimal()),
            sum((self._amount("urban", month) for month in months), Decimal()),
        )

    def _amount(self, place: str, day: datetime.date) -> Decimal:
        parameters = self.version.parameters
        name = "amount" if "amount" in parameters else f"amount_{place}"
        if name not in parameters or not _row_on(parameters[name], day):
            return Decimal()
        return Decimal(value_on(self.version, name, day))

    @property
    def relations(self) -> frozenset[str]:
        """What the rule and the amounts read."""
        return self.rule.relations | ({"hukou"} if self.amounts.differ else set())


def _row_on(rows: Iterable[dict[str, Any]], day: datetime.date) -> dict[str, Any] | None:
    text = day.isoformat()
    return next((row for row in rows if row["from"] <= text and (not row["to"] or row["to"] > text)), None)


def value_on(version: PolicyVersion, name: str, day: datetime.date) -> Any:
    """The value of a dated parameter on a day. Raises RuleError when it has none."""
    row = _row_on(version.parameters.get(name, ()), day)
    if row is None:
        raise RuleError(
            "parameter_without_value",
            _("The policy %(version)s gives no value for “%(name)s” on %(day)s."),
            version=str(version),
            name=name,
            day=day.isoformat(),
        )
    return row["value"]


def policies_on(day: datetime.date, codes: Iterable[str] | None = None) -> list[PolicyOnDay]:
    """The published policies in force on a day, of all programmes or of the named ones, in order."""
    versions = PolicyVersion.objects.published_on(day).select_related("programme")
    if codes is not None:
        versions = versions.filter(programme_id__in=list(codes))
    return [PolicyOnDay(version, day) for version in versions.order_by("programme__order", "programme_id")]


def policy_on(programme_code: str, day: datetime.date) -> PolicyOnDay | None:
    """The published policy of a programme on a day, if there is one."""
    return next(iter(policies_on(day, [programme_code])), None)


def benefits_to_explain(day: datetime.date) -> dict[str, str]:
    """What a visit to a family can be about: the programmes with a policy in force, name by code."""
    versions = PolicyVersion.objects.published_on(day).select_related("programme")
    return {
        version.programme_id: version.programme.name
        for version in versions.order_by("programme__order", "programme_id")
    }
