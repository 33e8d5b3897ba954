"""What is asked on the pages of applications, notices and grants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.models import Representative
from offices import clock
from offices.actors import Actor
from offices.enums import DivisionLevel
from offices.form_renderer import DayField
from offices.models import Division
from subsidies.documents import required_documents
from subsidies.enums import ApplicationState, GrantState, ObjectionSubject, StopReason
from subsidies.models import Application, Grant, Overdue, PolicyVersion, Programme
from subsidies.policies import RAISED_TO
from subsidies.services.applications import BY_SELECTION


class PlaceFilter(forms.Form):
    """Filters that every list of cases has: programme and the places one level below the reader's."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), required=False, empty_label=_("All")
    )
    place = forms.ModelChoiceField(
        label=pgettext_lazy("list of cases", "Place"),
        queryset=Division.objects.none(),
        required=False,
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.published()  # type: ignore[attr-defined] # a model choice
        below = {6: DivisionLevel.TOWNSHIP, 9: DivisionLevel.VILLAGE}.get(len(actor.scope))
        if below is None:
            del self.fields["place"]
            return
        places = Division.objects.within(actor.scope)
        if wanted := self._chosen_village():
            places = places.filter(Q(level=below) | Q(pk=wanted))
        else:
            places = places.filter(level=below)
        self.fields["place"].queryset = places  # type: ignore[attr-defined] # a model choice

    def _chosen_village(self) -> str:
        """A village that a link of the county's leads to, though its list offers townships."""
        chosen = str(self.data.get("place", "")) if self.is_bound else ""
        return chosen if chosen.isdigit() and len(chosen) == 12 else ""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the filters let through; an invalid filter lets everything through."""
        if not self.is_bound:
            return rows
        self.is_valid()
        wanted = self.cleaned_data
        if programme := wanted.get("programme"):
            rows = rows.filter(programme=programme)
        if place := wanted.get("place"):
            rows = rows.filter(division_code__gte=place.scope, division_code__lt=place.scope + "~")
        return rows


class ApplicationFilter(PlaceFilter):
    """Filters of the list of applications."""

    q = forms.CharField(label=_("File number or name"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *ApplicationState.choices]
    )
    ready = forms.BooleanField(label=_("Waiting for an officer"), required=False)
    overdue = forms.BooleanField(label=_("Overdue"), required=False)
    raised = forms.BooleanField(label=_("Raised to my level"), required=False)
    field_order = ("q", "programme", "state", "place", "ready", "overdue", "raised")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self._levels = [level for level, role in RAISED_TO.items() if role == actor.role]
        if not self._levels:
            del self.fields["raised"]

    def narrow(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if text := wanted.get("q"):
            rows = rows.filter(Q(file_number__startswith=text) | Q(person__name__startswith=text))
        if state := wanted.get("state"):
            rows = rows.filter(state=state)
        if wanted.get("ready"):
            rows = rows.ready_on(clock.today())  # type: ignore[attr-defined] # an ApplicationQuerySet
        if wanted.get("overdue"):
            rows = rows.overdue_on(clock.today())  # type: ignore[attr-defined] # an ApplicationQuerySet
        if wanted.get("raised"):
            rows = rows.filter(
                pk__in=Overdue.objects.steps().filter(level__in=self._levels).values("application")
            )
        return rows


class GrantFilter(PlaceFilter):
    """Filters of the list of grants."""

    q = forms.CharField(label=_("File number or name"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *GrantState.choices])
    field_order = ("q", "programme", "state", "place")

    def narrow(self, rows: QuerySet[Grant]) -> QuerySet[Grant]:
        rows = super().narrow(rows)
        wanted = self.cleaned_data if self.is_bound else {}
        if text := wanted.get("q"):
            rows = rows.filter(
                Q(application__file_number__startswith=text) | Q(person__name__startswith=text)
            )
        if state := wanted.get("state"):
            rows = rows.filter(state=state)
        return rows


class NoticeFilter(PlaceFilter):
    """Filters of the list of notices that hang."""


class ProgrammeChoice(forms.Form):
    """For which programme somebody applies."""

    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = PolicyVersion.objects.published_on(clock.today()).values("programme_id")
        self.fields["programme"].queryset = Programme.objects.filter(  # type: ignore[attr-defined] # a model choice
            pk__in=in_force
        ).exclude(kind__in=BY_SELECTION)


class DocumentsForm(forms.Form):
    """Papers to tick: of the whole checklist, or of what is missing."""

    documents = forms.MultipleChoiceField(
        label=_("Papers brought"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["documents"].choices = choices  # type: ignore[attr-defined] # a choice field


class EntryForm(DocumentsForm):
    """An application at the counter: papers and declaration; all else stands in the register."""

    handed_in_by = forms.ChoiceField(label=_("Who brings it"), required=False, widget=forms.RadioSelect)
    has_declared = forms.BooleanField(
        label=_("The declaration above has been read to the applicant, who signed it"), required=False
    )

    def __init__(
        self, *args: Any, version: PolicyVersion, hands: Sequence[Representative] = (), **kwargs: Any
    ) -> None:
        choices = [(document.value, document.label) for document in required_documents(version)]
        super().__init__(*args, choices=choices, **kwargs)
        self.fields["documents"].help_text = _(
            "What is not ticked is named missing on the family's slip: once, and all of it."
        )
        self._hands = {str(one.pk): one for one in hands}
        if not hands:
            del self.fields["handed_in_by"]
            return
        self.fields["handed_in_by"].choices = [  # type: ignore[attr-defined] # a choice field
            ("", _("The person herself")),
            *(
                (key, f"{one.representation.get_kind_display()} {one.name}")
                for key, one in self._hands.items()
            ),
        ]

    def clean_handed_in_by(self) -> Representative | None:
        """The agent or guardian, or nobody."""
        return self._hands.get(self.cleaned_data["handed_in_by"])


class ReviewForm(forms.Form):
    """The opinion of who reviews or confirms."""

    opinion = forms.CharField(label=_("Opinion"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class VillageReviewForm(ReviewForm):
    """The village review also names those present."""

    present = forms.CharField(
        label=_("Present at the review"),
        help_text=_("One name a line."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("present", "opinion")


class ReasonForm(forms.Form):
    """Why an application is refused: the family reads it."""

    reason = forms.CharField(
        label=_("Reason and the condition it rests on"),
        help_text=_("It is printed on the letter to the family."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ObjectionForm(forms.Form):
    """What an objection is about; who objects is not written down."""

    subject = forms.ChoiceField(
        label=_("What the objection is about"),
        choices=ObjectionSubject.choices,
        widget=forms.RadioSelect,
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    is_upheld = forms.TypedChoiceField(
        label=_("Result"),
        choices=[
            ("no", _("Not upheld: the application goes on")),
            ("yes", _("Upheld: the application stops")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer and its grounds"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class StopForm(forms.Form):
    """Why a grant ends, and since when."""

    reason = forms.ChoiceField(label=_("Why it ends"), choices=StopReason.choices, widget=forms.RadioSelect)
    event_on = DayField(label=_("Day on which the reason arose"))
