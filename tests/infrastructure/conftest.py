"""Homes of their own for the tests of what starts and stops servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import installation
from script import embedded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new home whose servers are stopped and which is gone afterwards."""
    # Short, unlike pytest's folders: a socket's path has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="huimin-t-", dir=installation.home().parent))
    monkeypatch.setenv("HUIMIN_HOME", str(folder))
    for name in (
        "HUIMIN_KEY_FILE",
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "DATABASE_CLINICAL_URL",
        "REDIS_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUIMIN_TESTING", "1")
    yield folder
    monkeypatch.setenv("HUIMIN_HOME", str(folder))
    embedded.broker().stop()
    embedded.cluster().stop()
    shutil.rmtree(folder, ignore_errors=True)
