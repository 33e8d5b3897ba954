"""Dated facts about a person: each row holds for `[from_on, to_on)`, an empty end is open."""

from __future__ import annotations

import datetime
from typing import ClassVar, TypeVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from households.enums import (
    EmploymentState,
    FactSource,
    HukouType,
    InsuranceScheme,
    MaritalState,
    ParentageKind,
    ParentRole,
    Relation,
)
from offices.database.access import CASE, Access
from offices.fields import DigestField, DivisionCodeField, SealedField, id_field
from offices.sealing import Purpose

F_co = TypeVar("F_co", bound="DatedFact", covariant=True)


class DatedFactQuerySet(models.QuerySet[F_co]):
    """Facts by the day they hold."""

    def on(self, day: datetime.date) -> DatedFactQuerySet[F_co]:
        return self.filter(Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day))


def _period() -> Func:
    return Func(F("from_on"), F("to_on"), Value("[)"), function="daterange")


def _one_at_a_time(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows of a person (and further fields) whose periods overlap.

    A period without a day overlaps none. That such rows are left out changes nothing in what is
    refused; it keeps the planner from looking people up in this index: the one of `person` finds
    them in a third of the time.
    """
    has_days = ~Q(from_on=F("to_on"))
    return ExclusionConstraint(
        name=name,
        condition=condition & has_days if condition else has_days,
        expressions=[
            *((F(field), RangeOperators.EQUAL) for field in ("person", *fields)),
            (_period(), RangeOperators.OVERLAPS),
        ],
        violation_error_message=_("Another entry already holds for part of this period."),
    )


class DatedFact(models.Model):
    """A fact with its period, source and document; serves the rules that decide benefits."""

    id = id_field()
    person = models.ForeignKey("households.Person", on_delete=models.PROTECT, related_name="%(class)s_set")
    from_on = models.DateField(_("From"), null=True, blank=True)
    to_on = models.DateField(_("Until"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=10, choices=FactSource, default=FactSource.FILE)
    document = models.CharField(_("Document"), max_length=120, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    objects = DatedFactQuerySet.as_manager()

    class Meta:
        abstract = True


_M = TypeVar("_M", bound=type[models.Model])


def _tracked(model: _M) -> _M:
    """Keep every former version of a row, as it was before the change; trackers are not shared."""
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), context_field=None
    )(model)


@_tracked
class Membership(DatedFact):
    """Who belonged to which household, in which relation to its head. Kept with the person."""

    access: ClassVar[Access] = CASE

    household = models.ForeignKey(
        "households.Household",
        verbose_name=_("Household"),
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    relation = models.CharField(_("Relation"), max_length=14, choices=Relation)

    class Meta:
        verbose_name = _("Household")
        constraints = [_one_at_a_time("one_household_at_a_time")]

    def __str__(self) -> str:
        return self.get_relation_display()


@_tracked
class Residence(DatedFact):
    """Where a person lived; `place_code` may lie in another county. Kept with the person."""

    access: ClassVar[Access] = CASE

    place_code = DivisionCodeField(_("Place"))

    class Meta:
        verbose_name = _("Lives in")
        constraints = [_one_at_a_time("one_residence_at_a_time")]

    def __str__(self) -> str:
        return self.place_code


@_tracked
class Absence(DatedFact):
    """Living outside every household of the county: who left it for good, and where to if known.

    A living person belongs to exactly one household or is absent. Kept with the person.
    """

    access: ClassVar[Access] = CASE

    place_code = DivisionCodeField(_("Place"), blank=True)

    class Meta:
        verbose_name = _("Away from the county")
        constraints = [_one_at_a_time("one_absence_at_a_time")]

    def __str__(self) -> str:
        return self.place_code


@_tracked
class Hukou(DatedFact):
    """Household registration: kind and place. Read by rules; kept with the person."""

    access: ClassVar[Access] = CASE

    hukou_type = models.CharField(_("Hukou"), max_length=14, choices=HukouType)
    place_code = DivisionCodeField(_("Hukou place"))

    class Meta:
        verbose_name = _("Hukou")
        constraints = [_one_at_a_time("one_hukou_at_a_time")]

    def __str__(self) -> str:
        return self.get_hukou_type_display()


@_tracked
class MaritalFact(DatedFact):
    """Married, divorced or widowed, and to whom; nothing else is stored (scope).

    Read by rules alone, never searched or listed. `spouse_digest` is that of the number by which
    the spouse was named; `spouse` is empty until she is in the registry.
    """

    access: ClassVar[Access] = CASE

    state = models.CharField(max_length=10, choices=MaritalState, null=True, blank=True)  # noqa: DJ001 # a known spouse with no stored state
    spouse = models.ForeignKey(
        "households.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    spouse_digest = DigestField()

    class Meta:
        constraints = [_one_at_a_time("one_marital_fact_at_a_time")]
        indexes = [models.Index(fields=["spouse_digest"], name="marital_fact_by_spouse")]

    def __str__(self) -> str:
        return str(self.pk)


def of_sort(kind: ParentageKind) -> Q:
    """Parentages that exclude one of this kind: by birth and adoption each other, step-parents each other."""
    is_step = Q(kind=ParentageKind.STEP)
    return is_step if kind is ParentageKind.STEP else ~is_step


@_tracked
class Parentage(DatedFact):
    """Whose child a person (`person` is the child) is, by birth, adoption or as a step-child.

    A step-father stands beside a father, living or dead; of each there is one at a time.
    `parent_digest` is that of the number by which the parent was named; `parent` is empty until
    she is in the registry. Kept with the person.
    """

    access: ClassVar[Access] = CASE

    parent = models.ForeignKey(
        "households.Person",
        verbose_name=_("Name"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="child_parentages",
    )
    parent_digest = DigestField()
    role = models.CharField(_("Relation"), max_length=6, choices=ParentRole)
    kind = models.CharField(_("Kind"), max_length=8, choices=ParentageKind, default=ParentageKind.BIRTH)

    class Meta:
        verbose_name = _("Parents")
        constraints = [
            _one_at_a_time("one_father_and_mother_at_a_time", "role", condition=of_sort(ParentageKind.BIRTH)),
            _one_at_a_time(
                "one_stepfather_and_stepmother_at_a_time", "role", condition=of_sort(ParentageKind.STEP)
            ),
            models.CheckConstraint(
                name="nobody_is_their_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("person")),
                violation_error_message=_("A person cannot be her own parent."),
            ),
        ]
        indexes = [models.Index(fields=["parent_digest"], name="parentage_by_parent_digest")]

    def __str__(self) -> str:
        return self.get_role_display()


@_tracked
class Disability(DatedFact):
    """Disability grade 1 to 4. Sensitive: read by rules and the application alone."""

    access: ClassVar[Access] = CASE

    grade = models.PositiveSmallIntegerField(_("Grade"))

    class Meta:
        verbose_name = _("Disability")
        constraints = [
            _one_at_a_time("one_disability_grade_at_a_time"),
            models.CheckConstraint(
                name="disability_grade_is_1_to_4",
                condition=Q(grade__gte=1, grade__lte=4),
                violation_error_message=_("A disability grade is 1, 2, 3 or 4."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grade)


@_tracked
class OnlyChildCertificate(DatedFact):
    """The only-child certificate a parent holds. Read by rules; kept with the person."""

    access: ClassVar[Access] = CASE

    number = models.CharField(_("Certificate number"), max_length=40)
    issued_on = models.DateField(_("Issued on"))

    class Meta:
        verbose_name = _("Only-child certificate")
        constraints = [_one_at_a_time("one_only_child_certificate_at_a_time")]

    def __str__(self) -> str:
        return self.number


@_tracked
class Employment(DatedFact):
    """Employment state, employer and day of retirement. Read by rules; kept with the person."""

    access: ClassVar[Access] = CASE

    state = models.CharField(_("Employment"), max_length=12, choices=EmploymentState, blank=True)
    retired_on = models.DateField(_("Retired on"), null=True, blank=True)
    employer_code = models.CharField(_("Employer"), max_length=18, blank=True)

    class Meta:
        verbose_name = _("Employment")
        constraints = [_one_at_a_time("one_employment_at_a_time")]
        indexes = [
            models.Index(
                fields=["employer_code"], condition=~Q(employer_code=""), name="employment_by_employer"
            )
        ]

    def __str__(self) -> str:
        return self.get_state_display()


@_tracked
class ExaminationYear(DatedFact):
    """The year of a child's entrance examination. Read by one rule; kept two years after it."""

    access: ClassVar[Access] = CASE

    year = models.PositiveSmallIntegerField(_("Examination year"))

    class Meta:
        verbose_name = _("Examination year")
        constraints = [_one_at_a_time("one_examination_year_at_a_time")]

    def __str__(self) -> str:
        return str(self.year)


@_tracked
class BankAccount(DatedFact):
    """The account a benefit goes to; sealed. Kept as long as payments refer to it."""

    access: ClassVar[Access] = CASE

    bank = models.CharField(_("Bank"), max_length=80)
    account = SealedField(_("Account"), purpose=Purpose.BANK_ACCOUNT)
    account_digest = DigestField()

    class Meta:
        verbose_name = _("Bank account")
        constraints = [
            _one_at_a_time("one_bank_account_at_a_time"),
            models.CheckConstraint(
                name="bank_account_is_complete",
                condition=Q(account__isnull=False, account_digest__isnull=False) & ~Q(bank=""),
                violation_error_message=_("A bank account needs its bank and its number."),
            ),
        ]

    def __str__(self) -> str:
        return self.bank


@_tracked
class Lodging(DatedFact):
    """Who lives in which compound. Serves the bringing of papers and notices; kept with the person."""

    access: ClassVar[Access] = CASE

    unit = models.ForeignKey(
        "households.Unit",
        verbose_name=_("Name of the unit"),
        on_delete=models.PROTECT,
        related_name="lodgings",
    )

    class Meta:
        verbose_name = _("Compound")
        constraints = [_one_at_a_time("one_compound_at_a_time")]

    def __str__(self) -> str:
        return str(self.unit)


@_tracked
class InsuranceElsewhere(DatedFact):
    """A scheme in which somebody is insured elsewhere, as a worker or in another county.

    Read by the rules of the waivers, so that no premium is paid twice. Kept with the person.
    """

    access: ClassVar[Access] = CASE

    scheme = models.CharField(_("Insurance"), max_length=10, choices=InsuranceScheme)

    class Meta:
        verbose_name = _("Insured elsewhere")
        constraints = [_one_at_a_time("insured_elsewhere_once_at_a_time", "scheme")]

    def __str__(self) -> str:
        return self.get_scheme_display()
