"""A full disk, and files of somebody else, are said in a sentence."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from script import disk, packages
from script.speaking import SetupError

_Usage = namedtuple("_Usage", "total used free")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(100, 99, 1))


def test_full_disk_is_refused_before_anything_is_written(full_disk: None, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="free at least 1 GB"):
        disk.refuse_full(tmp_path, disk.LEAST_FOR_HOME)


def test_enough_room_is_let_through(tmp_path: Path) -> None:
    disk.refuse_full(tmp_path, 1)


def test_disk_that_fills_up_while_the_environment_is_made_is_said(
    full_disk: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages, "ENVIRONMENT", tmp_path / "venv")
    monkeypatch.setattr(packages.subprocess, "run", _fails_like_venv)
    with pytest.raises(SetupError, match="MB are free"):
        packages._make_environment()


def test_environment_that_cannot_be_made_is_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(packages, "ENVIRONMENT", tmp_path / "venv")
    monkeypatch.setattr(packages.subprocess, "run", lambda *_words, **_options: _NoEnsurepip())
    monkeypatch.setattr("script.libraries.install_packages", lambda names, **_options: asked.extend(names))
    with pytest.raises(SetupError, match=r"remove the folder \.venv"):
        packages._make_environment()
    assert asked == ["python3-venv"]


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "cannot be read or written")]
)
def test_error_of_a_file_becomes_a_sentence(number: int, said: str) -> None:
    refusal = disk.refusal_for(OSError(number, "reason", "/srv/huimin/file"))
    assert refusal is not None
    assert said in refusal.english
    assert "/srv/huimin/file" in refusal.english


def test_other_errors_are_not_explained_away() -> None:
    assert disk.refusal_for(OSError(errno.EBADF, "reason")) is None


class _NoEnsurepip:
    returncode = 1
    stdout = "The virtual environment was not created successfully because ensurepip is not available.\n"
    stderr = ""


class _CutShort:
    returncode = 1
    stdout = ""
    stderr = "Error: Command '['python', '-m', 'ensurepip']' returned non-zero exit status 1.\n"


def _fails_like_venv(*_words: object, **_options: object) -> _CutShort:
    return _CutShort()
