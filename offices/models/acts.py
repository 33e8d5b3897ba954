from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.access import LOG, Access
from offices.enums import Channel, Role
from offices.fields import DivisionCodeField, id_field


class ActQuerySet(models.QuerySet["Act"]):
    """Acts by the record they touched."""

    def visible_to(self, actor: Actor) -> ActQuerySet:
        return self.filter(division_code__gte=actor.scope, division_code__lt=actor.scope + "~")

    def of_record(self, record: models.Model) -> ActQuerySet:
        return self.filter(record_type=record._meta.label_lower, record_id=record.pk)


class Act(models.Model):
    """One line of the audit trail: who did what to which record, when, in which role, from where.

    Append-only; serves accountability, kept three years (acts about money thirty).
    `detail` holds codes, dates, states and amounts before and after: no name, number or account.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    at = models.DateTimeField(default=timezone.now, editable=False)
    on = models.DateField(_("Business day"))
    by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.GenericIPAddressField(null=True, blank=True)
    verb = models.CharField(max_length=60)
    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField(null=True, blank=True)
    division_code = DivisionCodeField()
    detail = models.JSONField(default=dict, blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["record_type", "record_id", "at"], name="act_by_record"),
            models.Index(fields=["division_code", "at"], name="act_by_division"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.record_type}"


class Read(models.Model):
    """Who looked at whose record, and why; also the ids that a search returned.

    Append-only; a person can ask who looked at what is held about her. Kept three years.
    """

    access: ClassVar[Access] = LOG

    id = id_field()
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    address = models.GenericIPAddressField(null=True, blank=True)
    page = models.CharField(max_length=120)
    reason = models.CharField(max_length=120, blank=True)
    record_type = models.CharField(max_length=60)
    record_ids = ArrayField(models.UUIDField(), default=list)
    division_code = DivisionCodeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["division_code", "at"], name="read_by_division")]

    def __str__(self) -> str:
        return f"{self.page} {self.record_type}"
