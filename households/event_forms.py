"""Forms of life events at the counter: what the family says, the day it happened, and the document.

Each form knows its kind of event and hands what was entered to the service.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from households.enums import (
    EmploymentState,
    EventKind,
    FactSource,
    HukouType,
    InsuranceScheme,
    Relation,
)
from households.forms import villages_of
from households.models import Household, LifeEvent, Membership, Person
from households.services.events.checks import living_members, person_of_number
from households.services.events.deaths import record_death
from households.services.events.facts import (
    change_disability,
    change_employment,
    convert_hukou,
    record_certificate,
    record_examination,
    record_insurance,
)
from households.services.events.kin import record_parting, record_union
from households.services.events.moves import record_departures, record_moves
from households.services.events.recording import Report
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.form_renderer import DayField

_SOURCES = [choice for choice in FactSource.choices if choice[0] != FactSource.FILE]
_DAY_CODES = frozenset({
    "day_to_come", "before_birth", "after_death", "recorded_already", "event_after_death", "child_born_later",
    "household_empty", "not_a_member", "not_away", "is_away", "away_already", "moved_later", "no_spouse", "nothing_changes",
})  # fmt: skip
NUMBER_CODES = (
    "number_length", "number_characters", "number_check_character", "number_birth_date", "number_rounded",
)  # fmt: skip


class EventForm(forms.Form):
    """What every event is reported with; `person` or `household` is whose page it was opened from.

    `title` says more truly than the kind what can be entered, where the two differ.
    """

    kind: EventKind
    title: Any = None
    fields_of_codes: dict[str, str] = {}
    lead: Any = _("It holds from the day it happened, whenever it is reported.")

    happened_on = DayField(label=_("Happened on"))
    source = forms.ChoiceField(label=_("Who says so"), choices=_SOURCES, initial=FactSource.COUNTER)
    document = forms.CharField(
        label=_("Document"),
        max_length=120,
        required=False,
        help_text=_("Kind and number of the paper that was shown, if any."),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        person: Person | None = None,
        household: Household | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.person, self.household = actor, person, household
        died_on = person.died_on if person else None
        self.fields["happened_on"].initial = None if died_on else clock.today()
        # Of somebody who has died, what happened before it: the family of her last day.
        day = died_on - datetime.timedelta(days=1) if died_on else clock.today()
        with county_scope():
            self.members = living_members(household, day) if household else []
        self.prepare()
        order = [name for name in self.fields if name not in ("source", "document")]
        self.order_fields([*order, "source", "document"])

    def prepare(self) -> None:
        """Fill choices from the family."""

    @property
    def people(self) -> list[Person]:
        """Whom the event is about, once the form is valid."""
        return [self.person] if self.person else []

    @property
    def follows_as(self) -> EventKind:
        """As which kind of event what follows from it is told."""
        return self.kind

    @property
    def holds_from(self) -> datetime.date:
        """From which day on it changes what holds."""
        day: datetime.date = self.cleaned_data["happened_on"]
        return day

    def record(self) -> Sequence[LifeEvent]:
        """Hand what was entered to the service."""
        raise NotImplementedError

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at the field that it speaks of; a form may say that it speaks of the whole ("")."""
        usual = "happened_on" if refusal.code in _DAY_CODES else ""
        name = self.fields_of_codes.get(refusal.code, usual)
        self.add_error(name if name in self.fields else None, str(refusal))

    def report(self) -> Report:
        given = self.cleaned_data
        return Report(given["happened_on"], FactSource(given["source"]), given["document"].strip())

    def choose(self, name: str, members: Sequence[Membership], empty: Any = None) -> None:
        """Offer members of the family in a field; nobody outside the actor's scope is named."""
        choices = [
            (str(row.person_id), f"{row.person.name} · {row.get_relation_display()}")
            for row in members
            if self.actor.covers(row.person.division_code)
        ]
        field: Any = self.fields[name]
        field.choices = [("", empty), *choices] if empty else choices

    def member(self, name: str) -> Person | None:
        key = self.cleaned_data.get(name)
        return next((row.person for row in self.members if str(row.person_id) == key), None)

    def chosen(self, name: str) -> list[Person]:
        keys = self.cleaned_data.get(name) or []
        return [row.person for row in self.members if str(row.person_id) in keys]


