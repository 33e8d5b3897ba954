"""Forms of events, units, associations and the list of migrants."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import (
    AssociationKind,
    AssociationServiceKind,
    ContactReason,
    OutreachKind,
    UnitKind,
)
from households.forms import villages_of
from households.models.outreach import OutreachEventQuerySet
from households.models.units import UnitQuerySet
from offices import clock
from offices.actors import Actor
from offices.enums import DivisionLevel
from offices.form_renderer import DayField
from offices.models import Division

_MONTH = re.compile(r"(?P<year>20[0-9]{2})(?:[-./年]?(?P<month>0?[1-9]|1[0-2])月?)?")


def place_choices(actor: Actor) -> list[tuple[str, str]]:
    """The actor's own division and every one below it that there is today, for a choice field."""
    names: dict[str, str] = {}
    choices = []
    for division in Division.objects.within(actor.scope).valid_on(clock.today()).order_by("code"):
        names[division.code] = division.name
        above = names.get(division.parent_id or "", "")
        is_village = division.level == DivisionLevel.VILLAGE
        choices.append(
            (division.code, f"{above} · {division.name}" if is_village and above else division.name)
        )
    return choices


_NOT_BELOW_NOTHING = _("Give a number that is 0 or more.")


class PeriodField(forms.CharField):
    """A year or a month that a clerk types: 2013, 2013-12. Cleaned to its first day and the day after it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "class": "input-day"}))
        kwargs.setdefault("help_text", _("For example 2013 or 2013-12"))
        super().__init__(max_length=8, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = _MONTH.fullmatch("".join(text.split()))
        if found is None:
            raise forms.ValidationError(_("Write a year or a month, for example 2013 or 2013-12."))
        year, month = int(found["year"]), int(found["month"] or 0)
        if not month:
            return datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
        return datetime.date(year, month, 1), datetime.date(year + month // 12, month % 12 + 1, 1)


class EventFilterForm(forms.Form):
    """Filters of the list of events; they stand in the address."""

    period = PeriodField(label=_("Year or month"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *OutreachKind.choices])
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("All places")), *place_choices(actor)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, events: OutreachEventQuerySet) -> OutreachEventQuerySet:
        """The events that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return events
        asked = self.cleaned_data
        if asked["period"]:
            events = events.held_within(*asked["period"])
        if asked["kind"]:
            events = events.filter(kind=asked["kind"])
        if asked["place"]:
            scope = Division(code=asked["place"]).scope
            events = events.filter(division_code__gte=scope, division_code__lt=scope + "~")
        return events


class CountsForm(forms.Form):
    """For which year or month outreach is counted."""

    period = PeriodField(label=_("Year or month"))


class EventForm(forms.Form):
    """An event that was held."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OutreachKind, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=80)
    held_on = DayField(label=_("Held on"))
    place = forms.ChoiceField(label=_("Place"))
    times = forms.IntegerField(
        label=_("Times"),
        min_value=1,
        max_value=999,
        initial=1,
        error_messages=dict.fromkeys(
            ("min_value", "max_value"), _("An event is held at least once, and at most 999 times a day.")
        ),
        help_text=_("How many performances, lectures or issues of a column."),
    )
    audience = forms.IntegerField(
        label=_("Audience"),
        min_value=0,
        max_value=9_999_999,
        required=False,
        error_messages={"min_value": _NOT_BELOW_NOTHING},
        help_text=_("About how many, if it is known. Nobody's name is asked."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = place_choices(actor)  # type: ignore[attr-defined] # a choice field


class UnitFilterForm(forms.Form):
    """Filters of the list of units; they stand in the address."""

    name = forms.CharField(label=_("Name or credit code"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *UnitKind.choices])
    village = forms.ChoiceField(label=_("Village"), required=False)
    payer = forms.BooleanField(label=_("Only who pays what an employer pays"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("All villages")), *villages_of(actor.scope)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, units: UnitQuerySet) -> UnitQuerySet:
        """The units that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return units
        asked = self.cleaned_data
        if asked["name"]:
            code = units.filter(credit_code=asked["name"].upper())
            units = code | units.filter(name__contains=asked["name"])
        if asked["kind"]:
            units = units.filter(kind=asked["kind"])
        if asked["village"]:
            units = units.filter(division_code=asked["village"])
        if asked["payer"]:
            units = units.filter(is_payer=True)
        return units


