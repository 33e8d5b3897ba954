from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offices.database.access import APPEND_ONLY_REFERENCE, REFERENCE, Access
from offices.divisions import scope_of
from offices.enums import DivisionLevel, SuccessionKind
from offices.fields import DivisionCodeField, id_field


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions by level and place in the tree."""

    def villages(self) -> DivisionQuerySet:
        return self.filter(level=DivisionLevel.VILLAGE)

    def townships(self) -> DivisionQuerySet:
        return self.filter(level=DivisionLevel.TOWNSHIP)

    def within(self, scope: str) -> DivisionQuerySet:
        """Divisions at or below a scope (6, 9 or 12 digits)."""
        return self.filter(code__gte=scope, code__lt=scope + "~")

    def valid_on(self, day: datetime.date) -> DivisionQuerySet:
        """Divisions that there are on a day."""
        return self.filter(Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day))


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
            models.CheckConstraint(
                name="division_ends_after_it_begins",
                condition=Q(from_on=None) | Q(to_on=None) | Q(to_on__gt=F("from_on")),
                violation_error_message=_("A division ends after the day it begins."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("former %(name)s") % {"name": self.name} if self.to_on else self.name

    @property
    def scope(self) -> str:
        """The prefix that covers it."""
        return scope_of(self.code)

    def is_valid_on(self, day: datetime.date) -> bool:
        """Whether there is such a division on a day."""
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or self.to_on > day)


class DivisionSuccession(models.Model):
    """What became of a division on a day: one row for each old division and each that follows it.

    Of a division that goes on with fewer or more people both codes are the same; so are those of
    one that was only renamed. `is_default` tells where goes what nobody chose otherwise. Holds no
    personal data; kept for ever, because files and papers go on naming old codes and old names.
    """

    access: ClassVar[Access] = APPEND_ONLY_REFERENCE

    id = id_field()
    change = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10, choices=SuccessionKind)
    effective_on = models.DateField()
    document = models.CharField(max_length=120)
    old_code = DivisionCodeField()
    old_name = models.CharField(max_length=60)
    new_code = DivisionCodeField()
    new_name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["effective_on", "old_code", "new_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "old_code", "new_code"], name="a_division_is_followed_once_by_another"
            ),
            models.UniqueConstraint(
                fields=["change", "old_code"],
                condition=Q(is_default=True),
                name="a_division_has_one_default_successor",
            ),
        ]
        indexes = [models.Index(fields=["old_code", "effective_on"], name="succession_by_old_code")]

    def __str__(self) -> str:
        return f"{self.old_code} → {self.new_code}"
