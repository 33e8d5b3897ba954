"""What is asked where agents, guardians and heirs are entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from households.enums import (
    GROUNDS_OF_KIND,
    RepresentationEnd,
    RepresentationGround,
    RepresentationKind,
    RepresentationState,
)
from households.models.representations import RepresentationQuerySet
from households.services.representations import GivenRepresentative
from offices.form_renderer import DayField
from offices.services.papers import SentFile

MOST_HEIRS = 8
_ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
_PAID = {
    RepresentationKind.AGENT: _("The authority says that money may be paid to the agent"),
    RepresentationKind.GUARDIAN: _("The money goes to the guardian's account, not to the person's own"),
}


class RepresentationForm(forms.Form):
    """The document by which somebody stands for the person, its days, and whether money follows."""

    ground = forms.ChoiceField(label=_("Kind of document"), widget=forms.RadioSelect)
    document = forms.CharField(
        label=_("Title and number of the document"), max_length=120, help_text=_("As it stands on it.")
    )
    document_on = DayField(label=_("Day of the document"))
    from_on = DayField(label=_("From"), required=False)
    to_on = DayField(label=_("Until (that day not included)"), required=False)
    is_paid = forms.BooleanField(required=False)
    paper = forms.FileField(
        label=_("The document, scanned or photographed"),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
    )

    def __init__(self, *args: Any, kind: RepresentationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = GROUNDS_OF_KIND[kind]
        self.fields["ground"].choices = [(one.value, one.label) for one in grounds]  # type: ignore[attr-defined] # a choice field
        self.fields["ground"].initial = grounds[0].value
        self.fields["paper"].help_text = _("PDF, JPEG or PNG, at most %(most)s MB.") % {
            "most": settings.HUIMIN_PAPER_MEGABYTES
        }
        if kind == RepresentationKind.HEIRS:
            for name in ("from_on", "to_on", "is_paid"):
                del self.fields[name]
            return
        self.fields["is_paid"].label = _PAID[kind]

    @property
    def given(self) -> dict[str, Any]:
        """The values as the service takes them."""
        paper: UploadedFile = self.cleaned_data["paper"]
        return {
            **{name: value for name, value in self.cleaned_data.items() if name != "paper"},
            "ground": RepresentationGround(self.cleaned_data["ground"]),
            "paper": SentFile(paper.name or "", paper.read()),
        }


class RepresentativeForm(forms.Form):
    """One of those who stand for the person, from the own identity card and passbook."""

    name = forms.CharField(label=_("Name"), max_length=60)
    number = forms.CharField(label=_("Identity number"), max_length=20)
    parts = forms.IntegerField(
        label=_("Share"),
        min_value=1,
        max_value=999,
        required=False,
        help_text=_("Parts of the whole: 1 for each if all are alike; 2 and 1 for two thirds and one third."),
    )
    bank = forms.CharField(label=_("Bank"), max_length=80, required=False)
    account = forms.CharField(label=_("Account"), max_length=40, required=False)

    def __init__(self, *args: Any, kind: RepresentationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == RepresentationKind.HEIRS:
            self.fields["bank"].required = self.fields["account"].required = True
            return
        del self.fields["parts"]
        for name in ("bank", "account"):
            self.fields[name].help_text = _("Only if money goes to this person.")


def representatives(posted: Any, *, kind: RepresentationKind) -> BaseFormSet[RepresentativeForm]:
    """The set of forms: one agent or guardian, or room for several heirs."""
    most = MOST_HEIRS if kind == RepresentationKind.HEIRS else 1
    shown = 4 if kind == RepresentationKind.HEIRS else 1
    made = formset_factory(
        RepresentativeForm, extra=shown, min_num=0, max_num=most, absolute_max=most, validate_max=True
    )
    return made(posted, form_kwargs={"kind": kind}, prefix="people")


def given_people(forms_of: BaseFormSet[RepresentativeForm]) -> list[GivenRepresentative]:
    """Those who were filled in, in order."""
    return [
        GivenRepresentative(
            name=one["name"],
            number=one["number"],
            parts=one.get("parts") or 1,
            bank=one["bank"],
            account=one["account"],
        )
        for one in forms_of.cleaned_data
        if one
    ]


class RejectionForm(forms.Form):
    """Why an entry is rejected: whoever entered it reads it."""

    reason = forms.CharField(label=_("Why it is rejected"), max_length=200)


class EndForm(forms.Form):
    """Why it ends, and when."""

    reason = forms.ChoiceField(label=_("Why it ends"), choices=RepresentationEnd, widget=forms.RadioSelect)
    ended_on = DayField(label=_("From which day on it no longer holds"))


class RepresentationFilter(forms.Form):
    """Filters of the list; they stand in the address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *RepresentationState.choices]
    )
    kind = forms.ChoiceField(
        label=_("As"), required=False, choices=[("", _("All")), *RepresentationKind.choices]
    )

    def narrow(self, rows: RepresentationQuerySet) -> RepresentationQuerySet:
        """The rows that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return rows
        for name in ("state", "kind"):
            if wanted := self.cleaned_data[name]:
                rows = rows.filter(**{name: wanted})
        return rows
