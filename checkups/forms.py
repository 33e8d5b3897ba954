"""Forms of health checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from checkups.models import Station
from offices.actors import Actor
from offices.form_renderer import DayField
from offices.ids import new_id


class SessionForm(forms.Form):
    """A half-day of a station."""

    station = forms.ModelChoiceField(
        label=_("Station"), queryset=Station.objects.none(), empty_label=_("Choose")
    )
    held_on = DayField(label=_("Day"), help_text=_("For example 2014-01-20"))
    starts_at = forms.TimeField(
        label=_("Begins at"),
        help_text=_("For example 08:30"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input-day", "autocomplete": "off"}),
    )
    places = forms.IntegerField(
        label=_("Places"),
        min_value=1,
        max_value=200,
        help_text=_("How many people the station receives in this half-day, 200 at most."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stations = Station.objects.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")
        self.fields["station"].queryset = stations  # type: ignore[attr-defined] # a ModelChoiceField
        first = stations[:2]
        if len(first) == 1:
            self.fields["station"].initial = first[0]


class BookingForm(forms.Form):
    """The person at the counter; the office does not see the name again."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("Only the station will see it. You will see a number and a time."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        help_text=_("If the person wants to be told of a change."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    is_migrant = forms.BooleanField(label=_("Hukou in another county"), required=False)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=new_id)
    """The booking's own, from the moment the form is shown: sent twice it gives one place."""

    def renew_key(self) -> None:
        """Let the form, shown again, give another place."""
        self.data = {**self.data, "key": str(new_id())}


class SessionFilterForm(forms.Form):
    """Filters of the list of sessions."""

    station = forms.ModelChoiceField(
        label=_("Station"), queryset=Station.objects.all(), required=False, empty_label=_("All")
    )
    from_on = DayField(label=_("From"), required=False, help_text="")
