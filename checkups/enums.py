"""Closed lists of check-ups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class BookingState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("booking", "Booked")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    ATTENDED = "attended", pgettext_lazy("booking", "Attended")
    COMPLETED = "completed", pgettext_lazy("booking", "Completed")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return _TONES[self]


_TONES = {
    BookingState.BOOKED: Tone.WAITING,
    BookingState.CANCELLED: Tone.ENDED,
    BookingState.ATTENDED: Tone.ACTIVE,
    BookingState.COMPLETED: Tone.GOOD,
}
