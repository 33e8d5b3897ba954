"""Closed lists of officer certification."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class CertificateState(models.TextChoices):
    VALID = "valid", pgettext_lazy("certificate", "Valid")
    SUSPENDED = "suspended", pgettext_lazy("certificate", "Suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("certificate", "Withdrawn")
    CANCELLED = "cancelled", pgettext_lazy("certificate", "Cancelled")
