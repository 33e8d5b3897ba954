"""An installation of its own for a browser: database, broker, web and worker, on a free port.

Each has a copy of the run's template database, so that none sees what another did, also when several
run at once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.installation import REPOSITORY
from script.broker import Broker
from tests.template import copy_database, drop_database, environment_of, manage, server

_LONGEST_START = 60.0


@dataclass
class Installation:
    """Servers that run, and how to speak with them."""

    url: str
    folder: Path
    environment: Mapping[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def manage(self, *words: str, status: int = 0) -> str:
        """What a management command says on standard output; it must end with `status`."""
        return manage(self.environment, *words, status=status)

    def ask(self, *words: str) -> Any:
        """What a command says with --json."""
        return json.loads(self.manage(*words, "--json"))

    def run(self, code: str) -> str:
        """What a piece of Python prints inside the installation."""
        return self.manage("shell", "--no-imports", "-c", code)

    def make_station(self) -> None:
        """A station to hold sessions; it comes with an office's own reference data."""
        self.run(
            "from checkups.models import Station\n"
            "from offices.database.context import open_context\n"
            "with open_context(scope='370406'):\n"
            "    Station.objects.create(name='山亭区计划生育服务站', division_code='370406000000')\n"
        )

    def logins(self) -> set[tuple[str, str]]:
        """Who is connected to the database: (process, role) of every session."""
        name = self.environment["DATABASE_URL"].partition("@/")[2].partition("?")[0]
        with server() as opened:
            return set(
                opened.execute(
                    "SELECT application_name, usename FROM pg_stat_activity "
                    "WHERE datname = %s AND backend_type = 'client backend'",
                    [name],
                ).fetchall()
            )

    def told(self) -> str:
        """The last lines of web and worker, for a test that failed."""
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in self.folder.glob("*.log"))


@contextlib.contextmanager
def installation_up(
    template: str, *, day: str = "2014-01-06", files: Path | None = None
) -> Iterator[Installation]:
    """A copy of the template, with a copy of these files, served by web and worker on the business day `day`."""
    # Short, unlike pytest's folders: a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="huimin-b-", dir="/tmp"))
    name = f"{template}_{folder.name[-6:]}".lower()
    port = _free_port()
    broker = broker_of(folder)
    environment = environment_of(name, folder, port=port, day=day)
    served = Installation(f"http://127.0.0.1:{port}", folder, environment)
    try:
        copy_database(template, name)
        if files:
            shutil.copytree(files, folder / files.name)
        broker.start()
        _start(served, "web", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning")  # fmt: skip
        _start(served, "worker", "celery", "--quiet", "--app", "config", "worker", "--loglevel", "INFO",
               "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat")  # fmt: skip
        _wait(served, port)
        yield served
    finally:
        for process in served.processes:  # with their children: nothing of theirs is kept
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        broker.stop()
        drop_database(name)
        shutil.rmtree(folder, ignore_errors=True)


def broker_of(folder: Path) -> Broker:
    """The broker of an installation whose home this is."""
    return Broker(folder=folder / "valkey", socket=folder / "sockets" / "broker.sock", durable=False)


def _start(served: Installation, log: str, *words: str) -> None:
    with (served.folder / f"{log}.log").open("wb") as output:
        served.processes.append(
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", *words],
                cwd=REPOSITORY,
                env={**served.environment, "PGAPPNAME": log},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )


def _wait(served: Installation, port: int) -> None:
    deadline = time.monotonic() + _LONGEST_START
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in served.processes), served.told()
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(caller):
            caller.request("GET", "/healthz")
            if caller.getresponse().status == http.client.OK:
                return
        time.sleep(0.1)
    raise AssertionError(served.told())


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
