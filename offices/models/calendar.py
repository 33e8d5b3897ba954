from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import REFERENCE, Access


class WorkingDay(models.Model):
    """Whether a day is worked: the official calendar with its exchanged days, as dated rows."""

    access: ClassVar[Access] = REFERENCE

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class BusinessDay(models.Model):
    """The day a demonstration or test has been moved to; production never reads it."""

    access: ClassVar[Access] = REFERENCE

    id = models.SmallIntegerField(primary_key=True, default=1)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_business_day", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return self.day.isoformat()
