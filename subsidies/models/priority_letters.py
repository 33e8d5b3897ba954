from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.enums import LetterPurpose


class PriorityLetterQuerySet(models.QuerySet["PriorityLetter"]):
    """Letters by place and day."""

    def visible_to(self, actor: Actor) -> PriorityLetterQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> PriorityLetterQuerySet:
        return self.filter(withdrawn_on=None)


class PriorityLetter(models.Model):
    """A letter by which a family is served first by another office (优先服务证明), given on request.

    It rests on a kept explanation (`receipt`), has a number without gaps and a code by which anybody
    sees that it is genuine and until when it holds: no name, no programme. Names the holder for the
    family alone. Kept ten years.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Document number"), max_length=40, unique=True)
    code = models.CharField(max_length=20, unique=True)
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="priority_letters")
    receipt = models.ForeignKey("subsidies.ExplanationReceipt", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("To be shown to"), max_length=12, choices=LetterPurpose)
    issued_on = models.DateField()
    last_day = models.DateField()
    digest = models.CharField(max_length=64)
    issued_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.CharField(_("Reason"), max_length=200, blank=True)
    division_code = DivisionCodeField()

    objects = PriorityLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(name="letter_holds_for_a_time", condition=Q(last_day__gte=F("issued_on"))),
            models.CheckConstraint(
                name="withdrawn_letter_has_its_reason",
                condition=Q(withdrawn_on=None, withdrawn_by=None, withdrawal_reason="")
                | (Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                violation_error_message=_("A letter is withdrawn with its reason."),
            ),
            ExclusionConstraint(
                name="one_letter_for_a_purpose_at_a_time",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("purpose"), RangeOperators.EQUAL),
                    (
                        Func(F("issued_on"), F("last_day"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_on=None),
                violation_error_message=_("The family has a letter for this purpose already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
