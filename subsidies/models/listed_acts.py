from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import LOG, Access
from offices.enums import Role
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import Step


class ListedActQuerySet(models.QuerySet["ListedAct"]):
    """Acts by list, by place."""

    def visible_to(self, actor: Actor) -> ListedActQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class ListedAct(models.Model):
    """One step taken for many families of a place together, by the sheet on which they stand (名册办理).

    Each family keeps its own application, steps, notices and grant; this is the act that they share: who,
    when, the opinion, those present, `taken` cases, and by code how many were `left_behind` and why.
    `document` names the sheet that the families signed (entry). `digest` is over the file numbers in order,
    `known_at` the moment whose knowledge the decision rests on: what a receipt of it says when one is
    asked for. Holds no name but of those present; append-only, kept thirty years with the cases. It stays
    with the place where it was done.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    step = models.CharField(_("Step"), max_length=20, choices=Step)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    acted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    acted_on = models.DateField(_("Day"))
    known_at = models.DateTimeField()
    opinion = models.TextField(_("Opinion"), blank=True)
    present = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    certificate_number = models.CharField(max_length=30, blank=True)
    document = models.CharField(_("Signed sheet"), max_length=120, blank=True)
    taken = models.PositiveIntegerField(_("Cases"))
    left_behind = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64)
    division_code = DivisionCodeField(_("Place"))

    objects = ListedActQuerySet.as_manager()

    class Meta:
        ordering = ["-known_at", "-id"]
        indexes = [models.Index(fields=["division_code", "known_at"], name="listed_act_by_place")]
        constraints = [
            models.CheckConstraint(
                name="listed_act_is_of_somebody",
                condition=Q(taken__gt=0),
                violation_error_message=_("A list by which nobody goes on is no act."),
            ),
            models.CheckConstraint(
                name="listed_act_has_its_digest",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("An act by list has the digest of its file numbers."),
            ),
            models.CheckConstraint(
                name="listed_entry_names_the_signed_sheet",
                condition=Q(step=Step.ENTRY) & ~Q(document="") | ~Q(step=Step.ENTRY) & Q(document=""),
                violation_error_message=_("An entry by list names the sheet that the families signed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.acted_on}"
