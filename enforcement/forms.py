"""What is asked when a certificate is issued or changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.enums import CertificateState
from offices.form_renderer import DayField
from offices.models import Staff


class CertificateFilter(forms.Form):
    """The list's filters, which stand in the address."""

    q = forms.CharField(label=_("Number or name"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *CertificateState.choices, ("expired", _("Expired"))],
    )


class IssueForm(forms.Form):
    """A new certificate: for whom, from when, until when, and the number of an older paper."""

    staff = forms.ModelChoiceField(label=_("Officer"), queryset=Staff.objects.none(), empty_label=_("Choose"))
    from_on = DayField(label=_("Valid from"))
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Left empty: five years, the longest there is.")
    )
    number = forms.CharField(
        label=_("Number of an existing certificate"),
        required=False,
        max_length=30,
        help_text=_("Only for a certificate already issued on paper; otherwise the number is counted."),
    )

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = officers  # type: ignore[attr-defined] # a model choice field


class ReasonForm(forms.Form):
    """Why a certificate changes; the officer can read it."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
