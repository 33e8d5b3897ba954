"""How a state looks: a tone is a colour, a shape and a weight at once, never a colour alone."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """What a state means to the clerk who reads it.

    Give an enumeration of states a property `tone` that returns one of these, and
    `{% state_badge state %}` shows its label with the tone's shape and colour.
    """

    NEUTRAL = "neutral"
    WAITING = "waiting"
    ACTIVE = "active"
    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    ENDED = "ended"

    @property
    def icon(self) -> str:
        """The name of the tone's shape in the icon sprite."""
        return _ICONS[self]


_ICONS = {
    Tone.NEUTRAL: "circle",
    Tone.WAITING: "clock",
    Tone.ACTIVE: "progress",
    Tone.GOOD: "circle-check",
    Tone.ATTENTION: "alert-triangle",
    Tone.BAD: "square-x",
    Tone.ENDED: "circle-minus",
}
