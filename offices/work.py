"""What awaits a role today, the navigation, and the search box: each app brings its part.

Apps register in their AppConfig.ready(); nothing here knows another app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse

from offices.actors import Actor


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of `my work today`: how many of what wait, where, and since when it is pressing."""

    title: str
    count: int
    url: str
    icon: str = "list"
    is_overdue: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A place in the main navigation; `policy` says who sees it."""

    label: Any
    url_name: str
    icon: str
    policy: Callable[[Actor], bool]
    order: int

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Something that a role often begins, on its home; `note` says in a few words what it is for."""

    label: Any
    note: Any
    url_name: str
    icon: str
    policy: Callable[[Actor], bool]
    order: int

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A line of the search results; `record` is what it shows, for the log of what was read."""

    title: str
    detail: str
    url: str
    kind: str
    record: models.Model | None = None


@dataclass(frozen=True, slots=True)
class SearchNote:
    """A sentence about the results, such as that there are more, with where to go on if there is a place."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What the search box found, and what is to be said about it."""

    hits: Sequence[SearchHit]
    notes: Sequence[SearchNote]


WorkProvider = Callable[[Actor], Iterable[WorkItem]]
SearchProvider = Callable[[Actor, str], Iterable[SearchHit | SearchNote]]

_work: list[tuple[int, WorkProvider]] = []
_navigation: list[NavigationEntry] = []
_search: list[SearchProvider] = []
_shortcuts: list[Shortcut] = []


def register_work(provider: WorkProvider, *, order: int) -> None:
    """Add a provider of work lines; lower orders come first."""
    _work.append((order, provider))
    _work.sort(key=lambda pair: pair[0])


def register_navigation(entry: NavigationEntry) -> None:
    """Add a place to the main navigation."""
    _navigation.append(entry)
    _navigation.sort(key=lambda item: item.order)


def register_shortcut(shortcut: Shortcut) -> None:
    """Add something that is often begun to the homes of the roles that may."""
    _shortcuts.append(shortcut)
    _shortcuts.sort(key=lambda item: item.order)


def register_search(provider: SearchProvider) -> None:
    """Add a provider of search results."""
    _search.append(provider)


def work_for(actor: Actor) -> list[WorkItem]:
    """Everything that awaits the actor."""
    return [item for _order, provider in _work for item in provider(actor)]


def navigation_for(actor: Actor) -> list[NavigationEntry]:
    """The places the actor may go."""
    return [entry for entry in _navigation if entry.policy(actor)]


def shortcuts_for(actor: Actor) -> list[Shortcut]:
    """What the actor often begins."""
    return [shortcut for shortcut in _shortcuts if shortcut.policy(actor)]


def search_for(actor: Actor, text: str) -> SearchAnswer:
    """What the search box finds within the actor's scope."""
    found = [line for provider in _search for line in provider(actor, text)]
    return SearchAnswer(
        hits=[line for line in found if isinstance(line, SearchHit)],
        notes=[line for line in found if isinstance(line, SearchNote)],
    )
