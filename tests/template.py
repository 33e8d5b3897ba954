"""The migrated database with its reference data: made once a test run, copied for whoever needs one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from config import installation
from config.installation import REPOSITORY, ROLES
from script.locks import FileLock

_URLS = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "clinical": "DATABASE_CLINICAL_URL"}


@contextlib.contextmanager
def template_database(folder: Path) -> Iterator[str]:
    """The name of a database with everything but cases; `folder` is shared by the run's processes.

    Where HUIMIN_TEST_TEMPLATE names one it was made before (`python -m tests.template NAME`).
    """
    if given := os.environ.get("HUIMIN_TEST_TEMPLATE"):
        yield given
        return
    with made_once(folder, "template", _make) as name:
        yield name


@contextlib.contextmanager
def made_once(folder: Path, what: str, make: Callable[[str, Path], None]) -> Iterator[str]:
    """The name of a database that the first of the run's processes makes and the last of them drops."""
    name = f"huimin_{what}_{folder.parent.name}_{folder.name}".replace("-", "_").lower()[:50]
    made, users = folder / f"{what}.made", FileLock(folder / f"{what}.users")
    with FileLock(folder / f"{what}.lock"):
        users.take(shared=True)
        if not made.exists():
            make(name, folder)
            made.touch()
    try:
        yield name
    finally:
        with FileLock(folder / f"{what}.lock"):
            if users.try_alone():  # the last of the run
                made.unlink()
                drop_database(name)
            users.release()


def _make(name: str, folder: Path) -> None:
    copy_database("template0", name)
    environment = environment_of(name, folder / "home", port=1, day="2013-12-31")
    manage({**environment, "HUIMIN_DATABASE_ROLE": "owner"}, "migrate", "--no-input", "-v", "0")
    manage(environment, "load_reference")


def copy_database(template: str, name: str) -> None:
    """A new database of the owner's with what is in another; one of this name is no more."""
    drop_database(name)
    with server() as opened:
        opened.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop_database(name: str) -> None:
    """End whoever is in a database and drop it: WITH (FORCE) refuses while the server's own autovacuum is in it."""
    with server() as opened:
        opened.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        )
        opened.execute(named("DROP DATABASE IF EXISTS {}", name))


def manage(environment: Mapping[str, str], *words: str, status: int = 0) -> str:
    """What a management command says on standard output; it must end with `status`."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=REPOSITORY,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, (words, done.returncode, done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout


def environment_of(database: str, home: Path, *, port: int, day: str) -> dict[str, str]:
    """What a process needs to serve a database with files of its own in `home`."""
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
def server() -> Iterator[psycopg.Connection[Any]]:
    """The run's database server, as the owner, outside every database of an installation."""
    at = installation.database_address("owner")
    with psycopg.connect(
        host=at.host, port=at.port, user=at.user, password=at.password, dbname="postgres", autocommit=True
    ) as connection:
        yield connection


def named(statement: str, name: str) -> sql.Composed:
    """A statement about the database of this name."""
    return sql.SQL(statement).format(sql.Identifier(name))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        _make(sys.argv[1], Path(made_in))
