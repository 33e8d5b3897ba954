"""What is asked on the page where a step is taken by list."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices import clock
from offices.actors import Actor
from offices.divisions import level_of
from offices.enums import DivisionLevel
from offices.models import Division
from subsidies.case_forms import ReviewForm, VillageReviewForm
from subsidies.enums import LISTED_KINDS, Step
from subsidies.models import PolicyVersion, Programme


class _PlaceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """A village stands under its township."""
        return f"　{obj.name}" if obj.level == DivisionLevel.VILLAGE else str(obj.name)


class ListChoice(forms.Form):
    """Of which programme and place: the reader's own, or one within."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    place = _PlaceField(
        label=pgettext_lazy("list of cases", "Place"), queryset=Division.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs["initial"] = {"place": actor.division_code, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        programmes, places = (cast(Any, self.fields[name]) for name in ("programme", "place"))
        programmes.queryset = Programme.objects.filter(pk__in=programmes_by_list())
        places.queryset = (
            Division.objects.within(actor.scope).valid_on(clock.today()).order_by("code")
            if level_of(actor.division_code) != DivisionLevel.VILLAGE
            else Division.objects.filter(pk=actor.division_code)
        )


def programmes_by_list() -> set[str]:
    """Programmes with a policy today whose cases may go by list."""
    in_force = PolicyVersion.objects.published_on(clock.today()).filter(programme__kind__in=LISTED_KINDS)
    return set(in_force.values_list("programme_id", flat=True))


class SheetForm(forms.Form):
    """The sheet that the families signed."""

    declaration_document = forms.CharField(
        label=_("Signed sheet"),
        help_text=_(
            "Its name, as it is filed. Each family on it has signed the declaration, and its papers were seen; "
            "whoever lacks a paper is entered alone."
        ),
        max_length=120,
    )


class NothingAsked(forms.Form):
    """A grant asks for nothing more."""


FORM_OF: dict[str, type[forms.Form]] = {
    Step.ENTRY: SheetForm,
    Step.VILLAGE_REVIEW: VillageReviewForm,
    Step.TOWNSHIP_REVIEW: ReviewForm,
    Step.COUNTY_CONFIRMATION: ReviewForm,
    Step.GRANT: NothingAsked,
}
