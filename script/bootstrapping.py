"""`script/bootstrap`: everything an installation needs, without asking; a second run does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config.installation import REPOSITORY
from script import frontend, libraries, packages
from script.embedded import prepare_home
from script.keys import create_keys
from script.speaking import say


def main(words: list[str]) -> int:
    """Set up to run, or with `--tests` to run and test."""
    if set(words) - {"--tests"}:
        say("Usage: script/bootstrap [--tests]")
        return 2
    python = bootstrap(for_tests="--tests" in words)
    say(f"Ready: {python}")
    return 0


def bootstrap(*, for_tests: bool = False, with_frontend: bool = True) -> Path:
    """Locked packages, libraries, front-end files, keys and message catalogues; the Python to go on in."""
    python = packages.install("run")
    if for_tests:
        python = packages.install("dev")
    libraries.complete(for_tests=for_tests)
    if with_frontend:
        frontend.build()
    prepare_home()
    if create_keys():
        say("· Made new keys: keep a copy of keys/keys.json apart from the database's backup.")
        say("  已生成新密钥：请把 keys/keys.json 另存一份，不要与数据库备份放在一起。")
    _compile_catalogues(python)
    return python


def _compile_catalogues(python: Path) -> None:
    if Path(sys.executable) == python:
        from script import translating

        translating.compile_catalogues()
        return
    subprocess.run(
        [python, REPOSITORY / "script", "translating", "--compile"], env=dict(os.environ), check=True
    )
