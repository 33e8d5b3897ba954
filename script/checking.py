"""`script/test`: every check in servers of its own, or pytest with the words given."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from config import installation
from config.installation import REPOSITORY
from script import bootstrapping, embedded, frontend, provisioning
from script.cluster import ADMINISTRATOR, Cluster
from script.keys import create_keys, write_privately
from script.locks import FileLock
from script.speaking import say

OLDER_BINARIES = Path("/usr/lib/postgresql/15/bin")
_FOLDER_NAME = "huimin-test-"
_DISK, _MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108  # whoever makes a folder there owns it
_LEAST_MEMORY = 8 * 2**30
"""Where so much fits into it data is kept in memory: servers of tests make and remove a hundred files a second."""
_ABANDONED_SECONDS = 3600
_OLDER = "tests on PostgreSQL 15"
TEMPLATE = "huimin_template"
_MADE = {"HUIMIN_TEST_TEMPLATE": TEMPLATE}
"""Says that the tests' template database is there already."""
_TOGETHER = ("-n", "2", "--dist", "loadgroup")
"""Two processes; tests of one group, which share something dear, stay in one."""
_OF_ONE_SERVER = "browser or slow or page or no_database"
"""What runs on the embedded PostgreSQL alone; the house's own rules run on both."""


@dataclass(frozen=True)
class Check:
    """A command that must end with 0; `environment` is what it has besides ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a check went; a skipped one has the reason in `told`."""

    name: str
    status: int | None
    seconds: float
    told: str = ""

    @property
    def has_passed(self) -> bool:
        return self.status in {0, None}


def main(words: list[str]) -> int:
    """Run everything, or `pytest WORDS`. The exit status is 0 only if all passed."""
    _clear_abandoned()
    with _home_of_its_own():
        bootstrapping.bootstrap(for_tests=True, with_frontend=bool(words))
        with embedded.servers_up():
            provisioning.provision()
            try:
                if words:
                    return _run_aloud(_pytest(words)).status or 0
                return _summarise(_everything())
            finally:
                provisioning.deprovision()


def _everything() -> list[Outcome]:
    """Each step alone on the machine: databases, lint and types first, so that none slows a browser down.

    The older server is asked for the services' tests, through DATABASE_URL as an office would. It knows less
    than the embedded one, so what holds there holds here, where pages, browsers, random trials and whole files
    send the same statements; the house's own rules are asked of both.
    """
    reason = _no_older_postgresql()
    with nullcontext() if reason else _older_postgresql() as older:
        servers = [None] if older is None else [None, older]
        with ThreadPoolExecutor(max_workers=3) as together:
            fetched = together.submit(frontend.build)  # waits for the network while databases are made
            outcomes = list(
                together.map(_run_quietly, [*(_template(server) for server in servers), *_static_checks()])
            )
        fetched.result()
        among = ("-m", f"house or {_OF_ONE_SERVER}") if older else ()
        made = {**_MADE, **_copied_cluster()}
        outcomes.append(_run_aloud(_pytest([*_TOGETHER, *among], environment=made)))
        if older:
            among = ("-m", f"not ({_OF_ONE_SERVER})")
            outcomes.append(
                _run_aloud(_pytest([*_TOGETHER, *among], name=_OLDER, environment={**older, **_MADE}))
            )
        else:
            outcomes.append(Outcome(_OLDER, None, 0, reason))
    outcomes.append(_compose())
    return outcomes


def _template(older: Mapping[str, str] | None) -> Check:
    """Make the migrated database that the tests of a server (None: the embedded one) have copies of."""
    name = f"database for {_OLDER}" if older else "database for tests"
    return Check(name, (sys.executable, "-m", "tests.template", TEMPLATE), older or {})


def _copied_cluster() -> Mapping[str, str]:
    """A copy of the embedded server's data with the template in it: tests that kill servers begin from there."""
    if not installation.database_is_embedded():
        return {}
    ours, home = embedded.cluster(), installation.home() / "copied"
    home.mkdir(mode=0o700)
    ours.stop()
    subprocess.run(["cp", "--archive", ours.folder, home], check=True)
    ours.start()
    record = {**(installation.database_record() or {}), "name": TEMPLATE}
    write_privately(home / installation.database_file().name, json.dumps(record))
    return {"HUIMIN_TEST_HOME": str(home)}


def _static_checks() -> list[Check]:
    python = sys.executable
    as_owner = {"HUIMIN_DATABASE_ROLE": "owner"}
    return [
        Check("types (mypy)", (python, "-m", "mypy", ".")),
        Check("lint (ruff check)", (python, "-m", "ruff", "check", ".")),
        Check("format (ruff format)", (python, "-m", "ruff", "format", "--check", ".")),
        Check("templates (djlint)", (python, "-m", "djlint", "--lint", "--quiet", "templates")),
        Check("imports (import-linter)", (_beside("lint-imports"), "--no-cache")),
        Check(
            "migrations up to date",
            (python, "manage.py", "makemigrations", "--check", "--dry-run"),
            as_owner,
        ),
        Check("message catalogue", (python, "script", "translating", "--check")),
    ]


