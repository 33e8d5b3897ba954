"""What stands in a server's way is said before anything is set up: the port, another server of the same home."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from script import bootstrapping, disk, embedded, serving, setting_up, supervising
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


def test_first_words_are_the_accounts_what_to_try_and_the_address(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([None, 200, 200])
    monkeypatch.setattr(serving, "_health", lambda: next(answers))
    monkeypatch.setenv("HUIMIN_PORT", "8123")
    welcome = serving._Welcome(accounts="演示账号 accounts (密码 password x):\n  township (乡镇)\n")
    welcome.when_ready()
    assert capsys.readouterr().err == "", "said before the pages answer"
    welcome.when_ready()
    said = capsys.readouterr().err
    for words in ("township (乡镇)", "What to try first 先试这些", "http://127.0.0.1:8123 (Ctrl-C stops it)"):
        assert words in said
    welcome.when_ready()
    assert capsys.readouterr().err == "", "said twice"


def test_pages_that_do_not_come_up_are_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "_health", lambda: 500)
    serving._Welcome(accounts=None).when_ready()
    said = capsys.readouterr().err
    assert "The pages answer 500" in said
    assert "Huimin serves" not in said


def test_second_start_sets_nothing_up_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds and not minutes: neither migrations nor reference data nor the demonstration are run again."""
    done: list[str] = []
    monkeypatch.setattr(setting_up, "create_keys", lambda: False)
    monkeypatch.setattr(setting_up, "compile_catalogues", lambda: None)
    monkeypatch.setattr(setting_up.provisioning, "provision", lambda: None)

    def manage(command: str, *_words: str, as_owner: bool = False) -> str:
        done.append(command)
        return "居民 residents: 20000\n"

    monkeypatch.setattr(setting_up, "manage", manage)
    embedded.cluster().folder.mkdir(parents=True)
    (home / "run").mkdir()
    for _start in (1, 2):
        setting_up.bring_up_to_date()
        assert setting_up.load_demonstration(None).startswith("居民 residents")
        assert done == ["migrate", "load_reference", "demo"]
    monkeypatch.setattr(setting_up, "code_digest", lambda: "another")
    setting_up.bring_up_to_date()
    assert done[3:] == ["migrate", "load_reference"], "new code finds a database of old"
