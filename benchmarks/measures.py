"""What a benchmark found: rounds of seconds, and each limit with whether it holds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that was measured: its rounds in `unit`, in the order in which they ran."""

    name: str
    rounds: tuple[float, ...]
    unit: str = "s"

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure beside its limit, both written as they are read, such as '2.1 × a bare COPY'."""

    name: str
    found: str
    limit: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark has to say; `words` tell what was compared with what."""

    title: str
    words: str
    measures: tuple[Measure, ...]
    limits: tuple[Limit, ...]


def at_most(name: str, *, ratio: float, limit: float, of: str) -> Limit:
    """A limit that something takes at most `limit` times as long as `of`."""
    return Limit(name, f"{ratio:.2f} × {of}", f"at most {limit:g} ×", ratio <= limit)


def at_least(name: str, *, ratio: float, limit: float, of: str) -> Limit:
    """A limit that something is at least `limit` times faster than `of`."""
    return Limit(name, f"{ratio:.2f} × faster than {of}", f"at least {limit:g} ×", ratio >= limit)


def interleaved(contenders: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, Measure]:
    """Run all of them once a round, one after another, so that a slow minute hits all alike.

    A contender prepares itself, and returns the seconds of what is compared.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, run in contenders.items():
            seconds[name].append(run())
    return {name: Measure(name, tuple(found)) for name, found in seconds.items()}
