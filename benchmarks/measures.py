"""What a benchmark found: rounds of seconds, and each limit with whether it holds."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from script import embedded
from script.speaking import say

ROUNDS_ASKED = 5
ROUNDS = int(os.environ.get("HUIMIN_BENCH_ROUNDS") or ROUNDS_ASKED)
"""Fewer only where `script/bench --rounds=N` says so, for a machine that has no hour to spare."""


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


@dataclass(frozen=True, slots=True)
class Took:
    """What one run took: by the clock, and of processors, its own and the database server's together."""

    seconds: float
    worked: float


@dataclass(frozen=True, slots=True)
class Contender:
    """One of those that ran interleaved. Of a shared machine the clock tells how busy others were as well."""

    clock: Measure
    work: Measure

    def over(self, other: Contender) -> tuple[float, float]:
        """How many times as long as another: by the clock, and in work."""
        return self.clock.median / other.clock.median, self.work.median / other.work.median


def at_most_over(name: str, *, ratios: tuple[float, float], limit: float, of: str) -> Limit:
    """A limit that something takes at most `limit` times as long as `of`, by the clock and in work."""
    clock, work = ratios
    found = f"{clock:.2f} × {of}, in work {work:.2f} ×"
    return Limit(name, found, f"at most {limit:g} ×", max(ratios) <= limit)


def at_least_over(name: str, *, ratios: tuple[float, float], limit: float, of: str) -> Limit:
    """A limit that something is at least `limit` times faster than `of`, by the clock and in work."""
    clock, work = ratios
    found = f"{clock:.2f} × faster than {of}, in work {work:.2f} ×"
    return Limit(name, found, f"at least {limit:g} ×", min(ratios) >= limit)


def timed(work: Callable[[], object]) -> Took:
    """Do it, and tell what it took."""
    worked, began = _worked(), perf_counter()
    work()
    return Took(perf_counter() - began, _worked() - worked)


def _worked() -> float:
    """Seconds that this process and all processes of the embedded server were on processors (Linux)."""
    own = os.times()
    server = embedded.cluster().running_pid()
    if server is None:
        raise RuntimeError("a benchmark measures the embedded server")
    while True:
        ended = _ticks(server, with_ended_children=True)
        ticks = ended + sum(_ticks(child) for child in _children(server))
        # One that ended meanwhile was counted twice or not at all.
        if abs(_ticks(server, with_ended_children=True) - ended) <= 1:
            return own.user + own.system + ticks / os.sysconf("SC_CLK_TCK")


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if _stat(int(folder.name))[1] == str(parent):
                found.append(int(folder.name))
    return found


def _ticks(process: int, *, with_ended_children: bool = False) -> int:
    """How long a process was on processors; nothing if it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return sum(int(word) for word in _stat(process)[11 : 15 if with_ended_children else 13])
    return 0


def _stat(process: int) -> list[str]:
    """What follows the name in `/proc/PID/stat`: state, parent and so on (proc(5))."""
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def compared(contenders: Mapping[str, Callable[[], Took]], *, rounds: int) -> dict[str, Contender]:
    """As `interleaved`, of contenders that tell their work too."""
    took: dict[str, list[Took]] = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, run in contenders.items():
            took[name].append(run())
            say(f"· {name}: {took[name][-1].seconds:.1f} s, {took[name][-1].worked:.1f} s of work")
    return {
        name: Contender(
            Measure(name, tuple(one.seconds for one in found)),
            Measure(f"{name}: work", tuple(one.worked for one in found)),
        )
        for name, found in took.items()
    }
