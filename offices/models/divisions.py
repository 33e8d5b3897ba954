from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.database.access import REFERENCE, Access
from offices.divisions import scope_of
from offices.enums import DivisionLevel
from offices.fields import DivisionCodeField


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions by level and place in the tree."""

    def villages(self) -> DivisionQuerySet:
        return self.filter(level=DivisionLevel.VILLAGE)

    def townships(self) -> DivisionQuerySet:
        return self.filter(level=DivisionLevel.TOWNSHIP)

    def within(self, scope: str) -> DivisionQuerySet:
        """Divisions at or below a scope (6, 9 or 12 digits)."""
        return self.filter(code__gte=scope, code__lt=scope + "~")


class Division(models.Model):
    """An administrative division of the statistics bureau's list: the place a family lives in.

    Holds no personal data. Codes change when villages merge, so each is valid for a period.
    """

    access: ClassVar[Access] = REFERENCE

    code = DivisionCodeField(primary_key=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12, choices=DivisionLevel)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="division_code_has_twelve_digits",
                condition=models.Q(code__regex=r"^[0-9]{12}$"),
                violation_error_message=_("A division code has twelve digits."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """The prefix that covers it."""
        return scope_of(self.code)
