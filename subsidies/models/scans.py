from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.actors import Actor
from offices.database.access import CASE, Access
from offices.fields import DivisionCodeField, id_field
from subsidies.models.applications import Application


class ScanQuerySet(models.QuerySet["Scan"]):
    """Scans by place and whether they are still there."""

    def visible_to(self, actor: Actor) -> ScanQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def kept(self) -> ScanQuerySet:
        return self.filter(removed_on=None)


class Scan(models.Model):
    """A paper of an application, scanned or photographed at the counter.

    Serves the decision on the application; kept thirty years with it. `kind` is a code of
    subsidies.documents, `sent_sha256` the digest of the file as it was sent (the stored file has its own:
    it was written anew without what a camera or a program put in). Removed before the review only: then
    its file goes, and the row says who removed it.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="scans")
    kind = models.CharField(_("Paper"), max_length=40)
    pages = models.PositiveSmallIntegerField(pgettext_lazy("paper", "Pages"))
    file = models.OneToOneField(
        "offices.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    media_type = models.CharField(max_length=40)
    sent_sha256 = models.CharField(max_length=64)
    is_virus_checked = models.BooleanField(default=False)
    taken_on = models.DateField(_("Taken in on"))
    taken_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "offices.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    division_code = DivisionCodeField()

    objects = ScanQuerySet.as_manager()

    class Meta:
        ordering = ["taken_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "sent_sha256"],
                condition=Q(removed_on=None),
                name="same_file_is_taken_in_once",
                violation_error_message=_("This very file is in the case already."),
            ),
            models.CheckConstraint(
                name="removed_scan_has_no_file",
                condition=Q(removed_on=None, removed_by=None, file__isnull=False)
                | Q(removed_on__isnull=False, removed_by__isnull=False, file=None),
                violation_error_message=_("A removed paper has its day and no file."),
            ),
            models.CheckConstraint(
                name="scan_has_a_page",
                condition=Q(pages__gte=1),
                violation_error_message=_("A paper has at least one page."),
            ),
        ]

    def __str__(self) -> str:
        return self.kind
