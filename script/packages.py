"""The virtual environment and the locked Python packages in it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from config.installation import REPOSITORY
from script import disk, processes
from script.locks import FileLock
from script.speaking import SetupError, say, step

ENVIRONMENT = REPOSITORY / ".venv"
_STAMP = ENVIRONMENT / "huimin-packages.json"
_PIPS = 2


def install(group: str) -> Path:
    """Have the packages of `requirements/<group>.txt` installed; the Python that sees them.

    A stamp holds the digests of what is installed, so that the second time costs nothing; an
    environment that was left half made, or whose Python is gone, is repaired. Raises SetupError.
    """
    python = ENVIRONMENT / "bin" / "python"
    locked = REPOSITORY / "requirements" / f"{group}.txt"
    digest = hashlib.sha256(locked.read_bytes()).hexdigest()
    if _installed().get(group) == digest and python.exists():
        return python
    with FileLock(REPOSITORY / ".venv.lock"):
        if _installed().get(group) == digest and python.exists():
            return python
        disk.refuse_full(REPOSITORY, disk.LEAST_FOR_PACKAGES)
        if not _works(python):
            _make_environment()
        _install_packages(python, locked)
        _STAMP.write_text(json.dumps({**_installed(), group: digest}), encoding="utf-8")
    return python


def _installed() -> dict[str, str]:
    try:
        stamp = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _works(python: Path) -> bool:
    try:
        answer = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0


def _make_environment(*, may_install: bool = True) -> None:
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    interpreter = str(base) if base.exists() else sys.executable
    with step("Making the virtual environment .venv"):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        answer = subprocess.run(
            [interpreter, "-m", "venv", ENVIRONMENT], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            return
        told = answer.stdout + answer.stderr
    if "ensurepip is not" not in told or not may_install:
        # Python tells neither that the disk is full nor what else its pip said.
        disk.refuse_full(REPOSITORY, 100 * 2**20)
        last = [line for line in told.splitlines() if line.strip()][-1:] or ["it said nothing"]
        raise SetupError(
            f"The virtual environment could not be made ({last[0]}): remove the folder .venv, see that python3-venv"
            " is installed, then run this again.",
            "无法建立 Python 虚拟环境：请删除 .venv 目录，确认已安装 python3-venv，然后重试。",
        )
    from script import libraries

    libraries.install_packages(["python3-venv"], purpose="Python's virtual environments")
    _make_environment(may_install=False)


def _install_packages(python: Path, locked: Path) -> None:
    """Each half by a pip of its own: while one waits for the network the other unpacks."""
    packages = re.split(r"(?m)^(?=[A-Za-z0-9])", locked.read_text(encoding="utf-8"))[1:]
    with (
        step(f"Installing {len(packages)} locked Python packages (first time: one to three minutes)"),
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(_PIPS) as listening,
        ExitStack() as running,  # ended before those who listen are waited for
    ):
        pips = []
        for number in range(_PIPS):
            half = Path(folder) / f"{number}.txt"
            half.write_text("".join(packages[number::_PIPS]), encoding="utf-8")
            pips.append(running.enter_context(_pip(python, half)))
        told = list(listening.map(_listen, pips))
    failed = [lines for pip, lines in zip(pips, told, strict=True) if pip.returncode]
    if not failed:
        return
    errors = [line for line in failed[0] if line.startswith("ERROR")] or failed[0][-1:]
    reason = " ".join(errors)[:300]
    if any("No space left" in line for lines in failed for line in lines):
        raise SetupError(
            "The disk is full: free at least 2 GB, then run this again.", "磁盘已满：请腾出至少 2 GB 后重试。"
        )
    raise SetupError(
        f"The packages could not be installed ({reason}): check the network or pip's mirror"
        " (pip config set global.index-url …), then run this again.",
        "Python 软件包安装失败：请检查网络或 pip 镜像设置（pip config set global.index-url …）后重试。",
    )


def _pip(python: Path, locked: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """A pip that installs what is locked; a module is compiled when it is first used."""
    command = [
        *(str(python), "-m", "pip", "install", "--require-hashes", "--requirement", str(locked)),
        *("--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--no-deps", "--no-compile"),
    ]
    return processes.ending_with_us(command, environment={"PYTHONUNBUFFERED": "1"})


def _listen(pip: subprocess.Popen[str]) -> list[str]:
    """What it tells until it ends, passed on in short."""
    told: list[str] = []
    for line in pip.stdout or ():
        told.append(line.rstrip())
        if line.startswith("Collecting "):
            say(f"    {line.split()[1].partition('==')[0]}")
        elif line.startswith("Installing collected"):
            say("    unpacking")
    return told
