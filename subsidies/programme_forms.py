"""What is asked on the pages of programmes: what a new one is, until when it is paid, what a bundle names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.actors import Actor
from subsidies.enums import Frequency, ProgrammeKind, StopRule, Unit
from subsidies.models import PolicyVersion, Programme
from subsidies.policy_forms import RevisionForm
from subsidies.services.programmes import Terms

FIELD_OF = {
    "programme_code": "code",
    "code_taken": "code",
    "frequency_of_kind": "frequency",
    "points_of_household": "unit",
    "letter_is_posted": "is_posted",
}
"""At which field a refusal of a programme stands."""


class TermsForm(forms.Form):
    """What a programme is called, and what its benefit is."""

    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=60)
    name_en = forms.CharField(
        label=_("Name (English)"),
        max_length=80,
        required=False,
        help_text=_("Without one the Chinese name stands on English pages too."),
    )
    unit = forms.ChoiceField(
        label=_("Counted by"),
        choices=Unit.choices,
        widget=forms.RadioSelect,
        help_text=_("A household's is received by one person who stands for the family."),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("programme", "Kind"), choices=ProgrammeKind.choices, widget=forms.RadioSelect
    )
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Frequency.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Cash: yearly, monthly or once. Premiums and points: yearly. Awards: yearly or once. "
            "Priority letters: on request."
        ),
    )
    is_posted = forms.BooleanField(
        label=_("Names are posted for objections before it is granted"),
        required=False,
        help_text=_("Without a notice two reviewers of the county decide."),
    )

    @property
    def terms(self) -> Terms:
        """What was typed, for the service."""
        typed = {name: self.cleaned_data[name] for name in TermsForm.base_fields}
        return Terms(**{**typed, "name_en": typed["name_en"] or typed["name_zh"]})


class ProgrammeForm(TermsForm):
    """A new programme: its code, and what it is."""

    code = forms.CharField(
        label=_("Code"),
        max_length=8,
        help_text=_("Two to eight capital letters or digits. It stands in file numbers and never changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"is_posted": True, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """Small letters mean capital ones."""
        return str(self.cleaned_data["code"]).upper()


class CorrectionForm(TermsForm, RevisionForm):
    """What a programme is, as long as no version of it is published; with the draft as it was opened."""

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(version.programme, name) for name in TermsForm.base_fields}
        super().__init__(*args, version=version, **kwargs)


class StopRuleForm(RevisionForm):
    """Until when is paid once the reason has ended."""

    stop_rule = forms.ChoiceField(
        label=_("When its reason ends"),
        choices=StopRule.choices,
        widget=forms.RadioSelect,
        help_text=_("What was lawfully paid is never taken back."),
    )


class BundleForm(forms.Form):
    """Which programmes a bundle names."""

    programmes = forms.MultipleChoiceField(
        label=_("Programmes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programmes"].choices = [  # type: ignore[attr-defined] # a choice field
            (programme.pk, programme.name) for programme in Programme.objects.visible_to(actor).in_use()
        ]
