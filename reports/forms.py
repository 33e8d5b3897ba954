"""What is asked on the pages of reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices import clock
from offices.actors import Actor
from offices.enums import DivisionLevel
from offices.models import Division
from offices.templatetags.ui import month as said_month
from reports.catalogue import EXIT_REASONS
from reports.enums import RosterChoice
from reports.months import Month, month_of
from reports.selectors.qualifications import CAME, WENT
from subsidies.enums import StopReason
from subsidies.models import Programme

_MONTHS_OFFERED = 36


def reported_places(actor: Actor) -> QuerySet[Division]:
    """The county and its townships, as far as the actor sees them."""
    levels = [DivisionLevel.COUNTY, DivisionLevel.TOWNSHIP]
    return Division.objects.within(actor.scope).filter(level__in=levels)


class PlaceField(forms.ModelChoiceField):
    """A reported division by its name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", pgettext_lazy("report filter", "Place"))
        super().__init__(queryset=Division.objects.none(), **kwargs)


class MonthForm(forms.Form):
    """Which month of which place is looked at."""

    month = forms.ChoiceField(label=_("Month"))
    division = PlaceField(empty_label=None)

    def __init__(self, *args: Any, actor: Actor, shown: Month, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [  # type: ignore[attr-defined] # a choice field
            (str(month), said_month(month.first_day)) for month in months_offered(shown)
        ]
        self.fields["division"].queryset = reported_places(actor)  # type: ignore[attr-defined] # a model choice


def months_offered(shown: Month) -> list[Month]:
    """The running month and those before it, and the one that is shown wherever it lies."""
    month = month_of(clock.today())
    offered = []
    for _each in range(_MONTHS_OFFERED):
        offered.append(month)
        month = month.before
    return sorted({*offered, shown}, reverse=True)


class RowsForm(forms.Form):
    """Of which programme and place the rows behind a figure are listed."""

    default_measure = ""
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), required=False, empty_label=_("All")
    )
    division = PlaceField(required=False, empty_label=_("All"))

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        asked = query.copy()
        asked.setdefault("measure", self.default_measure)
        super().__init__(asked)
        self.fields["programme"].queryset = Programme.objects.published()  # type: ignore[attr-defined] # a model choice
        self.fields["division"].queryset = reported_places(actor)  # type: ignore[attr-defined] # a model choice

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the filters let through; an invalid filter lets nothing through."""
        if not self.is_valid():
            return rows.none()
        if programme := self.cleaned_data["programme"]:
            rows = rows.filter(programme=programme)
        if division := self.cleaned_data["division"]:
            rows = rows.filter(division_code__gte=division.scope, division_code__lt=division.scope + "~")
        return rows


GRANT_MEASURES = (
    ("opening", _("In force at the beginning of the month")),
    ("new", _("New in the month")),
    (CAME, _("Came from another township by a change of divisions")),
    ("exits", _("Ended in the month")),
    *((f"exits.{reason}", StopReason(reason).label) for reason in EXIT_REASONS),
    (WENT, _("Went to another township by a change of divisions")),
    ("closing", _("In force at the end of the month")),
)
PAYMENT_MEASURES = (
    ("month", _("Paid in the month")),
    ("paid", _("Paid in the year up to the end of the month")),
    ("returned", _("Returned and not paid again")),
)


class GrantRowsForm(RowsForm):
    """Which grants of a month are listed."""

    default_measure = "closing"
    measure = forms.ChoiceField(label=_("What is counted"), choices=GRANT_MEASURES)
    field_order = ("measure", "programme", "division")

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """By the programme alone: the place is that of the day on which the measure counts."""
        if not self.is_valid():
            return rows.none()
        programme = self.cleaned_data["programme"]
        return rows.filter(programme=programme) if programme else rows


class PaymentRowsForm(RowsForm):
    """Which payments of a month are listed."""

    default_measure = "month"
    measure = forms.ChoiceField(label=_("What is counted"), choices=PAYMENT_MEASURES)
    field_order = ("measure", "programme", "division")


class EditionFilter(forms.Form):
    """Filters of the list of editions."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    division = PlaceField(required=False, empty_label=_("All"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = month_of(clock.today())
        self.fields["month"].choices = [  # type: ignore[attr-defined] # a choice field
            ("", _("All")),
            *((str(month), said_month(month.first_day)) for month in months_offered(running)),
        ]
        self.fields["division"].queryset = reported_places(actor)  # type: ignore[attr-defined] # a model choice

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The editions that the filters let through; an invalid filter lets everything through."""
        if not self.is_bound:
            return rows
        self.is_valid()
        if month := self.cleaned_data.get("month"):
            rows = rows.filter(period=month)
        if division := self.cleaned_data.get("division"):
            rows = rows.filter(division_code=division.pk)
        return rows


class PrintForm(forms.Form):
    """How an edition is printed."""

    roster = forms.ChoiceField(
        label=_("Names"),
        choices=RosterChoice.choices,
        widget=forms.RadioSelect,
        initial=RosterChoice.WITH,
    )
    language = forms.ChoiceField(
        label=_("Language of the paper"), choices=(("zh-hans", "中文"), ("en", "English"))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = translation.get_language()
