"""`script/bench [NAME…] [--quick] [--rounds=N]`: measurements beside their limits, in servers of their own.

Full runs write `benchmarks/results.md`, each benchmark its own part; quick ones only show that it
works, and write nothing. `--rounds=N` is for a machine that has no time for all five.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.installation import REPOSITORY
from script import bootstrapping, embedded, setting_up
from script.speaking import SetupError, say

_FOLDER = REPOSITORY / "benchmarks"
_RESULTS = _FOLDER / "results.md"
_HEAD = """# Measurements

Written by `script/bench`: medians of interleaved rounds (five, where fewer are not shown), in an
installation of its own with the embedded PostgreSQL as it is shipped. The machine is shared: seconds
tell little, the figures beside their limits were measured side by side.
"""


def main(words: list[str]) -> int:
    """Run the named benchmarks, or all. The exit status is 1 when a limit does not hold."""
    signal.signal(signal.SIGTERM, _interrupt)
    quick = "--quick" in words
    rounds = [word.removeprefix("--rounds=") for word in words if word.startswith("--rounds=")]
    if rounds and not (rounds[-1].isascii() and rounds[-1].isdigit() and int(rounds[-1])):
        raise SetupError(
            "--rounds= takes a number of rounds, such as --rounds=2.", "--rounds= 后应为轮数，如 --rounds=2。"
        )
    known = sorted(path.stem.removeprefix("bench_") for path in _FOLDER.glob("bench_*.py"))
    named = [word for word in words if word != "--quick" and not word.startswith("--rounds=")]
    if unknown := set(named) - set(known):
        raise SetupError(
            f"There is no benchmark {', '.join(sorted(unknown))}: there are {', '.join(known)}.",
            f"没有名为 {'、'.join(sorted(unknown))} 的基准测试；可用：{'、'.join(known)}。",
        )
    holds = True
    for name in named or known:
        with _installation_of_its_own():
            if rounds:
                os.environ["HUIMIN_BENCH_ROUNDS"] = rounds[-1]
            found = _run(name, quick=quick)
        part = _written(name, found)
        say(part)
        holds = holds and all(limit["holds"] for limit in found["limits"])
        if not quick:
            _keep(name, part)
    return 0 if holds else 1


def _run(name: str, *, quick: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "result.json"
        command = [sys.executable, "-m", "benchmarks", name, str(target), *(["--quick"] if quick else [])]
        if subprocess.run(command, cwd=REPOSITORY, check=False).returncode:
            raise SetupError(
                f"The benchmark {name} did not come to its end: its last lines above say why.",
                f"基准测试 {name} 未能完成：原因见上面最后几行。",
            )
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found


def _written(name: str, found: dict[str, Any]) -> str:
    day = datetime.datetime.now(tz=datetime.UTC).date()
    lines = [
        f"<!-- {name} -->",
        f"## {found['title']}",
        "",
        f"{day}, {_machine()}.",
        "",
        found["words"],
        "",
        "| measured | median | rounds |",
        "|---|---|---|",
    ]
    for measure in found["measures"]:
        rounds = " · ".join(f"{value:.4g}" for value in measure["rounds"])
        lines.append(
            f"| {measure['name']} | {statistics.median(measure['rounds']):.4g} {measure['unit']} | {rounds} |"
        )
    lines += ["", "| limit | found | asked | holds |", "|---|---|---|---|"]
    for limit in found["limits"]:
        holds = "yes" if limit["holds"] else "**no**"
        lines.append(f"| {limit['name']} | {limit['found']} | {limit['limit']} | {holds} |")
    return "\n".join([*lines, ""])


def _keep(name: str, part: str) -> None:
    """Put the part in its place; the parts of other benchmarks stay."""
    text = _RESULTS.read_text(encoding="utf-8") if _RESULTS.exists() else ""
    parts = {
        found[1]: found[0].rstrip()
        for found in re.finditer(r"<!-- (\w+) -->\n.*?(?=\n<!-- |\Z)", text, re.DOTALL)
    }
    parts[name] = part.rstrip()
    _RESULTS.write_text(
        "\n\n".join([_HEAD.rstrip(), *(parts[key] for key in sorted(parts))]) + "\n", encoding="utf-8"
    )


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    waiting = os.getloadavg()[2]
    return (
        f"{os.cpu_count()} processors for which {waiting:.0f} processes waited on average, {memory:.0f} GB, "
        f"Python {platform.python_version()}"
    )


@contextmanager
def _installation_of_its_own() -> Iterator[None]:
    """As an office's: migrated, with its reference data and nobody in it; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="huimin-bench-", dir="/tmp"))  # short enough for sockets
    former = dict(os.environ)
    os.environ.update(
        HUIMIN_HOME=str(folder),
        HUIMIN_KEY_FILE=str(folder / "keys" / "keys.json"),
        HUIMIN_TODAY=setting_up.DEMONSTRATION_DAY,
        HUIMIN_PRODUCTION="",
        REDIS_URL="",
        DATABASE_URL="",
    )
    try:
        bootstrapping.bootstrap()
        with embedded.servers_up():
            setting_up.bring_up_to_date()
            yield
    finally:
        os.environ.clear()
        os.environ.update(former)
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt
