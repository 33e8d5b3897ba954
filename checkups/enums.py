"""Closed lists of check-ups."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class BookingState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("booking", "Booked")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    ATTENDED = "attended", pgettext_lazy("booking", "Attended")
    COMPLETED = "completed", pgettext_lazy("booking", "Completed")
