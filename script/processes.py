"""What /proc says about a process: alive, a zombie, gone, and where it works."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1
_libc = ctypes.CDLL(None, use_errno=True)


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


def end_with(parent: int) -> None:
    """In a new process: have the kernel end it when `parent` dies, however that dies."""
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def ending_with_us(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a command whose lines the block reads; it has ended when the block has, with all that it started.

    In a session of its own: Ctrl-C comes to us alone, and an error or Ctrl-C in the block kills it.
    """
    us = os.getpid()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=lambda: end_with(us),
    )
    try:
        yield process
        process.wait()
    except BaseException:
        kill_group(process.pid)
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


def kill_group(pid: int) -> None:
    """Kill a process that leads a session, and what it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold spaces and brackets itself.
    return text.rpartition(")")[2].split()
