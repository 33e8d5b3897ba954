from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field


class RegistryTaskQuerySet(models.QuerySet["RegistryTask"]):
    """Tasks by place and whether they still wait."""

    def visible_to(self, actor: Actor) -> RegistryTaskQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def open(self) -> RegistryTaskQuerySet:
        return self.filter(closed_on=None)


class RegistryTask(models.Model):
    """Something in the registry that a clerk has to look at, such as a household without a living head."""

    access: ClassVar[Access] = CASE

    class Kind(models.TextChoices):
        NO_HEAD = "no_head", _("Household without a living head")
        TWO_HEADS = "two_heads", _("Household with two living heads")
        AMBIGUOUS = "ambiguous", _("Row of a file that fits several people")
        DISPUTED = "disputed", _("A file says otherwise than what was put right")

    id = id_field()
    kind = models.CharField(max_length=20, choices=Kind)
    household = models.ForeignKey(
        "households.Household", on_delete=models.PROTECT, null=True, related_name="tasks"
    )
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    objects = RegistryTaskQuerySet.as_manager()

    class Meta:
        ordering = ["opened_on"]
        indexes = [
            models.Index(
                fields=["division_code"], condition=models.Q(closed_on=None), name="open_task_by_place"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "household"],
                condition=models.Q(closed_on=None),
                name="one_open_task_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
