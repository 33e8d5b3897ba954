"""From running servers to an installation that can serve: database, migrations, reference data, demonstration."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Literal

from config import installation
from script import embedded, processes, provisioning
from script.keys import create_keys, write_privately
from script.speaking import SetupError, say, step
from script.translating import compile_catalogues

MANAGE = str(installation.REPOSITORY / "manage.py")
DEMONSTRATION_DAY = "2014-01-06"
Purpose = Literal["demo", "empty"]
_SOURCES = ("config", "offices", "households", "enforcement", "checkups", "subsidies", "reports")


def set_up_if_new() -> None:
    """Set up an installation that never was; one that was is left as it is."""
    create_keys()
    if not _marks().get("code") or not provisioning.is_provisioned():
        bring_up_to_date()


def bring_up_to_date() -> None:
    """Keys, roles and database, migrations and reference data, as the code now wants them."""
    create_keys()
    compile_catalogues()
    provisioning.provision()
    digest = code_digest()
    if _marks().get("code") == digest:
        return
    with step("Bringing the database up to date"):
        manage("migrate", "--no-input", as_owner=True)
    with step("Loading reference data: divisions, policies, calendar, roles"):
        manage("load_reference")
    _mark(code=digest)


def purpose() -> Purpose | None:
    """What this home was first served for: a demonstration or an office; None before."""
    found = _marks().get("purpose")
    return found if found in {"demo", "empty"} else None


def settle_purpose(*, empty: bool) -> Purpose:
    """Keep a home what it is: no demonstration ever gets into an office's registry. Raises SetupError."""
    known = purpose()
    if known == "demo" and empty:
        raise SetupError(
            f"{installation.home()} holds the demonstration county: set HUIMIN_HOME to a new folder for --empty.",
            f"{installation.home()} 中是演示县数据：使用 --empty 请把 HUIMIN_HOME 设为新目录。",
        )
    wanted: Purpose = "empty" if empty or os.environ.get("HUIMIN_PRODUCTION") == "1" else "demo"
    settled = known or wanted
    if known == "empty" and not empty:
        say(f"· {installation.home()} was set up with --empty: it stays without demonstration cases.")
    _mark(purpose=settled)
    return settled


def use_demonstration_day() -> None:
    """In a demonstration, today is the day its story has reached, unless the environment says another."""
    os.environ.setdefault("HUIMIN_DEMO", "1")
    os.environ.setdefault("HUIMIN_TODAY", DEMONSTRATION_DAY)


def load_demonstration(residents: int | None) -> str:
    """Make the demonstration county once; what it said of itself and its accounts. Raises SetupError."""
    told = installation.home() / "run" / "demonstration.txt"
    done = _marks().get("demonstration")
    if done is not None:
        if residents is not None and done != str(residents):
            say("· The demonstration county is there already and stays as it is.")
            say("  For another size set HUIMIN_HOME to a new folder and start again.")
        return _accounts_in(told.read_text(encoding="utf-8")) if told.exists() else ""
    size = () if residents is None else ("--residents", str(residents))
    with step("Making the demonstration county (one to a few minutes)"):
        said = manage("demo", *size)
    told.write_text(said, encoding="utf-8")
    _mark(demonstration=str(residents or ""))
    return _accounts_in(said)


def _accounts_in(said: str) -> str:
    """The last lines, the accounts; those before told how far it was."""
    return said[max(0, said.find("居民 residents")) :]


def manage(*words: str, as_owner: bool = False) -> str:
    """Run a management command, its lines shown indented as they come; what it said. Raises SetupError."""
    lines: list[str] = []
    with processes.ending_with_us(
        [sys.executable, "-u", MANAGE, *words],
        environment=owner_environment() if as_owner else None,
    ) as process:
        assert process.stdout is not None  # noqa: S101  # ending_with_us pipes it
        for line in process.stdout:
            lines.append(line)
            say(f"    {line.rstrip()}")
    if process.returncode != 0:
        if any("No space left on device" in line for line in lines):
            raise SetupError(
                "The disk is full: free at least 1 GB where HUIMIN_HOME lies, then start again.",
                "磁盘已满：请在 HUIMIN_HOME 所在磁盘腾出至少 1 GB 后重新启动。",
            )
        raise SetupError(
            f"'manage.py {words[0]}' failed: its last lines above say why; put that right and start again.",
            f"“manage.py {words[0]}”执行失败：原因见上面最后几行，处理后请重新启动。",
        )
    return "".join(lines)


def owner_environment() -> dict[str, str]:
    """The environment in which the settings pick the owner's login."""
    return {**os.environ, "HUIMIN_DATABASE_ROLE": "owner"}


def code_digest() -> str:
    """Changes when migrations or reference data may have: over every source and data file of the apps."""
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((installation.REPOSITORY / folder).rglob("*")):
            if path.suffix in {".py", ".csv", ".json", ".toml", ".sql"}:
                digest.update(path.relative_to(installation.REPOSITORY).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _marks_file() -> Path:
    # Beside the cluster, so that a cluster made anew is also set up anew.
    folder = embedded.cluster().folder if installation.database_is_embedded() else installation.home()
    return folder / "set-up.json"


def _marks() -> dict[str, Any]:
    try:
        marks = json.loads(_marks_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marks if isinstance(marks, dict) else {}


def _mark(**marks: str) -> None:
    # Never half written: without its purpose an office's registry would be taken for a demonstration.
    write_privately(_marks_file(), json.dumps({**_marks(), **marks}))
