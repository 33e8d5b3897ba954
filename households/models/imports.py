from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from households.enums import ImportState
from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.divisions import scope_of
from offices.enums import Role
from offices.fields import DivisionCodeField, id_field

TRANSITIONS = {ImportState.WAITING.value: frozenset({ImportState.DONE.value, ImportState.REFUSED.value})}


class ResidentImportQuerySet(models.QuerySet["ResidentImport"]):
    """Imports by the division of whoever brought the file."""

    def visible_to(self, actor: Actor) -> ResidentImportQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class ResidentImport(models.Model):
    """One resident file: who brought it, its digest, for which day it speaks, and what came of it.

    Its rows may only concern `division_code`, the division of whoever brought it. The file itself
    is sealed and dropped with those of errors and warnings once the import is a month old.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    file = models.ForeignKey("offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(_("The file speaks for"))
    is_dry_run = models.BooleanField(_("Try only"), default=False)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    refusal = models.TextField(blank=True)
    error_file = models.ForeignKey(
        "offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    warning_file = models.ForeignKey(
        "offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    job = models.ForeignKey("offices.Job", on_delete=models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    requested_role = models.CharField(max_length=20, choices=Role)
    requested_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    objects = ResidentImportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                name="imported_rows_add_up",
                condition=models.Q(
                    rows=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("refused")
                ),
                violation_error_message=_(
                    "Created, updated, unchanged and refused rows must add up to all rows."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def scope(self) -> str:
        """The prefix of the villages that the file may speak of."""
        return scope_of(self.division_code)

    @property
    def outcome(self) -> ImportState:
        """The state with its look."""
        return ImportState(self.state)

    def requester(self) -> Actor:
        """Who brought the file, in the role in which she did."""
        staff = self.requested_by
        return Actor(
            staff_id=staff.pk,
            username=staff.username,
            name=staff.name,
            role=Role(self.requested_role),
            division_code=self.division_code,
        )
