from __future__ import annotations

import datetime
from typing import ClassVar

import pghistory
from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from households.enums import Sex
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose


class PersonQuerySet(models.QuerySet["Person"]):
    """People by place, number and life."""

    def visible_to(self, actor: Actor) -> PersonQuerySet:
        """The people of the actor's divisions: the application's own wall before the database's."""
        return self.within(actor).standing()

    def within(self, actor: Actor) -> PersonQuerySet:
        """Every record of the actor's divisions, those merged into another too."""
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def standing(self) -> PersonQuerySet:
        """Records that have not been merged into another of the same person."""
        return self.filter(merged_into=None)

    def living_on(self, day: datetime.date) -> PersonQuerySet:
        return self.standing().filter(Q(died_on=None) | Q(died_on__gt=day), birth_date__lte=day)

    def in_county_on(self, day: datetime.date) -> PersonQuerySet:
        """Living on a day and not away from the county."""
        away = Exists(
            apps.get_model("households.Absence")._default_manager.filter(person=OuterRef("pk")).on(day)  # type: ignore[attr-defined] # a DatedFactQuerySet
        )
        return self.living_on(day).exclude(away)


# A row that is said again unchanged, of a later day, is no change of the person.
@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange(exclude=["row_as_of"])),
    pghistory.DeleteEvent(),
    context_field=None,
)
class Person(models.Model):
    """A resident, living or dead, of one of the county's villages.

    Serves the finding and paying of benefits; kept while the person or a child of hers may be
    owed one, and ten years beyond. `division_code` is the village that serves her: where she
    lives if that is in the county, else where her hukou is. Facts that change have periods of
    their own (see facts.py). `row_digest` is that of the row of a resident file that said all
    this, speaking for `row_as_of`; whoever changes something by another door clears the digest, and
    the day stays: a file of an earlier one changes nothing from it on. A record that was merged into
    another of the same person names it in `merged_into` and is shown nowhere.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    name = models.CharField(_("Name"), max_length=60)
    name_sort = models.CharField(max_length=200, db_collation="C", editable=False)
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("Born on"))
    died_on = models.DateField(_("Died on"), null=True, blank=True)
    id_number = SealedField(_("Identity number"), purpose=Purpose.IDENTITY_NUMBER)
    id_number_digest = DigestField()
    id_number_tail_digest = DigestField()
    phone = SealedField(_("Phone"), purpose=Purpose.PHONE)
    phone_digest = DigestField()
    phone_tail_digest = DigestField()
    division_code = DivisionCodeField(_("Village"))
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    row_digest = DigestField()
    row_as_of = models.DateField(null=True, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name_sort", "id"]
        indexes = [
            models.Index(fields=["division_code", "name_sort"], name="person_by_village_and_name"),
            models.Index(fields=["name_sort", "id"], name="person_by_name"),
            models.Index(fields=["id_number_tail_digest"], name="person_by_number_tail"),
            models.Index(fields=["phone_digest"], name="person_by_phone"),
            models.Index(fields=["phone_tail_digest"], name="person_by_phone_tail"),
            models.Index(fields=["birth_date"], name="person_by_birth_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_digest"],
                name="identity_number_belongs_to_one_person",
                violation_error_message=_(
                    "This identity number already belongs to somebody in the registry."
                ),
            ),
            models.CheckConstraint(
                name="death_is_not_before_birth",
                condition=Q(died_on=None) | Q(died_on__gte=F("birth_date")),
                violation_error_message=_("The day of death is before the day of birth."),
            ),
            models.CheckConstraint(
                name="nobody_is_merged_into_herself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                violation_error_message=_("A record cannot be merged with itself."),
            ),
            models.CheckConstraint(
                name="sealed_number_has_its_digests",
                condition=Q(id_number=None, id_number_digest=None, id_number_tail_digest=None)
                | Q(
                    id_number__isnull=False,
                    id_number_digest__isnull=False,
                    id_number_tail_digest__isnull=False,
                ),
                violation_error_message=_("A sealed identity number is kept with both its digests."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def age_on(self, day: datetime.date) -> int:
        """Whole years on a day; born 29 February: reached on 28 February of a common year."""
        born = self.birth_date
        reached = (day.month, day.day) >= (born.month, born.day)
        if born.month == 2 and born.day == 29 and (day.month, day.day) == (2, 28):
            reached = reached or (day.year % 4 != 0 or (day.year % 100 == 0 and day.year % 400 != 0))
        return day.year - born.year - (0 if reached else 1)

    def died_by(self, day: datetime.date) -> datetime.date | None:
        """The day of death, for whoever is dead on a day; None for whoever lived then."""
        return self.died_on if self.died_on and self.died_on <= day else None

    def age_shown_on(self, day: datetime.date) -> int:
        """Whole years on a day, for the dead at death."""
        return self.age_on(self.died_by(day) or day)


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Households by place."""

    def visible_to(self, actor: Actor) -> HouseholdQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), context_field=None)
class Household(models.Model):
    """A family under one household number of one village.

    Serves the addressing of benefits that belong to a family; kept with its members.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    number = models.CharField(_("Household number"), max_length=40, db_collation="C")
    division_code = DivisionCodeField(_("Village"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "number"]
        indexes = [models.Index(fields=["number", "division_code"], name="household_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "number"],
                name="household_number_is_unique_in_its_village",
                violation_error_message=_("The village already has a household with this number."),
            )
        ]

    def __str__(self) -> str:
        return self.number
