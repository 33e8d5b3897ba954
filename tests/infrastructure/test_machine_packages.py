"""What only the machine's package manager brings: installed where it may, else named in a sentence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from script import libraries
from script.speaking import SetupError

Which = Callable[[str], str | None]


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Pango nor Chromium, and nobody may install them."""
    monkeypatch.setattr(libraries, "_has_library", lambda _name: False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_who_may_not_install_is_told_the_exact_command(bare_machine: None) -> None:
    with pytest.raises(SetupError) as refused:
        libraries.complete(for_tests=True)
    packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 poppler-utils chromium-headless-shell"
    assert f"apt-get install --no-install-recommends {packages}" in refused.value.english
    assert f"apt-get install --no-install-recommends {packages}" in refused.value.chinese


def test_serving_goes_on_without_printing_and_says_so(
    bare_machine: None, capsys: pytest.CaptureFixture[str]
) -> None:
    libraries.complete(for_tests=False)
    said = capsys.readouterr().err
    assert "PDFs cannot be made until this is installed" in said
    assert "在安装之前无法生成 PDF" in said
    assert "chromium" not in said


def test_machine_without_apt_is_told_the_names(bare_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SetupError, match="install them with its package manager"):
        libraries.install_packages(["libpango-1.0-0"], purpose="printing")


def test_apt_that_fails_is_quoted(bare_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(libraries, "_lists_are_old", lambda: False)
    asked: list[str] = []

    def apt(words: list[str]) -> str:
        asked.append(words[0])
        return "E: Unable to locate package chromium" if words[0] == "install" else ""

    monkeypatch.setattr(libraries, "_apt", apt)
    with pytest.raises(SetupError, match=r"apt could not install chromium \(E: Unable to locate"):
        libraries.install_packages(["chromium"], purpose="tests")
    assert asked == ["install", "update", "install"]  # lists that are too old are fetched once more


@pytest.mark.parametrize("browsers", [["chromium"], ["chromium", "chromium-headless-shell"]])
def test_a_browser_that_is_there_does(
    bare_machine: None, monkeypatch: pytest.MonkeyPatch, browsers: list[str]
) -> None:
    there = {"apt-get", "pdftotext", *browsers}
    monkeypatch.setattr(libraries, "_has_library", lambda _name: True)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in there else None)
    libraries.complete(for_tests=True)
    assert libraries.browser() == f"/usr/bin/{browsers[-1]}"
