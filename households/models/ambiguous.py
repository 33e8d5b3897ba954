from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.enums import Sex
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, id_field


class AmbiguousRowQuerySet(models.QuerySet["AmbiguousRow"]):
    """Rows by place and whether somebody has settled them."""

    def visible_to(self, actor: Actor) -> AmbiguousRowQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def unsettled(self) -> AmbiguousRowQuerySet:
        return self.filter(settled_on=None)


class AmbiguousRow(models.Model):
    """A row of a resident file without a number that fits several people of one household.

    It was refused, and waits in the review queue until a clerk says whom it speaks of (`chosen`)
    or that it is to stay out. `row_key` is the digest by which the row is known when the file
    comes again: then her choice holds. Serves the matching of files; kept with the household.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    task = models.ForeignKey(
        "households.RegistryTask", on_delete=models.PROTECT, related_name="ambiguous_rows"
    )
    brought = models.ForeignKey("households.ResidentImport", on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField(_("Row"))
    row_key = DigestField()
    name = models.CharField(_("Name"), max_length=60)
    birth_date = models.DateField(_("Born on"))
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex)
    chosen = models.ForeignKey("households.Person", on_delete=models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    settled_on = models.DateField(null=True)
    division_code = DivisionCodeField()

    objects = AmbiguousRowQuerySet.as_manager()

    class Meta:
        ordering = ["line", "id"]
        constraints = [
            models.UniqueConstraint(fields=["row_key"], name="one_question_for_a_row"),
            models.CheckConstraint(
                name="ambiguous_row_is_settled_by_somebody_on_a_day",
                condition=Q(settled_by=None, settled_on=None, chosen=None)
                | Q(settled_by__isnull=False, settled_on__isnull=False),
                violation_error_message=_("A settled row has the person who settled it and the day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
