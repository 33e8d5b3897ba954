"""What follows from a visit about a benefit for what other apps keep about it.

They register in their AppConfig.ready(); the registry knows none of them. Followers run in the
visit's own transaction, as who records it, and may refuse it with a DomainError.
"""

from __future__ import annotations

from typing import Protocol

from households.models import Visit
from offices.actors import Actor


class VisitFollower(Protocol):
    """Follows one visit as who records it."""

    def __call__(self, *, visit: Visit, actor: Actor) -> None: ...


_recorded: list[VisitFollower] = []
_taken_back: list[VisitFollower] = []


def register_visit_followers(*, recorded: VisitFollower, taken_back: VisitFollower) -> None:
    """Add who follows a visit that was recorded, and one that was taken back."""
    _recorded.append(recorded)
    _taken_back.append(taken_back)


def follow_visit(*, actor: Actor, visit: Visit) -> None:
    """Let others follow a visit about a benefit."""
    if visit.about:
        for follower in _recorded:
            follower(visit=visit, actor=actor)


def follow_visit_taken_back(*, actor: Actor, visit: Visit) -> None:
    """Let others undo what followed from it."""
    if visit.about:
        for follower in _taken_back:
            follower(visit=visit, actor=actor)
