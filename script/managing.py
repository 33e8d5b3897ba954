"""`script/manage`: a management command with the embedded servers up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from script import embedded, setting_up

_OWNER_COMMANDS = frozenset({"migrate", "backup", "restore", "county"})


def main(words: list[str]) -> int:
    """Run `manage.py` with `words`; an installation never set up is set up first. Its exit status is ours."""
    with embedded.servers_up():
        setting_up.set_up_if_new()
        if setting_up.purpose() == "demo" or words[:1] == ["demo"]:
            setting_up.use_demonstration_day()
        return run_command(words)


def run_command(words: list[str]) -> int:
    """Run one command to its end; Ctrl-C goes to the command, and its answer comes back."""
    as_owner = bool(words) and words[0] in _OWNER_COMMANDS
    environment = setting_up.owner_environment() if as_owner else dict(os.environ)
    command = subprocess.Popen([sys.executable, setting_up.MANAGE, *words], env=environment)
    # A terminal sends Ctrl-C to the command as well; whoever ends us alone ends the command.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: command.terminate())
    status = command.wait()
    return status if status >= 0 else 128 - status
