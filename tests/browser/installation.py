"""An installation of its own for a browser: database, broker, web and worker, on a free port.

The migrated database is made once a test run and copied for each installation, so that none sees what
another did, also when several run at once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import installation
from config.installation import REPOSITORY, ROLES
from script.broker import Broker
from script.locks import FileLock

_URLS = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "clinical": "DATABASE_CLINICAL_URL"}
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
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=REPOSITORY,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, (words, done.returncode, done.stdout[-2000:], done.stderr[-4000:])
        return done.stdout

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
        with _server() as server:
            return set(
                server.execute(
                    "SELECT application_name, usename FROM pg_stat_activity "
                    "WHERE datname = %s AND backend_type = 'client backend'",
                    [name],
                ).fetchall()
            )

    def told(self) -> str:
        """The last lines of web and worker, for a test that failed."""
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in self.folder.glob("*.log"))


@contextlib.contextmanager
def template_database(folder: Path) -> Iterator[str]:
    """The name of a database with everything but cases; `folder` is shared by the run's processes."""
    name = f"huimin_browser_{folder.parent.name}_{folder.name}".replace("-", "_").lower()[:50]
    made = folder / "browser-template.made"
    users = FileLock(folder / "browser-template.users")
    with FileLock(folder / "browser-template.lock"):
        users.take(shared=True)
        if not made.exists():
            with _server() as server:
                server.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
                server.execute(_named("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name))
            environment = _environment(name, folder / "home", port=1, day="2013-12-31")
            office = Installation("", folder, environment)
            owner = Installation("", folder, {**environment, "HUIMIN_DATABASE_ROLE": "owner"})
            owner.manage("migrate", "--no-input", "-v", "0")
            office.manage("load_reference")
            made.touch()
    try:
        yield name
    finally:
        with FileLock(folder / "browser-template.lock"):
            if users.try_alone():  # the last of the run
                made.unlink()
                with _server() as server:
                    server.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
            users.release()


@contextlib.contextmanager
def installation_up(template: str, *, day: str = "2014-01-06") -> Iterator[Installation]:
    """A copy of the template served by web and worker on the business day `day`."""
    # Short, unlike pytest's folders: a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="huimin-b-", dir="/tmp"))
    name = f"{template}_{folder.name[-6:]}".lower()
    port = _free_port()
    broker = Broker(folder=folder / "valkey", socket=folder / "sockets" / "broker.sock", durable=False)
    environment = _environment(name, folder, port=port, day=day)
    served = Installation(f"http://127.0.0.1:{port}", folder, environment)
    try:
        with _server() as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        broker.start()
        _start(served, "web", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "warning")  # fmt: skip
        _start(served, "worker", "celery", "--quiet", "--app", "config", "worker", "--loglevel", "INFO",
               "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat")  # fmt: skip
        _wait(served, port)
        yield served
    finally:
        for process in served.processes:
            process.terminate()
        for process in served.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            if process.poll() is None:
                process.kill()
                process.wait()
        broker.stop()
        with _server() as server:
            server.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
        shutil.rmtree(folder, ignore_errors=True)


def _environment(database: str, home: Path, *, port: int, day: str) -> dict[str, str]:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    urls = {}
    for role in ROLES:
        at = installation.database_address(role)
        urls[_URLS[role]] = (
            f"postgres://{quote(at.user)}:{quote(at.password)}@/{quote(database)}"
            f"?host={quote(at.host, safe='')}&port={at.port}"
        )
    theirs = ("HUIMIN_", "PYTEST", "REDIS_URL", "DATABASE_")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {
        **ours,
        **urls,
        "HUIMIN_HOME": str(home),
        "HUIMIN_KEY_FILE": str(installation.keys_file()),
        "HUIMIN_PORT": str(port),
        "HUIMIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HUIMIN_TESTING": "1",
        "HUIMIN_DEMO": "1",
        "HUIMIN_TODAY": day,
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    at = installation.database_address("owner")
    with psycopg.connect(
        host=at.host, port=at.port, user=at.user, password=at.password, dbname="postgres", autocommit=True
    ) as connection:
        yield connection


def _named(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


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
