"""What a script starts ends with it, however it ends."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import installation
from script import processes, speaking
from script.supervising import Service, Supervisor

_SLEEPER = "import subprocess, sys; subprocess.run(['sleep', '60'])"


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _wait_for_child(pid: int) -> int:
    while not (found := _children(pid)):
        assert processes.is_alive(pid)
    return found[0]


def test_interrupted_command_ends_with_all_that_it_started() -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        processes.ending_with_us([sys.executable, "-c", _SLEEPER]) as command,
    ):
        child = _wait_for_child(command.pid)
        raise KeyboardInterrupt
    assert processes.wait_until_gone(child, 5)


def test_command_of_a_killed_script_ends() -> None:
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from script import processes\n"
        "with processes.ending_with_us(['sleep', '60']) as command:\n"
        "    print(command.pid, flush=True)\n"
        "    command.wait()"
    )
    script = subprocess.Popen(
        [sys.executable, "-c", program], cwd=installation.REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert script.stdout is not None
    command = int(script.stdout.readline())
    script.send_signal(signal.SIGKILL)
    script.wait()
    script.stdout.close()
    assert processes.wait_until_gone(command, 5)


class _NobodyReads(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_services_stop_though_nobody_reads_their_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(speaking.sys, "stderr", _NobodyReads())
    monkeypatch.setattr("script.supervising.sys.stdout", _NobodyReads())
    talks = ("sh", "-c", "head -c 500000 /dev/zero | tr '\\0' y; touch all_said; sleep 60")
    supervisor = Supervisor([Service("talks", talks)], folder=tmp_path, cwd=tmp_path)
    supervisor.start()
    pid = json.loads((tmp_path / "service-talks.json").read_text())["pid"]
    while not (tmp_path / "all_said").exists():
        # More than a pipe holds: the service goes on only because its lines are still read.
        assert processes.is_alive(pid)
        time.sleep(0.05)
    supervisor.stop()
    assert not processes.is_alive(pid)
