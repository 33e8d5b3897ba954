"""Reads about certificates that are not rows of one model."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet

from enforcement.models import OfficerCertificate
from offices.models import RoleGrant, Staff


def officers_without_certificate(*, on: datetime.date) -> QuerySet[Staff]:
    """Active members of staff who hold a role and no certificate that is or will be in force."""
    held = OfficerCertificate.objects.valid_on(on).values("staff_id")
    posts = RoleGrant.objects.valid_on(on).values("staff_id")
    return (
        Staff.objects.filter(is_active=True, is_system=False, pk__in=posts)
        .exclude(pk__in=held)
        .order_by("name", "username")
    )


def is_in_force(certificate: OfficerCertificate, *, on: datetime.date) -> bool:
    """Whether an officer may review and confirm with it on a day."""
    return certificate.state == "valid" and certificate.from_on <= on < certificate.to_on
