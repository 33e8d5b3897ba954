"""What follows when people have been assessed for a day: the register of debts keeps itself by it.

Followers register in AppConfig.ready(); the sweep knows none of them. They run in its transaction,
at county scope, while the day's sweep is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

SweepFollower = Callable[[Any, Sequence[str] | None, Sequence[UUID] | None], None]
"""Given the sweep, the programmes assessed (None: all) and the people assessed (None: everybody)."""

_followers: list[SweepFollower] = []


def register_sweep_follower(follower: SweepFollower) -> None:
    """Add who follows an assessment."""
    _followers.append(follower)


def follow_sweep(sweep: Any, programmes: Sequence[str] | None, people: Sequence[UUID] | None) -> None:
    """Let everybody follow what has just been assessed."""
    for follower in _followers:
        follower(sweep, programmes, people)
