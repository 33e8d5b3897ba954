"""Forms of what happens to a household as a whole: births, adoptions, splits, joins, heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.arrival_form import ArrivalForm
from households.enums import EventKind, HukouType, Relation, Sex
from households.event_forms import EventForm, MoversForm
from households.forms import villages_of
from households.models import Household, LifeEvent, Membership, Person
from households.services.events.births import record_adoption, record_birth
from households.services.events.checks import person_of_number
from households.services.events.families import join_household, name_head, split_household
from offices import clock
from offices.database.context import county_scope
from offices.errors import DomainError

_NUMBER = forms.TextInput(attrs={"autocomplete": "off"})


class BirthForm(EventForm):
    kind = EventKind.BIRTH
    fields_of_codes = {
        "no_parent": "mother", "parent_dead": "mother", "parent_too_young": "mother", "parent_sex": "elsewhere_number",
        "nobody_has_number": "elsewhere_number", "number_sex": "number", "number_birth": "number",
        "number_check_character": "number", "number_length": "number", "number_characters": "number",
        "number_birth_date": "number", "identity_number_belongs_to_one_person": "number",
    }  # fmt: skip
    name = forms.CharField(label=_("Name of the child"), max_length=60)
    boy_or_girl = forms.ChoiceField(
        label=_("Boy or girl"),
        choices=[(Sex.FEMALE.value, _("Girl")), (Sex.MALE.value, _("Boy"))],
        widget=forms.RadioSelect,
    )
    mother = forms.ChoiceField(label=_("Mother"), required=False)
    father = forms.ChoiceField(label=_("Father"), required=False)
    elsewhere_number = forms.CharField(
        label=_("Identity number of a parent who is not in this household"),
        max_length=30,
        required=False,
        widget=_NUMBER,
    )
    hukou_type = forms.ChoiceField(label=_("Hukou"), choices=HukouType)
    number = forms.CharField(
        label=_("Identity number of the child"),
        max_length=30,
        required=False,
        help_text=_("It may follow until the child is six."),
        widget=_NUMBER,
    )

    def prepare(self) -> None:
        self.fields["happened_on"].label = _("Born on")
        offer_parents(self)

    @property
    def people(self) -> list[Person]:
        return [one for one in (self.member("mother"), self.member("father")) if one]

    def record(self) -> Sequence[LifeEvent]:
        assert self.household  # noqa: S101 # this form is opened for a household
        given = self.cleaned_data
        mother, father = parents_of(self)
        return [
            record_birth(
                actor=self.actor,
                household=self.household,
                report=self.report(),
                name=given["name"],
                sex=Sex(given["boy_or_girl"]),
                mother=mother,
                father=father,
                hukou_type=HukouType(given["hukou_type"]),
                number=given["number"],
            )
        ]


class AdoptionForm(EventForm):
    kind = EventKind.ADOPTION
    fields_of_codes = {
        "no_parent": "mother", "parent_younger": "mother", "parent_sex": "elsewhere_number",
        "nobody_has_number": "number", "no_child": "number", "kinship_circle": "mother", "parent_is_spouse": "mother",
    }  # fmt: skip
    child = forms.ChoiceField(label=_("Child of this household"), required=False)
    number = forms.CharField(
        label=_("Or the identity number of the child"),
        max_length=30,
        required=False,
        help_text=_(
            "Of a child who lives elsewhere in the county; from outside it is recorded as an arrival first."
        ),
        widget=_NUMBER,
    )
    mother = forms.ChoiceField(label=_("Mother"), required=False)
    father = forms.ChoiceField(label=_("Father"), required=False)
    elsewhere_number = forms.CharField(
        label=_("Identity number of a parent who is not in this household"),
        max_length=30,
        required=False,
        widget=_NUMBER,
    )

    def prepare(self) -> None:
        today = clock.today()
        young = [row for row in self.members if row.person.age_on(today) < 18]
        self.choose("child", young, _("None of these"))
        offer_parents(self)

    def record(self) -> Sequence[LifeEvent]:
        assert self.household  # noqa: S101 # this form is opened for a household
        child = self.member("child")
        number = self.cleaned_data["number"]
        if (child is None) == (not number.strip()):
            raise DomainError("no_child", _("Choose the child, or give its identity number: one of the two."))
        if child is None:
            with county_scope():
                child = person_of_number(number)
        mother, father = parents_of(self)
        return [
            record_adoption(
                actor=self.actor,
                household=self.household,
                report=self.report(),
                child=child,
                mother=mother,
                father=father,
            )
        ]


class SplitForm(MoversForm):
    kind = EventKind.SPLIT
    fields_of_codes = {
        "household_number_is_unique_in_its_village": "household_number",
        "household_number_missing": "household_number",
        "head_not_chosen": "new_head",
    }  # fmt: skip
    new_head = forms.ChoiceField(label=_("Head of the new household"))
    household_number = forms.CharField(label=_("Number of the new household"), max_length=40)

    def prepare(self) -> None:
        super().prepare()
        self.choose("new_head", self.members, _("Choose"))
        if self.household:
            self.fields["household_number"].initial = next_number(self.household.division_code)

    def record(self) -> Sequence[LifeEvent]:
        assert self.household  # noqa: S101 # this form is opened for a household
        head = self.member("new_head")
        if head is None or head not in self.people:
            raise DomainError("head_not_chosen", _("The head is one of those who set up the new household."))
        others = [person for person in self.people if person.pk != head.pk]
        return split_household(
            actor=self.actor,
            household=self.household,
            report=self.report(),
            people=[head, *others],
            number=self.cleaned_data["household_number"],
        )


class JoinForm(MoversForm):
    kind = EventKind.JOIN
    fields_of_codes = {"no_such_household": "household_number", "same_household": "household_number"}
    village = forms.ChoiceField(label=_("Village of the household they join"))
    household_number = forms.CharField(label=_("Number of the household they join"), max_length=40)

    def prepare(self) -> None:
        super().prepare()
        self.fields["movers"].initial = [str(row.person_id) for row in self.members]
        field: Any = self.fields["village"]
        field.choices = villages_of("")
        if self.household:
            field.initial = self.household.division_code

    def record(self) -> Sequence[LifeEvent]:
        given = self.cleaned_data
        with county_scope():
            household = Household.objects.filter(
                division_code=given["village"], number=given["household_number"].strip()
            ).first()
            is_empty = household and not Membership.objects.on(given["happened_on"]).filter(
                household=household
            )
        if household is None:
            raise DomainError(
                "no_such_household", _("The village has no household with this number. Look it up first.")
            )
        return join_household(
            actor=self.actor,
            people=self.people,
            report=self.report(),
            household=household,
            is_head=bool(is_empty),
        )


class HeadForm(EventForm):
    """Who is head from the day on, and how everybody is related to her; empty: as kin on record says."""

    kind = EventKind.HEAD
    fields_of_codes = {"is_head_already": "new_head", "head_not_member": "new_head"}
    new_head = forms.ChoiceField(label=_("New head of the household"))

    def prepare(self) -> None:
        self.choose("new_head", self.members, _("Choose"))
        kinds = [choice for choice in Relation.choices if choice[0] != Relation.HEAD]
        for row in self.members:
            if self.actor.covers(row.person.division_code):
                self.fields[f"relation_{row.person_id.hex}"] = forms.ChoiceField(
                    label=_("%(name)s is to the new head") % {"name": row.person.name},
                    choices=[("", _("as the recorded kin says")), *kinds],
                    required=False,
                )

    @property
    def people(self) -> list[Person]:
        head = self.member("new_head")
        return [head] if head else []

    def record(self) -> Sequence[LifeEvent]:
        assert self.household  # noqa: S101 # this form is opened for a household
        given = self.cleaned_data
        relations = {
            row.person_id: Relation(word)
            for row in self.members
            if (word := given.get(f"relation_{row.person_id.hex}"))
        }
        return [
            name_head(
                actor=self.actor,
                household=self.household,
                report=self.report(),
                head=self.people[0],
                relations=relations,
            )
        ]


HOUSEHOLD_FORMS: dict[str, type[EventForm]] = {
    "birth": BirthForm,
    "adoption": AdoptionForm,
    "arrival": ArrivalForm,
    "split": SplitForm,
    "join": JoinForm,
    "head": HeadForm,
}
"""Events recorded from a household's page, by the word in the address."""


