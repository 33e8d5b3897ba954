"""What speaks against an event that somebody reports, as other apps and the registry know it.

Other apps register in their AppConfig.ready(). Asked by sets: of one kind of event, for many people
at once, each with the day on which it is said to have happened; read at county scope.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping
from uuid import UUID

from django.utils.functional import Promise

from households.enums import EventKind

Days = Mapping[UUID, datetime.date]
Witness = Callable[[EventKind, Days], Mapping[UUID, list[str | Promise]]]
"""Sentences about the people themselves that do not fit the event, by person."""
Toucher = Callable[[EventKind, Days], set[UUID]]
"""Those of the people for whom something would follow, as `consequences_of` says it of one of them."""

_witnesses: list[Witness] = []
_touchers: list[Toucher] = []


def register_witness(witness: Witness) -> None:
    """Add who says what does not fit."""
    _witnesses.append(witness)


def register_toucher(toucher: Toucher) -> None:
    """Add who says, by sets, for whom something would follow."""
    _touchers.append(toucher)


def contradictions_of(*, kind: EventKind, days: Days) -> dict[UUID, list[str | Promise]]:
    """Everything that speaks against, by person."""
    found: dict[UUID, list[str | Promise]] = defaultdict(list)
    for witness in _witnesses:
        for person_id, sentences in witness(kind, days).items():
            found[person_id] += sentences
    return found


def touched_by(*, kind: EventKind, days: Days) -> set[UUID]:
    """Those for whom something would follow from the event."""
    return {person_id for toucher in _touchers for person_id in toucher(kind, days)}
