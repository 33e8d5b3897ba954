from __future__ import annotations

from typing import ClassVar

from django.db import models

from offices.database.access import LOG, Access
from offices.fields import DivisionCodeField, id_field


class PolicySimulation(models.Model):
    """What a draft would change on a day, counted on the live registry before it is published.

    `digest` is of the draft's content as it was counted; `counts` holds numbers of people and yuan by
    township, small ones suppressed before they are written, and no person. The county's alone: it is
    read by whoever drafts or approves, and kept with the version.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    version = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, related_name="simulations"
    )
    compared_with = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField()
    seconds = models.FloatField(default=0)
    simulated_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    simulated_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-simulated_at"]

    def __str__(self) -> str:
        return f"{self.version} {self.as_of.isoformat()}"
