"""Pages declare who may open them; a page without a declaration is refused.

`@page(policy)` marks a view; `ContextMiddleware` enforces it before the view runs, and a
test walks every URL to see that each one is declared.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse

from offices.actors import Actor
from offices.enums import Role

Policy = Callable[[Actor], bool]
View = TypeVar("View", bound=Callable[..., HttpResponse])


class OfficeRequest(HttpRequest):
    """A request after the middleware: who acts, in which roles she may, and what she read."""

    actor: Actor
    actors: list[Actor]
    business_day: datetime.date
    reads: list[tuple[str, list[UUID], str]]


def anybody(actor: Actor) -> bool:
    """Every signed-in member of staff who holds a role today."""
    return True


def roles(*allowed: Role) -> Policy:
    """A policy that lets in the named roles."""
    names = frozenset(allowed)

    def policy(actor: Actor) -> bool:
        return actor.role in names

    policy.roles = names  # type: ignore[attr-defined] # read by the permission matrix test
    return policy


def page(policy: Policy) -> Callable[[View], View]:
    """Declare who may open a page: signed in, with a role for which `policy` is true."""

    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined] # the mark itself
        return view

    return mark


def public_page(view: View) -> View:
    """Declare a page without sign-in: it runs without scope and reads public tables only."""
    view.is_public = True  # type: ignore[attr-defined] # the mark itself
    return view


def note_read(request: Any, records: Iterable[models.Model] | models.Model, *, reason: str = "") -> None:
    """Log that the person at the screen sees these records; written before the answer leaves."""
    rows = [records] if isinstance(records, models.Model) else list(records)
    if rows:
        request.reads.append((rows[0]._meta.label_lower, [row.pk for row in rows], reason))


def note_search(request: Any, records: Iterable[models.Model]) -> None:
    """Log a search with the keys of all that it returned, of each kind; also one that returned nothing."""
    found: dict[str, list[UUID]] = {}
    for record in records:
        found.setdefault(record._meta.label_lower, []).append(record.pk)
    request.reads += [(kind, keys, "search") for kind, keys in found.items()] or [("", [], "search")]
