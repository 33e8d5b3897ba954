"""The locked packages are installed by two at once, each its own half, or a sentence says what failed."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from config.installation import REPOSITORY
from script import packages, processes
from script.speaking import SetupError

LOCKED = REPOSITORY / "requirements" / "run.txt"
_TAKES = "import pathlib, sys; pathlib.Path(sys.argv[2]).write_bytes(pathlib.Path(sys.argv[1]).read_bytes())"
_FAILS = "import sys; print('Collecting a==1'); print('ERROR: ' + sys.argv[1]); sys.exit(1)"


def test_each_package_is_in_one_half_with_its_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes(_python: Path, half: Path) -> AbstractContextManager[subprocess.Popen[str]]:
        return processes.ending_with_us([sys.executable, "-c", _TAKES, str(half), str(tmp_path / half.name)])

    monkeypatch.setattr(packages, "_pip", takes)
    packages._install_packages(Path(sys.executable), LOCKED)
    halves = [half.read_text() for half in sorted(tmp_path.iterdir())]
    assert len(halves) == 2
    assert len(_packages(LOCKED.read_text())) > 50
    assert sorted(_packages("".join(halves))) == sorted(_packages(LOCKED.read_text()))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("no route to host", "no route to host.*check the network"),
        ("No space left on device", "disk is full"),
    ],
)
def test_what_failed_is_said(reason: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        packages,
        "_pip",
        lambda _python, _half: processes.ending_with_us([sys.executable, "-c", _FAILS, reason]),
    )
    with pytest.raises(SetupError, match=said):
        packages._install_packages(Path(sys.executable), LOCKED)


def _packages(text: str) -> list[str]:
    """Each with the lines of its digests."""
    return re.findall(r"(?m)^\w\S+==.*\n(?:    --hash=.*\n)+", text)
