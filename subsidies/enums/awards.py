"""Closed lists of lists for other offices, priority letters, awards and honours."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class ListState(models.TextChoices):
    """A list for another office is frozen by one person, sealed by another, then sent."""

    FROZEN = "frozen", pgettext_lazy("list", "Frozen")
    SEALED = "sealed", pgettext_lazy("list", "Sealed")
    SENT = "sent", pgettext_lazy("list", "Sent")
    DISCARDED = "discarded", pgettext_lazy("list", "Discarded")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            ListState.FROZEN: Tone.WAITING,
            ListState.SEALED: Tone.ATTENTION,
            ListState.SENT: Tone.GOOD,
        }.get(self, Tone.ENDED)


class ListChange(models.TextChoices):
    """What an entry of a list says beside the lists before it."""

    LISTED = "listed", pgettext_lazy("list", "Listed")
    ADDED = "added", pgettext_lazy("list", "Added")
    CORRECTED = "corrected", pgettext_lazy("list", "Corrected")
    REMOVED = "removed", pgettext_lazy("list", "Removed")


class LetterPurpose(models.TextChoices):
    """Before which offices a priority letter is shown: a closed list, nothing about the family."""

    LAND = "land", pgettext_lazy("letter", "Contracted land")
    COOPERATIVE = "cooperative", pgettext_lazy("letter", "Cooperative")
    SHARES = "shares", pgettext_lazy("letter", "Shares of the collective")
    HOSPITAL = "hospital", pgettext_lazy("letter", "Hospital")
    SCHOOL = "school", pgettext_lazy("letter", "School or kindergarten")
    EMPLOYMENT = "employment", pgettext_lazy("letter", "Training and employment")


class NominationReason(models.TextChoices):
    """Why a family or a person is nominated for an honour: a closed list, nothing about births."""

    CARES = "cares", pgettext_lazy("nomination", "Cares for the old and the young")
    HARMONY = "harmony", pgettext_lazy("nomination", "Lives in harmony at home")
    NEIGHBOURS = "neighbours", pgettext_lazy("nomination", "Helps neighbours")
    DILIGENCE = "diligence", pgettext_lazy("nomination", "Works hard and honestly")
    LEARNING = "learning", pgettext_lazy("nomination", "Values learning")
    PUBLIC_GOOD = "public_good", pgettext_lazy("nomination", "Serves the public good")
    CUSTOMS = "customs", pgettext_lazy("nomination", "Changes old customs for the better")


class GoodsMoveKind(models.TextChoices):
    """How goods come and go."""

    RECEIVED = "received", pgettext_lazy("goods", "Received")
    HANDED_OUT = "handed_out", pgettext_lazy("goods", "Handed out")
    LOST = "lost", pgettext_lazy("goods", "Damaged or missing")


class RecognitionKind(models.TextChoices):
    """Honours without money."""

    DAUGHTER_IN_LAW = "daughter", pgettext_lazy("recognition", "Good daughter-in-law")
    MOTHER_IN_LAW = "mother", pgettext_lazy("recognition", "Good mother-in-law")
    PERSON = "person", pgettext_lazy("recognition", "Exemplary person")


class RecognitionState(models.TextChoices):
    """A recognition is nominated by one person and confirmed by another."""

    NOMINATED = "nominated", pgettext_lazy("recognition", "Nominated")
    CONFIRMED = "confirmed", pgettext_lazy("recognition", "Confirmed")
    REJECTED = "rejected", pgettext_lazy("recognition", "Not confirmed")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            RecognitionState.NOMINATED: Tone.WAITING,
            RecognitionState.CONFIRMED: Tone.GOOD,
        }.get(self, Tone.ENDED)
