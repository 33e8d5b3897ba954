from __future__ import annotations

import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from enforcement.enums import CertificateState
from offices.database.access import REFERENCE, Access
from offices.fields import DivisionCodeField, id_field

TRANSITIONS: dict[str, frozenset[str]] = {
    CertificateState.VALID: frozenset(
        {CertificateState.SUSPENDED, CertificateState.WITHDRAWN, CertificateState.CANCELLED}
    ),
    CertificateState.SUSPENDED: frozenset(
        {CertificateState.VALID, CertificateState.WITHDRAWN, CertificateState.CANCELLED}
    ),
}


class OfficerCertificateQuerySet(models.QuerySet["OfficerCertificate"]):
    """Certificates by the day they hold."""

    def valid_on(self, day: datetime.date) -> OfficerCertificateQuerySet:
        return self.filter(state=CertificateState.VALID, from_on__lte=day, to_on__gt=day)


class OfficerCertificate(models.Model):
    """The certificate (行政执法证) an officer must hold on the day she reviews or confirms.

    Serves accountability to the public, who can verify it; kept ten years after it ends. Like
    staff and roles it carries no row policy.
    """

    access: ClassVar[Access] = REFERENCE

    id = id_field()
    staff = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=30, unique=True)
    from_on = models.DateField()
    to_on = models.DateField()
    state = models.CharField(max_length=10, choices=CertificateState, default=CertificateState.VALID)
    state_reason = models.CharField(max_length=200, blank=True)
    issued_by = models.ForeignKey("offices.Staff", on_delete=models.PROTECT, related_name="+")
    verification_code = models.CharField(max_length=20, unique=True)
    division_code = DivisionCodeField()

    objects = OfficerCertificateQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="certificate_ends_after_it_begins", condition=Q(to_on__gt=F("from_on"))
            ),
            ExclusionConstraint(
                name="one_certificate_at_a_time",
                expressions=[
                    (F("staff"), RangeOperators.EQUAL),
                    (
                        Func(F("from_on"), F("to_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=[CertificateState.VALID, CertificateState.SUSPENDED]),
                violation_error_message=_("This officer already holds a certificate in that period."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
