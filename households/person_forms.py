"""Forms of a person's own page: coming back, whose child or parent she is, and an entry put right."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, FactSource, ParentageKind, Sex
from households.event_forms import FORMS_OF_PERSONS, EventForm
from households.forms import villages_of
from households.models import LifeEvent, Person
from households.services.events.checks import person_of_number
from households.services.events.corrections import Right, correct_entry
from households.services.events.moves import record_return
from households.services.events.parents import record_parent_of
from offices import clock
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.form_renderer import DayField

_NUMBER = forms.TextInput(attrs={"autocomplete": "off"})


class ReturnForm(EventForm):
    kind = EventKind.RETURN
    fields_of_codes = {"household_number_missing": "household_number"}
    village = forms.ChoiceField(label=_("Village"))
    household_number = forms.CharField(
        label=_("Household number"), max_length=40, help_text=_("A new number sets up a household.")
    )
    hukou_moves = forms.BooleanField(label=_("The hukou comes back too"), required=False)

    def prepare(self) -> None:
        field: Any = self.fields["village"]
        field.choices = villages_of(self.actor.scope)
        field.initial = self.person.division_code if self.person else None

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        given = self.cleaned_data
        return [
            record_return(
                actor=self.actor,
                person=self.person,
                report=self.report(),
                village=given["village"],
                household_number=given["household_number"],
                hukou_moves=given["hukou_moves"],
            )
        ]


class ParentForm(EventForm):
    """Kinship with a member of the household, or with whoever has a number."""

    kind = EventKind.PARENTAGE
    lead = _("By birth it holds from the birth on, else from the day entered.")
    fields_of_codes = {
        "has_parent": "is_former_wrong", "parent_too_young": "direction", "parent_younger": "direction",
        "kinship_circle": "direction", "parent_is_self": "number", "parent_is_spouse": "number",
        "nothing_changes": "kin_kind",
    }  # fmt: skip
    direction = forms.ChoiceField(
        label=_("What is recorded"),
        choices=[("parent", _("A parent of this person")), ("child", _("A child of this person"))],
        initial="parent",
        widget=forms.RadioSelect,
    )
    relative = forms.ChoiceField(label=_("Who, of this household"), required=False)
    number = forms.CharField(
        label=_("Or the identity number"),
        max_length=30,
        required=False,
        help_text=_(
            "Of somebody who lives elsewhere in the county; from outside she is recorded as an arrival first."
        ),
        widget=_NUMBER,
    )
    kin_kind = forms.ChoiceField(
        label=_("Kind"), choices=ParentageKind, initial=ParentageKind.BIRTH, widget=forms.RadioSelect
    )
    is_former_wrong = forms.BooleanField(
        label=_("Another father or mother on record is wrong and gives way"), required=False
    )

    def prepare(self) -> None:
        self.other: Person | None = None
        self.choose(
            "relative", [row for row in self.members if row.person != self.person], _("None of these")
        )
        day = self.fields["happened_on"]
        day.required, day.initial = False, None
        day.help_text = _("Of an adoption, or since when a step-child. By birth it may stay empty.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.other = self.member("relative")
        if (self.other is None) == (not given.get("number", "").strip()):
            self.add_error(
                "relative", _("Choose a member of the household or give a number: one of the two.")
            )
        elif self.other is None:
            try:
                with county_scope():
                    self.other = person_of_number(given["number"])
            except DomainError as refusal:
                self.add_error("number", str(refusal))
        if given.get("kin_kind") == ParentageKind.BIRTH and self.other:
            given["happened_on"] = self.pair[0].birth_date
        elif not given.get("happened_on") and "happened_on" not in self.errors:
            self.add_error("happened_on", _("Enter the day of the adoption, or since when a step-child."))
        if given.get("is_former_wrong") and not given.get("document", "").strip():
            self.add_error(
                "document", _("Name the document by which the entry is corrected, such as the identity card.")
            )
        return given

    @property
    def pair(self) -> tuple[Person, Person]:
        """Child and parent."""
        assert self.person and self.other  # noqa: S101, PT018 # the form is valid
        is_parent = self.cleaned_data.get("direction") == "parent"
        return (self.person, self.other) if is_parent else (self.other, self.person)

    @property
    def people(self) -> list[Person]:
        return list(self.pair)

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        child, parent = self.pair
        return [
            record_parent_of(
                actor=self.actor,
                child=child,
                parent=parent,
                report=self.report(),
                kind=ParentageKind(self.cleaned_data["kin_kind"]),
                place=self.person.division_code,
                is_former_wrong=self.cleaned_data["is_former_wrong"],
            )
        ]


class CorrectionForm(EventForm):
    """What the registry says of a person, to be put right; what is left as it stands is not changed."""

    kind = EventKind.CORRECTION
    lead = _("It holds as if it had always been so. What was entered before stays in the history.")
    fields_of_codes = {
        "nothing_changes": "", "document_needed": "document", "born_day": "born_on", "death_is_not_before_birth": "born_on",
        "number_sex": "number", "number_birth": "number", "number_length": "number", "number_characters": "number",
        "number_check_character": "number", "number_rounded": "number", "number_birth_date": "number",
        "identity_number_belongs_to_one_person": "number", "phone_number": "phone", "other_parent": "boy_or_girl",
        "parent_sex": "boy_or_girl", "parent_too_young": "born_on", "parent_younger": "born_on",
        "parent_dead": "born_on", "survivor_later": "died_on", "event_after_death": "died_on",
        "death_to_come": "died_on", "day_to_come": "happened_on",
        "value_too_long": "name", "name_character_lost": "name", "name_characters": "name",
    }  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=60)
    boy_or_girl = forms.ChoiceField(label=_("Sex"), choices=Sex, widget=forms.RadioSelect)
    born_on = DayField(label=_("Born on"))
    number = forms.CharField(
        label=_("Right identity number"),
        max_length=30,
        required=False,
        help_text=_("From the card; also a child's first number. Empty: it stays as it is."),
        widget=_NUMBER,
    )
    is_number_wrong = forms.BooleanField(
        label=_("The number on record is somebody else's; hers is not known yet"), required=False
    )
    phone = forms.CharField(
        label=_("Right phone"),
        max_length=30,
        required=False,
        help_text=_("Empty: it stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    is_phone_wrong = forms.BooleanField(label=_("The phone on record is not hers any more"), required=False)
    death = forms.ChoiceField(
        label=_("Death on record"),
        choices=[
            ("stays", _("It is right")),
            ("alive", _("It is wrong: the person is alive")),
            ("other_day", _("The day is wrong")),
        ],
        initial="stays",
        widget=forms.RadioSelect,
    )
    died_on = DayField(label=_("Right day of death"), required=False)

    def prepare(self) -> None:
        assert self.person  # noqa: S101 # this form is opened for a person
        day = self.fields["happened_on"]
        day.label, day.initial = _("Day of the paper that proves it"), clock.today()
        self.fields["source"].initial = FactSource.DOCUMENT
        self.fields["document"].help_text = _("Its kind and number. Only a phone is corrected without one.")
        for name, value in (
            ("name", self.person.name),
            ("boy_or_girl", self.person.sex),
            ("born_on", self.person.birth_date),
        ):
            self.fields[name].initial = value
        for name, is_known in (
            ("is_number_wrong", self.person.id_number),
            ("is_phone_wrong", self.person.phone),
            ("death", self.person.died_on),
            ("died_on", self.person.died_on),
        ):
            if not is_known:
                del self.fields[name]
        self._known = (self.person.name, self.person.sex, self.person.birth_date, self.person.died_on)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("number", "phone"):
            if given.get(name, "").strip() and given.get(f"is_{name}_wrong"):
                self.add_error(name, _("Enter the right one or say that it is wrong: one of the two."))
        if (given.get("death") == "other_day") != bool(given.get("died_on")) and "died_on" in self.fields:
            self.add_error("died_on", _("Enter the right day of death if the day is wrong, and only then."))
        return given

    @property
    def right(self) -> Right:
        """What differs from what is on record."""
        given, (name, sex, born_on, _died_on) = self.cleaned_data, self._known
        return Right(
            name=given["name"] if given["name"] != name else None,
            sex=Sex(given["boy_or_girl"]) if given["boy_or_girl"] != sex else None,
            born_on=given["born_on"] if given["born_on"] != born_on else None,
            number="" if given.get("is_number_wrong") else given["number"].strip() or None,
            phone="" if given.get("is_phone_wrong") else given["phone"].strip() or None,
            died_on=given.get("died_on"),
            is_alive=given.get("death") == "alive",
        )

    @property
    def people(self) -> list[Person]:
        """Name and phone decide no benefit."""
        right = self.right
        decides = right.sex or right.born_on or right.number is not None or right.died_on or right.is_alive
        return [self.person] if self.person and decides else []

    @property
    def holds_from(self) -> datetime.date:
        right, (_name, _sex, born_on, died_on) = self.right, self._known
        if right.is_alive or right.died_on:
            days = [day for day in (right.died_on, died_on) if day]
            return min(days)
        return min(born_on, right.born_on or born_on)

    def record(self) -> Sequence[LifeEvent]:
        assert self.person  # noqa: S101 # this form is opened for a person
        return [correct_entry(actor=self.actor, person=self.person, report=self.report(), right=self.right)]


PERSON_FORMS: dict[str, type[EventForm]] = {
    **FORMS_OF_PERSONS,
    "return": ReturnForm,
    "parent": ParentForm,
    "correction": CorrectionForm,
}
"""What is recorded from a person's page, by the word in the address."""
_OF_WHO_IS_HERE = frozenset({"move", "departure"})
_OF_WHO_LIVES = frozenset({"death", "return"})


def forms_of(person: Person, *, is_away: bool) -> dict[str, type[EventForm]]:
    """What can be recorded of a person as she is: away she comes back, and of the dead what was before."""
    left_out = _OF_WHO_IS_HERE if is_away else frozenset({"return"})
    if person.died_on:
        left_out |= _OF_WHO_LIVES
    return {word: form for word, form in PERSON_FORMS.items() if word not in left_out}
