"""What is asked on the pages of awards, goods and honours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.enums import GoodsMoveKind, NominationReason, ProgrammeKind, RecognitionKind, RecognitionState
from subsidies.models import GoodsItem, PolicyVersion, Programme, Recognition


def _reasons() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Reasons"), choices=NominationReason.choices, widget=forms.CheckboxSelectMultiple
    )


class NominationForm(forms.Form):
    """For which award, and why."""

    programme = forms.ModelChoiceField(
        label=_("Award"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )
    reasons = _reasons()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = PolicyVersion.objects.published_on(clock.today()).values("programme_id")
        self.fields["programme"].queryset = Programme.objects.filter(  # type: ignore[attr-defined] # a model choice
            pk__in=in_force, kind=ProgrammeKind.AWARD
        )


class HonourForm(forms.Form):
    """Which honour, why, and who was present at the choice."""

    kind = forms.ChoiceField(label=_("Honour"), choices=RecognitionKind.choices, widget=forms.RadioSelect)
    reasons = _reasons()
    present = forms.CharField(
        label=_("Present at the choice"),
        help_text=_("One name a line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_present(self) -> list[str]:
        """The names, one a line."""
        return str(self.cleaned_data["present"]).splitlines()


class HonourFilter(forms.Form):
    """Filters of the honours."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *RecognitionState.choices]
    )

    def narrow(self, rows: QuerySet[Recognition]) -> QuerySet[Recognition]:
        """The honours that the filters let through; an invalid filter lets everything through."""
        if self.is_bound and self.is_valid() and self.cleaned_data["state"]:
            return rows.filter(state=self.cleaned_data["state"])
        return rows


class GoodsForm(forms.Form):
    """A kind of goods."""

    name = forms.CharField(label=_("Goods"), max_length=60)
    unit = forms.CharField(label=_("Unit of count"), max_length=10)
    unit_value = forms.DecimalField(
        label=_("Value of one (yuan)"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class _Moved(forms.Form):
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1_000_000)
    moved_on = DayField(label=_("On"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"moved_on": clock.today(), "quantity": 1, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class GoodsMoveForm(_Moved):
    """Goods that came in, or were lost, by a document."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[(kind.value, kind.label) for kind in (GoodsMoveKind.RECEIVED, GoodsMoveKind.LOST)],
        widget=forms.RadioSelect,
    )
    document = forms.CharField(label=_("Document"), max_length=120)
    field_order = ["kind", "quantity", "moved_on", "document"]


class GoodsChoice(forms.ModelChoiceField):
    """Goods with what is in stock."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, stock and unit."""
        return f"{obj.name}（{obj.stock} {obj.unit}）"


class HandOutForm(_Moved):
    """Which goods a family takes home, and who signed for them."""

    item = GoodsChoice(label=_("Goods"), queryset=GoodsItem.objects.all(), empty_label=_("Choose"))
    signed_by = forms.CharField(label=_("Signed by"), max_length=60)
    field_order = ["item", "quantity", "moved_on", "signed_by"]
