"""The published figures of a year, and whether computed ones agree with them.

The table says how each figure is to be compared: `equal` when rounded to `precision`, as it was
published, or `at_least`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from reports.selectors.figures import Value

REFERENCE = Path(__file__).resolve().parent / "reference"
EQUAL, AT_LEAST = "equal", "at_least"


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure as it was published: code, names, value, unit, and how a computed one is compared with it."""

    code: str
    name_zh: str
    name_en: str
    value: Decimal
    unit: str
    compare: str
    precision: Decimal
    note: str = ""

    def agrees(self, computed: Decimal | int) -> bool:
        """Whether a computed value would have been published so."""
        if self.compare == AT_LEAST:
            return Decimal(computed) >= self.value
        return self.rounded(computed) == self.value

    def rounded(self, computed: Decimal | int) -> Decimal:
        """A computed value to the precision of the publication, halves up."""
        steps = (Decimal(computed) / self.precision).quantize(Decimal(1), ROUND_HALF_UP)
        return steps * self.precision


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure beside the computed one; None where nothing was computed."""

    published: PublishedFigure
    computed: Value | None

    @property
    def agrees(self) -> bool:
        return isinstance(self.computed, int | Decimal) and self.published.agrees(self.computed)


def published_figures(year: int) -> list[PublishedFigure]:
    """The table of a year in its own order; none where no table is kept."""
    path = REFERENCE / f"annual-report-{year}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            PublishedFigure(
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                value=Decimal(row["value"]),
                unit=row["unit"],
                compare=row["compare"],
                precision=Decimal(row["precision"]),
                note=row["note"],
            )
            for row in csv.DictReader(file)
        ]


def compared(published: Iterable[PublishedFigure], computed: Mapping[str, Value]) -> list[Comparison]:
    """Each published figure beside what was computed under its code."""
    return [Comparison(figure, computed.get(figure.code)) for figure in published]
