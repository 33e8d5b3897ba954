"""What stands in a server's way is said before anything is set up: the port, another server of the same home."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from script import bootstrapping, disk, embedded, serving, supervising
from script.locks import FileLock
from script.speaking import SetupError


@pytest.fixture
def nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home on which `script/server` goes no further than the port."""
    monkeypatch.setattr(embedded, "prepare_home", lambda: (home / "run").mkdir(parents=True, exist_ok=True))
    monkeypatch.setattr(disk, "refuse_full", lambda *_words: None)
    monkeypatch.setattr(supervising, "end_leftovers", lambda _folder: None)

    def too_far(**_named: object) -> None:
        raise AssertionError("it went on")

    monkeypatch.setattr(bootstrapping, "bootstrap", too_far)


@pytest.fixture
def taken_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = int(other.getsockname()[1])
        monkeypatch.setenv("HUIMIN_PORT", str(number))
        yield number


def test_taken_port_is_said_with_another_to_take(nothing_else: None, taken_port: int) -> None:
    with pytest.raises(SetupError) as refused:
        serving.main([])
    assert f"Port {taken_port} is taken by another program" in refused.value.english
    assert f"HUIMIN_PORT={taken_port + 1} script/server" in refused.value.english
    assert f"端口 {taken_port} 已被其他程序占用" in refused.value.chinese


def test_connection_of_an_earlier_run_that_lingers_takes_no_port(
    nothing_else: None, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", number)):
            kept, _address = server.accept()
            kept.close()  # ours goes first, so the kernel keeps its end for a while
    monkeypatch.setenv("HUIMIN_PORT", str(number))
    with pytest.raises(AssertionError, match="it went on"):
        serving.main([])


def test_port_that_is_for_root_alone_is_said(nothing_else: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Guarded(socket.socket):
        def bind(self, _address: object) -> None:
            raise PermissionError

    monkeypatch.setattr(serving.socket, "socket", Guarded)
    monkeypatch.setenv("HUIMIN_PORT", "80")
    with pytest.raises(SetupError, match="Port 80 is reserved for root: set HUIMIN_PORT to 1024 or more"):
        serving.main([])


def test_second_server_of_a_home_is_told_of_the_first(
    nothing_else: None, home: Path, taken_port: int
) -> None:
    first = FileLock(home / "run" / "server.lock")
    assert first.try_alone()
    first.write(f"{os.getpid()}, port 8000")
    with pytest.raises(SetupError) as refused:
        serving.main([])
    assert f"already runs from {home} (process {os.getpid()}, port 8000)" in refused.value.english
    assert "HUIMIN_HOME 和 HUIMIN_PORT" in refused.value.chinese
    first.release()
    # Whatever ended the first one, its lock has gone with it: now the port is what is in the way.
    with pytest.raises(SetupError, match="is taken by another program"):
        serving.main([])
