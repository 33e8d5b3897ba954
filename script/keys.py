"""The secret keys of an installation: made once, never overwritten."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from config import installation


def create_keys() -> bool:
    """Write the key file (readable by its owner alone) unless there is one; True when it was made.

    32 random bytes each: the key of the registry's encrypted columns, the clinical one, the key of the
    digests that find a number again, and Django's secret. Losing the file loses what is encrypted.
    """
    path = installation.keys_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and _are_whole():
        return False
    document = {
        "active": "k1",
        "keys": {"k1": _random_key()},
        "clinical_active": "c1",
        "clinical_keys": {"c1": _random_key()},
        "digest_key": _random_key(),
        "django_secret": _random_key(),
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    write_privately(draft, json.dumps(document, indent=2))
    try:
        # A link fails where a rename would overwrite: the first of two bootstraps wins.
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _are_whole() -> bool:
    """Whether the keys can be read; damaged ones that sealed nothing yet are laid aside.

    Raises InstallationError for damaged ones of an installation: only their backup opens what is sealed.
    """
    try:
        installation.django_secret()
    except installation.InstallationError:
        has_database = installation.database_file().exists() or installation.logins_given()
        if has_database or os.environ.get("HUIMIN_KEY_FILE"):
            raise
        path = installation.keys_file()
        path.replace(path.with_name(f"{path.name}.damaged"))
        return False
    return True


def write_privately(path: Path, text: str) -> None:
    """Write a file that nobody else can read; on disk when this returns.

    Exchanged at the end: a run that is killed, or finds the disk full, leaves what was there before.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")
