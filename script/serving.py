"""`script/server`: everything from a fresh machine to pages at an address, and Ctrl-C stops all of it."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config import installation
from script import bootstrapping, disk, embedded, setting_up
from script.locks import FileLock
from script.speaking import SetupError, say
from script.supervising import Service, Supervisor, end_leftovers

_ADDRESS = "127.0.0.1"
_LEAST_RESIDENTS = 2000
_TRY_FIRST = """\
What to try first 先试这些:
  township   Owed: choose a family, see why, help it to apply.  应享未享：选一户，看依据，帮她申请。
  finance    Payments: make a batch of the month.  资金发放：编制本月批次。
  auditor    Reports: print the month, verify the paper.  统计报表：打印月报，核验纸件。"""


def main(words: list[str]) -> int:
    """Set up what is missing, then serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="script/server", description="Set up and serve Huimin.")
    parser.add_argument("--empty", action="store_true", help="reference data only, no demonstration cases")
    parser.add_argument(
        "--residents", type=_size, metavar="N", help="size of the demonstration county, 2000 or more"
    )
    wishes = parser.parse_args(words)
    embedded.prepare_home()
    with _only_server_of_this_home():
        disk.refuse_full(installation.home(), disk.LEAST_FOR_HOME)
        end_leftovers(installation.home() / "run")
        _refuse_taken_port()
        bootstrapping.bootstrap()
        with embedded.servers_up():
            return _serve(empty=wishes.empty, residents=wishes.residents)


def _serve(*, empty: bool, residents: int | None) -> int:
    is_demonstration = setting_up.settle_purpose(empty=empty) == "demo"
    if is_demonstration:
        setting_up.use_demonstration_day()
    services = services_of_this_home()
    supervisor = Supervisor(services, folder=installation.home() / "run", cwd=installation.REPOSITORY)
    setting_up.bring_up_to_date()
    accounts = setting_up.load_demonstration(residents) if is_demonstration else None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: supervisor.ask_to_stop())
    welcome = _Welcome(accounts=accounts)
    servers = _Servers()

    def each_round() -> None:
        servers.keep_up()
        welcome.when_ready()

    try:
        supervisor.start()
        supervisor.watch(each_round=each_round)
    finally:
        supervisor.stop()
    return 0


def _size(text: str) -> int:
    number = int(text)
    if number < _LEAST_RESIDENTS:
        raise argparse.ArgumentTypeError(f"take at least {_LEAST_RESIDENTS}")
    return number


def services_of_this_home() -> list[Service]:
    """Web, beat and worker, in the order in which they stop: no new work comes in while the worker ends its own."""
    python = sys.executable
    # In a container root is the only user there is, and nothing here unpickles.
    quietly = ("-W", "ignore:You're running the worker with superuser privileges")
    celery = (python, *quietly, "-m", "celery", "--quiet", "--app", "config")
    return [
        Service(
            "web",
            (
                *(python, "-m", "gunicorn", "config.wsgi", "--bind", f"{_ADDRESS}:{installation.port()}"),
                *("--worker-class", "gthread", "--workers", str(_web_workers()), "--threads", "4"),
                *("--timeout", "120", "--max-requests", "5000", "--max-requests-jitter", "500"),
                *("--no-control-socket", "--log-level", "warning"),
            ),
        ),
        Service(
            "beat",
            (*celery, "beat", "--loglevel", "WARNING", "--pidfile="),
            # The schedule is read outside any county's context, so its schema is in the search path.
            {"HUIMIN_SEARCH_PATH": "county"},
        ),
        Service(
            "worker",
            (*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"),
            stop_seconds=60.0,
        ),
    ]


class _Servers:
    """Looks every few seconds whether the database and the broker still run, and starts them again."""

    def __init__(self) -> None:
        self._next_look = 0.0

    def keep_up(self) -> None:
        if time.monotonic() >= self._next_look:
            embedded.keep_up()
            self._next_look = time.monotonic() + 2


class _Welcome:
    """Says where the pages are, with which account and what to try first, once they are there."""

    def __init__(self, *, accounts: str | None) -> None:
        self._accounts = accounts
        self._is_said = False
        self._deadline = time.monotonic() + 60

    def when_ready(self) -> None:
        if self._is_said:
            return
        status = _health()
        if status is None and time.monotonic() < self._deadline:
            return
        self._is_said = True
        if status != http.client.OK:
            say(f"! The pages answer {status or 'nothing'}: see the lines of web above.")
            return
        address = f"http://{_ADDRESS}:{installation.port()}"
        say()
        if self._accounts is None:
            say("First account 首个账号:  script/manage invite USERNAME --role system-admin")
        else:
            say(f"{self._accounts.rstrip()}\n\n{_TRY_FIRST}\n")
        say(f"Huimin serves at {address} (Ctrl-C stops it).  惠民系统已启动：{address}（按 Ctrl-C 停止）")


def _health() -> int | None:
    caller = http.client.HTTPConnection(_ADDRESS, installation.port(), timeout=5)
    try:
        caller.request("GET", "/healthz")
        return caller.getresponse().status
    except OSError:
        return None
    finally:
        caller.close()


@contextmanager
def _only_server_of_this_home() -> Iterator[None]:
    lock = FileLock(installation.home() / "run" / "server.lock")
    if not lock.try_alone():
        raise SetupError(
            f"Huimin already runs from {installation.home()} (process {lock.read() or 'unknown'}): stop it, or set"
            " HUIMIN_HOME and HUIMIN_PORT for a second one.",
            f"惠民系统已在 {installation.home()} 运行（进程 {lock.read() or '未知'}）："
            "请先停止它，或另设 HUIMIN_HOME 和 HUIMIN_PORT。",
        )
    lock.write(f"{os.getpid()}, port {installation.port()}")
    try:
        yield
    finally:
        lock.release()


def _refuse_taken_port() -> None:
    with socket.socket() as listener:
        # As the web server does it: a connection of an earlier run that lingers takes nothing.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_ADDRESS, installation.port()))
        except PermissionError:
            raise SetupError(
                f"Port {installation.port()} is reserved for root: set HUIMIN_PORT to 1024 or more.",
                f"端口 {installation.port()} 只有 root 可用：请把 HUIMIN_PORT 设为 1024 以上。",
            ) from None
        except OSError:
            raise SetupError(
                f"Port {installation.port()} is taken by another program: stop that program, or choose another"
                f" port, such as HUIMIN_PORT={installation.port() + 1} script/server.",
                f"端口 {installation.port()} 已被其他程序占用：请停止该程序，或换一个端口，"
                f"如 HUIMIN_PORT={installation.port() + 1} script/server。",
            ) from None


def _web_workers() -> int:
    return max(2, min(8, os.cpu_count() or 2))
