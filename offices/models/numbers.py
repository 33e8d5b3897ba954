from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import REFERENCE, Access


class NumberSeries(models.Model):
    """The last number given out of a series and year: document numbers without gaps."""

    access: ClassVar[Access] = REFERENCE

    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="one_counter_for_a_series_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"
