from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.database.access import CASE, DERIVED, Access
from offices.enums import JobState
from offices.fields import DivisionCodeField, id_field


class Job(models.Model):
    """A long piece of work that a worker does and a page shows the progress of.

    `result` holds counts, `message` a sentence for a refusal; neither holds a person.
    """

    access: ClassVar[Access] = CASE

    id = id_field()
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(null=True, blank=True)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["division_code", "-requested_at"], name="job_by_division")]
        constraints = [
            models.CheckConstraint(
                name="job_is_finished_when_it_has_a_time",
                condition=models.Q(finished_at=None, state__in=["waiting", "running"])
                | models.Q(finished_at__isnull=False, state__in=["done", "failed", "cancelled"]),
                violation_error_message=_("A finished job has a time, an unfinished one has none."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def percent(self) -> int | None:
        """Progress in whole percent, or nothing while the total is unknown."""
        if not self.steps_total:
            return None
        return min(100, self.steps_done * 100 // self.steps_total)


class StoredFile(models.Model):
    """A file of the office outside the web root: sealed on disk, opened only through a page.

    May hold personal data (resident files, bank files); kept as long as the work it belongs to.
    """

    access: ClassVar[Access] = DERIVED

    id = id_field()
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(auto_now_add=True)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-stored_at"]

    def __str__(self) -> str:
        return self.name
