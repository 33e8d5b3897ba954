from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.database.access import PUBLIC, Access
from offices.fields import id_field


class Verification(models.Model):
    """What `/verify/<code>/` tells anybody who holds a document: kind, office, day, digest.

    Made for the public: holds no person. Kept as long as the document.
    """

    access: ClassVar[Access] = PUBLIC

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        CERTIFICATE = "certificate", _("Officer certificate")
        LETTER = "letter", _("Letter of decision")
        LIST = "list", _("List for another office")
        PRIORITY = "priority", _("Letter of priority")
        AWARD = "award", _("Certificate of honour")

    id = id_field()
    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=200)
    division_name = models.CharField(max_length=60)
    issued_on = models.DateField()
    figures_digest = models.CharField(max_length=64, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    is_withdrawn = models.BooleanField(default=False)
    record_id = models.UUIDField()

    class Meta:
        ordering = ["-issued_on"]

    def __str__(self) -> str:
        return self.code
