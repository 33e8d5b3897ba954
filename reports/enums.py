"""Closed lists of reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class ReportKind(models.TextChoices):
    MONTHLY = "monthly", _("Monthly report")
    ANNUAL = "annual", _("Annual report")


class EditionState(models.TextChoices):
    COMPUTED = "computed", pgettext_lazy("edition", "Computed")
    SUBMITTED = "submitted", pgettext_lazy("edition", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("edition", "Accepted")
    LOCKED = "locked", pgettext_lazy("edition", "Locked")

    @property
    def tone(self) -> Tone:
        """How the state looks on a page."""
        return {
            EditionState.COMPUTED: Tone.ACTIVE,
            EditionState.SUBMITTED: Tone.WAITING,
            EditionState.ACCEPTED: Tone.GOOD,
            EditionState.LOCKED: Tone.ENDED,
        }[self]


class Suppression(models.TextChoices):
    """Why a figure is not written down; the value is what is printed in its place."""

    SMALL = "<5", _("One to four")
    PROTECTING = "*", _("Would give a small count away")


class RosterChoice(models.TextChoices):
    """Whether a print carries the names of those paid in the month."""

    WITH = "with", _("With the roster of payments (personal information, for audit only)")
    WITHOUT = "without", _("Without names")
