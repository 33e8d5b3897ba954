from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field


class HeaderMappingQuerySet(models.QuerySet["HeaderMapping"]):
    """Mappings of one's own division."""

    def visible_to(self, actor: Actor) -> HeaderMappingQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class HeaderMapping(models.Model):
    """What the column names of one sender's files stand for, as a clerk assigned them once.

    `columns` maps the sender's own name of a column to ours, or to nothing where it
    is to be left out. One sender's files of different kinds (`file_kind`) are assigned apart. Holds no
    personal data; kept until it is assigned anew.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    sender = models.CharField(_("Sender"), max_length=60)
    file_kind = models.CharField(max_length=14, default="residents")
    columns = models.JSONField(default=dict)
    assigned_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now=True)
    division_code = DivisionCodeField()

    objects = HeaderMappingQuerySet.as_manager()

    class Meta:
        ordering = ["sender"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "sender", "file_kind"],
                name="one_mapping_of_a_sender",
                violation_error_message=_("The columns of this sender are assigned already."),
            )
        ]

    def __str__(self) -> str:
        return self.sender