class UnitForm(forms.Form):
    """A unit, as its licence has it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the unit"), max_length=100)
    credit_code = forms.CharField(
        label=_("Credit code"),
        max_length=30,
        required=False,
        help_text=_("18 characters, from the licence. Only a compound may have none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.ChoiceField(label=_("Village"))
    is_payer = forms.BooleanField(
        label=_("Pays what an employer pays (only-child allowance, pension subsidy)"), required=False
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    from_on = DayField(label=_("Here since"), required=False)
    to_on = DayField(label=_("Until"), required=False, help_text=_("Only for a unit that is here no longer."))

    def __init__(self, *args: Any, actor: Actor, keeps_phone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = villages_of(actor.scope)  # type: ignore[attr-defined] # a choice field
        if keeps_phone:
            self.fields["phone"].help_text = _("Left empty: stays as it is.")


class ContactReasonForm(forms.Form):
    """Why a contact's phone is shown; the reason is kept with the act."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ContactReason, widget=forms.RadioSelect)


class LodgingForm(forms.Form):
    """Who lives in a compound, by the card in hand."""

    number = forms.CharField(
        label=_("Identity number"),
        max_length=30,
        help_text=_("All 18 characters, from the person's card"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    from_on = DayField(label=_("Lives there since"))


class LodgingEndForm(forms.Form):
    """From which day a person lives in a compound no longer."""

    to_on = DayField(label=_("Left on"))


class MigrantFilterForm(forms.Form):
    """Filters of the list of migrants: places, and nothing about the person."""

    which = forms.ChoiceField(
        label=_("Which migrants"),
        required=False,
        choices=[
            ("", _("Live here, hukou in another county")),
            ("county", _("Live here, hukou in another township")),
            ("elsewhere", _("Hukou here, live in another county")),
        ],
    )
    place = forms.ChoiceField(label=_("Served in"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = Division.objects.within(actor.scope)
        if len(actor.scope) == 6:
            townships = [(one.code, one.name) for one in below.townships().order_by("code")]
            self.fields["place"].choices = [("", _("All townships")), *townships]  # type: ignore[attr-defined] # a choice field
        else:
            self.fields["place"].choices = [("", _("All villages")), *villages_of(actor.scope)]  # type: ignore[attr-defined] # a choice field


class AssociationFilterForm(forms.Form):
    """Filters of the list of associations; they stand in the address."""

    name = forms.CharField(label=_("Name or area"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *AssociationKind.choices]
    )
    agreement = forms.ChoiceField(
        label=_("Agreement"),
        required=False,
        choices=[("", _("All")), ("ends", _("Ends within 60 days")), ("none", _("None that holds"))],
    )


class AssociationForm(forms.Form):
    """A partner, and the agreement with it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AssociationKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the association"), max_length=100)
    place_name = forms.CharField(
        label=_("Area"), max_length=100, help_text=_("Where it serves people of the county, in words.")
    )
    place_code = forms.CharField(
        label=_("Division code of the area"),
        max_length=12,
        help_text=_("6, 9 or 12 digits, for example 440300 for Shenzhen"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    agreement_document = forms.CharField(
        label=_("Agreement"), max_length=120, required=False, help_text=_("Title or number of the document.")
    )
    agreement_from = DayField(label=_("Agreement from"), required=False)
    agreement_to = DayField(
        label=_("Agreement until"), required=False, help_text=_("The first day on which it holds no longer.")
    )

    def __init__(self, *args: Any, keeps_phone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keeps_phone:
            self.fields["phone"].help_text = _("Left empty: stays as it is.")


class ServiceCountForm(forms.Form):
    """What an association did in a month, in numbers."""

    month = PeriodField(label=_("Month"), help_text=_("For example 2013-12"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in AssociationServiceKind:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label,
                min_value=0,
                max_value=999_999,
                initial=0,
                error_messages={"min_value": _NOT_BELOW_NOTHING},
            )

    @property
    def numbers(self) -> dict[AssociationServiceKind, int]:
        """The counts by kind."""
        return {kind: self.cleaned_data[kind.value] for kind in AssociationServiceKind}

    def clean_month(self) -> datetime.date:
        """The first day of the month."""
        first, end = self.cleaned_data["month"]
        if (end - first).days > 31:
            raise forms.ValidationError(_("Write the month too, for example 2013-12."))
        return first  # type: ignore[no-any-return] # a day
