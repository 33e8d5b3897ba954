from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from offices.database.access import REFERENCE, Access
from offices.fields import MoneyField, id_field


class ConfirmationBandQuerySet(models.QuerySet["ConfirmationBand"]):
    """Bands by the day they hold."""

    def on(self, day: datetime.date) -> ConfirmationBandQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class ConfirmationBand(models.Model):
    """From which yearly amount on two county reviewers confirm an application, from a day on.

    A dated parameter of the county, with the document it rests on. Holds no personal data; kept for good.
    The band with the highest amount that an application reaches counts; where there is none, one
    reviewer confirms. The grant is by a further person in any case.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    from_amount = MoneyField(_("From a yearly amount of (yuan)"))
    confirmations = models.PositiveSmallIntegerField(_("County reviewers"))
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until"), null=True, blank=True)
    document = models.CharField(_("Document"), max_length=120)
    entered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")

    objects = ConfirmationBandQuerySet.as_manager()

    class Meta:
        ordering = ["from_amount", "from_on"]
        constraints = [
            models.CheckConstraint(
                name="one_or_two_reviewers_confirm",
                condition=Q(confirmations__gte=1, confirmations__lte=2, from_amount__gte=0),
                violation_error_message=_("One or two county reviewers confirm, from an amount of 0 on."),
            ),
            models.CheckConstraint(
                name="confirmation_band_ends_after_it_begins",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message=_("A band ends after the day it begins."),
            ),
            ExclusionConstraint(
                name="one_band_of_an_amount_at_a_time",
                expressions=[
                    (F("from_amount"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("A band of this amount holds in that time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_amount}: {self.confirmations}"
