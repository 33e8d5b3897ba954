"""Closed lists of officer certification."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class CertificateState(models.TextChoices):
    VALID = "valid", pgettext_lazy("certificate", "Valid")
    SUSPENDED = "suspended", pgettext_lazy("certificate", "Suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("certificate", "Withdrawn")
    CANCELLED = "cancelled", pgettext_lazy("certificate", "Cancelled")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return _TONES[self]


_TONES = {
    CertificateState.VALID: Tone.GOOD,
    CertificateState.SUSPENDED: Tone.ATTENTION,
    CertificateState.WITHDRAWN: Tone.BAD,
    CertificateState.CANCELLED: Tone.ENDED,
}
