"""What is asked on the pages of the annual review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.actors import Actor
from offices.form_renderer import DayField
from subsidies.case_forms import PlaceFilter
from subsidies.enums import (
    ReviewMethod,
    ReviewReason,
    ReviewResult,
    ReviewState,
    ReviewTold,
    SampleFinding,
    StopReason,
)
from subsidies.models import Programme, ReviewItem
from subsidies.services.annual_reviews import REVIEWED_KINDS
from subsidies.services.review_results import ALLOWED


class ReviewNewForm(forms.Form):
    """Which programme's running grants are reviewed, for which year, until when, by which document."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    due_on = DayField(label=_("To be done by"))
    document = forms.CharField(label=_("Document"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": clock.today().year, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.announced().filter(kind__in=REVIEWED_KINDS)  # type: ignore[attr-defined] # a model choice


class ReviewItemFilter(PlaceFilter):
    """Filters of a review's work list; they stand in the address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *ReviewState.choices]
    )
    look = forms.ChoiceField(
        label=_("Registers"),
        required=False,
        choices=[
            ("", _("All")),
            ("green", _("Green: nothing changed, seen this year")),
            *ReviewReason.choices,
        ],
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("All")),
            ("tell", _("Families to be told")),
            ("sample", _("In the city's sample")),
        ],
    )
    field_order = ("state", "look", "place", "show")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        del self.fields["programme"]

    def narrow(self, rows: QuerySet[ReviewItem]) -> QuerySet[ReviewItem]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if state := wanted.get("state"):
            rows = rows.filter(state=state)
        if look := wanted.get("look"):
            rows = rows.filter(reasons=[]) if look == "green" else rows.filter(reasons__contains=[look])
        if wanted.get("show") == "tell":
            rows = rows.to_tell()  # type: ignore[attr-defined] # a ReviewItemQuerySet
        elif wanted.get("show") == "sample":
            rows = rows.filter(is_sampled=True)
        return rows


class ProposalForm(forms.Form):
    """How it was looked at, and what follows."""

    method = forms.ChoiceField(label=_("How it was looked at"), widget=forms.RadioSelect)
    result = forms.ChoiceField(label=_("Result"), widget=forms.RadioSelect)
    stop_reason = forms.ChoiceField(
        label=_("Why it ends"),
        required=False,
        choices=[("", _("It does not end")), *StopReason.choices],
        widget=forms.RadioSelect,
    )
    event_on = DayField(label=_("Day on which the reason arose"), required=False)

    def __init__(self, *args: Any, item: ReviewItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_enough = item.round.accepts_precheck and item.is_green
        self.fields["method"].choices = [  # type: ignore[attr-defined] # a choice field
            (one.value, one.label) for one in ReviewMethod if is_enough or one != ReviewMethod.PRECHECK
        ]
        self.fields["result"].choices = [  # type: ignore[attr-defined] # a choice field
            (one.value, one.label) for one in ALLOWED.get(item.grant.state, ())
        ]

    def clean(self) -> dict[str, Any]:
        """The values as the service takes them."""
        cleaned = super().clean() or {}
        if cleaned.get("method") and cleaned.get("result"):
            cleaned["method"] = ReviewMethod(cleaned["method"])
            cleaned["result"] = ReviewResult(cleaned["result"])
        return cleaned


class ToldForm(forms.Form):
    """How the family was told."""

    how = forms.TypedChoiceField(
        label=_("How the family was told"),
        choices=ReviewTold.choices,
        coerce=ReviewTold,
        widget=forms.RadioSelect,
    )


class FindingForm(forms.Form):
    """What the city found."""

    finding = forms.TypedChoiceField(
        label=_("Finding of the sample"),
        choices=SampleFinding.choices,
        coerce=SampleFinding,
        widget=forms.RadioSelect,
    )


class SampleForm(forms.Form):
    """The seed that the city names, and its share."""

    seed = forms.CharField(
        label=_("Seed of the sample"),
        max_length=60,
        help_text=_("As the city names it, such as the number of a public draw on a day announced before."),
    )
    document = forms.CharField(
        label=_("The city's document"),
        max_length=120,
        help_text=_("In which it named the seed, with its number: whoever checks the sample reads it there."),
    )
    percent = forms.IntegerField(label=_("Sample (percent)"), min_value=1, max_value=100, initial=5)
