"""The secret keys are made once and kept to their owner."""

from __future__ import annotations

import base64
import errno
import json
import os
from pathlib import Path

import pytest

from config import installation
from script.keys import create_keys, write_privately


def test_keys_are_private_and_never_overwritten(home: Path) -> None:
    assert create_keys() is True
    file = installation.keys_file()
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert create_keys() is False
    assert file.read_text() == first
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_keys_cut_short_before_there_was_a_database_are_made_anew(home: Path) -> None:
    file = installation.keys_file()
    file.parent.mkdir()
    file.write_text('{"active": "k1", "ke')
    assert create_keys() is True
    assert installation.django_secret()
    assert file.with_name("keys.json.damaged").read_text().startswith('{"active"')


def test_damaged_keys_of_an_installation_are_left_for_their_backup(home: Path) -> None:
    file = installation.keys_file()
    file.parent.mkdir()
    file.write_text("{half")
    installation.database_file().write_text("{}")
    with pytest.raises(installation.InstallationError, match="from the backup"):
        create_keys()
    assert file.read_text() == "{half"


def test_file_cut_short_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "database.json"
    write_privately(file, "former")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_privately(file, "new")
    assert file.read_text() == "former"
    assert list(tmp_path.iterdir()) == [file]


def test_every_key_is_its_own_32_bytes(home: Path) -> None:
    create_keys()
    kept = json.loads(installation.keys_file().read_text())
    keys = [
        kept["keys"][kept["active"]],
        kept["clinical_keys"][kept["clinical_active"]],
        kept["digest_key"],
        kept["django_secret"],
    ]
    assert len(set(keys)) == 4
    assert {len(base64.b64decode(key)) for key in keys} == {32}
