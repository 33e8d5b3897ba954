"""How many of what the full county has, so that its year closes with the published figures.

A smaller county has the same in proportion: its figures are compared with the published ones times
its share, worked out from these numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from households.models import ResidentImport
from reports.published import AT_LEAST, PublishedFigure

FULL = 500_000
"""Residents of the full county."""
LEAST = 10_000
"""Fewer residents leave figures of nobody at all."""
YEAR = 2013
LUMP_SUM = Decimal("10866.60")
"""30 % of the city's average wage of 2012, 36,222 yuan."""
AWARD, GOODS = Decimal(2000), Decimal(500)
"""What a model happy family receives, and how much of it in goods (yuan)."""
MEDICAL_PREMIUM, PENSION_PREMIUM = Decimal(70), Decimal(100)
ALLOWANCE, TOP_UP, TWO_DAUGHTERS, FOURTH = Decimal(120), Decimal(480), Decimal(960), Decimal(1200)
"""The four rewards a year: DSJL as it is published; NCTB, SNJL and QTJL as this county sets them."""
_FILE = "full-"
_WAIVERS, _REWARDS, _FEW_PREMIUMS = Decimal(9_450_000), Decimal(498_000), 6_300


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of a county of so many residents."""

    residents: int = FULL

    @property
    def file_name(self) -> str:
        return f"{_FILE}{self.residents}.csv"

    def of(self, count: int) -> int:
        """A number of the full county in proportion, at least one."""
        return max(1, round(count * self.residents / FULL))

    def yuan(self, amount: Decimal) -> Decimal:
        """An amount of the full county in proportion."""
        return amount * self.residents / FULL

    @property
    def recipients(self) -> int:
        return self.of(625)

    @property
    def lump_sums(self) -> int:
        return self.of(60)

    @property
    def examinees(self) -> int:
        return self.of(373)

    @property
    def model_families(self) -> int:
        return self.of(120)

    @property
    def in_laws(self) -> int:
        return self.of(463)

    @property
    def individuals(self) -> int:
        return self.of(1612)

    @property
    def pension_premiums(self) -> int:
        return self.of(_FEW_PREMIUMS)

    @property
    def medical_premiums(self) -> int:
        """What the pension premiums leave of the waivers' sum."""
        left = self.yuan(_WAIVERS) - self.pension_premiums * PENSION_PREMIUM
        return round(left / MEDICAL_PREMIUM)

    @property
    def rewards(self) -> dict[str, int]:
        """By programme of the four rewards, how many families or persons are paid; the allowance fills up."""
        paid = {"NCTB": self.of(100), "SNJL": self.of(200), "QTJL": self.of(190)}
        others = paid["NCTB"] * TOP_UP + paid["SNJL"] * TWO_DAUGHTERS + paid["QTJL"] * FOURTH
        return {**paid, "DSJL": max(1, round((self.yuan(_REWARDS) - others) / ALLOWANCE))}

    def aims(self) -> dict[str, Decimal]:
        """The figures that the county's year comes to, by their codes."""
        rewards = self.rewards
        amounts = {"NCTB": TOP_UP, "SNJL": TWO_DAUGHTERS, "QTJL": FOURTH, "DSJL": ALLOWANCE}
        return {
            "fee_waivers_paid": self.medical_premiums * MEDICAL_PREMIUM
            + self.pension_premiums * PENSION_PREMIUM,
            "four_rewards_paid": sum((rewards[code] * amounts[code] for code in rewards), Decimal()),
            "reward_assistance_recipients": Decimal(self.recipients),
            "lump_sum_pension_households": Decimal(self.lump_sums),
            "lump_sum_pension_paid": self.lump_sums * LUMP_SUM,
            "exam_bonus_students": Decimal(self.examinees),
            "model_families": Decimal(self.model_families),
            "model_families_value": self.model_families * AWARD,
            "in_laws_honoured": Decimal(self.in_laws),
            "individuals_honoured": Decimal(self.individuals),
        }


def figures_to_meet(plan: Plan, published: Sequence[PublishedFigure]) -> list[PublishedFigure]:
    """The published figures that belong to programmes: as published, or of a smaller county in proportion.

    A smaller county has to meet to the cent what its plan works out.
    """
    aims = plan.aims()
    found = [figure for figure in published if figure.code in aims]
    if plan.residents == FULL:
        return found
    cent = Decimal("0.01")
    return [
        replace(
            figure,
            value=Decimal(plan.of(int(figure.value))) if figure.compare == AT_LEAST else aims[figure.code],
            precision=cent if figure.unit == "CNY" else Decimal(1),
        )
        for figure in found
    ]


def imported_full() -> ResidentImport | None:
    """The resident file of a full county, if one was taken in."""
    return ResidentImport.objects.filter(file_name__startswith=_FILE).order_by("pk").first()
