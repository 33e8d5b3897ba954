"""Forms of the pages about what other departments report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from households.enums import DeclineReason, DepartmentFileKind, EventKind, FactSource, ProposalState
from households.forms import villages_of
from households.models import Person
from households.models.departments import EventProposalQuerySet
from households.services.department_files import SENDERS, Letter
from offices.actors import Actor
from offices.form_renderer import DayField

_KINDS = (
    EventKind.DEATH,
    EventKind.HUKOU,
    EventKind.MOVE,
    EventKind.MEDICAL,
    EventKind.PENSION,
    EventKind.EXAMINATION,
)


class DepartmentFileForm(forms.Form):
    """A list of another department, and the letter with which it came."""

    what = forms.ChoiceField(
        label=_("What the list tells"),
        choices=[
            (f"{kind}:{source}", format_lazy("{} · {}", kind.label, source.label))
            for kind, sources in SENDERS.items()
            for source in sources
        ],
    )
    file = forms.FileField(
        label=_("List"),
        help_text=_("Excel workbook (.xlsx) or CSV, at most 80 MB. The column names stand in the first row."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={"empty": _("The file is empty. Choose the list again.")},
    )
    sender = forms.CharField(
        label=_("Sender"),
        max_length=60,
        help_text=_("The office that made the list. The names that it gives its columns are remembered."),
    )
    document = forms.CharField(
        label=_("Number of the letter"),
        max_length=80,
        help_text=_("As it stands on the letter; what is entered from the list names it as its document."),
    )
    dated_on = DayField(
        label=_("Day of the letter"),
        help_text=_("Rows without a day of their own hold from this day."),
    )

    @property
    def letter(self) -> Letter:
        """What was entered, as the service takes it."""
        kind, source = self.cleaned_data["what"].split(":")
        given = self.cleaned_data
        return Letter(
            DepartmentFileKind(kind),
            FactSource(source),
            given["sender"],
            given["document"],
            given["dated_on"],
        )


class ProposalFilterForm(forms.Form):
    """Filters of the list of proposals; without one it shows what is left to do."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("What is left to do")), ("all", _("All")), *ProposalState.choices],
    )
    kind = forms.ChoiceField(
        label=_("Event"),
        required=False,
        choices=[
            ("", _("All events")),
            *((kind.value, _("Hukou moved") if kind == EventKind.MOVE else kind.label) for kind in _KINDS),
        ],
    )
    village = forms.ChoiceField(label=_("Village"), required=False)
    name = forms.CharField(label=_("Name"), required=False, max_length=60)
    document = forms.CharField(label=_("Number of the letter"), required=False, max_length=120)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("All villages")), *villages_of(actor.scope)]  # type: ignore[attr-defined] # a choice field

    def narrow(self, proposals: EventProposalQuerySet) -> EventProposalQuerySet:
        """The proposals that the filters let through; invalid filters let through what is left to do."""
        if not self.is_bound or not self.is_valid():
            return proposals.open()
        given = self.cleaned_data
        if not given["state"]:
            proposals = proposals.open()
        elif given["state"] != "all":
            proposals = proposals.filter(state=given["state"])
        if given["kind"]:
            proposals = proposals.filter(kind=given["kind"])
        if given["village"]:
            proposals = proposals.filter(division_code=given["village"])
        if given["name"]:
            proposals = proposals.filter(name=given["name"].strip())
        if given["document"]:
            proposals = proposals.filter(document__contains=given["document"].strip())
        return proposals


class ConfirmForm(forms.Form):
    """What the family says beside the department's list: of a dead head, who is the next."""

    new_head = forms.ChoiceField(label=_("New head of the household"), required=False)

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not members:
            del self.fields["new_head"]
            return
        field: Any = self.fields["new_head"]
        field.choices = [("", _("Not named yet")), *members]
        field.help_text = _("The family names its next head; a task asks again otherwise.")


class DeclineForm(forms.Form):
    """Why what a department says is not entered."""

    reason = forms.ChoiceField(
        label=_("Why it is not entered"), choices=DeclineReason, widget=forms.RadioSelect
    )
    remark = forms.CharField(
        label=_("What was found out"),
        max_length=200,
        required=False,
        help_text=_("For example whom you asked and when."),
    )


class WhomForm(forms.Form):
    """Which of several people a row means."""

    person = forms.ChoiceField(label=_("Whom does the row mean?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: Sequence[tuple[Person, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = [(str(person.pk), words) for person, words in candidates]
