"""Forms of the shared pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from offices.enums import ExportFormat, ExportPurpose
from offices.form_renderer import DayField
from offices.models.acts import ActQuerySet
from offices.models.exports import ExportQuerySet


class ActFilterForm(forms.Form):
    """Filters of the audit trail; they stand in the address."""

    who = forms.CharField(label=_("User name"), required=False, max_length=60)
    from_on = DayField(label=_("From"), required=False, help_text="")
    to_on = DayField(label=_("Until"), required=False, help_text="")

    def narrow(self, acts: ActQuerySet) -> ActQuerySet:
        """The acts that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return acts
        if who := self.cleaned_data["who"]:
            acts = acts.filter(by__username=who)
        if from_on := self.cleaned_data["from_on"]:
            acts = acts.filter(on__gte=from_on)
        if to_on := self.cleaned_data["to_on"]:
            acts = acts.filter(on__lte=to_on)
        return acts


class PurposeForm(forms.Form):
    """What a record or a list leaves the system for; kept with it."""

    purpose = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    reference = forms.CharField(
        label=_("Document number"),
        required=False,
        max_length=60,
        help_text=_("Needed where it is for something else: the letter or order that asks for it."),
    )

    def __init__(self, *args: Any, purposes: Sequence[ExportPurpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [  # type: ignore[attr-defined] # a choice field
            (purpose.value, purpose.label) for purpose in purposes
        ]


class ExportForm(PurposeForm):
    """A list's purpose, and how the file is written."""

    file_format = forms.ChoiceField(
        label=_("Format"),
        choices=[(one.value, one.label) for one in (ExportFormat.XLSX, ExportFormat.CSV)],
        initial=ExportFormat.XLSX,
        widget=forms.RadioSelect,
    )


class ExportFilterForm(forms.Form):
    """Filters of the list of exports: by the code that a file bears, or by who made it."""

    code = forms.CharField(label=_("Code in the file"), required=False, max_length=20)
    who = forms.CharField(label=_("User name"), required=False, max_length=60)

    def narrow(self, exports: ExportQuerySet) -> ExportQuerySet:
        """The exports that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return exports
        if code := self.cleaned_data["code"]:
            exports = exports.filter(code=code.upper())
        if who := self.cleaned_data["who"]:
            exports = exports.filter(requested_by__username=who)
        return exports


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg] # of Staff, by AUTH_USER_MODEL
    """The first password of an invited account, typed twice."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields(
        label1=_("Password"), label2=_("The same password again")
    )
