"""What follows from an event for what other apps keep: benefits received, asked for and paid.

They register in their AppConfig.ready(); the registry knows none of them. Nothing follows by itself:
the clerk reads it before she records the event, and whoever decides about the benefit decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from households.enums import EventKind
from households.models import Person
from offices.actors import Actor


@dataclass(frozen=True, slots=True)
class Consequence:
    """A sentence about a benefit that the event touches; `url` leads to it where the actor may go."""

    text: str | Promise
    url: str = ""


ConsequenceProvider = Callable[[Actor, EventKind, Person, datetime.date], list[Consequence]]
"""Given who records, what happened, to whom and when; read at the actor's own scope."""
Follower = Callable[[Sequence[UUID], EventKind | None], None]
"""Given whose entries have changed, and the kind of event that changed them (None: anything may have changed)."""
Leaver = Callable[[Sequence[UUID]], None]

_providers: list[ConsequenceProvider] = []
_followers: list[Follower] = []
_leavers: list[Leaver] = []


def register_consequence(provider: ConsequenceProvider) -> None:
    """Add who says beforehand what follows from an event."""
    _providers.append(provider)


def register_follower(follower: Follower) -> None:
    """Add who brings derived rows up to date after something about these people has changed."""
    _followers.append(follower)


def register_leaver(leaver: Leaver) -> None:
    """Add who drops derived rows of people whose entry into the registry is being taken back."""
    _leavers.append(leaver)


def consequences_of(
    *, actor: Actor, kind: EventKind, person: Person, happened_on: datetime.date
) -> list[Consequence]:
    """Everything that follows from an event, in the order of registration."""
    return [
        consequence for provider in _providers for consequence in provider(actor, kind, person, happened_on)
    ]


def follow(people: Sequence[UUID], kind: EventKind | None = None) -> None:
    """Let derived rows of these people follow what has just been recorded: an event of a kind, or anything."""
    for follower in _followers:
        follower(people, kind)


def let_go(people: Sequence[UUID]) -> None:
    """Drop derived rows of people who are about to leave the registry."""
    for leaver in _leavers:
        leaver(people)
