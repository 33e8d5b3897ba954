from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, DERIVED, LOG, Access
from offices.fields import DivisionCodeField, id_field
from reports.enums import EditionState, ReportKind, Suppression


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions by place and period."""

    def visible_to(self, actor: Actor) -> EditionQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def newest(self, *, kind: str, period: str, division_code: str) -> Edition | None:
        """The edition with the highest number of a division and period."""
        found = self.filter(kind=kind, period=period, division_code=division_code)
        return found.order_by("-number").first()


class Edition(models.Model):
    """The figures of a division for a month or year, numbered when they are computed anew.

    Holds counts and sums, no person. `figures_digest` is the SHA-256 of its figures as
    selectors.editions writes them, `division_name` what the division was called at the end of the
    period; an edition is never changed but for its state.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(max_length=8, choices=ReportKind)
    period = models.CharField(max_length=7)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=EditionState, default=EditionState.COMPUTED)
    figures_digest = models.CharField(max_length=64)
    seconds = models.FloatField(default=0)
    computed_at = models.DateTimeField(auto_now_add=True)
    computed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_name = models.CharField(max_length=60, blank=True)
    division_code = DivisionCodeField()

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "division_code", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "kind", "period", "number"],
                name="editions_of_a_period_are_numbered_once",
                violation_error_message=_("This edition has just been computed by somebody else."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.division_code} #{self.number}"


class Figure(models.Model):
    """One figure of an edition under its catalogue code, such as `t1.ncjf.opening`.

    A suppressed one has no value: what is not written down cannot be read.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="figures")
    code = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    suppression = models.CharField(max_length=2, choices=Suppression, blank=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="one_figure_of_a_code_in_an_edition"),
            models.CheckConstraint(
                name="suppressed_figure_has_no_value",
                condition=models.Q(value=None) & ~models.Q(suppression="")
                | models.Q(value__isnull=False, suppression=""),
                violation_error_message=_("A figure has its value, or the reason why it is not shown."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class PrintedReportQuerySet(models.QuerySet["PrintedReport"]):
    """Prints by place."""

    def visible_to(self, actor: Actor) -> PrintedReportQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class PrintedReport(models.Model):
    """A PDF that was handed out: for which edition, to whom, with which digest and code.

    One with a roster holds the names, villages and amounts of those paid, for the audit alone;
    kept as long as the edition.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="prints")
    verification = models.ForeignKey("offices.Verification", on_delete=models.PROTECT)
    file = models.ForeignKey("offices.StoredFile", on_delete=models.PROTECT)
    language = models.CharField(max_length=10)
    has_roster = models.BooleanField(default=False)
    printed_on = models.DateField()
    printed_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    division_code = DivisionCodeField()

    objects = PrintedReportQuerySet.as_manager()

    class Meta:
        ordering = ["-printed_on", "-id"]

    def __str__(self) -> str:
        return str(self.pk)