def _pytest(
    words: Sequence[str], *, name: str = "tests (pytest)", environment: Mapping[str, str] | None = None
) -> Check:
    settings = ("-c", str(REPOSITORY / "pyproject.toml"), "--rootdir", str(REPOSITORY))
    return Check(name, (sys.executable, "-m", "pytest", *settings, *words), environment or {})


def _no_older_postgresql() -> str:
    """Why there is no second server to test on; empty where there is one."""
    if not (OLDER_BINARIES / "postgres").exists():
        return f"no PostgreSQL in {OLDER_BINARIES}"
    if os.environ.get("DATABASE_URL"):
        return "DATABASE_URL names the server to test on"
    return ""


@contextmanager
def _older_postgresql() -> Iterator[Mapping[str, str]]:
    """Debian 12's own PostgreSQL, up and provisioned; what the environment has to say to be on it."""
    folder = installation.home() / "older"
    older = Cluster(
        folder=folder / "postgresql",
        sockets=installation.home() / "s15",
        binaries=OLDER_BINARIES,
        port=installation.DATABASE_PORT,
        durable=False,
    )
    older.start()
    words = {
        "HUIMIN_HOME": str(folder),
        "HUIMIN_KEY_FILE": str(folder / "keys.json"),
        "DATABASE_URL": f"postgres://{ADMINISTRATOR}:{older.password()}@/huimin?host={older.sockets}",
    }
    ours = {name: os.environ.get(name, "") for name in words}
    try:
        with _environment(**words):
            create_keys()
            with embedded.servers_up():
                provisioning.provision()
                with _environment(**ours):
                    yield words
    finally:
        older.stop()


def _compose() -> Outcome:
    name = "docker compose config"
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode
    ):
        return Outcome(name, None, 0, "docker compose is not here")
    return _run_quietly(
        Check(name, (docker, "compose", "--env-file", ".env.example", "config", "--quiet")),
    )


def _run_quietly(check: Check) -> Outcome:
    """Run it, and show what it said only if it failed."""
    started = time.monotonic()
    answer = subprocess.run(
        check.command,
        cwd=REPOSITORY,
        env={**os.environ, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcome = Outcome(check.name, answer.returncode, time.monotonic() - started)
    shown = "" if outcome.has_passed else f"\n{answer.stdout.rstrip()}"
    say(f"{_mark(outcome)} {outcome.name} ({outcome.seconds:.0f} s){shown}")
    return outcome


def _run_aloud(check: Check) -> Outcome:
    """Run it with its output shown as it comes."""
    say(f"· {check.name}")
    started = time.monotonic()
    process = subprocess.Popen(check.command, env={**os.environ, **check.environment})
    try:
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    outcome = Outcome(check.name, status, time.monotonic() - started)
    say(f"{_mark(outcome)} {outcome.name} ({outcome.seconds:.0f} s)")
    return outcome


def _summarise(outcomes: Sequence[Outcome]) -> int:
    say()
    for outcome in outcomes:
        end = f"skipped: {outcome.told}" if outcome.status is None else f"{outcome.seconds:.0f} s"
        say(f"{_mark(outcome)} {outcome.name:<28} {end}")
    failed = [outcome.name for outcome in outcomes if not outcome.has_passed]
    say()
    say(f"✗ Failed: {', '.join(failed)}." if failed else "✓ All checks passed.")
    return 1 if failed else 0


def _mark(outcome: Outcome) -> str:
    if outcome.status is None:
        return "–"
    return "✓" if outcome.has_passed else "✗"


def _beside(program: str) -> str:
    return str(Path(sys.executable).parent / program)


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    """A home in a temporary folder: no test ever sees an installation's data or keys."""
    in_memory = shutil.disk_usage(_MEMORY).free if _MEMORY.is_dir() else 0
    place = _MEMORY if in_memory >= _LEAST_MEMORY else _DISK
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_NAME, dir=place))  # private, and short enough for sockets
    try:
        with _environment(
            HUIMIN_HOME=str(folder),
            HUIMIN_KEY_FILE=str(folder / "keys" / "keys.json"),
            HUIMIN_PORT=str(_free_port()),
            HUIMIN_TESTING="1",
            HUIMIN_PRODUCTION="",
            PYTHONDONTWRITEBYTECODE="",  # compiled once, not by each of a hundred processes
            REDIS_URL="",
        ):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _environment(**words: str) -> Iterator[None]:
    former = {name: os.environ.get(name) for name in words}
    os.environ.update(words)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _clear_abandoned() -> None:
    """Stop and remove what a killed run left in the temporary folders."""
    for folder in [*_DISK.glob(f"{_FOLDER_NAME}*"), *_MEMORY.glob(f"{_FOLDER_NAME}*")]:
        if folder.stat().st_uid != os.geteuid() or time.time() - folder.stat().st_mtime < _ABANDONED_SECONDS:
            continue
        users = FileLock(folder / "run" / "users.lock")
        if users.try_alone():
            with _environment(HUIMIN_HOME=str(folder)):
                embedded.cluster().stop()
                embedded.broker().stop()
            shutil.rmtree(folder, ignore_errors=True)
        users.release()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
