"""What is asked on the pages of the register of debts and of late knowledge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.actors import Actor
from offices.enums import Role
from offices.form_renderer import DayField
from offices.models import Staff
from subsidies.case_forms import PlaceFilter
from subsidies.enums import DebtEnd, DebtState, LateCause, LateDecision, LateState, Standing
from subsidies.models import Debt, LateFinding

SHOWS: dict[str, tuple[Any, Q]] = {
    "open": (pgettext_lazy("debts", "All open lines"), Q(state=DebtState.OPEN)),
    "to_tell": (
        pgettext_lazy("debts", "Owed, the family not told yet"),
        Q(state=DebtState.OPEN, standing=Standing.OWED, told_on=None),
    ),
    "owed": (pgettext_lazy("debts", "Owed"), Q(state=DebtState.OPEN, standing=Standing.OWED)),
    "applied": (
        pgettext_lazy("debts", "Applied, not granted yet"),
        Q(state=DebtState.OPEN, standing=Standing.APPLIED),
    ),
    "unknown": (
        pgettext_lazy("debts", "To find out: one fact is missing"),
        Q(state=DebtState.OPEN, standing=Standing.UNKNOWN),
    ),
    "declined": (pgettext_lazy("debts", "Declined by the family"), Q(closed_as=DebtEnd.DECLINED)),
    "granted": (pgettext_lazy("debts", "Cleared by a grant"), Q(closed_as=DebtEnd.GRANTED)),
    "ended": (pgettext_lazy("debts", "Ended without being received"), Q(closed_as=DebtEnd.ENDED)),
    "closed": (pgettext_lazy("debts", "All that are cleared"), Q(state=DebtState.CLOSED)),
}
"""What a list of the register shows, by its word in the address."""


class DebtFilter(PlaceFilter):
    """Programme, place, what to show, since when, who answers; without a choice, all open lines."""

    show = forms.ChoiceField(
        label=pgettext_lazy("debts", "Show"),
        required=False,
        choices=[
            ("", SHOWS["open"][0]),
            *((code, words) for code, (words, _q) in SHOWS.items() if code != "open"),
        ],
    )
    before = DayField(label=_("Owed since before"), required=False)
    officer = forms.ModelChoiceField(
        label=_("Who answers for it"), queryset=Staff.objects.none(), required=False, empty_label=_("All")
    )
    field_order = ("show", "programme", "place", "before", "officer")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if actor.role == Role.VILLAGE:
            del self.fields["officer"]
            return
        answering = Debt.objects.visible_to(actor).open().values("officer").annotate(n=Count("pk"))
        self.fields["officer"].queryset = Staff.objects.filter(  # type: ignore[attr-defined] # a model choice
            pk__in=answering.values("officer")
        ).order_by("name")

    @property
    def shown(self) -> str:
        """The word of what is shown."""
        asked = self.cleaned_data.get("show") if self.is_bound and self.is_valid() else ""
        return asked or "open"

    def narrow(self, rows: QuerySet[Debt]) -> QuerySet[Debt]:
        rows = super().narrow(rows).filter(SHOWS[self.shown][1])
        wanted = self.cleaned_data if self.is_bound else {}
        if before := wanted.get("before"):
            rows = rows.annotate(since_on=Coalesce("owed_since", "opened_on")).filter(since_on__lt=before)
        if officer := wanted.get("officer"):
            rows = rows.filter(officer=officer)
        return rows


class LateFilter(PlaceFilter):
    """Programme, place, state and cause; without a choice, what waits for a decision."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", LateState.OPEN.label),
            (LateState.DECIDED, LateState.DECIDED.label),
            (LateState.DROPPED, LateState.DROPPED.label),
        ],
    )
    cause = forms.ChoiceField(
        label=_("What became known late"), required=False, choices=[("", _("All")), *LateCause.choices]
    )
    field_order = ("state", "cause", "programme", "place")

    def narrow(self, rows: QuerySet[LateFinding]) -> QuerySet[LateFinding]:
        wanted = self.cleaned_data if self.is_bound and self.is_valid() else {}
        if place := wanted.get("place"):
            rows = rows.filter(division_code__gte=place.scope, division_code__lt=place.scope + "~")
        if programme := wanted.get("programme"):
            rows = rows.filter(grant__programme=programme)
        if cause := wanted.get("cause"):
            rows = rows.filter(cause=cause)
        return rows.filter(state=wanted.get("state") or LateState.OPEN)


class LateDecisionForm(forms.Form):
    """What follows from late knowledge, and what that rests on."""

    reckoning = forms.CharField(widget=forms.HiddenInput, required=False)  # the service refuses another
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    basis = forms.CharField(
        label=_("What the decision rests on"),
        help_text=_("The document with its number, or the article; nothing about the family."),
        max_length=120,
    )

    def __init__(self, *args: Any, decisions: list[LateDecision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(one.value, one.label) for one in decisions]  # type: ignore[attr-defined] # a choice
