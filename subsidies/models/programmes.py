from __future__ import annotations

import datetime
from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import REFERENCE, Access
from offices.enums import Role
from offices.fields import id_field
from subsidies.enums import FREQUENCIES, Frequency, PolicyState, ProgrammeKind, StopRule, Unit

TRANSITIONS: dict[str, frozenset[str]] = {
    PolicyState.DRAFT: frozenset({PolicyState.SUBMITTED, PolicyState.DISCARDED}),
    PolicyState.SUBMITTED: frozenset({PolicyState.DRAFT, PolicyState.PUBLISHED}),
}
"""Where a policy version may go from where it is; a published one only ends."""
OPEN_STATES = (PolicyState.DRAFT, PolicyState.SUBMITTED)
READERS_OF_DRAFTS = (Role.COUNTY, Role.AUDITOR)
ANNOUNCED = Q(state=PolicyState.PUBLISHED) | Q(is_shipped=True)


WHAT_IT_IS = ("unit", "kind", "frequency", "is_posted")
"""What of a programme stays once a version of it is published (a trigger refuses): else it is another benefit."""


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes by what there is of them: a published version, a shipped one, a draft."""

    def published(self) -> ProgrammeQuerySet:
        """Those of which a version was ever published: there may be cases of no other."""
        return self._with(Q(state=PolicyState.PUBLISHED))

    def announced(self) -> ProgrammeQuerySet:
        """Published ones and those that came with the installation, which every office may know of."""
        return self._with(ANNOUNCED)

    def in_use(self) -> ProgrammeQuerySet:
        """Announced ones, and new ones whose first draft is being written."""
        return self._with(ANNOUNCED | Q(state__in=OPEN_STATES))

    def visible_to(self, actor: Actor) -> ProgrammeQuerySet:
        """Announced ones; to the county and the auditor every one."""
        return self if actor.role in READERS_OF_DRAFTS else self.announced()

    def _with(self, versions: Q) -> ProgrammeQuerySet:
        return self.filter(pk__in=PolicyVersion.objects.filter(versions).values("programme"))


class Programme(models.Model):
    """A benefit that families are owed under one name; its rules are in dated policy versions.

    `unit`, `kind`, `frequency` and whether a name is posted say what the benefit is: they may be
    corrected until a version is published. The county's own are entered with their first draft.
    """

    access: ClassVar[Access] = REFERENCE

    code = models.CharField(primary_key=True, max_length=8)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    unit = models.CharField(max_length=10, choices=Unit)
    kind = models.CharField(max_length=10, choices=ProgrammeKind)
    frequency = models.CharField(max_length=8, choices=Frequency)
    is_posted = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="programme_is_given_as_its_kind_can_be",
                condition=reduce(
                    or_, (Q(kind=kind, frequency__in=often) for kind, often in FREQUENCIES.items())
                )
                & ~Q(kind=ProgrammeKind.POINTS, unit=Unit.HOUSEHOLD),
                violation_error_message=_(
                    "A programme of this kind cannot be given so often, or to this unit."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Policy versions by state and day."""

    def visible_to(self, actor: Actor) -> PolicyVersionQuerySet:
        """Published ones and those that were shipped; to the county and the auditor every one."""
        if actor.role in READERS_OF_DRAFTS:
            return self
        return self.filter(ANNOUNCED)

    def published_on(self, day: datetime.date) -> PolicyVersionQuerySet:
        return self.filter(Q(to_on=None) | Q(to_on__gt=day), state=PolicyState.PUBLISHED, from_on__lte=day)


class PolicyVersion(models.Model):
    """A dated version of a programme's rules; a published one never changes (a trigger refuses),
    but for the day it ends when a successor takes over.

    `rule` is a tree of predicates of the closed vocabulary (subsidies.predicates); `parameters`
    maps a name to dated values `[{"from": date, "to": date | null, "value": text, "known":
    "source" | "memory" | "inferred"}]`; `notice` is `{"days": int, "calendar": "calendar" |
    "working", "levels": [...]}`; `funding` is `[{"source", "share"}]` with shares adding up to 1;
    `stop_rule` says until when is paid whose reason ended on a day of the version. The remark says what of it is inferred or from memory. `is_shipped`: it came with the
    installation, published by it or, where its rule is inferred, as a draft that the county
    checks; every other version is approved by a second person: by none of its `authors`, whoever
    of them wrote which part. `revision` counts the saves of a draft, so that two people do not
    write over each other; `sent_back` is why it came back to its author. Kept for ever: decisions
    rest on it.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PolicyState, default=PolicyState.DRAFT)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    basis_title = models.CharField(max_length=200)
    basis_number = models.CharField(max_length=100, blank=True)
    rule = models.JSONField()
    parameters = models.JSONField(default=dict)
    notice = models.JSONField(default=dict)
    funding = models.JSONField(default=list)
    stop_rule = models.CharField(max_length=14, choices=StopRule, blank=True)
    remark_zh = models.TextField(blank=True)
    remark_en = models.TextField(blank=True)
    is_shipped = models.BooleanField(default=False)
    drafted_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    authors = ArrayField(models.UUIDField(), default=list, blank=True)
    revision = models.PositiveIntegerField(default=0)
    sent_back = models.CharField(max_length=500, blank=True)
    approved_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="policy_versions_are_numbered_once"),
            models.CheckConstraint(
                name="policy_is_published_when_it_has_a_time",
                condition=Q(state=PolicyState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=PolicyState.PUBLISHED) & Q(published_at=None)),
                violation_error_message=_("A published policy has the time of its publication."),
            ),
            models.CheckConstraint(
                name="policy_is_approved_by_a_second_person",
                condition=~Q(state=PolicyState.PUBLISHED)
                | Q(is_shipped=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("drafted_by"))),
                violation_error_message=_("A policy is approved by another person than its author."),
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=OPEN_STATES, is_shipped=False),
                name="one_open_draft_of_a_programme",
                violation_error_message=_("A draft of this programme is open already."),
            ),
            models.CheckConstraint(
                name="published_policy_says_until_when_is_paid",
                condition=~Q(state=PolicyState.PUBLISHED) | Q(stop_rule__in=StopRule.values),
                violation_error_message=_("A published policy says until when is paid."),
            ),
            models.CheckConstraint(
                name="policy_ends_after_it_begins",
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")),
                violation_error_message=_("A policy ends after the day it begins."),
            ),
            ExclusionConstraint(
                name="one_published_policy_at_a_time",
                expressions=[
                    (F("programme"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state=PolicyState.PUBLISHED),
                violation_error_message=_("Another published version holds in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.number}"

    @property
    def remark(self) -> str:
        """The remark in the language of the page."""
        return self.remark_en if (get_language() or "").startswith("en") else self.remark_zh
