from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import FundingSource


class BudgetLine(models.Model):
    """The money a county has set aside for a programme in a year from one source.

    Never less than what is appropriated on it, which a trigger holds.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField(_("Year"))
    source = models.CharField(_("Source"), max_length=10, choices=FundingSource)
    amount = MoneyField(_("Budget"))
    document = models.CharField(_("Document"), max_length=120)
    made_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-year", "programme", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "source"],
                name="one_budget_line_for_programme_year_and_source",
                violation_error_message=_(
                    "This programme already has a budget line of that source for the year."
                ),
            ),
            models.CheckConstraint(name="budget_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year} {self.source}"


class Appropriation(models.Model):
    """Money handed over on a budget line: nothing can be paid that is not appropriated."""

    access: ClassVar[Access] = LOG

    id = id_field()
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="appropriations")
    amount = MoneyField(_("Amount"))
    appropriated_on = models.DateField(_("Appropriated on"))
    document = models.CharField(_("Document"), max_length=120)
    made_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["appropriated_on", "id"]
        constraints = [models.CheckConstraint(name="appropriation_is_positive", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.amount}"
