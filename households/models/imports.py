from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from households.enums import ImportState
from offices.actors import Actor
from offices.database.access import CASE, DERIVED, Access
from offices.divisions import scope_of
from offices.enums import Role
from offices.fields import DigestField, DivisionCodeField, id_field

TRANSITIONS = {
    ImportState.HEADERS.value: frozenset({ImportState.WAITING.value, ImportState.CANCELLED.value}),
    ImportState.WAITING.value: frozenset(
        {ImportState.DONE.value, ImportState.REFUSED.value, ImportState.CANCELLED.value}
    ),
    ImportState.DONE.value: frozenset({ImportState.TAKEN_BACK.value}),
}


class ResidentImportQuerySet(models.QuerySet["ResidentImport"]):
    """Imports by the division of whoever brought the file."""

    def visible_to(self, actor: Actor) -> ResidentImportQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")


class ResidentImport(models.Model):
    """One resident file: who brought it, its digest, for which day it speaks, and what came of it.

    Its rows may only concern `division_code`, the division of whoever brought it. The file itself
    is sealed and dropped with those of errors and warnings once the import is a month old.

    `headers` are the file's own column names that were assigned, with the resident column each
    stands for (empty: left out). Every row that the import made bears `written_at` as its
    `recorded_at`; the former versions of those it changed lie in the history tables, within
    `history_bounds`: the first and last key of each, and the transaction's own time.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    file = models.ForeignKey("offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(_("File"), max_length=200)
    sha256 = models.CharField(max_length=64)
    sender = models.CharField(_("Sender"), max_length=60, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    unknown_headers = models.JSONField(default=list, blank=True)
    as_of = models.DateField(_("The file speaks for"))
    is_dry_run = models.BooleanField(_("Try only"), default=False)
    trial = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
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
    written_at = models.DateTimeField(null=True)
    history_bounds = models.JSONField(default=dict, blank=True)
    taken_back_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_on = models.DateField(null=True)
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
            ),
            models.CheckConstraint(
                name="import_is_taken_back_by_somebody_on_a_day",
                condition=models.Q(
                    state=ImportState.TAKEN_BACK, taken_back_by__isnull=False, taken_back_on__isnull=False
                )
                | (
                    ~models.Q(state=ImportState.TAKEN_BACK) & models.Q(taken_back_by=None, taken_back_on=None)
                ),
                violation_error_message=_("An import that was taken back has its person and its day."),
            ),
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

    @property
    def has_written(self) -> bool:
        """Whether there is anything of it in the registry that could be taken back."""
        return (
            self.state == ImportState.DONE and self.written_at is not None and self.created + self.updated > 0
        )

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


class TakenRows(models.Model):
    """Of whom a resident file spoke, and by the digest of which row: some of the rows that were taken in.

    Serves the reading of files that come late or again, whatever the counter has entered since; kept
    with the people. The lists go side by side, a thousand to a row, so that they cost an import little.
    `compared`: whether the row was written or compared; one that repeats what stood already is neither.
    They go with a file that is taken back.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    brought = models.ForeignKey(ResidentImport, on_delete=models.PROTECT, related_name="taken_rows")
    people = ArrayField(models.UUIDField())
    digests = ArrayField(DigestField())
    compared = ArrayField(models.BooleanField())
    division_code = DivisionCodeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="every_taken_row_speaks_of_somebody",
                condition=models.Q(
                    people__len=models.F("digests__len"), digests__len=models.F("compared__len")
                ),
                violation_error_message=_("Each row that was taken in speaks of one person."),
            )
        ]

    def __str__(self) -> str:
        return str(self.brought_id)
