"""What is asked on the pages of letters, deliveries and appeals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from offices import clock
from offices.form_renderer import DayField
from subsidies.case_forms import PlaceFilter
from subsidies.enums import (
    AppealKind,
    AppealResult,
    AppealState,
    AppealVia,
    DeliveryMethod,
    LetterKind,
)
from subsidies.models import Appeal, AppealTerms, DecisionLetter

_TERMS = [
    field.name
    for field in AppealTerms._meta.fields
    if field.name not in ("id", "from_on", "to_on", "entered_by")
]


class LetterFilter(PlaceFilter):
    """Filters of the list of letters."""

    q = forms.CharField(label=_("Document number, file number or name"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *LetterKind.choices])
    undelivered = forms.BooleanField(label=_("Not delivered yet"), required=False)
    field_order = ("q", "kind", "place", "undelivered")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["programme"]

    def narrow(self, rows: QuerySet[DecisionLetter]) -> QuerySet[DecisionLetter]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if text := wanted.get("q"):
            rows = rows.filter(
                Q(number__startswith=text)
                | Q(application__file_number__startswith=text)
                | Q(application__person__name__startswith=text)
            )
        if kind := wanted.get("kind"):
            rows = rows.filter(kind=kind)
        if wanted.get("undelivered"):
            rows = rows.undelivered()  # type: ignore[attr-defined] # a DecisionLetterQuerySet
        return rows


class DeliveryForm(forms.Form):
    """How and when a letter reached the family."""

    method = forms.ChoiceField(
        label=_("How it was delivered"), choices=DeliveryMethod.choices, widget=forms.RadioSelect
    )
    on = DayField(
        label=_("Day"),
        help_text=_(
            "Of registered post the day on the return receipt; of an announcement the day it was put up."
        ),
    )
    recipient = forms.CharField(
        label=_("Who signed for it"),
        required=False,
        max_length=60,
        help_text=_("The person herself or himself, or the adult of the family."),
    )
    relation = forms.CharField(
        label=_("Relation to the person"),
        required=False,
        max_length=30,
        help_text=_("Of an adult of the family."),
    )
    document = forms.CharField(
        label=_("Postal number, or where it was announced"), required=False, max_length=120
    )


class AppealFilter(PlaceFilter):
    """Filters of the list of appeals."""

    q = forms.CharField(label=_("Number, file number or name"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *AppealKind.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *AppealState.choices]
    )
    overdue = forms.BooleanField(label=_("Overdue"), required=False)
    to_do = forms.BooleanField(label=_("To be carried out"), required=False)
    field_order = ("q", "kind", "state", "place", "overdue", "to_do")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["programme"]

    def narrow(self, rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if text := wanted.get("q"):
            rows = rows.filter(
                Q(number__startswith=text)
                | Q(application__file_number__startswith=text)
                | Q(application__person__name__startswith=text)
            )
        for name in ("kind", "state"):
            if value := wanted.get(name):
                rows = rows.filter(**{name: value})
        if wanted.get("overdue"):
            rows = rows.overdue_on(clock.today())  # type: ignore[attr-defined] # an AppealQuerySet
        if wanted.get("to_do"):
            rows = rows.to_carry_out()  # type: ignore[attr-defined] # an AppealQuerySet
        return rows


class AppealForm(forms.Form):
    """An appeal as it comes to the counter."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AppealKind.choices, widget=forms.RadioSelect)
    via = forms.ChoiceField(label=_("How it came"), choices=AppealVia.choices, widget=forms.RadioSelect)
    received_on = DayField(label=_("Received on"))
    grounds = forms.CharField(
        label=_("What the family says"),
        help_text=_("In its own words; read it back to the family. It is printed on the answer."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AppealReasonForm(forms.Form):
    """Why an appeal is put off, suspended or not accepted: the family reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The family reads it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealDecisionForm(forms.Form):
    """What came of an appeal, why, and what it brings."""

    result = forms.ChoiceField(label=_("Result"), widget=forms.RadioSelect)
    remedy_from_on = DayField(
        label=_("Granted from"), required=False, help_text=_("Only when the decision is changed.")
    )
    remedy_amount = forms.DecimalField(
        label=_("Yuan a year"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text=_("Only when the decision is changed; never less than what is granted now."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Facts, law, and an answer to what the family says. They are printed on the answer."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    document = forms.CharField(
        label=_("Document of the deciding body"),
        help_text=_("Its name and number, of a reconsideration or a judgment."),
        max_length=120,
    )

    def __init__(
        self,
        *args: Any,
        results: tuple[AppealResult, ...],
        is_review: bool,
        has_remedy: bool,
        is_recovery: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [(one.value, one.label) for one in results]  # type: ignore[attr-defined] # a choice field
        if is_review:
            del self.fields["document"]
        if is_recovery:
            del self.fields["remedy_from_on"]
            amount = self.fields["remedy_amount"]
            amount.label = _("To be paid back in all after this (yuan)")
            amount.help_text = _("Only when the decision is changed: less than now, or 0 for nothing.")
        elif not has_remedy:
            del self.fields["remedy_from_on"], self.fields["remedy_amount"]


class TermsForm(forms.Form):
    """Whom to appeal to and within how long, from a day on."""

    from_on = DayField(label=_("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(forms.fields_for_model(AppealTerms, fields=_TERMS))
