"""What other apps keep about people, and how it follows when two records become one.

A higher app registers in its AppConfig.ready(); the registry knows none of them. A test sees that
every reference to a person is answered for: moved, or left where it is as evidence.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import Person

MOVES = _("moves to the record that stays")


@dataclass(frozen=True, slots=True)
class MovingRow:
    """One row that a merge changes: of which kind, what it says, its day, what happens to it, its yuan.

    `is_paid` tells money that went out from money that is only promised. `is_money`: the merge
    becomes the county's alone.
    """

    kind: str | Promise
    words: str | Promise
    day: datetime.date | None = None
    outcome: str | Promise = MOVES
    amount: Decimal | None = None
    is_paid: bool = False
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Mergeable:
    """How one app follows a merge; each callable gets the record that goes and the one that stays.

    `references`: (model, field) pairs it answers for. `begin`: before the plan is made, what keeps
    others from writing meanwhile. `moving`: every row that would move, in the
    order of the page. `hindrances`: sentences that say why not, and what to do first. `move`: writes,
    inside the change set it is given. `keeps`: sentences why a merge that was done cannot be undone
    any more, given its key. `settle`: follows up after a merge or an undoing, given both records.
    """

    references: Sequence[tuple[type[models.Model], str]]
    begin: Callable[[], None]
    moving: Callable[[Person, Person], Sequence[MovingRow]]
    hindrances: Callable[[Person, Person], Sequence[str | Promise]]
    move: Callable[[Any, Person, Person], None]
    keeps: Callable[[UUID], Sequence[str | Promise]]
    settle: Callable[[Sequence[UUID]], None]


_providers: list[tuple[int, Mergeable]] = []


def register_mergeable(provider: Mergeable, *, order: int = 100) -> None:
    """Add an app's part; lower orders stand first on the page and move first."""
    _providers.append((order, provider))
    _providers.sort(key=lambda pair: pair[0])


def mergeables() -> list[Mergeable]:
    """The part of every app, in order."""
    return [provider for _order, provider in _providers]
