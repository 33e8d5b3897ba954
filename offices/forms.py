"""Forms of the shared pages."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from offices.form_renderer import DayField
from offices.models.acts import ActQuerySet


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


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg] # of Staff, by AUTH_USER_MODEL
    """The first password of an invited account, typed twice."""

    new_password1, new_password2 = SetPasswordForm.create_password_fields(
        label1=_("Password"), label2=_("The same password again")
    )
