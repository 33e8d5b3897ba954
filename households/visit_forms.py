"""Forms of visits: one screen of a phone, and the filters of the list."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.enums import VisitNext, VisitPurpose, VisitResult
from households.forms import villages_of
from households.models import Person
from households.models.visits import ABOUT_A_BENEFIT, VisitQuerySet
from households.visit_subjects import visit_subjects
from offices.actors import Actor
from offices.form_renderer import DayField


class VisitForm(forms.Form):
    """A visit: one tap each for why, about what and with which result; the rest has its usual value."""

    purpose = forms.ChoiceField(
        label=pgettext_lazy("visit", "Why"), choices=VisitPurpose, widget=forms.RadioSelect
    )
    about = forms.ChoiceField(label=_("Which benefit"), widget=forms.RadioSelect)
    asked_by_family = forms.BooleanField(label=_("The family asked for this visit"), required=False)
    result = forms.ChoiceField(label=_("Result"), choices=VisitResult, widget=forms.RadioSelect)
    next_step = forms.ChoiceField(
        label=pgettext_lazy("visit", "Next"),
        choices=VisitNext,
        initial=VisitNext.NONE,
        widget=forms.RadioSelect,
    )
    next_on = DayField(label=_("By which day"), required=False)
    person = forms.ChoiceField(label=_("Whom it concerns"), required=False)
    visited_on = DayField(label=_("Day of the visit"), help_text="")

    def __init__(
        self,
        *args: Any,
        people: list[Person],
        today: datetime.date,
        is_family_served: bool = True,
        **kwargs: Any,
    ) -> None:
        """`people`: who may be meant alone; the whole family only where `is_family_served` here."""
        kwargs["initial"] = {"visited_on": today, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        # A benefit is asked only where the purpose has one; the page folds the question away else.
        self.fields["about"].required = not self.is_bound or self.data.get("purpose") in ABOUT_A_BENEFIT
        self._people = {str(person.pk): person for person in people}
        self.fields["about"].choices = list(visit_subjects(today).items())  # type: ignore[attr-defined] # a choice field
        self.fields["person"].choices = [  # type: ignore[attr-defined] # a choice field
            *([("", _("The whole family"))] if is_family_served else []),
            *((key, person.name) for key, person in self._people.items()),
        ]
        self.fields["person"].required = not is_family_served

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them; a benefit only where the purpose has one."""
        cleaned = super().clean() or {}
        if cleaned.get("purpose") not in ABOUT_A_BENEFIT:
            cleaned["about"] = ""
        cleaned["person"] = self._people.get(cleaned.get("person") or "")
        return cleaned

    @property
    def has_more_to_correct(self) -> bool:
        """Whether something is wrong among what is usually left as it is, or was changed there."""
        unusual = {"next_step", "next_on", "person", "visited_on"}
        return bool(unusual & (set(self.errors) | set(self.changed_data))) if self.is_bound else False


class VisitFilterForm(forms.Form):
    """Filters of the list of visits; they stand in the address."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All visits")),
            ("due", _("What we promised and is due")),
            ("mine", _("What I recorded today")),
        ],
    )
    village = forms.ChoiceField(label=_("Village"), required=False)
    purpose = forms.ChoiceField(
        label=pgettext_lazy("visit", "Why"), required=False, choices=[("", _("All")), *VisitPurpose.choices]
    )
    result = forms.ChoiceField(
        label=_("Result"), required=False, choices=[("", _("All")), *VisitResult.choices]
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actor = actor
        self.fields["village"].choices = [("", _("All villages")), *villages_of(actor.scope)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, visits: VisitQuerySet, on: datetime.date) -> VisitQuerySet:
        """The visits that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return visits
        asked = self.cleaned_data
        if asked["show"] == "due":
            visits = visits.due(on)
        elif asked["show"] == "mine":
            visits = visits.filter(recorded_by=self._actor.staff_id, recorded_on=on)
        if asked["village"]:
            visits = visits.filter(division_code=asked["village"])
        if asked["purpose"]:
            visits = visits.filter(purpose=asked["purpose"])
        if asked["result"]:
            visits = visits.filter(result=asked["result"])
        return visits
