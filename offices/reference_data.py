"""Reference data that is there without the demonstration; each app registers its loader."""

from __future__ import annotations

from typing import Protocol

from offices.actors import Actor


class Loader(Protocol):
    """Loads reference data once, again without effect; returns how many rows there are."""

    def __call__(self, *, actor: Actor, county: str) -> int: ...


_loaders: list[tuple[int, str, Loader]] = []


def register_loader(name: str, loader: Loader, *, order: int) -> None:
    """Add a loader; lower orders load first (divisions 0, calendar 10, policies 100)."""
    _loaders.append((order, name, loader))
    _loaders.sort(key=lambda item: item[0])


def load_all(*, actor: Actor, county: str) -> dict[str, int]:
    """Run every loader; returns rows by name."""
    return {name: loader(actor=actor, county=county) for _order, name, loader in _loaders}
