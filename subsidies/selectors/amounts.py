"""What a policy pays: by hukou, by the year of retirement, or a premium of a year; in yuan to the cent."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from households.enums import HukouType
from subsidies.enums import Frequency
from subsidies.models import PolicyVersion
from subsidies.periods import CENT
from subsidies.predicates import Bindings
from subsidies.selectors.parameters import has_value, value_on

RURAL_TYPES = (HukouType.RURAL, HukouType.DEFINED_RURAL)
WAGE, SHARE = "average_wage", "wage_share"
"""Parameters of a lump sum that is a share of an average wage: that of each year, and the share."""
COLLECTED_FROM = "collected_from_month"
"""Parameter of a premium: the month from which the following year's is collected."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Yuan for a rural and for an urban hukou: of one period (a year, a month), and of the whole year.

    Where the hukou does not say which, the lower one counts: it is certain. `by_retirement`, where
    a lump sum goes by the wage of the year before retirement: the amount for each year of
    retirement whose wage is known; who retired in another year has no amount yet.
    """

    rural: Decimal
    urban: Decimal
    annual_rural: Decimal
    annual_urban: Decimal
    by_retirement: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def differ(self) -> bool:
        """Whether the hukou decides the amount."""
        return (self.rural, self.annual_rural) != (self.urban, self.annual_urban)

    @property
    def least(self) -> Decimal:
        """The smallest amount that the policy pays."""
        return min(self.by_retirement.values(), default=min(self.rural, self.urban))

    @property
    def relations(self) -> frozenset[str]:
        """What the amounts read."""
        return frozenset(["hukou"] * self.differ + ["employment"] * bool(self.by_retirement))

    def of(self, hukou_type: str | None) -> tuple[Decimal | None, Decimal | None]:
        """Amount of the period and of the year for a hukou; none where a retirement decides."""
        if self.by_retirement:
            return None, None
        if hukou_type in RURAL_TYPES:
            return self.rural, self.annual_rural
        if hukou_type == HukouType.URBAN:
            return self.urban, self.annual_urban
        return min(self.rural, self.urban), min(self.annual_rural, self.annual_urban)

    def expressions(self, values: Bindings) -> tuple[str, str]:
        """The same as SQL over `hukou` or `employment`: amount of the period and of the year."""
        if self.by_retirement:
            cases = " ".join(
                f"WHEN {values.bind(year)}::int THEN {values.bind(amount)}::numeric"
                for year, amount in self.by_retirement.items()
            )
            lump = f"CASE extract(year FROM employment.retired_on)::int {cases} END"
            return lump, lump
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


@dataclass(frozen=True, slots=True)
class Collection:
    """A premium's two years: that in which the county pays it, and that which it covers."""

    year_paid: int
    year_covered: int
    begins_on: datetime.date


def collection_on(version: PolicyVersion, day: datetime.date) -> Collection | None:
    """The collection of a day: from its month on, and to the year's end, that of the following year.

    Before it, what is still to be paid is the running year's, whose collection began the year before.
    """
    if not has_value(version, COLLECTED_FROM, day):
        return None
    month = int(value_on(version, COLLECTED_FROM, day))
    begun = day.year if day.month >= month else day.year - 1
    return Collection(day.year, begun + 1, datetime.date(begun, month, 1))


def amounts_on(version: PolicyVersion, day: datetime.date) -> Amounts:
    """The amounts of a day; a monthly programme's year adds up the amounts of its months."""
    if WAGE in version.parameters:
        return Amounts(Decimal(), Decimal(), Decimal(), Decimal(), _lump_sums(version, day))
    collection = collection_on(version, day)
    of_day = datetime.date(collection.year_covered, 1, 1) if collection else day
    rural, urban = (_amount(version, place, of_day) for place in ("rural", "urban"))
    if version.programme.frequency != Frequency.MONTHLY:
        return Amounts(rural, urban, rural, urban)
    months = [datetime.date(day.year, month, 1) for month in range(1, 13)]
    return Amounts(
        rural,
        urban,
        sum((_amount(version, "rural", month) for month in months), Decimal()),
        sum((_amount(version, "urban", month) for month in months), Decimal()),
    )


def _lump_sums(version: PolicyVersion, day: datetime.date) -> dict[int, Decimal]:
    """The share of the wage of the year before, for each year of retirement up to the day's."""
    share = Decimal(value_on(version, SHARE, day))
    found = {}
    for year in range(2000, day.year + 1):
        before = datetime.date(year - 1, 12, 31)
        if has_value(version, WAGE, before):
            wage = Decimal(value_on(version, WAGE, before))
            found[year] = (wage * share).quantize(CENT, ROUND_HALF_UP)
    return found


def _amount(version: PolicyVersion, place: str, day: datetime.date) -> Decimal:
    name = "amount" if "amount" in version.parameters else f"amount_{place}"
    return Decimal(value_on(version, name, day)) if has_value(version, name, day) else Decimal()
