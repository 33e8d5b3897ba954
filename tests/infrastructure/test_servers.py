"""The embedded servers: two homes at once, killed ones, half-made ones, shared ones."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config import installation
from script import embedded, processes
from script.cluster import ADMINISTRATOR, Cluster
from script.speaking import SetupError


def _answer(cluster: Cluster) -> str:
    with psycopg.connect(
        host=str(cluster.sockets),
        port=cluster.port,
        dbname="postgres",
        user=ADMINISTRATOR,
        password=cluster.password(),
    ) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return str(row[0])


def test_two_homes_run_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other_home = home / "other"
    with embedded.servers_up():
        first = embedded.cluster()
        monkeypatch.setenv("HUIMIN_HOME", str(other_home))
        with embedded.servers_up():
            second = embedded.cluster()
            assert _answer(first) == str(home / "postgresql" / "data")
            assert _answer(second) == str(other_home / "postgresql" / "data")
        assert second.running_pid() is None
        assert first.is_ready()
        monkeypatch.setenv("HUIMIN_HOME", str(home))
    assert first.running_pid() is None


def test_nobody_gets_in_without_a_password(home: Path) -> None:
    with embedded.servers_up():
        cluster = embedded.cluster()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=str(cluster.sockets), port=cluster.port, dbname="postgres", user=ADMINISTRATOR
            )
        assert cluster.sockets.stat().st_mode & 0o077 == 0
        assert cluster.password_file.stat().st_mode & 0o077 == 0


def test_killed_postmaster_is_started_again(home: Path) -> None:
    with embedded.servers_up():
        cluster = embedded.cluster()
        pid = cluster.running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        processes.wait_until_gone(pid, 10)
        assert cluster.running_pid() is None
        with embedded.servers_up():
            assert _answer(cluster)
            assert cluster.running_pid() != pid


def test_servers_of_a_killed_user_are_adopted_and_stopped(home: Path) -> None:
    program = (
        "import os, signal, sys; sys.path.insert(0, '.')\n"
        "from script import embedded\n"
        "with embedded.servers_up(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run(
        [sys.executable, "-c", program], cwd=installation.REPOSITORY, check=False, capture_output=True
    )
    cluster, broker = embedded.cluster(), embedded.broker()
    left = cluster.running_pid(), broker.running_pid()
    assert None not in left
    with embedded.servers_up():
        assert (cluster.running_pid(), broker.running_pid()) == left
    assert (cluster.running_pid(), broker.running_pid()) == (None, None)


def test_last_user_stops_the_servers(home: Path) -> None:
    with embedded.servers_up():
        with embedded.servers_up():
            pass
        assert embedded.cluster().is_ready()
        assert embedded.broker().running_pid() is not None
    assert embedded.cluster().running_pid() is None
    assert embedded.broker().running_pid() is None


def test_stale_lock_that_names_another_program_is_cleared(home: Path) -> None:
    with embedded.servers_up():
        pass
    lock = embedded.cluster().data / "postmaster.pid"
    # After a crash of the machine the number may belong to anything, here to us.
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n0\n5432\n{installation.socket_folder()}\n\n\nready\n")
    assert embedded.cluster().running_pid() is None
    with embedded.servers_up():
        assert _answer(embedded.cluster())


def test_half_made_cluster_is_made_anew(home: Path) -> None:
    data = home / "postgresql" / "data"
    (data / "base").mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    with embedded.servers_up():
        assert _answer(embedded.cluster())


def test_cluster_of_another_version_is_left_alone(home: Path) -> None:
    folder = home / "postgresql"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("17\n")
    (folder / "data" / "global").mkdir()
    (folder / "data" / "global" / "pg_control").write_text("of 17")
    (folder / "administrator").write_text("password")
    (folder / "made").touch()
    with pytest.raises(SetupError, match="made by PostgreSQL 17"), embedded.servers_up():
        pass
    assert (folder / "data" / "PG_VERSION").read_text() == "17\n"


@pytest.mark.parametrize("lost", ["data/PG_VERSION", "data/global/pg_control", "administrator"])
def test_damaged_cluster_is_never_made_anew(home: Path, lost: str) -> None:
    with embedded.servers_up():
        pass
    folder = embedded.cluster().folder
    (folder / lost).unlink()
    with pytest.raises(SetupError, match=f"{lost} is gone"), embedded.servers_up():
        pass
    assert (folder / "data" / "base").is_dir()


def test_servers_that_ended_under_us_are_started_again(home: Path) -> None:
    with embedded.servers_up():
        former = embedded.cluster().running_pid(), embedded.broker().running_pid()
        embedded.keep_up()
        assert (embedded.cluster().running_pid(), embedded.broker().running_pid()) == former
        for pid in former:
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            processes.wait_until_gone(pid, 10)
        embedded.keep_up()
        assert _answer(embedded.cluster())
        assert embedded.broker().running_pid() is not None
    assert embedded.cluster().running_pid() is None


def test_second_ctrl_c_does_not_leave_the_servers_running(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = embedded._stop

    def pressed_again() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        stop()

    monkeypatch.setattr(embedded, "_stop", pressed_again)
    with pytest.raises(KeyboardInterrupt), embedded.servers_up():
        raise KeyboardInterrupt
    assert embedded.cluster().running_pid() is None


def test_deep_home_starts_all_the_same(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIMIN_HOME", str(home / ("深" * 40)))
    with embedded.servers_up():
        assert _answer(embedded.cluster())
        sockets = installation.socket_folder()
        assert sockets.parent == Path("/tmp")
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must not run PostgreSQL itself")
def test_root_without_user_namespaces_runs_it_as_another_user(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("script.unprivileged._namespaces_work", lambda: False)
    try:
        with embedded.servers_up():
            pid = embedded.cluster().running_pid()
            assert Path(f"/proc/{pid}").stat().st_uid != 0
            assert _answer(embedded.cluster())
    except SetupError as refusal:
        # A repository under a private folder cannot be entered by another user: then that is said.
        assert "cannot enter" in refusal.english
    shutil.rmtree(home / "postgresql", ignore_errors=True)


def test_broker_keeps_what_was_queued(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    monkeypatch.delenv("HUIMIN_TESTING")
    with embedded.servers_up():
        caller = redis.Redis(unix_socket_path=str(installation.broker_socket()))
        caller.lpush("queue", "work")
        caller.close()
        os.kill(embedded.broker().running_pid() or 0, signal.SIGKILL)
        processes.wait_until_gone(embedded.broker().running_pid() or 0, 5)
        embedded.broker().start()
        caller = redis.Redis(unix_socket_path=str(installation.broker_socket()))
        assert caller.llen("queue") == 1
        caller.close()
