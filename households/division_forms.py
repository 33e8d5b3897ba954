"""Forms of the pages about changes of divisions."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from households.enums import DivisionChangeState
from households.models import DivisionChange, DivisionChangeLine, Household, SplitChoice
from households.models.division_changes import DivisionChangeQuerySet
from offices import clock
from offices.database.context import current_context
from offices.enums import SuccessionKind
from offices.form_renderer import DayField
from offices.models import Division
from offices.services.divisions import Succession

_CODE = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "12"}
_MOST_NEW = 4


class DivisionChangeFilterForm(forms.Form):
    """Filters of the list of changes; they stand in the address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *DivisionChangeState.choices]
    )
    kind = forms.ChoiceField(
        label=_("What happens"), required=False, choices=[("", _("All")), *SuccessionKind.choices]
    )
    village = forms.CharField(label=_("Name or code of a village"), required=False, max_length=60)

    def narrow(self, changes: DivisionChangeQuerySet) -> DivisionChangeQuerySet:
        """The changes that the filters let through; invalid filters let everything through."""
        if not self.is_bound or not self.is_valid():
            return changes
        if state := self.cleaned_data["state"]:
            changes = changes.filter(state=state)
        if kind := self.cleaned_data["kind"]:
            changes = changes.filter(kind=kind)
        if village := self.cleaned_data["village"].strip():
            lines = DivisionChangeLine.objects.filter(change=OuterRef("pk"))
            named = lines.filter(old_name__contains=village) | lines.filter(new_name__contains=village)
            coded = lines.filter(old_code=village) | lines.filter(new_code=village)
            changes = changes.filter(Exists(named) | Exists(coded))
        return changes


