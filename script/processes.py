"""What /proc says about a process: alive, a zombie, gone, and where it works."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def start_time(pid: int) -> int | None:
    """Clock ticks between boot and the start of `pid`: with the number it names one process for good."""
    fields = _stat(pid)
    return int(fields[19]) if fields else None


def is_alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie has ended, though its number is not free yet."""
    fields = _stat(pid)
    return fields is not None and fields[0] not in {"Z", "X"}


def working_folder(pid: int) -> Path | None:
    """The folder that `pid` works in, or None when it is gone or belongs to somebody else."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def command_line(pid: int) -> list[str]:
    """The words that `pid` was started with; empty when it is gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(word) for word in words.split(b"\0") if word]


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait until `pid` has ended; False when it still runs after `seconds`."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def ask_to_end(pid: int, number: signal.Signals = signal.SIGTERM) -> None:
    """Send a signal to a process that may already be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold spaces and brackets itself.
    return text.rpartition(")")[2].split()
