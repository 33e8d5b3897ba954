"""How the scripts speak: a line for each step, and one sentence in two languages when they must stop."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SetupError(Exception):
    """A script cannot go on. Both sentences say what happened and what to do."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese


def say(line: str = "") -> None:
    """One line on standard error: standard output belongs to the command that a script runs."""
    # Ctrl-C in `script/server 2>&1 | tee log` ends tee first: what nobody reads must not stop the stopping.
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def say_error(refusal: SetupError) -> None:
    """Both sentences, set off from what went before."""
    say()
    say(f"✗ {refusal.english}")
    say(f"  {refusal.chinese}")


@contextmanager
def step(line: str) -> Iterator[None]:
    """A long step: says when it starts and how many seconds it took."""
    say(f"· {line} …")
    started = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")