class TownshipForm(forms.Form):
    """Of which township the villages are offered; stands in the address."""

    township = forms.ChoiceField(label=_("Villages of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["township"]
        field.choices = townships_of_today()

    @property
    def chosen(self) -> str:
        """The township of the address, else the first: a list of a whole county's villages is no choice."""
        field: Any = self.fields["township"]
        return self.data.get("township") or next((code for code, _name in field.choices), "")


def townships_of_today() -> list[tuple[str, str]]:
    """The townships that there are, as choices."""
    rows = Division.objects.townships().within(current_context().county).valid_on(clock.today())
    return list(rows.order_by("code").values_list("code", "name"))


def villages_of_today(township: str = "") -> list[tuple[str, str]]:
    """The villages that there are, each after its township and with its code, as choices."""
    scope = township[:9] if township else current_context().county
    rows = Division.objects.villages().within(scope).valid_on(clock.today()).select_related("parent")
    return [
        (one.code, f"{one.parent.name if one.parent else ''} · {one.name}（{one.code}）")
        for one in rows.order_by("code")
    ]


class ChangeForm(forms.Form):
    """What every change says: from which day it holds and which document orders it."""

    kind: SuccessionKind
    township = forms.CharField(required=False, widget=forms.HiddenInput)
    effective_on = DayField(label=_("Holds from"))
    document = forms.CharField(
        label=_("Legal document"),
        max_length=120,
        help_text=_("The order with its number, for example 山政发〔2014〕3号."),
    )

    def __init__(self, *args: Any, township: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = township
        self.fields["township"].initial = township

    def lines(self) -> list[Succession]:
        """The old and new villages that were entered."""
        raise NotImplementedError

    def said(self) -> dict[str, Any]:
        """What the service is told."""
        day: datetime.date = self.cleaned_data["effective_on"]
        return {
            "kind": self.kind,
            "effective_on": day,
            "document": self.cleaned_data["document"],
            "lines": self.lines(),
        }


class MergeForm(ChangeForm):
    """Villages that become one."""

    kind = SuccessionKind.MERGE
    villages = forms.MultipleChoiceField(
        label=_("Villages that become one"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Two or more. Those of another township: choose it above."),
    )
    new_code = forms.CharField(
        label=_("Code of the village from that day on"),
        max_length=20,
        help_text=_("One of the old codes where that village takes the others in, else the new code."),
        widget=forms.TextInput(attrs=_CODE),
    )
    new_name = forms.CharField(label=_("Name from that day on"), max_length=60)
    field_order = ("effective_on", "document", "new_code", "new_name", "villages")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["villages"].choices = villages_of_today(self.shown)  # type: ignore[attr-defined] # a choice field

    def lines(self) -> list[Succession]:
        said = self.cleaned_data
        code = said["new_code"].strip()
        return [Succession(old, code, said["new_name"].strip()) for old in said["villages"]]


class SplitForm(ChangeForm):
    """A village that becomes several; households are chosen afterwards."""

    kind = SuccessionKind.SPLIT
    village = forms.ChoiceField(label=_("Village that is split"))
    rest_code = forms.CharField(
        label=_("Code of the village that takes the rest"),
        max_length=20,
        required=False,
        help_text=_("Left empty where the old village goes on: then it keeps its code."),
        widget=forms.TextInput(attrs=_CODE),
    )
    rest_name = forms.CharField(
        label=_("Name of the village that takes the rest"),
        max_length=60,
        required=False,
        help_text=_("Left empty: as before."),
    )
    field_order = ("effective_on", "document", "village", "rest_code", "rest_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = villages_of_today(self.shown)  # type: ignore[attr-defined] # a choice field
        for number in range(1, _MOST_NEW + 1):
            self.fields[f"code_{number}"] = forms.CharField(
                label=_("Code of new village %(number)s") % {"number": number},
                max_length=20,
                required=number == 1,
                widget=forms.TextInput(attrs=_CODE),
            )
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Name of new village %(number)s") % {"number": number},
                max_length=60,
                required=number == 1,
            )

    def lines(self) -> list[Succession]:
        said = self.cleaned_data
        old = said["village"]
        name = said["rest_name"].strip() or Division.objects.get(pk=old).name
        lines = [Succession(old, said["rest_code"].strip() or old, name)]
        for number in range(1, _MOST_NEW + 1):
            code, name = said[f"code_{number}"].strip(), said[f"name_{number}"].strip()
            if code or name:
                lines.append(Succession(old, code, name, is_default=False))
        return lines


class TransferForm(ChangeForm):
    """A village that comes to another township."""

    kind = SuccessionKind.TRANSFER
    village = forms.ChoiceField(label=_("Village that moves"))
    new_code = forms.CharField(
        label=_("Code in the other township"),
        max_length=20,
        help_text=_("Its first nine digits are those of the township it comes to."),
        widget=forms.TextInput(attrs=_CODE),
    )
    new_name = forms.CharField(
        label=_("Name from that day on"), max_length=60, required=False, help_text=_("Left empty: as before.")
    )
    field_order = ("effective_on", "document", "village", "new_code", "new_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = villages_of_today(self.shown)  # type: ignore[attr-defined] # a choice field

    def lines(self) -> list[Succession]:
        said = self.cleaned_data
        old = said["village"]
        return [
            Succession(
                old, said["new_code"].strip(), said["new_name"].strip() or Division.objects.get(pk=old).name
            )
        ]


class RenameForm(ChangeForm):
    """A village or township that bears another name."""

    kind = SuccessionKind.RENAME
    division = forms.ChoiceField(label=_("Village or township"))
    new_name = forms.CharField(label=_("Name from that day on"), max_length=60)
    field_order = ("effective_on", "document", "division", "new_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [*townships_of_today(), *villages_of_today(self.shown)]
        self.fields["division"].choices = places  # type: ignore[attr-defined] # a choice field

    def lines(self) -> list[Succession]:
        code = self.cleaned_data["division"]
        return [Succession(code, code, self.cleaned_data["new_name"].strip())]


FORMS: dict[str, type[ChangeForm]] = {
    form.kind.value: form for form in (MergeForm, SplitForm, TransferForm, RenameForm)
}


class SplitFilterForm(forms.Form):
    """Which households of a village that is split are shown: by number, or by where they go so far."""

    number_from = forms.CharField(label=_("Household number from"), required=False, max_length=18)
    number_to = forms.CharField(label=_("Household number to"), required=False, max_length=18)
    goes_to = forms.ChoiceField(label=_("Goes to"), required=False)

    def __init__(self, *args: Any, lines: Sequence[DivisionChangeLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default = next(line.new_code for line in lines if line.is_default)
        self.fields["goes_to"].choices = [("", _("All")), *((one.new_code, one.new_name) for one in lines)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, households: QuerySet[Household], change: DivisionChange) -> QuerySet[Any]:
        """The households that the filters let through, each with the village it goes to (`goes_to`).

        Numbers are compared as numbers; one with other characters is in no range.
        """
        chosen = SplitChoice.objects.filter(change=change, household=OuterRef("pk"))
        rows: QuerySet[Any] = households.annotate(goes_to=Subquery(chosen.values("new_code")[:1]))
        if not self.is_bound or not self.is_valid():
            return rows
        asked = self.cleaned_data
        rows = rows.annotate(
            counted=Case(When(number__regex=r"^[0-9]{1,18}$", then=Cast("number", BigIntegerField())))
        )
        if asked["number_from"]:
            rows = rows.filter(counted__gte=int(asked["number_from"]))
        if asked["number_to"]:
            rows = rows.filter(counted__lte=int(asked["number_to"]))
        if goes_to := asked["goes_to"]:
            is_default = goes_to == self._default
            rows = rows.filter(goes_to=None) if is_default else rows.filter(goes_to=goes_to)
        return rows

    def clean_number_from(self) -> str:
        return self._digits("number_from")

    def clean_number_to(self) -> str:
        return self._digits("number_to")

    def _digits(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        if text and not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("Give a number in digits."), code="digits")
        return text


class SplitChoiceForm(forms.Form):
    """Where households go: those that are ticked, or all that the filters show."""

    new_code = forms.ChoiceField(label=_("Where they go"), widget=forms.RadioSelect)
    which = forms.ChoiceField(
        label=_("Which households"),
        choices=[("ticked", _("Those ticked below")), ("shown", _("All that the filters above show"))],
        initial="ticked",
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None, *, lines: Sequence[DivisionChangeLine]) -> None:
        super().__init__(data)
        self.fields["new_code"].choices = [(one.new_code, one.new_name) for one in lines]  # type: ignore[attr-defined] # a choice field
