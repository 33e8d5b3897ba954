"""What is asked on the pages of budgets, appropriations and payment batches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.enums import (
    PAID_KINDS,
    BatchState,
    Frequency,
    FundingSource,
    PaymentState,
)
from subsidies.models import Bank, Payment, PaymentBatch, Programme
from subsidies.models.banks import DEFAULT_BANK


def paid_programmes() -> QuerySet[Programme]:
    """Programmes whose money leaves by batches, of which a version was ever published."""
    return Programme.objects.published().filter(kind__in=PAID_KINDS)


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _document(help_text: Any) -> forms.CharField:
    return forms.CharField(label=_("Document"), max_length=120, help_text=help_text)


class BudgetLineForm(forms.Form):
    """A budget line: programme, year, source, yuan, and the document it rests on."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    source = forms.ChoiceField(label=_("Source"), choices=FundingSource.choices)
    amount = _amount(_("Budget (yuan)"))
    document = _document(_("Title or number of the paper that sets the money aside."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": clock.today().year, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = paid_programmes()  # type: ignore[attr-defined] # a model choice


class RaiseForm(forms.Form):
    """A supplementary budget."""

    amount = _amount(_("Add to the budget (yuan)"))
    document = _document(_("Title or number of the paper that raises the budget."))


class AppropriationForm(forms.Form):
    """Money that was handed over on a budget line."""

    amount = _amount(_("Appropriated (yuan)"))
    appropriated_on = DayField(label=_("Handed over on"))
    document = _document(_("Number of the payment order."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"appropriated_on": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class BatchForm(forms.Form):
    """For which programme and period, and out of which year's money."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    period = forms.CharField(
        label=_("Period"),
        max_length=7,
        help_text=_("A year such as 2013; for a programme paid by the month, a month such as 2014-01."),
    )
    budget_year = forms.IntegerField(
        label=_("Out of the budget of"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("A year; empty: that of the period."),
    )
    bank = forms.ModelChoiceField(
        label=_("Bank"),
        queryset=Bank.objects.filter(is_active=True),
        required=False,
        empty_label=None,
        initial=DEFAULT_BANK,
        help_text=_("In whose shape the files are written and the answer is read."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = paid_programmes()  # type: ignore[attr-defined] # a model choice

    @property
    def suggested_period(self) -> str:
        """The period that is likely meant for a programme: this year or this month."""
        programme = self.initial.get("programme")
        is_monthly = programme is not None and programme.frequency == Frequency.MONTHLY
        return f"{clock.today():%Y-%m}" if is_monthly else f"{clock.today():%Y}"


class BatchFilter(forms.Form):
    """Filters of the list of batches."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *BatchState.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = paid_programmes()  # type: ignore[attr-defined] # a model choice

    def narrow(self, rows: QuerySet[PaymentBatch]) -> QuerySet[PaymentBatch]:
        """The batches that the filters let through; an invalid filter lets everything through."""
        if not self.is_bound:
            return rows
        self.is_valid()
        if programme := self.cleaned_data.get("programme"):
            rows = rows.filter(programme=programme)
        if state := self.cleaned_data.get("state"):
            rows = rows.filter(state=state)
        return rows


class LineFilter(forms.Form):
    """Filters of the lines of a batch."""

    q = forms.CharField(label=_("Name"), required=False, max_length=60)
    line = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *PaymentState.choices]
    )

    def narrow(self, rows: QuerySet[Payment]) -> QuerySet[Payment]:
        """The lines that the filters let through; an invalid filter lets everything through."""
        if not self.is_bound:
            return rows
        self.is_valid()
        if name := self.cleaned_data.get("q"):
            rows = rows.filter(payee_name__startswith=name)
        if state := self.cleaned_data.get("line"):
            rows = rows.filter(state=state)
        return rows


class AnswerFileForm(forms.Form):
    """The bank's answer file and the day the money arrived."""

    file = forms.FileField(
        label=_("Answer file of the bank"),
        help_text=_("The file as the bank sent it, text or workbook, not changed."),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.xlsx"}),
    )
    paid_on = DayField(label=_("The money arrived on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"paid_on": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class DiscardForm(forms.Form):
    """Why a batch is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
