from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.enums import ExportFormat, ExportPurpose, ExportState, Role
from offices.fields import DivisionCodeField, id_field

TRANSITIONS: dict[str, frozenset[str]] = {
    ExportState.WAITING: frozenset({ExportState.READY, ExportState.REFUSED}),
}
TRACING_ROLES = frozenset({Role.COUNTY, Role.AUDITOR, Role.AUDIT_ADMIN})
"""Who finds by its code who took a file out; the file itself only its maker opens."""


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports by place and maker."""

    def visible_to(self, actor: Actor) -> ExportQuerySet:
        """Within scope one's own; everybody's for those who trace files."""
        within = self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")
        return within if actor.role in TRACING_ROLES else within.made_by(actor)

    def made_by(self, actor: Actor) -> ExportQuerySet:
        return self.filter(requested_by_id=actor.staff_id)


class Export(models.Model):
    """A list or sheet that left the system as a file: who took it, what for, and its mark.

    Serves the tracing of a file that turns up somewhere: `code` is printed in it. `filters` are the
    list's own, as they stood in the address, and may hold a household number or a name; `subject_id`
    is the household or person of a sheet. Kept three years, as the log of reads that names everybody
    in the file; the sealed file itself is dropped after a week.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(_("What"), max_length=60)
    purpose = models.CharField(_("What for"), max_length=20, choices=ExportPurpose)
    reference = models.CharField(_("Document number"), max_length=60, blank=True)
    file_format = models.CharField(_("Format"), max_length=4, choices=ExportFormat)
    language = models.CharField(max_length=10)
    filters = models.JSONField(default=dict, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    code = models.CharField(_("Code"), max_length=20, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=ExportState, default=ExportState.WAITING)
    refusal = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey("offices.StoredFile", on_delete=models.SET_NULL, null=True, related_name="+")
    job = models.ForeignKey("offices.Job", on_delete=models.PROTECT, null=True, related_name="+")
    exported_on = models.DateField(_("Exported on"))
    requested_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    requested_role = models.CharField(max_length=20, choices=Role)
    requested_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        indexes = [models.Index(fields=["division_code", "-requested_at"], name="export_by_division")]
        constraints = [
            models.CheckConstraint(
                name="other_purpose_of_an_export_has_its_document",
                condition=~Q(purpose=ExportPurpose.OTHER) | ~Q(reference=""),
                violation_error_message=_("An export for something else needs its document number."),
            ),
            models.CheckConstraint(
                name="export_is_ready_when_its_file_has_a_digest",
                condition=Q(state=ExportState.READY, refusal="") & ~Q(sha256="")
                | Q(state=ExportState.WAITING, sha256="", refusal="")
                | Q(state=ExportState.REFUSED, sha256="") & ~Q(refusal=""),
                violation_error_message=_(
                    "A finished export has its file's digest, a refused one its reason."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def outcome(self) -> ExportState:
        """The state with its look."""
        return ExportState(self.state)
