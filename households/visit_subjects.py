"""What a visit can explain or help to apply for: the app that knows the benefits says it.

It registers one provider in its AppConfig.ready(); the registry knows no benefit.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

SubjectProvider = Callable[[datetime.date], Mapping[str, str]]
"""Given the day, the benefits that families can be told of: name by code, in order."""

_providers: list[SubjectProvider] = []


def register_visit_subjects(provider: SubjectProvider) -> None:
    """Add a provider of benefits."""
    _providers.append(provider)


def visit_subjects(on: datetime.date) -> dict[str, str]:
    """Every benefit that a visit can be about on a day: name by code."""
    return {code: name for provider in _providers for code, name in provider(on).items()}
