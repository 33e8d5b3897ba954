"""The embedded servers of one home, shared by everybody who uses them at once.

Each user holds a shared lock; whoever starts or stops them holds the change lock. The last user to leave
stops them. A killed user's lock is freed by the kernel, and the next user adopts what still runs.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import installation
from script.broker import Broker
from script.cluster import Cluster, bundled_binaries
from script.locks import FileLock
from script.speaking import SetupError, say, step


def cluster(*, binaries: Path | None = None) -> Cluster:
    """The cluster of this home."""
    return Cluster(
        folder=installation.home() / "postgresql",
        sockets=installation.socket_folder(),
        binaries=binaries or bundled_binaries(),
        port=installation.DATABASE_PORT,
        durable=not _for_tests(),
    )


def broker() -> Broker:
    """The broker of this home."""
    return Broker(
        folder=installation.home() / "valkey",
        socket=installation.broker_socket(),
        durable=not _for_tests(),
    )


@contextmanager
def servers_up() -> Iterator[None]:
    """Have the servers that the environment does not name running for as long as the block lasts."""
    prepare_home()
    run = installation.home() / "run"
    with FileLock(run / "change.lock"):
        users = FileLock(run / "users.lock")
        users.take(shared=True)
        try:
            _start()
        except BaseException:
            with _uninterrupted():
                if users.try_alone():
                    _stop()
                users.release()
            raise
    try:
        yield
    finally:
        with _uninterrupted(), FileLock(run / "change.lock"):
            if users.try_alone():
                _stop()
            users.release()


def keep_up() -> None:
    """Start again what has ended under us: a server that ran out of memory, or was killed. Raises SetupError."""
    if _all_run():
        return
    with FileLock(installation.home() / "run" / "change.lock"):
        if not _all_run():
            say("! The database or the broker has ended: starting it again")
            _start()


def _all_run() -> bool:
    return not (installation.database_is_embedded() and cluster().running_pid() is None) and not (
        not os.environ.get("REDIS_URL") and broker().running_pid() is None
    )


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a second, impatient Ctrl-C not leave the servers running."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in former.items():
            signal.signal(number, action)


def prepare_home() -> None:
    """Make the home and the folders in it. Raises SetupError when it cannot be written."""
    home = installation.home()
    try:
        for folder in (home, home / "run", installation.files_dir()):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / "run" / f"probe.{os.getpid()}"
        probe.write_bytes(b"x" * 65536)
        probe.unlink()
    except OSError as problem:
        raise SetupError(
            f"The folder {home} cannot be written ({problem.strerror}): free some disk, or set HUIMIN_HOME to a folder of"
            " your own.",
            f"目录 {home} 无法写入（{problem.strerror}）：请腾出磁盘空间，或把 HUIMIN_HOME 设为自己的目录。",
        ) from problem


def _start() -> None:
    if installation.database_is_embedded():
        postgres = cluster()
        if not postgres.is_ready():
            postgres.prepare()
            with step("Starting PostgreSQL"):
                postgres.start()
    if not os.environ.get("REDIS_URL"):
        broker().start()


def _stop() -> None:
    if not os.environ.get("REDIS_URL"):
        broker().stop()
    if installation.database_is_embedded():
        cluster().stop()
    sockets = installation.socket_folder()
    if sockets.parent != installation.home():
        # Ours alone, and not under the home that would be deleted with it.
        shutil.rmtree(sockets, ignore_errors=True)


def _for_tests() -> bool:
    return os.environ.get("HUIMIN_TESTING") == "1"
