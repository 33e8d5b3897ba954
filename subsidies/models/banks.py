from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from offices.database.access import REFERENCE, Access
from subsidies.enums import BankLayout

DEFAULT_BANK = "DEFAULT"


class Bank(models.Model):
    """A bank that pays out batches, and how its files look: reference data, a row of each bank's own.

    `layout` is the shape of the files, `rows_a_file` how many lines one takes, `result_codes` what
    its answers call each result: `{"00": "paid", "02": "02", …}`, to our return reasons. Files
    already sent keep the bank they went to.
    """

    access: ClassVar[Access] = REFERENCE

    code = models.CharField(primary_key=True, max_length=12)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    layout = models.CharField(max_length=10, choices=BankLayout)
    rows_a_file = models.PositiveIntegerField(default=5_000)
    result_codes = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="a_bank_file_takes_some_lines",
                condition=Q(rows_a_file__gt=0),
                violation_error_message=_("A file takes at least one line."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
