from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import PUBLIC, Access


class CalculatorDay(models.Model):
    """How often the public calculator was asked on a day, and nothing else: no person, no answer.

    Says whether people find it. Kept like every count.
    """

    access: ClassVar[Access] = PUBLIC

    day = models.DateField(primary_key=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
