"""The door of every script: `script/python NAME WORDS…`."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# Started by its folder: the repository takes the folder's place, or our names would hide Python's own.
sys.path[0] = str(REPOSITORY)

# What a script needs before its module runs: nothing, the locked packages, or those of the tests too.
_NEEDS = {
    "bootstrapping": "nothing",
    "serving": "run",
    "managing": "run",
    "checking": "dev",
    "benchmarking": "run",
    "translating": "run",
}


def main(words: list[str]) -> int:
    """Install what the script needs, go on in its Python, and run it. The exit status is the script's."""
    from config.installation import InstallationError
    from script.disk import refusal_for
    from script.speaking import SetupError, say_error

    name, rest = words[0], words[1:]
    # SIGTERM and a closed terminal end a set-up as Ctrl-C does; what nohup has it ignore stays ignored.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    try:
        if _NEEDS[name] != "nothing":
            packages = import_module("script.packages")
            python = packages.install(_NEEDS[name])
            if Path(sys.executable) != python:
                os.execv(python, [str(python), str(REPOSITORY / "script"), *words])  # noqa: S606  # our own Python, no shell wanted
        return int(import_module(f"script.{name}").main(rest))
    except InstallationError as problem:
        say_error(SetupError(str(problem), "安装不完整，请按上面一句处理。"))
    except SetupError as refusal:
        say_error(refusal)
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        known = refusal_for(problem)
        if known is None:
            raise
        say_error(known)
    return 1


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
