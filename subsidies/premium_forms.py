"""What is asked on the pages of premiums: accounts of funds, answers, money sent back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.enums import ProgrammeKind
from subsidies.models import Programme


class FundAccountForm(forms.Form):
    """To which institution and account the premiums of a programme go, by which paper."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    institution = forms.CharField(
        label=_("Institution"), max_length=80, help_text=_("As the bank knows the holder of the account.")
    )
    bank = forms.CharField(label=_("Bank"), max_length=80)
    account = forms.CharField(
        label=_("Account"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    document = forms.CharField(
        label=_("Document"), max_length=120, help_text=_("The fund's own letter or notice, with its number.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Programme.objects.announced().filter(kind=ProgrammeKind.PREMIUM)
        self.fields["programme"].queryset = found  # type: ignore[attr-defined] # a model choice


class FundAnswerForm(forms.Form):
    """The fund's answer to the roster."""

    file = forms.FileField(
        label=_("Answer of the fund"),
        help_text=_("The roster with the result of each person in its last column, CSV or XLSX."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class RefundForm(forms.Form):
    """Money that the fund sent back."""

    amount = forms.DecimalField(
        label=_("Amount (yuan)"),
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    received_on = DayField(label=_("Received on"))
    document = forms.CharField(label=_("Document"), max_length=120, help_text=_("Number of the bank's slip."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
