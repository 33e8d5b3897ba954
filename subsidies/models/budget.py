from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.database.access import CASE, LOG, Access
from offices.fields import DivisionCodeField, MoneyField, id_field
from subsidies.enums import BudgetChangeKind, BudgetChangeState, FundingSource

CHANGE_TRANSITIONS: dict[str, frozenset[str]] = {
    BudgetChangeState.PROPOSED: frozenset({BudgetChangeState.DONE, BudgetChangeState.REJECTED}),
}


class BudgetLine(models.Model):
    """The money a county has set aside for a programme in a year from one source.

    Never less than what is appropriated on it, which a trigger holds. `first_amount` is what was
    entered, `amount` what its changes have made of it. `committed_amount` is what the grants cost
    in the year, this source's share of it: a trigger keeps it by what the grants say, whoever
    writes them. It may be more than the budget, because a right is not refused for lack of money;
    what is free then is below zero, and is shown so.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField(_("Year"))
    source = models.CharField(_("Source"), max_length=10, choices=FundingSource)
    amount = MoneyField(_("Budget"))
    first_amount = MoneyField(default=0)
    committed_amount = MoneyField(default=0, editable=False)
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

    @property
    def free_amount(self) -> Decimal:
        """Yuan that no grant binds; below zero where more is granted than set aside."""
        return self.amount - self.committed_amount


class BudgetChange(models.Model):
    """A supplementary budget, or money moved from one line to another of its year and source.

    A transfer is proposed by one person and confirmed by another; the lines change when it is
    done. Kept thirty years with the budget; holds no person but the staff.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(max_length=12, choices=BudgetChangeKind)
    state = models.CharField(max_length=10, choices=BudgetChangeState, default=BudgetChangeState.PROPOSED)
    from_line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, null=True, blank=True, related_name="changes_out"
    )
    to_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="changes_in")
    amount = MoneyField(_("Amount"))
    document = models.CharField(_("Document"), max_length=120)
    proposed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["proposed_on", "id"]
        constraints = [
            models.CheckConstraint(name="budget_change_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="transfer_has_two_lines",
                condition=Q(kind=BudgetChangeKind.SUPPLEMENT, from_line=None)
                | (Q(kind=BudgetChangeKind.TRANSFER, from_line__isnull=False) & ~Q(from_line=F("to_line"))),
                violation_error_message=_("A transfer goes from one budget line to another."),
            ),
            models.CheckConstraint(
                name="transfer_is_confirmed_by_another_person",
                condition=Q(kind=BudgetChangeKind.SUPPLEMENT)
                | Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("You proposed this transfer. Somebody else must confirm it."),
            ),
            models.CheckConstraint(
                name="decided_budget_change_has_its_person",
                condition=Q(state=BudgetChangeState.PROPOSED, decided_by=None, decided_on=None)
                | (
                    ~Q(state=BudgetChangeState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_on__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


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
