"""What a code on a paper may tell whoever holds it, beside documents: each app brings its own.

Asked without a scope, so a provider reads tables made for the public alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """State words and the day since when they hold, and sentences of what was done; nothing else is shown."""

    words: str | Promise
    since: datetime.date
    done: tuple[str, ...] = ()


Provider = Callable[[str], PublicAnswer | None]
_providers: list[Provider] = []


def register_public_code(provider: Provider) -> None:
    """Add a provider; it answers None for a code that is not its own."""
    _providers.append(provider)


def answer_for(code: str) -> PublicAnswer | None:
    """What a code tells, or None for an unknown one."""
    return next((answer for provider in _providers if (answer := provider(code)) is not None), None)
