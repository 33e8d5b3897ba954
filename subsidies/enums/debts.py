"""Closed lists of the register of debts and of late knowledge."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from offices.tones import Tone


class DebtState(models.TextChoices):
    """A line of the register of debts is open until it is cleared with its proof."""

    OPEN = "open", pgettext_lazy("debt", "Open")
    CLOSED = "closed", pgettext_lazy("debt", "Cleared")


class DebtEnd(models.TextChoices):
    """What cleared a line, each with its proof in the registers."""

    GRANTED = "granted", pgettext_lazy("debt", "Granted")
    DECLINED = "declined", pgettext_lazy("debt", "Declined by the family")
    REFUSED = "refused", pgettext_lazy("debt", "Application refused")
    DIED = "died", pgettext_lazy("debt", "Died")
    MOVED = "moved", pgettext_lazy("debt", "Moved away")
    CORRECTED = "corrected", pgettext_lazy("debt", "Not entitled: a fact was corrected")
    ENDED = "ended", pgettext_lazy("debt", "The right has ended without being received")
    MERGED = "merged", pgettext_lazy("debt", "Goes on under the record that stays")

    @property
    def tone(self) -> Tone:
        """How the end looks: what ran out unserved is the office's failure and looks so."""
        return {DebtEnd.GRANTED: Tone.GOOD, DebtEnd.ENDED: Tone.BAD}.get(self, Tone.ENDED)


class DebtDeed(models.TextChoices):
    """What the office did about a line; nothing else is written down."""

    TOLD = "told", pgettext_lazy("debt", "Told the family")
    HELPED = "helped", pgettext_lazy("debt", "Helped to apply")
    CANNOT_REACH = "cannot_reach", pgettext_lazy("debt", "Could not reach the family")
    DECLINED = "declined", pgettext_lazy("debt", "The family declined")
    ASKED = "asked", pgettext_lazy("debt", "The family asked for it")
    LAW_CHANGED = "law_changed", pgettext_lazy("debt", "Asked again: the policy has changed")
    TAKEN_BACK = "taken_back", pgettext_lazy("debt", "Entry taken back")


class LateState(models.TextChoices):
    """A finding of late knowledge waits for somebody, was decided, or fell away with its cause."""

    OPEN = "open", pgettext_lazy("late", "To decide")
    DECIDED = "decided", pgettext_lazy("late", "Decided")
    DROPPED = "dropped", pgettext_lazy("late", "Fell away")

    @property
    def tone(self) -> Tone:
        """How the state looks."""
        return {
            LateState.OPEN: Tone.ATTENTION,
            LateState.DECIDED: Tone.GOOD,
            LateState.DROPPED: Tone.ENDED,
        }[self]


class LateCause(models.TextChoices):
    """What became known late."""

    EVENT = "event", pgettext_lazy("late", "An event was reported late")
    FILE = "file", pgettext_lazy("late", "A file brought it")
    POLICY = "policy", pgettext_lazy("late", "A policy was published late")


class LateDecision(models.TextChoices):
    """What a person decides about it; none of them moves money by itself."""

    LEAVE = "leave", pgettext_lazy("late", "Leave it: the payments were lawful")
    STOP = "stop", pgettext_lazy("late", "Stop the grant by its stop rule; what was paid stays")
    PAY = "pay", pgettext_lazy("late", "Pay the arrears")
    RECOVER = "recover", pgettext_lazy("late", "Refer to the recovery procedure")
