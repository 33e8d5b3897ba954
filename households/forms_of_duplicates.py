"""Forms of the pages about people recorded twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import DuplicateReason, MergeState, PairState
from households.models.duplicates import DuplicatePairQuerySet, PersonMergeQuerySet
from households.services.merge_plan import Choice


class PairFilterForm(forms.Form):
    """Filters of the queue; without one it shows what is left to do."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("What is left to do")),
            *((state.value, state.label) for state in PairState if state is not PairState.CLEARED),
        ],
    )
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("All reasons")), *DuplicateReason.choices]
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=60)

    def narrow(self, pairs: DuplicatePairQuerySet) -> DuplicatePairQuerySet:
        """The pairs that the filters let through; invalid filters let through what is left to do."""
        if not self.is_bound or not self.is_valid():
            return pairs.waiting()
        state = self.cleaned_data["state"]
        pairs = pairs.filter(state=state) if state else pairs.waiting()
        if reason := self.cleaned_data["reason"]:
            pairs = pairs.filter(reasons__contains=[reason])
        if name := self.cleaned_data["name"]:
            pairs = pairs.filter(first__name=name) | pairs.filter(second__name=name)
        return pairs


class MergeFilterForm(forms.Form):
    """Filters of the list of merges."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *MergeState.choices])

    def narrow(self, merges: PersonMergeQuerySet) -> PersonMergeQuerySet:
        """The merges that the filters let through."""
        if self.is_bound and self.is_valid() and (state := self.cleaned_data["state"]):
            return merges.filter(state=state)
        return merges


class MergeChoicesForm(forms.Form):
    """Which record is kept, and in each contradiction which of the two is right."""

    keep = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Sequence[Choice], sides: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for choice in choices:
            self.fields[choice.code] = forms.ChoiceField(
                label=str(choice.label),
                choices=[(sides[0], choice.survivor_words), (sides[1], choice.absorbed_words)],
                widget=forms.RadioSelect,
            )