def offer_parents(form: EventForm) -> None:
    """Members who are old enough to be a parent, by sex."""
    today = clock.today()
    for name, sex in (("mother", Sex.FEMALE), ("father", Sex.MALE)):
        rows = [row for row in form.members if row.person.sex == sex and row.person.age_on(today) >= 12]
        form.choose(name, rows, _("Not in this household, or not named"))


def parents_of(form: EventForm) -> tuple[Person | None, Person | None]:
    """Mother and father as entered; one of them may be named by her number."""
    mother, father = form.member("mother"), form.member("father")
    number = form.cleaned_data["elsewhere_number"].strip()
    if number:
        with county_scope():
            other = person_of_number(number)
        if other.sex == Sex.FEMALE and mother is None:
            mother = other
        elif other.sex == Sex.MALE and father is None:
            father = other
        else:
            raise DomainError(
                "parent_sex",
                _("Both a member and this number are entered for the same parent. Leave one of them out."),
            )
    return mother, father


def next_number(village: str) -> str:
    """The number after the greatest one of a village, as long as it."""
    with county_scope():
        numbers = Household.objects.filter(division_code=village, number__regex=r"^[0-9]{1,12}$")
        greatest = max(numbers.values_list("number", flat=True), key=lambda n: (len(n), n), default="0")
    return str(int(greatest) + 1).zfill(len(greatest))
