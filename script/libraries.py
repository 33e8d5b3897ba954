"""Debian packages that no Python package brings: Pango for the PDFs, Chromium for the browser tests."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from script.speaking import SetupError, say, step

# What a program or library is called on this machine, and the Debian package that brings it.
PRINTING = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz": "libharfbuzz0b",
    # Not needed, but makes pages seven times faster.
    "harfbuzz-subset": "libharfbuzz-subset0",
}
PRINTING_PROGRAMS = {"pdftotext": "poppler-utils"}
# Chromium without a window, which has a quarter less to do for a page; the whole one does as well.
TESTING_PROGRAMS = {"chromium-headless-shell": "chromium-headless-shell"}
BROWSERS = (*TESTING_PROGRAMS, "chromium")
_OPTIONAL = frozenset({"libharfbuzz-subset0", "poppler-utils"})
_LISTS_AGE_SECONDS = 7 * 24 * 3600


def missing(*, for_tests: bool) -> list[str]:
    """The Debian packages that this machine lacks."""
    programs = {**PRINTING_PROGRAMS, **(TESTING_PROGRAMS if for_tests else {})}
    lacking = [package for name, package in PRINTING.items() if not _has_library(name)]
    return lacking + [package for name, package in programs.items() if shutil.which(name) is None]


def complete(*, for_tests: bool) -> None:
    """Install what is missing where apt may, else name it. Only tests cannot do without.

    Raises SetupError when the tests lack something that cannot be installed, unless another browser is there.
    """
    packages = missing(for_tests=for_tests)
    if not packages:
        return
    try:
        install_packages(packages, purpose="printing and tests" if for_tests else "printing")
    except SetupError as refusal:
        if for_tests:
            if set(packages) <= set(BROWSERS) and browser():
                return
            raise
        # Everything but the PDFs works without them.
        if set(packages) - _OPTIONAL:
            say(f"! PDFs cannot be made until this is installed. {refusal.english}")
            say(f"  在安装之前无法生成 PDF。{refusal.chinese}")


def install_packages(packages: Sequence[str], *, purpose: str) -> None:
    """`apt-get install` them as root, after `apt-get update` where the lists are old. Raises SetupError."""
    wanted = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"For {purpose} this machine needs {wanted} (Debian's names): install them with its package manager.",
            f"{wanted}（Debian 软件包名）尚未安装：请用本机的软件包管理器安装。",
        )
    if os.geteuid() != 0:
        raise SetupError(
            f"For {purpose} this machine needs {wanted}: ask its administrator for"
            f" 'apt-get install --no-install-recommends {wanted}', then run this again.",
            f"本机缺少 {wanted}：请管理员执行“apt-get install --no-install-recommends {wanted}”后重试。",
        )
    with step(f"Installing {wanted} with apt"):
        if _lists_are_old():
            _apt(["update"])
        problem = _install(packages)
        if problem and "Unable to locate" in problem:
            _apt(["update"])
            problem = _install(packages)
    if problem:
        raise SetupError(
            f"apt could not install {wanted} ({problem}): run 'apt-get update && apt-get install {wanted}' and look"
            " at what it says.",
            f"apt 无法安装 {wanted}：请手动执行“apt-get update && apt-get install {wanted}”查看原因。",
        )


def browser() -> str | None:
    """The program that browser tests drive; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def _install(packages: Sequence[str]) -> str:
    return _apt(["install", "--yes", "--no-install-recommends", *packages])


def _apt(words: list[str]) -> str:
    """Run apt-get; its last line when it fails, else nothing."""
    answer = subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=120", "--quiet", *words],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0:
        return ""
    lines = [line for line in (answer.stderr or answer.stdout).splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("E:")), lines[-1] if lines else "apt-get failed")


def _lists_are_old() -> bool:
    lists = Path("/var/lib/apt/lists")
    newest = max((path.stat().st_mtime for path in lists.glob("*_Packages*")), default=0.0)
    return time.time() - newest > _LISTS_AGE_SECONDS


def _has_library(name: str) -> bool:
    return ctypes.util.find_library(name) is not None
