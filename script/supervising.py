"""A small process manager: starts services, names their lines, restarts what crashes, stops all in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from script import processes
from script.speaking import SetupError, say

_STEADY_SECONDS = 60.0
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Service:
    """A program to keep running, with what its environment has besides ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 20.0


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    crashes: int = 0
    again_at: float = 0.0


class Supervisor:
    """Keeps `services` running until `stop`; stops them in the order given.

    Each one's number is kept in `folder`, so that a run that was killed leaves nothing behind: the kernel
    ends the services with us, and what survived that is ended by the next run.
    """

    def __init__(self, services: Sequence[Service], *, folder: Path, cwd: Path) -> None:
        self._running = [_Running(service) for service in services]
        self._folder = folder
        self._cwd = cwd
        self._width = max(len(service.name) for service in services)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start every service."""
        for running in self._running:
            self._start(running)

    def watch(self, *, each_round: Callable[[], None] | None = None, attempts: int = 4) -> None:
        """Restart what ends, until `ask_to_stop`. Raises SetupError when a service never comes up.

        `each_round` is called every time we look; it may stop us by `ask_to_stop`.
        """
        while not self._stopping.wait(0.2):
            for running in self._running:
                self._look_after(running, attempts)
            if each_round is not None:
                each_round()

    def ask_to_stop(self) -> None:
        """End `watch`; safe to call from a signal handler."""
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop every service in order, each given its seconds before it is killed."""
        self._stopping.set()
        for running in self._running:
            process = running.process
            if process is not None and process.poll() is None:
                say(f"· Stopping {running.service.name}")
                process.terminate()
                try:
                    process.wait(running.service.stop_seconds)
                except subprocess.TimeoutExpired:
                    say(f"  {running.service.name} does not stop: killing it")
            if process is not None:
                # What it started itself goes with it, also when it was killed.
                processes.kill_group(process.pid)
                process.wait()
            self._note(running).unlink(missing_ok=True)

    def _look_after(self, running: _Running, attempts: int) -> None:
        process = running.process
        now = time.monotonic()
        if process is None:
            if now >= running.again_at:
                self._start(running)
            return
        status = process.poll()
        if status is None:
            if running.crashes and now - running.started_at > _STEADY_SECONDS:
                running.crashes = 0
            return
        processes.kill_group(process.pid)
        running.process = None
        running.crashes = running.crashes + 1 if now - running.started_at < _STEADY_SECONDS else 1
        if running.crashes >= attempts and now - running.started_at < 10:
            raise SetupError(
                f"{running.service.name} ended {running.crashes} times right after its start: its lines above say"
                " why; put that right and start again.",
                f"{running.service.name} 连续 {running.crashes} 次启动后立即退出：原因见上面的输出，处理后请重新启动。",
            )
        pause = min(_LONGEST_PAUSE, 2.0 ** (running.crashes - 1))
        running.again_at = now + pause
        say(f"! {running.service.name} ended (status {status}): starting it again in {pause:.0f} s")

    def _start(self, running: _Running) -> None:
        service = running.service
        us = os.getpid()
        process = subprocess.Popen(
            list(service.command),
            cwd=self._cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **service.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A session of its own: the terminal's Ctrl-C comes to us alone, and we stop them in order.
            start_new_session=True,
            preexec_fn=lambda: processes.end_with(us),
        )
        running.process = process
        running.started_at = time.monotonic()
        note = {"pid": process.pid, "started": processes.start_time(process.pid)}
        self._note(running).write_text(json.dumps(note), encoding="ascii")
        threading.Thread(target=self._pass_on, args=(service.name, process), daemon=True).start()

    def _pass_on(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101  # asked for above
        with process.stdout:
            for line in process.stdout:
                # Read on though nobody listens any more: a full pipe would halt the service.
                with suppress(OSError):
                    sys.stdout.write(f"{name:<{self._width}} | {line.rstrip()}\n")
                    sys.stdout.flush()

    def _note(self, running: _Running) -> Path:
        return self._folder / f"service-{running.service.name}.json"


def end_leftovers(folder: Path) -> None:
    """End the services that an earlier run left running, by the notes it kept in `folder`."""
    for file in sorted(folder.glob("service-*.json")):
        try:
            noted = json.loads(file.read_text(encoding="ascii"))
            pid, started = int(noted["pid"]), int(noted["started"])
        except (OSError, ValueError, KeyError, TypeError):
            file.unlink(missing_ok=True)
            continue
        if processes.is_alive(pid) and processes.start_time(pid) == started:
            say(f"· Ending {file.stem.removeprefix('service-')} of an earlier run (process {pid})")
            processes.ask_to_end(pid)
            if not processes.wait_until_gone(pid, 10):
                processes.kill_group(pid)
        file.unlink(missing_ok=True)
