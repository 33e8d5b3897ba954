"""The form of who comes from outside, or comes back: found by her number, a child without one by who it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import EventKind, HukouType, ParentageKind, ParentRole, Sex
from households.event_forms import EventForm
from households.forms import villages_of
from households.models import Absence, LifeEvent, Person
from households.selectors.search import find_person_by_number
from households.services.events.checks import check_name, person_of_number
from households.services.events.moves import children_who_left, record_arrival, record_return
from households.services.events.parents import record_parent_of
from households.services.events.recording import Report
from offices.database.context import county_scope
from offices.errors import DomainError
from offices.form_renderer import DayField

_NUMBER = forms.TextInput(attrs={"autocomplete": "off"})


class ArrivalForm(EventForm):
    """Somebody from outside, or back: into this household, or (opened from the list) into one by number."""

    kind = EventKind.ARRIVAL
    fields_of_codes = {
        "born_after_arrival": "born_on", "household_number_missing": "household_number", "number_needed": "number",
        "number_sex": "number", "number_birth": "number", "identity_number_belongs_to_one_person": "number",
        "number_length": "number", "number_characters": "number", "number_check_character": "number",
        "division_form": "hukou_place", "division_unknown": "hukou_place", "division_not_village": "hukou_place",
        "number_of_another": "name", "was_here": "comes_back", "several_left": "number", "is_registered": "number",
        "parent_too_young": "mother_kind", "parent_younger": "mother_kind",
        "parent_dead": "born_on", "parent_is_spouse": "mother_kind",
    }  # fmt: skip
    village = forms.ChoiceField(label=_("Village"))
    household_number = forms.CharField(
        label=_("Household number"), max_length=40, help_text=_("A new number sets up a household.")
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    boy_or_girl = forms.ChoiceField(label=_("Sex"), choices=Sex, widget=forms.RadioSelect)
    born_on = DayField(label=_("Born on"))
    number = forms.CharField(
        label=_("Identity number"),
        max_length=30,
        required=False,
        help_text=_("From the card; a child under six may be without one."),
        widget=_NUMBER,
    )
    comes_back = forms.BooleanField(
        label=_("It is the child that had left the county, and it comes back"), required=False
    )
    hukou_type = forms.ChoiceField(label=_("Hukou"), choices=HukouType)
    hukou_place = forms.CharField(
        label=_("Hukou place, if it stays elsewhere: its code"),
        max_length=12,
        required=False,
        help_text=_("6, 9 or 12 digits; empty: the hukou comes along."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    mother_number = forms.CharField(
        label=_("Identity number of the mother, if she is in the registry"),
        max_length=30,
        required=False,
        help_text=_(
            "Enter parents before their children. Kinship decides benefits: none on record means none."
        ),
        widget=_NUMBER,
    )
    mother_kind = forms.ChoiceField(
        label=_("Child of this mother"), choices=ParentageKind, initial=ParentageKind.BIRTH, required=False
    )
    father_number = forms.CharField(
        label=_("Identity number of the father, if he is in the registry"),
        max_length=30,
        required=False,
        widget=_NUMBER,
    )
    father_kind = forms.ChoiceField(
        label=_("Child of this father"), choices=ParentageKind, initial=ParentageKind.BIRTH, required=False
    )

    def prepare(self) -> None:
        self.parents: list[tuple[Person, ParentageKind]] = []
        if "comes_back" not in self.data:
            del self.fields["comes_back"]
        if self.household:
            del self.fields["village"], self.fields["household_number"]
            return
        field: Any = self.fields["village"]
        field.choices = villages_of(self.actor.scope)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for role, of_sex in ((ParentRole.MOTHER, Sex.FEMALE), (ParentRole.FATHER, Sex.MALE)):
            name = f"{role}_number"
            if not (number := given.get(name, "").strip()):
                continue
            try:
                with county_scope():
                    parent = person_of_number(number)
            except DomainError as refusal:
                self.add_error(name, str(refusal))
                continue
            if parent.sex != of_sex:
                self.add_error(
                    name, _("This is the number of a person of the other sex. Compare it with the card.")
                )
            self.parents.append((parent, ParentageKind(given.get(f"{role}_kind") or ParentageKind.BIRTH)))
        return given

    def refuse(self, refusal: DomainError) -> None:
        """Whether it is the child that had left is asked only where one had."""
        if refusal.code == "was_here" and "comes_back" not in self.fields:
            names = list(self.fields)
            self.fields["comes_back"] = self.base_fields["comes_back"]
            self.order_fields([*names[: names.index("number") + 1], "comes_back"])
        super().refuse(refusal)

    @property
    def people(self) -> list[Person]:
        return [parent for parent, _kind in self.parents]

    @property
    def follows_as(self) -> EventKind:
        return EventKind.PARENTAGE if self.parents else self.kind

    @transaction.atomic
    def record(self) -> Sequence[LifeEvent]:
        given = self.cleaned_data
        village = self.household.division_code if self.household else given["village"]
        number = self.household.number if self.household else given["household_number"]
        report = self.report()
        arrived = self._known(report, village, number) or record_arrival(
            actor=self.actor,
            report=report,
            village=village,
            household_number=number,
            name=given["name"],
            sex=Sex(given["boy_or_girl"]),
            born_on=given["born_on"],
            hukou_type=HukouType(given["hukou_type"]),
            hukou_place=given["hukou_place"],
            number=given["number"],
        )
        assert arrived.person  # noqa: S101 # an event that stands has its person
        return [
            arrived,
            *(
                record_parent_of(
                    actor=self.actor,
                    child=arrived.person,
                    parent=parent,
                    report=report,
                    kind=kind,
                    place=village,
                )
                for parent, kind in self.parents
            ),
        ]

    def _known(self, report: Report, village: str, household_number: str) -> LifeEvent | None:
        """Who had left the county comes back: nothing of her record is shown before it is served here."""
        is_numbered = bool(self.cleaned_data["number"].strip())
        person = self._numbered(report) if is_numbered else self._child_who_left()
        if person is None:
            return None
        return record_return(
            actor=self.actor,
            person=person,
            report=report,
            village=village,
            household_number=household_number,
            hukou_moves=not self.cleaned_data["hukou_place"].strip(),
        )

    def _numbered(self, report: Report) -> Person | None:
        """Who had left the county is found again by the number of the card and her name."""
        given = self.cleaned_data
        with county_scope():
            person = find_person_by_number(given["number"])
            is_away = person and Absence.objects.on(report.happened_on).filter(person=person).exists()
        if person is None or not is_away:
            return None
        if person.name != check_name(given["name"]):
            raise DomainError(
                "number_of_another",
                _(
                    "Somebody with this identity number had left the county, under another name. Compare name and "
                    "number with the card; if the name on record is wrong, have the entry corrected first."
                ),
            )
        return person

    def _child_who_left(self) -> Person | None:
        """A child that had left without a number, once the clerk says that it is this one."""
        given = self.cleaned_data
        if not given.get("comes_back"):
            return None
        with county_scope():
            known = list(
                children_who_left(
                    name=check_name(given["name"]), sex=Sex(given["boy_or_girl"]), born_on=given["born_on"]
                )[:2]
            )
        if len(known) > 1:
            raise DomainError(
                "several_left",
                _(
                    "More than one child of this name, born on this day, had left the county. Have the township "
                    "that it left enter its identity number first; then it is found by the number."
                ),
            )
        return known[0] if known else None
