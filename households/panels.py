"""What other apps show on the pages and printed sheets of a person and a family: received, owed, on its way.

They register a provider in their AppConfig.ready(); the registry knows none of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from households.models import Person, Unit
from offices.actors import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled part of the page: `template` is rendered with `context` alone, inside a panel."""

    title: str | Promise
    template: str
    context: Mapping[str, Any]
    icon: str = "list"


PanelProvider = Callable[[Actor, Sequence[Person], datetime.date], Panel | None]
"""Given who looks, whom the page shows and the day; None when there is nothing to say."""

_providers: list[tuple[int, PanelProvider]] = []


def register_panel(provider: PanelProvider, *, order: int = 100) -> None:
    """Add a provider; lower orders stand first."""
    _providers.append((order, provider))
    _providers.sort(key=lambda pair: pair[0])


def panels_for(*, actor: Actor, people: Sequence[Person], on: datetime.date) -> list[Panel]:
    """Every panel that has something to say about these people, in order."""
    panels = (provider(actor, people, on) for _order, provider in _providers)
    return [panel for panel in panels if panel]


@dataclass(frozen=True, slots=True)
class UnitPanel:
    """A panel of the page of an employer or unit, and the people whom it names."""

    panel: Panel
    people: Sequence[Person]


UnitPanelProvider = Callable[[Actor, Unit, datetime.date], UnitPanel | None]
"""Given who looks, the unit and the day; None when there is nothing to say."""

_unit_providers: list[UnitPanelProvider] = []


def register_unit_panel(provider: UnitPanelProvider) -> None:
    """Add a provider of a panel on the page of a unit."""
    _unit_providers.append(provider)


def unit_panels_for(*, actor: Actor, unit: Unit, on: datetime.date) -> list[UnitPanel]:
    """Every panel that has something to say about a unit."""
    panels = (provider(actor, unit, on) for provider in _unit_providers)
    return [panel for panel in panels if panel]


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """What a person receives, is owed or has applied for, as a printed sheet says it."""

    programme: str
    person: str
    standing: str
    detail: str


BenefitProvider = Callable[[Actor, Sequence[Person], datetime.date], Sequence[BenefitLine]]
"""Given who prints, whom the sheet shows and the day."""

_benefit_providers: list[BenefitProvider] = []


def register_benefit_lines(provider: BenefitProvider) -> None:
    """Add a provider of lines for the printed sheet of a person or family."""
    _benefit_providers.append(provider)


def benefit_lines_for(*, actor: Actor, people: Sequence[Person], on: datetime.date) -> list[BenefitLine]:
    """Every line that the other apps have to say of these people."""
    return [line for provider in _benefit_providers for line in provider(actor, people, on)]


ReceivedProvider = Callable[
    [Actor, Sequence[Person], datetime.date, datetime.datetime | None], Sequence[BenefitLine] | None
]
"""Given who looks, whom the page shows, the day, and the instant before which it must have been known."""

_received_providers: list[ReceivedProvider] = []


def register_received(provider: ReceivedProvider) -> None:
    """Add a provider of what people received on a day that is past; None from it: not for this reader."""
    _received_providers.append(provider)


def received_by(
    *, actor: Actor, people: Sequence[Person], on: datetime.date, before: datetime.datetime | None
) -> list[BenefitLine] | None:
    """What these people received on a day, as far as the reader may see it; None: she may not."""
    found = [provider(actor, people, on, before) for provider in _received_providers]
    told = [lines for lines in found if lines is not None]
    return [line for lines in told for line in lines] if told else None
