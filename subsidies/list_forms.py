"""What is asked on the pages of lists for other offices and of priority letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.enums import LetterPurpose, ListState
from subsidies.models import PriorityLetter, Programme, SealedList
from subsidies.services.sealed_lists import LISTED_KINDS


class FreezeForm(forms.Form):
    """Of which programme and year."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": clock.today().year, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        found = Programme.objects.announced().filter(kind__in=LISTED_KINDS)
        self.fields["programme"].queryset = found  # type: ignore[attr-defined] # a model choice


class SupplementForm(forms.Form):
    """Why a sealed list is put right."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It stands on the supplement: name nobody.")
    )


class SendListForm(forms.Form):
    """To which office the list was handed."""

    recipient = forms.CharField(label=_("Handed to"), max_length=80)
    sent_on = DayField(label=_("On"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"sent_on": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class SealedListFilter(forms.Form):
    """Filters of the lists."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *ListState.choices])

    def narrow(self, rows: QuerySet[SealedList]) -> QuerySet[SealedList]:
        """The lists that the filters let through; an invalid filter lets everything through."""
        if self.is_bound and self.is_valid() and self.cleaned_data["state"]:
            return rows.filter(state=self.cleaned_data["state"])
        return rows


class LetterForm(forms.Form):
    """To which office the letter is shown."""

    purpose = forms.ChoiceField(
        label=_("To be shown to"), choices=LetterPurpose.choices, widget=forms.RadioSelect
    )


class WithdrawLetterForm(forms.Form):
    """Why a letter does not hold any more."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class LetterFilter(forms.Form):
    """Filters of the letters."""

    purpose = forms.ChoiceField(
        label=_("To be shown to"), required=False, choices=[("", _("All")), *LetterPurpose.choices]
    )

    def narrow(self, rows: QuerySet[PriorityLetter]) -> QuerySet[PriorityLetter]:
        """The letters that the filters let through; an invalid filter lets everything through."""
        if self.is_bound and self.is_valid() and self.cleaned_data["purpose"]:
            return rows.filter(purpose=self.cleaned_data["purpose"])
        return rows
