from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from offices.database.access import REFERENCE, Access
from offices.fields import id_field

RECOVERY_BASIS = "《财政违法行为处罚处分条例》（国务院令第427号）"
"""What a county that enters nothing else goes by; to be compared with the text that holds there."""


def _count(label: Any, default: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=default, validators=[MinValueValidator(1)])


class AppealTermsQuerySet(models.QuerySet["AppealTerms"]):
    """Terms by the day they hold."""

    def on(self, day: datetime.date) -> AppealTermsQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), from_on__lte=day)


class AppealTerms(models.Model):
    """Whom to appeal to, within how long, and how long an answer may take: dated parameters of the county.

    The days of a recovery are here too: to be heard, and to pay back. A letter keeps the terms that were
    printed on it. Days are calendar days unless the name says working days. `number_word` is the word in a
    letter's number (机关代字) behind the office's name. Holds no personal data; kept for good.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until"), null=True, blank=True)
    document = models.CharField(_("Document"), max_length=160)
    number_word = models.CharField(_("Word in the number of a letter"), max_length=12)
    review_days = _count(_("Review by the county office: days to ask for it"), 60)
    review_decision_days = _count(_("Review by the county office: days to answer it"), 30)
    reconsideration_days = _count(_("Reconsideration: days to ask for it"), 60)
    acceptance_working_days = _count(_("Working days to accept an appeal"), 5)
    decision_days = _count(_("Reconsideration: days to decide it"), 60)
    extension_days = _count(_("Days by which an answer may be put off, once"), 30)
    court_after_days = _count(_("Court after a reconsideration: days"), 15)
    court_months = _count(_("Court directly: months"), 6)
    court_decision_months = _count(_("Court: months in which it decides"), 6)
    announcement_days = _count(_("Days after which a public announcement counts as delivered"), 60)
    hearing_days = _count(_("Recovery: days in which the family is heard"), 10)
    repayment_days = _count(_("Recovery: days to pay back once the decision is in force"), 30)
    recovery_basis = models.CharField(_("Recovery: by which law"), max_length=160, default=RECOVERY_BASIS)
    reconsideration_body = models.CharField(_("Who reconsiders"), max_length=80)
    reconsideration_address = models.CharField(_("Address of who reconsiders"), max_length=160, blank=True)
    court_name = models.CharField(_("Court"), max_length=80)
    court_address = models.CharField(_("Address of the court"), max_length=160, blank=True)
    entered_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")

    objects = AppealTermsQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on"]
        constraints = [
            models.CheckConstraint(
                name="appeal_terms_end_after_they_begin",
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")),
                violation_error_message=_("Terms end after the day they begin."),
            ),
            ExclusionConstraint(
                name="one_set_of_appeal_terms_at_a_time",
                expressions=[
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Other terms hold in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}"
