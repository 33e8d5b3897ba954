"""OpenFisca-Core in a virtual environment of its own, and a round of it.

It is under the AGPL and not among the product's packages: a separate program, fetched by this benchmark alone.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config import installation
from config.installation import REPOSITORY
from offices.database.context import default_county, schema_of

LOCKED = REPOSITORY / "requirements" / "bench.txt"
_RIVAL = Path(__file__).with_name("openfisca_rival.py")


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of the load and of each programme; entitled and unknown by programme."""

    load: float
    seconds: dict[str, float]
    found: dict[str, tuple[int, int]]

    @property
    def total(self) -> float:
        return self.load + sum(self.seconds.values())


def make_environment(folder: Path) -> Path:
    """The Python of an environment with the locked packages."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603 # this very Python
    python = folder / "bin" / "python"
    subprocess.run(  # noqa: S603 # the environment it has just made
        [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--no-input",
         "--disable-pip-version-check", "--requirement", LOCKED],
        check=True,
    )  # fmt: skip
    return python


def run_round(python: Path, *, day: datetime.date) -> Round:
    """Load the registry and decide; the start of its Python and its imports are not counted."""
    address = installation.database_address("owner")
    words = {"host": address.host, "port": address.port, "dbname": address.name, "user": address.user, "password": address.password}  # fmt: skip
    told = subprocess.run(  # noqa: S603 # our own script, in that environment
        [python, _RIVAL, " ".join(f"{name}={value}" for name, value in words.items() if value),
         schema_of(default_county()), day.isoformat()],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = json.loads(told.stdout)
    found = {code: (entitled, unknown) for code, (entitled, unknown) in said["found"].items()}
    return Round(said["load"], said["seconds"], found)
