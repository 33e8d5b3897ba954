"""What the tests need of Debian, where it may be installed and where not."""

from __future__ import annotations

import pytest

from script import libraries
from script.speaking import SetupError


@pytest.fixture(autouse=True)
def _ordinary_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)


def _only(*programs: str) -> object:
    return lambda name: f"/usr/bin/{name}" if name in programs else None


def test_a_whole_chromium_does_where_nothing_may_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", _only("apt-get", "pdftotext", "chromium"))
    libraries.complete(for_tests=True)
    assert libraries.browser() == "/usr/bin/chromium"


def test_without_any_browser_tests_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", _only("apt-get", "pdftotext"))
    with pytest.raises(SetupError, match="chromium-headless-shell"):
        libraries.complete(for_tests=True)


def test_the_one_without_a_window_is_taken_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", _only("pdftotext", "chromium", "chromium-headless-shell"))
    libraries.complete(for_tests=True)
    assert libraries.browser() == "/usr/bin/chromium-headless-shell"
