"""What is asked on the pages of recoveries."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices import clock
from offices.form_renderer import DayField
from offices.templatetags.ui import money
from subsidies.case_forms import PlaceFilter
from subsidies.enums import DeliveryMethod, RecoveryGround, RecoveryState
from subsidies.models import Recovery
from subsidies.selectors.recoveries import Recoverable, overdue_on
from subsidies.services.recovery_plans import Instalment, equal_instalments

MOST_INSTALMENTS = 60
_ROW = re.compile(r"(\d{4}-\d{2}-\d{2})[\s,，;；]+(\d+(?:\.\d{1,2})?)")


def _yuan(label: Any, **given: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **given,
    )


class RecoveryFilter(PlaceFilter):
    """Filters of the list of recoveries."""

    q = forms.CharField(label=_("Number, file number or name"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *RecoveryState.choices]
    )
    ground = forms.ChoiceField(
        label=_("Ground"), required=False, choices=[("", _("All")), *RecoveryGround.choices]
    )
    overdue = forms.BooleanField(label=_("Instalment past its day"), required=False)
    refund = forms.BooleanField(label=_("Money to be paid back"), required=False)
    field_order = ("q", "state", "ground", "place", "overdue", "refund")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["programme"]

    def narrow(self, rows: QuerySet[Recovery]) -> QuerySet[Recovery]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if text := wanted.get("q"):
            rows = rows.filter(
                Q(number__startswith=text)
                | Q(grant__application__file_number__startswith=text)
                | Q(debtor_name__startswith=text)
                | Q(grant__person__name__startswith=text)
            )
        for name in ("state", "ground"):
            if value := wanted.get(name):
                rows = rows.filter(**{name: value})
        if wanted.get("overdue"):
            rows = overdue_on(rows, day=clock.today())  # type: ignore[arg-type] # a RecoveryQuerySet
        if wanted.get("refund"):
            rows = rows.to_refund()  # type: ignore[attr-defined] # a RecoveryQuerySet
        return rows


class RecoveryForm(forms.Form):
    """A proposal: the ground, the facts, their document, and how much of each payment."""

    ground = forms.ChoiceField(
        label=_("Ground"),
        choices=RecoveryGround.choices,
        widget=forms.RadioSelect,
        help_text=_("There is no other: what was lawfully paid is never taken back."),
    )
    facts = forms.CharField(
        label=_("Facts"),
        help_text=_("What was found, when and by whom. The family reads it on the notice and the decision."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    document = forms.CharField(
        label=_("Document it rests on"),
        help_text=_("Its name and number: the report, the letter of the authority, the bank's statement."),
        max_length=160,
    )
    document_on = DayField(label=_("Day of the document"))

    def __init__(self, *args: Any, lines: Sequence[Recoverable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in lines:
            label = _now("To be paid back of %(period)s, paid to %(name)s (yuan)") % {
                "period": one.line.batch.period,
                "name": one.line.payee_name,
            }
            self.fields[self.name_of(one)] = _yuan(
                label,
                required=False,
                initial=one.proposed,
                help_text=_now("At most %(free)s; leave it empty for nothing.") % {"free": money(one.free)},
            )
        self._lines = lines

    @staticmethod
    def name_of(one: Recoverable) -> str:
        return f"line-{one.line.pk}"

    @property
    def amounts(self) -> dict[UUID, Decimal]:
        """Yuan by payment."""
        return {one.line.pk: self.cleaned_data[self.name_of(one)] or Decimal() for one in self._lines}


class NotifyForm(forms.Form):
    """How the family got the notice."""

    method = forms.ChoiceField(
        label=_("How it was delivered"), choices=DeliveryMethod.choices, widget=forms.RadioSelect
    )
    on = DayField(
        label=_("Day"),
        help_text=_(
            "Of registered post the day on the return receipt; of an announcement the day it was put up."
        ),
    )
    to = forms.CharField(
        label=_("Who signed, or the postal number"),
        help_text=_("Of an adult of the family also the relation; of an announcement where it was put up."),
        max_length=120,
    )


class StatementForm(forms.Form):
    """What the family says."""

    statement = forms.CharField(
        label=pgettext_lazy("recovery", "What the family says"),
        help_text=_("In its own words; read it back to the family. It is printed on the decision."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    on = DayField(label=_("Day"))


class InstalmentsForm(forms.Form):
    """Instalments: equal ones by the month, or days and amounts as the family can."""

    count = forms.IntegerField(
        label=_("How many equal instalments, a month apart"),
        required=False,
        min_value=1,
        max_value=MOST_INSTALMENTS,
    )
    first_on = DayField(label=_("The first is due on"), required=False)
    rows = forms.CharField(
        label=_("Or other days and amounts"),
        help_text=_("One a line: the day, a space, the yuan; such as 2014-03-01 200.00"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    document = forms.CharField(
        label=_("Document of the agreement"),
        help_text=_("The paper that the family has signed: its name and day."),
        max_length=120,
    )

    def __init__(self, *args: Any, outstanding: Decimal, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._outstanding, self._is_needed = outstanding, is_needed
        self.fields["document"].required = is_needed

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["instalments"] = []
        if rows := given.get("rows"):
            given["instalments"] = self._rows(rows)
        elif given.get("count") and given.get("first_on"):
            given["instalments"] = equal_instalments(
                amount=self._outstanding, count=given["count"], first_on=given["first_on"]
            )
        elif self._is_needed or given.get("count") or given.get("first_on"):
            self.add_error("count", _("Give the number of instalments and the first day, or the days below."))
        return given

    def _rows(self, text: str) -> list[Instalment]:
        found = []
        for line in filter(None, map(str.strip, text.splitlines())):
            parts = _ROW.fullmatch(line)
            try:
                if parts is None:
                    raise ValueError(line)
                found.append(Instalment(datetime.date.fromisoformat(parts[1]), Decimal(parts[2])))
            except ValueError:
                self.add_error(
                    "rows",
                    forms.ValidationError(
                        _("“%(line)s” is no day and amount. Write it like 2014-03-01 200.00."),
                        params={"line": line[:40]},
                    ),
                )
                break
        return found


class DecideForm(InstalmentsForm):
    """The decision: its reasons, and the instalments if they are agreed already."""

    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("Facts, law, and an answer to what the family says. They are printed on the decision."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    field_order = ("reasons", "count", "first_on", "rows", "document")


class DropForm(forms.Form):
    """Why a proposal is dropped."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The family reads it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReceiptForm(forms.Form):
    """Money that came back, by the bank's slip."""

    amount = _yuan(_("Amount (yuan)"))
    received_on = DayField(label=_("Received on"))
    document = forms.CharField(label=_("Bank slip"), help_text=_("Its number."), max_length=120)
    is_voluntary = forms.BooleanField(
        label=_("The family pays of its own will, though it need not yet"),
        help_text=_("Only while the decision is not in force, or is under appeal."),
        required=False,
    )


class RefundForm(forms.Form):
    """Money that was paid back, by the bank's slip."""

    amount = _yuan(_("Amount (yuan)"))
    refunded_on = DayField(label=_("Paid back on"))
    document = forms.CharField(label=_("Bank slip"), help_text=_("Its number."), max_length=120)


class WaiverForm(forms.Form):
    """The hardship for which the rest is waived."""

    reason = forms.CharField(label=_("Hardship"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(
        label=_("Document"), help_text=_("What shows it: its name and number."), max_length=120
    )
