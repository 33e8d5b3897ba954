from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language

from offices.database.access import REFERENCE, Access


class Bundle(models.Model):
    """A label over programmes, as offices speak of them: the four rewards, the two waivers and one priority.

    It changes no rule and no payment; `programmes` are codes, and the county decides which.
    """

    access: ClassVar[Access] = REFERENCE

    code = models.CharField(primary_key=True, max_length=8)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    remark_zh = models.CharField(max_length=200, blank=True)
    remark_en = models.CharField(max_length=200, blank=True)
    programmes = ArrayField(models.CharField(max_length=8), default=list)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def remark(self) -> str:
        """The remark in the language of the page."""
        return self.remark_en if (get_language() or "").startswith("en") else self.remark_zh
