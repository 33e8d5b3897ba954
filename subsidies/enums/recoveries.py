"""Closed lists of recoveries: what was paid by false documents or twice, and comes back by a decision."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class RecoveryGround(models.TextChoices):
    """The only two grounds there are: what was lawfully paid is never taken back."""

    FALSE_DOCUMENTS = "false", pgettext_lazy("recovery", "Paid on false documents")
    PAID_TWICE = "twice", pgettext_lazy("recovery", "Paid twice")


class RecoveryState(models.TextChoices):
    """Where a recovery stands: nobody decides before the family was heard."""

    PROPOSED = "proposed", pgettext_lazy("recovery", "Proposed: the family is to be told")
    NOTIFIED = "notified", pgettext_lazy("recovery", "The family is being heard")
    HEARD = "heard", pgettext_lazy("recovery", "Heard: to be decided")
    DECIDED = "decided", pgettext_lazy("recovery", "Decided")
    SETTLED = "settled", pgettext_lazy("recovery", "Settled")
    DROPPED = "dropped", pgettext_lazy("recovery", "Dropped")
    WITHDRAWN = "withdrawn", pgettext_lazy("recovery", "Withdrawn on an appeal")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            RecoveryState.PROPOSED: Tone.WAITING,
            RecoveryState.NOTIFIED: Tone.WAITING,
            RecoveryState.HEARD: Tone.ATTENTION,
            RecoveryState.DECIDED: Tone.ACTIVE,
            RecoveryState.SETTLED: Tone.GOOD,
        }.get(self, Tone.ENDED)


class WaiverState(models.TextChoices):
    """A waiver is proposed by one person and confirmed or rejected by another."""

    PROPOSED = "proposed", pgettext_lazy("waiver", "Waits for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("waiver", "Waived")
    REJECTED = "rejected", pgettext_lazy("waiver", "Not waived")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {WaiverState.PROPOSED: Tone.WAITING, WaiverState.CONFIRMED: Tone.GOOD}.get(self, Tone.ENDED)
