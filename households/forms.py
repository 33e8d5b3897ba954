"""Forms of the registry's pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import DisputeDecision, ShowReason
from households.models.people import HouseholdQuerySet
from households.readers import RESIDENTS, ColumnSet
from households.selectors.families_over_time import Instant
from households.selectors.life_events import words_for
from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.enums import DivisionLevel
from offices.form_renderer import DayField
from offices.models import Division
from offices.templatetags.ui import moment


class HouseholdFilterForm(forms.Form):
    """Filters of the list of households; they stand in the address."""

    village = forms.ChoiceField(label=_("Village"), required=False)
    number = forms.CharField(label=_("Household number"), required=False, max_length=40)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("All villages")), *villages_of(actor.scope)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, households: HouseholdQuerySet) -> HouseholdQuerySet:
        """The households that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return households
        if village := self.cleaned_data["village"]:
            households = households.filter(division_code=village)
        if number := self.cleaned_data["number"]:
            households = households.filter(number=number)
        return households

    @property
    def chosen_village(self) -> str:
        """The village whose households are shown alone, if any."""
        return str(self.cleaned_data.get("village", "")) if self.is_bound and self.is_valid() else ""


def villages_of(scope: str) -> list[tuple[str, str]]:
    """The villages that a scope (empty: the county) has today as choices, each after its township."""
    divisions = (
        Division.objects.within(scope or current_context().county)
        .valid_on(clock.today())
        .select_related("parent")
        .order_by("code")
    )
    return [
        (division.code, f"{division.parent.name} · {division.name}" if division.parent else division.name)
        for division in divisions
        if division.level == DivisionLevel.VILLAGE
    ]


class FamilyThenForm(forms.Form):
    """A day whose family is shown, and whether as it is known today or as it was known earlier.

    Earlier is the end of any day, or just before one of the last entries.
    """

    on = DayField(label=_("The family on"), required=False)
    known_on = DayField(
        label=_("As known at the end of"),
        required=False,
        help_text=_("The day of a decision, for example. Empty: as it is known today."),
    )
    known = forms.ChoiceField(label=_("Or as known before an entry"), required=False)

    def __init__(self, *args: Any, instants: Sequence[Instant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._instants = {instant.key: instant for instant in instants}
        field: Any = self.fields["known"]
        field.choices = [
            ("", _("today")),
            *(
                (
                    instant.key,
                    _("before the entry of %(moment)s: %(what)s")
                    % {
                        "moment": moment(instant.at),
                        "what": words_for(instant.kind) if instant.kind else _("resident file or correction"),
                    },
                )
                for instant in instants
            ),
        ]
        self.fields["on"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("known_on") and given.get("known"):
            self.add_error("known", _("Give the day or choose an entry, not both."))
        return given

    @property
    def known_day(self) -> datetime.date | None:
        """The day at whose end the registry's knowledge is shown, if that is past."""
        day: datetime.date | None = self.cleaned_data.get("known_on")
        return day if day and clock.end_of(day) <= clock.now() else None

    @property
    def instant(self) -> datetime.datetime | None:
        """Just before which the registry's knowledge is shown."""
        if day := self.known_day:
            return clock.end_of(day)
        chosen = self._instants.get(self.cleaned_data.get("known", ""))
        return chosen.at if chosen else None


class ImportForm(forms.Form):
    """A resident file, the day it speaks for, and whether it is only tried."""

    file = forms.FileField(
        label=_("Resident file"),
        help_text=_("Excel workbook (.xlsx) or CSV, at most 80 MB. The column names stand in the first row."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={"empty": _("The file is empty. Choose the file with the residents.")},
    )
    sender = forms.CharField(
        label=_("Sender"),
        required=False,
        max_length=60,
        help_text=_(
            "The office that made the file, for example its police station. The names that it gives its "
            "columns are remembered."
        ),
    )
    as_of = DayField(
        label=_("The file speaks for"),
        help_text=_("Changes hold from this day; what is known for the first time holds from an open past."),
    )
    way = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("try", _("Try only: count and check everything, change nothing")),
            ("take", _("Take the file in")),
        ],
        initial="try",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"as_of": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class HeadersForm(forms.Form):
    """What each column of a file stands for, and whose columns they are."""

    sender = forms.CharField(
        label=_("Sender"),
        max_length=60,
        help_text=_("The next file of this sender is read by the same columns."),
    )

    def __init__(
        self, *args: Any, headers: Mapping[str, str], of: ColumnSet = RESIDENTS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._headers = list(headers)
        for place, (header, column) in enumerate(headers.items()):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=header,
                choices=[("", _("Leave out")), *((name, name) for name in of.columns)],
                initial=column,
                required=False,
            )

    @property
    def columns(self) -> dict[str, str]:
        """The column chosen for each header; empty where it is left out."""
        return {header: self.cleaned_data[f"column-{place}"] for place, header in enumerate(self._headers)}


class AmbiguousRowForm(forms.Form):
    """Whom a row of a file means."""

    person = forms.ChoiceField(label=_("Whom does the row mean?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.choices = [*choices, ("none", _("None of them: leave the row out"))]  # type: ignore[attr-defined] # a choice field


class DisputeForm(forms.Form):
    """Whether what was put right stays, or the file is right."""

    decision = forms.ChoiceField(
        label=_("Which of the two is right?"), choices=DisputeDecision, widget=forms.RadioSelect
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=120,
        required=False,
        help_text=_("Its kind and number, if the file is right: the entry is corrected by it."),
    )


class ReasonForm(forms.Form):
    """Why a value is shown in full; the reason is kept with the act."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ShowReason, widget=forms.RadioSelect)


class FamilyElsewhereForm(ReasonForm):
    """The whole number of the card in hand, and why the family is opened here."""

    number = forms.CharField(
        label=_("Identity number"),
        max_length=30,
        help_text=_("All 18 characters, from the card of the person at the counter"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    field_order = ["number", "reason"]


class StaffIdentityForm(forms.Form):
    """The identity number of a member of staff: kept as a digest, never shown again."""

    number = forms.CharField(
        label=_("Identity number"),
        max_length=30,
        help_text=_("All 18 characters of the card."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )


class AccountForm(forms.Form):
    """A payee's account, copied from her passbook or card."""

    bank = forms.CharField(label=_("Bank"), max_length=80, help_text=_("The bank and its branch."))
    account = forms.CharField(
        label=_("Account"),
        max_length=40,
        help_text=_("8 to 30 digits; blanks do no harm."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    document = forms.CharField(
        label=_("Document"),
        max_length=120,
        help_text=_("What you copied it from: passbook, card, bank's letter."),
    )
