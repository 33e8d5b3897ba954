"""What is typed on the pages of a draft; each form carries the revision that it was opened with."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.form_renderer import DayField
from offices.templatetags.ui import error_sentences
from subsidies.enums import FundingSource, NoticeLevel
from subsidies.models import PolicyVersion
from subsidies.policy_words import Money, Share, can_read, kinds_of, label_of_code, name_of
from subsidies.predicates import VOCABULARY
from subsidies.predicates.base import Codes, Day, DayOrNone, Kind, Whole, YesNo

KNOWN = (
    ("source", gettext_lazy("published source")),
    ("memory", gettext_lazy("from memory")),
    ("inferred", gettext_lazy("inferred")),
)
MOST_ROWS = 60


class RevisionForm(forms.Form):
    """The draft as it was opened: a save in between is seen by it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        kwargs["initial"] = {**kwargs.get("initial", {}), "revision": version.revision}
        super().__init__(*args, **kwargs)

    @property
    def opened_revision(self) -> int:
        """The revision posted with the form; none fits a form that lost it."""
        return int(self.cleaned_data.get("revision", -1))


class BasisForm(RevisionForm):
    """The document, the first day, and what is still to be checked."""

    basis_title = forms.CharField(
        label=gettext_lazy("Document it rests on"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    basis_number = forms.CharField(label=gettext_lazy("Document number"), max_length=100, required=False)
    from_on = DayField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("The version before it ends on that day, when this one is published."),
    )
    remark_zh = forms.CharField(
        label=gettext_lazy("What is still to be checked (Chinese)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    remark_en = forms.CharField(
        label=gettext_lazy("What is still to be checked (English)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoticeForm(RevisionForm):
    """Where a name is posted before it is granted, and how long."""

    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Posted as"),
        choices=NoticeLevel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(label=gettext_lazy("Days it hangs, at each level"), min_value=1, max_value=60)
    calendar = forms.ChoiceField(
        label=gettext_lazy("Days are counted as"),
        choices=[
            ("calendar", gettext_lazy("calendar days")),
            ("working", gettext_lazy("working days")),
        ],
        widget=forms.RadioSelect,
    )

    def notice(self) -> dict[str, Any]:
        """The notice rule as a version keeps it."""
        return {name: self.cleaned_data[name] for name in ("days", "calendar", "levels")}


class FundingForm(RevisionForm):
    """Who pays which share, in percent; a source left empty pays nothing."""

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        shares = {part["source"]: Decimal(str(part["share"])) * 100 for part in version.funding}
        kwargs["initial"] = {
            source: share.quantize(Decimal("0.01")).normalize().__format__("f")
            for source, share in shares.items()
        }
        super().__init__(*args, version=version, **kwargs)
        for source in FundingSource:
            self.fields[source.value] = forms.DecimalField(
                label=_("%(source)s (%%)") % {"source": source.label},
                required=False,
                min_value=Decimal(),
                max_value=Decimal(100),
                decimal_places=2,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shares = [cleaned.get(source.value) or Decimal() for source in FundingSource]
        if not self.errors and sum(shares) != 100:
            raise forms.ValidationError(
                _("The shares add up to %(sum)s%%. Together they are exactly 100%%.") % {"sum": sum(shares)}
            )
        return cleaned

    def funding(self) -> list[dict[str, str]]:
        """The shares as a version keeps them."""
        return [
            {"source": source.value, "share": str(share / 100)}
            for source in FundingSource
            if (share := self.cleaned_data.get(source.value))
        ]


# Values of every kind ------------------------------------------------------------------------


class ReadableField(forms.CharField):
    """A value of a kind that has no field of its own: whatever the kind can read."""

    def __init__(self, *, kind: Kind, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.kind = kind

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not can_read(self.kind, value):
            raise forms.ValidationError(_("This is not a value that it can have."))


class DayOrNoneField(DayField):
    """A day, or a word for no end."""

    _NO_END = ("none", "无", "长期")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": gettext_lazy("A day, or “none” where there is no end"), **kwargs})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip().lower() in self._NO_END:
            return "none"
        return super().to_python(value)


def field_for(kind: Kind, **kwargs: Any) -> forms.Field:
    """The field for a kind of value."""
    match kind:
        case Money():
            return forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2, **kwargs)
        case Share():
            return forms.DecimalField(
                min_value=Decimal("0.0001"), max_value=Decimal(1), decimal_places=4, **kwargs
            )
        case Whole():
            return forms.IntegerField(min_value=kind.least, max_value=kind.most, **kwargs)
        case Day():
            return DayField(help_text="", **kwargs)
        case DayOrNone():
            return DayOrNoneField(**kwargs)
        case YesNo():
            return forms.ChoiceField(
                choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
                widget=forms.RadioSelect,
                **kwargs,
            )
        case Codes():
            return forms.MultipleChoiceField(
                choices=[(code, label_of_code(kind.known, code)) for code in kind.known],
                widget=forms.CheckboxSelectMultiple,
                **kwargs,
            )
    return ReadableField(kind=kind, **kwargs)


def stored(value: Any) -> Any:
    """A cleaned value as the tree keeps it."""
    match value:
        case datetime.date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value


def stored_as_text(value: Any) -> str:
    """A cleaned value as a dated row keeps it: text, codes with commas between them."""
    if isinstance(value, Decimal):
        return str(value + Decimal("0.00"))
    return ",".join(value) if isinstance(value, list) else str(stored(value))


def typed(kind: Kind, value: Any) -> Any:
    """A stored value as its field shows it."""
    if isinstance(kind, Codes) and isinstance(value, str):
        return value.split(",")
    return value


# Dated values --------------------------------------------------------------------------------


class RowForm(forms.Form):
    """A value from a day on; where all of it is left empty there is no such row."""

    from_on = DayField(label=gettext_lazy("From"), help_text="")
    to_on = DayField(label=gettext_lazy("Until (that day not included)"), required=False, help_text="")
    known = forms.ChoiceField(label=gettext_lazy("Known from"), choices=KNOWN)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = field_for(kind, label=pgettext_lazy("of a parameter", "Value"))
        self.order_fields(["from_on", "to_on", "value", "known"])

    @property
    def is_blank(self) -> bool:
        """Nothing typed: the row is not there, or is taken out."""
        typed_in = (self[name].value() for name in ("from_on", "to_on", "value"))
        return not any(any(value) if isinstance(value, list) else value for value in typed_in)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.is_blank:
            self._errors.clear()  # type: ignore[attr-defined] # a blank row has nothing to put right

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("from_on"), cleaned.get("to_on")
        if begins and ends and ends <= begins:
            self.add_error("to_on", _("It ends after the day on which it begins."))
        return cleaned


class DatedValues:
    """The rows of one dated parameter; where `until` is left empty a row lasts to the next one."""

    def __init__(self, *, version: PolicyVersion, parameter: str, posted: Mapping[str, Any] | None) -> None:
        self.kind = next(iter(kinds_of(version, parameter)), None) or _ANY_TEXT
        self.kinds = kinds_of(version, parameter)
        rows = version.parameters.get(parameter) or []
        self.head = RevisionForm(posted, version=version)
        count = len(rows) + 2 if posted is None else _count(posted)
        self.forms = [
            RowForm(
                posted,
                kind=self.kind,
                prefix=f"row{place}",
                initial=self._initial(rows[place]) if place < len(rows) else {"known": "source"},
            )
            for place in range(count)
        ]

    def _initial(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "from_on": row["from"],
            "to_on": row.get("to"),
            "value": typed(self.kind, row["value"]),
            "known": row.get("known", "inferred"),
        }

    @property
    def count(self) -> int:
        """How many rows the page has."""
        return len(self.forms)

    def is_valid(self) -> bool:
        """Whether every row that is not blank can be kept, beside the others."""
        is_right = self.head.is_valid()
        for form in self.forms:
            if not form.is_blank:
                is_right = form.is_valid() and is_right
        return is_right and self._are_apart()

    def _are_apart(self) -> bool:
        rows = sorted(
            (form for form in self.forms if not form.is_blank), key=lambda form: form.cleaned_data["from_on"]
        )
        for former, later in pairwise(rows):
            begins, ends = later.cleaned_data["from_on"], former.cleaned_data["to_on"]
            if former.cleaned_data["from_on"] == begins or (ends and ends > begins):
                later.add_error("from_on", _("Another row holds on this day. Let that one end before."))
        for form in rows:
            value = form.cleaned_data["value"]
            if not all(can_read(kind, stored_as_text(value)) for kind in self.kinds):
                form.add_error("value", _("One of the conditions that use it cannot have this value."))
        return not any(form.errors for form in rows)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as a version keeps them, in order, each ending where the next begins at the latest."""
        kept = sorted(
            (form.cleaned_data for form in self.forms if not form.is_blank), key=lambda row: row["from_on"]
        )
        nexts = [*(row["from_on"] for row in kept[1:]), None]
        return [
            {
                "from": row["from_on"].isoformat(),
                "to": end.isoformat() if (end := row["to_on"] or follows) else None,
                "value": stored_as_text(row["value"]),
                "known": row["known"],
            }
            for row, follows in zip(kept, nexts, strict=False)
        ]

    def add_error(self, sentence: str) -> None:
        """Say what is wrong with the whole."""
        self.head.full_clean()
        self.head.add_error(None, sentence)

    @property
    def has_errors(self) -> bool:
        """Whether anything is to be put right."""
        return any(form.errors for form in (self.head, *self.forms))

    def errors(self) -> Iterator[tuple[str, str]]:
        """What is to be put right: the field's id (none for the whole) and the sentence."""
        for sentence in self.head.non_field_errors():
            yield "", str(sentence)
        for number, form in enumerate(self.forms, start=1):
            for name in form.errors:
                for sentence in error_sentences(form[name]):
                    words = _("Row %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}
                    yield form[name].id_for_label or form[name].auto_id, words


class _AnyText:
    """A parameter that nothing reads: its text is kept as it is."""

    def read(self, value: Any) -> str:
        return str(value)


_ANY_TEXT = _AnyText()


def _count(posted: Mapping[str, Any]) -> int:
    asked = str(posted.get("rows", ""))
    count = int(asked) if asked.isdigit() else 1
    return min(MOST_ROWS, max(1, count + (1 if "more" in posted else 0)))


# Conditions ----------------------------------------------------------------------------------

FIXED, NEW = "=", "+"


class ConditionForm(RevisionForm):
    """The values of one condition: each fixed, or one of the policy's dated parameters."""

    def __init__(
        self,
        *args: Any,
        version: PolicyVersion,
        code: str,
        stated: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        stated = stated or {}
        self.version, self.code = version, code
        initial: dict[str, Any] = {}
        self.kinds = dict(VOCABULARY[code].parameters)
        for name, kind in self.kinds.items():
            value = stated.get(name)
            if isinstance(value, dict):
                initial[f"by_{name}"] = value.get("parameter")
            elif name in stated:
                initial[f"value_{name}"] = typed(kind, value)
        super().__init__(*args, version=version, initial=initial, **kwargs)
        for name, kind in self.kinds.items():
            choices = [
                (FIXED, _("no: the value above holds on every day")),
                (NEW, _("yes: a parameter of its own, beginning with the value above")),
                *self._parameters(kind),
            ]
            follows = self.data.get(f"by_{name}", FIXED) not in (FIXED, NEW) if self.is_bound else False
            self.fields[f"value_{name}"] = field_for(kind, label=name_of(name), required=not follows)
            self.fields[f"by_{name}"] = forms.ChoiceField(
                label=_("%(name)s changes by date") % {"name": name_of(name)}, choices=choices
            )

    def _parameters(self, kind: Kind) -> Iterator[tuple[str, str]]:
        for name, rows in self.version.parameters.items():
            if rows and not name.startswith("amount") and all(can_read(kind, row["value"]) for row in rows):
                yield name, _("as “%(name)s” does (%(code)s)") % {"name": name_of(name), "code": name}

    def node_and_parameters(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The condition as the tree keeps it, and the version's parameters with those that are new."""
        parameters = dict(self.version.parameters)
        arguments: dict[str, Any] = {}
        for name in self.kinds:
            by, value = self.cleaned_data[f"by_{name}"], self.cleaned_data[f"value_{name}"]
            if by == NEW:
                by = _free(parameters, name, self.code)
                begins = self.version.from_on.isoformat()
                parameters[by] = [
                    {"from": begins, "to": None, "value": stored_as_text(value), "known": "inferred"}
                ]
            arguments[name] = stored(value) if by == FIXED else {"parameter": by}
        return {self.code: arguments}, parameters


def _free(parameters: Mapping[str, Any], name: str, code: str) -> str:
    names = [name, f"{code}_{name}", *(f"{code}_{name}_{letter}" for letter in "bcdefghijk")]
    return next(one for one in names if one not in parameters)


class GroupForm(RevisionForm):
    """Whether all conditions of a group must hold, or one of them is enough."""

    operator = forms.ChoiceField(
        label=gettext_lazy("Of the conditions in it"),
        choices=[("all", gettext_lazy("all must hold")), ("any", gettext_lazy("one is enough"))],
        widget=forms.RadioSelect,
    )


class SimulationForm(RevisionForm):
    """The day for which a draft is counted."""

    as_of = DayField(label=gettext_lazy("Count for the day"))


class SendBackForm(RevisionForm):
    """Why a submitted version goes back to its author."""

    reason = forms.CharField(
        label=gettext_lazy("Why it goes back"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