class MoversForm(EventForm):
    """An event of several members at once."""

    movers = forms.MultipleChoiceField(label=_("Members concerned"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        self.choose("movers", self.members)
        self.fields["movers"].initial = [str(self.person.pk)] if self.person else []

    @property
    def people(self) -> list[Person]:
        return self.chosen("movers")


class DeathForm(EventForm):
    kind = EventKind.DEATH
    happened_on = DayField(label=_("Died on"))
    new_head = forms.ChoiceField(label=_("New head of the household"), required=False)

    def prepare(self) -> None:
        own = next((row for row in self.members if self.person and row.person_id == self.person.pk), None)
        others = [row for row in self.members if row is not own]
        if own is None or own.relation != Relation.HEAD or not others:
            del self.fields["new_head"]
            return
        self.fields["new_head"].help_text = _("The family names its next head; a task asks again otherwise.")
        self.choose("new_head", others, _("Not named yet"))

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        return [
            record_death(
                actor=self.actor, person=self.person, report=self.report(), new_head=self.member("new_head")
            )
        ]


class SpouseForm(EventForm):
    kind = EventKind.MARRIAGE
    fields_of_codes = dict.fromkeys(
        ("spouse_is_self", "spouse_is_kin", "nobody_has_number", *NUMBER_CODES), "number"
    )
    number = forms.CharField(
        label=_("Identity number of the spouse"),
        max_length=30,
        help_text=_(
            "All 18 characters, from the card; somebody from outside is recorded as an arrival first."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        with county_scope():
            spouse = person_of_number(self.cleaned_data["number"])
        return [record_union(actor=self.actor, person=self.person, report=self.report(), spouse=spouse)]


class PartingForm(EventForm):
    kind = EventKind.DIVORCE

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        return [record_parting(actor=self.actor, person=self.person, report=self.report())]


class MoveForm(MoversForm):
    kind = EventKind.MOVE
    title = pgettext_lazy("event", "Moved")
    fields_of_codes = {
        "division_form": "outside_code", "division_unknown": "outside_code",
        "division_not_village": "outside_code", "division_elsewhere": "outside_code",
        "division_not_then": "to_village", "division_was_split": "to_village", "lives_there_already": "to_village",
    }  # fmt: skip
    what = forms.ChoiceField(
        label=_("What moves"),
        choices=[("home", _("The home")), ("hukou", _("The hukou")), ("both", _("Home and hukou"))],
        initial="home",
        widget=forms.RadioSelect,
    )
    to_village = forms.ChoiceField(label=_("To which village of the county"), required=False)
    outside_code = forms.CharField(
        label=_("Or to another county: its code"),
        max_length=12,
        required=False,
        help_text=_("6, 9 or 12 digits. Who works elsewhere stays a member of the household."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    household_number = forms.CharField(
        label=_("Household number at the new place"),
        max_length=40,
        required=False,
        help_text=_("Only if they belong to another household from now on; a new number sets it up."),
    )

    def prepare(self) -> None:
        super().prepare()
        field: Any = self.fields["to_village"]
        field.choices = [("", _("Choose")), *villages_of("")]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("to_village")) == bool(given.get("outside_code")):
            self.add_error(
                "to_village", _("Choose a village of the county, or give the code of another county.")
            )
        return given

    def record(self) -> Sequence[LifeEvent]:
        given = self.cleaned_data
        return record_moves(
            actor=self.actor,
            people=self.people,
            report=self.report(),
            to_place=given["to_village"] or given["outside_code"],
            home_moves=given["what"] in ("home", "both"),
            hukou_moves=given["what"] in ("hukou", "both"),
            household_number=given["household_number"],
        )


class DepartureForm(MoversForm):
    kind = EventKind.DEPARTURE
    fields_of_codes = dict.fromkeys(
        ("division_form", "division_unknown", "division_not_village", "place_in_county"), "outside_code"
    )
    outside_code = forms.CharField(
        label=_("To which county: its code"),
        max_length=12,
        required=False,
        help_text=_("6, 9 or 12 digits; leave it empty if nobody knows."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    hukou_moves = forms.BooleanField(label=_("The hukou moves too"), required=False)

    def record(self) -> Sequence[LifeEvent]:
        return record_departures(
            actor=self.actor,
            people=self.people,
            report=self.report(),
            to_place=self.cleaned_data["outside_code"],
            hukou_moves=self.cleaned_data["hukou_moves"],
        )


class HukouForm(EventForm):
    kind = EventKind.HUKOU
    fields_of_codes = {"nothing_changes": "hukou_type", "no_hukou": "hukou_type"}
    hukou_type = forms.ChoiceField(label=_("Hukou"), choices=HukouType)

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        kind = HukouType(self.cleaned_data["hukou_type"])
        return [convert_hukou(actor=self.actor, person=self.person, report=self.report(), hukou_type=kind)]


class EmploymentForm(EventForm):
    kind = EventKind.EMPLOYMENT
    fields_of_codes = {
        "retirement_day": "retired_on", "retirement_impossible": "retired_on",
        "credit_code_characters": "employer_code", "credit_code_check_character": "employer_code",
    }  # fmt: skip
    state = forms.ChoiceField(label=_("Employment"), choices=EmploymentState)
    retired_on = DayField(label=_("Retired on"), required=False)
    employer_code = forms.CharField(
        label=_("Employer"), max_length=30, required=False, help_text=_("Its unified social credit code.")
    )

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        given = self.cleaned_data
        return [
            change_employment(
                actor=self.actor,
                person=self.person,
                report=self.report(),
                state=EmploymentState(given["state"]),
                retired_on=given["retired_on"],
                employer_code=given["employer_code"],
            )
        ]


class DisabilityForm(EventForm):
    kind = EventKind.DISABILITY
    grade = forms.ChoiceField(
        label=_("Grade on the certificate"),
        choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("none", _("It no longer holds"))],
    )

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        grade = self.cleaned_data["grade"]
        return [
            change_disability(
                actor=self.actor,
                person=self.person,
                report=self.report(),
                grade=None if grade == "none" else int(grade),
            )
        ]


class CertificateForm(EventForm):
    kind = EventKind.CERTIFICATE
    fields_of_codes = {
        "certificate_day": "issued_on", "certificate_before_birth": "issued_on", "nothing_changes": "number",
    }  # fmt: skip
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        required=False,
        help_text=_("Leave number and day empty if the certificate was given back."),
    )
    issued_on = DayField(
        label=_("Issued on"),
        required=False,
        help_text=_("The certificate is held from this day on, whenever it is shown."),
    )

    def prepare(self) -> None:
        self.fields["happened_on"].label = _("Shown or given back on")

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        given = self.cleaned_data
        return [
            record_certificate(
                actor=self.actor,
                person=self.person,
                report=self.report(),
                number=given["number"],
                issued_on=given["issued_on"],
            )
        ]


class ExaminationForm(EventForm):
    kind = EventKind.EXAMINATION
    fields_of_codes = {"examination_year": "year"}
    year = forms.IntegerField(label=_("Examination year"))

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        return [
            record_examination(
                actor=self.actor, person=self.person, report=self.report(), year=self.cleaned_data["year"]
            )
        ]


class MedicalForm(EventForm):
    kind = EventKind.MEDICAL
    scheme = InsuranceScheme.MEDICAL
    fields_of_codes = {"nothing_changes": "is_insured"}
    is_insured = forms.ChoiceField(
        label=_("Insured elsewhere"),
        choices=[("yes", _("From this day on")), ("no", _("No longer from this day on"))],
        initial="yes",
        widget=forms.RadioSelect,
    )

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        return [
            record_insurance(
                actor=self.actor,
                person=self.person,
                report=self.report(),
                scheme=self.scheme,
                is_insured=self.cleaned_data["is_insured"] == "yes",
            )
        ]


class PensionForm(MedicalForm):
    kind = EventKind.PENSION
    scheme = InsuranceScheme.PENSION


FORMS_OF_PERSONS: dict[str, type[EventForm]] = {
    "death": DeathForm,
    "move": MoveForm,
    "departure": DepartureForm,
    "spouse": SpouseForm,
    "parting": PartingForm,
    "hukou": HukouForm,
    "employment": EmploymentForm,
    "disability": DisabilityForm,
    "certificate": CertificateForm,
    "examination": ExaminationForm,
    "medical": MedicalForm,
    "pension": PensionForm,
}
"""What happens to a person, by the word in the address; see person_forms.py for the rest."""
