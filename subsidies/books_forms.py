"""What is asked on the pages of transfers, suspense and closed books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.enums import BookPeriodKind, EntryKind, SuspenseEnd, SuspenseOrigin
from subsidies.models import BudgetLine, LedgerEntry, PaymentBatch
from subsidies.selectors.budget import other_lines


class LineChoice(forms.ModelChoiceField):
    """Budget lines as the office names them."""

    def label_from_instance(self, obj: Any) -> str:
        """Programme, year and source."""
        return f"{obj.programme.name} · {obj.year} · {obj.get_source_display()}"


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class TransferForm(forms.Form):
    """To which line, how much, on which document."""

    to_line = LineChoice(label=_("To"), queryset=BudgetLine.objects.none(), empty_label=_("Choose"))
    amount = _amount(_("Amount (yuan)"))
    document = forms.CharField(
        label=_("Document"), max_length=120, help_text=_("Title or number of the paper that moves the money.")
    )

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_line"].queryset = other_lines(line)  # type: ignore[attr-defined] # a model choice


class SuspenseForm(forms.Form):
    """Money that came and matches no line."""

    line = LineChoice(
        label=_("Budget line that it touches"), queryset=BudgetLine.objects.none(), empty_label=_("Choose")
    )
    origin = forms.ChoiceField(
        label=_("Where it came from"), choices=SuspenseOrigin.choices, widget=forms.RadioSelect
    )
    batch = forms.ModelChoiceField(
        label=_("Batch, where it is known"),
        queryset=PaymentBatch.objects.none(),
        required=False,
        empty_label=_("Not known"),
    )
    amount = _amount(_("Amount (yuan)"))
    received_on = DayField(label=_("Received on"))
    document = forms.CharField(label=_("Document"), max_length=120, help_text=_("Number of the bank's slip."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        lines = BudgetLine.objects.select_related("programme").order_by("-year", "programme__order", "pk")
        self.fields["line"].queryset = lines  # type: ignore[attr-defined] # a model choice
        self.fields["batch"].queryset = PaymentBatch.objects.order_by("-number")  # type: ignore[attr-defined] # as above


class ClearingForm(forms.Form):
    """Where money in suspense belongs, and by which document that is known."""

    end = forms.ChoiceField(
        label=_("Where it belongs"), choices=SuspenseEnd.choices, widget=forms.RadioSelect
    )
    document = forms.CharField(
        label=_("Document"), max_length=120, help_text=_("The paper that shows where it belongs.")
    )


class CloseForm(forms.Form):
    """Which month or year is closed."""

    kind = forms.ChoiceField(label=_("What is closed"), choices=BookPeriodKind.choices)
    label = forms.CharField(
        label=_("Period"), max_length=7, help_text=_("A month such as 2013-12, or a year such as 2013.")
    )


class EntryFilter(forms.Form):
    """Filters of the entries of the ledger."""

    month = forms.RegexField(
        r"^20[0-9]{2}-(0[1-9]|1[0-2])$", label=_("Month"), required=False, help_text=_("Such as 2013-12.")
    )
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *EntryKind.choices])

    def narrow(self, rows: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """The entries that the filters let through; an invalid filter lets everything through."""
        if not self.is_bound:
            return rows
        self.is_valid()
        if month := self.cleaned_data.get("month"):
            year, number = month.split("-")
            rows = rows.filter(booked_on__year=int(year), booked_on__month=int(number))
        if kind := self.cleaned_data.get("kind"):
            rows = rows.filter(kind=kind)
        return rows
