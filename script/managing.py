"""`script/manage`: a management command with the embedded servers up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from config import installation
from script import embedded, provisioning
from script.keys import create_keys
from script.speaking import step

MANAGE = str(installation.REPOSITORY / "manage.py")
_OWNER_COMMANDS = frozenset({"migrate", "makemigrations", "backup", "restore", "county"})


def main(words: list[str]) -> int:
    """Run `manage.py` with `words`; an installation never set up is set up first. Its exit status is ours."""
    with embedded.servers_up():
        set_up_if_new()
        return run_command(words)


def set_up_if_new() -> None:
    """Keys, roles and database, migrations and reference data, if this home never had them."""
    create_keys()
    ready = installation.home() / "run" / "ready"
    if ready.exists() and provisioning.is_provisioned():
        return
    with step("Setting up roles and database"):
        provisioning.provision()
    migrate()
    ready.touch()


def migrate() -> None:
    """Migrations and reference data. Raises subprocess.CalledProcessError when a command fails."""
    for words in (["migrate", "--no-input"], ["load_reference"]):
        with step(f"manage.py {words[0]}"):
            subprocess.run([sys.executable, MANAGE, *words], env=owner_environment(), check=True)


def owner_environment() -> dict[str, str]:
    """The environment in which the settings pick the owner's login."""
    return {**os.environ, "HUIMIN_DATABASE_ROLE": "owner"}


def run_command(words: list[str]) -> int:
    """Run one command to its end; Ctrl-C goes to the command, and its answer comes back."""
    environment = owner_environment() if words[:1] and words[0] in _OWNER_COMMANDS else dict(os.environ)
    command = subprocess.Popen([sys.executable, MANAGE, *words], env=environment)
    former = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, lambda *_: command.terminate())
    try:
        status = command.wait()
    finally:
        for number, action in former.items():
            signal.signal(number, action)
    return status if status >= 0 else 128 - status
