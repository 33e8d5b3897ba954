"""Encryption at rest and keyed digests of what identifies a person.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D); the envelope is
`version byte | key id length | key id | nonce | ciphertext and tag`, the purpose is bound
as associated data. Digests are HMAC-SHA-256 under a key of their own, separate by purpose,
so that a stolen dump shows neither values nor equal values across columns.
"""

from __future__ import annotations

import base64
import json
import os
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_BLOCK = 64


class Purpose(StrEnum):
    """What a sealed value is; a value sealed for one purpose opens for no other."""

    IDENTITY_NUMBER = "identity_number"
    IDENTITY_NUMBER_TAIL = "identity_number_tail"
    PHONE = "phone"
    PHONE_TAIL = "phone_tail"
    BANK_ACCOUNT = "bank_account"
    RESIDENT_ROW = "resident_row"
    FILE = "file"
    CLINICAL = "clinical"


class Keys:
    """The installation's keys, read once."""

    def __init__(self) -> None:
        content = json.loads(Path(settings.HUIMIN_KEYS_FILE).read_text())
        self.ciphers = {name: AESGCM(base64.b64decode(key)) for name, key in content["keys"].items()}
        self.active = content["active"]
        self.clinical_ciphers = {
            name: AESGCM(base64.b64decode(key)) for name, key in content["clinical_keys"].items()
        }
        self.clinical_active = content["clinical_active"]
        self.digest_states = _hmac_states(base64.b64decode(content["digest_key"]))

    def ring(self, purpose: Purpose) -> tuple[dict[str, AESGCM], str]:
        """Ciphers by key id and the id in use: clinical values have a ring of their own."""
        if purpose == Purpose.CLINICAL:
            return self.clinical_ciphers, self.clinical_active
        return self.ciphers, self.active


def _hmac_states(key: bytes) -> tuple[Any, Any]:
    """HMAC (RFC 2104) with the key taken in: a file has a million values to digest under one key."""
    block = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))


@lru_cache(maxsize=1)
def keys() -> Keys:
    """The keys of this process."""
    return Keys()


def seal_bytes(clear: bytes, purpose: Purpose) -> bytes:
    """Encrypt for one purpose with the active key."""
    ciphers, active = keys().ring(purpose)
    nonce = os.urandom(12)
    name = active.encode()
    return (
        _VERSION + bytes([len(name)]) + name + nonce + ciphers[active].encrypt(nonce, clear, purpose.encode())
    )


def unseal_bytes(envelope: bytes, purpose: Purpose) -> bytes:
    """Decrypt. Raises cryptography's InvalidTag when altered, KeyError when its key is gone."""
    end = 2 + envelope[1]
    name = envelope[2:end].decode()
    ciphers, _active = keys().ring(purpose)
    return ciphers[name].decrypt(envelope[end : end + 12], envelope[end + 12 :], purpose.encode())


def seal(clear: str, purpose: Purpose) -> bytes:
    """Encrypt a text for one purpose."""
    return seal_bytes(clear.encode(), purpose)


def seal_json(clear: Any, purpose: Purpose) -> str:
    """Encrypt what JSON can say, as text that stands in JSON itself."""
    return base64.b64encode(seal(json.dumps(clear), purpose)).decode()


def unseal_json(text: str, purpose: Purpose) -> Any:
    """What `seal_json` encrypted. Raises as `unseal_bytes`."""
    return json.loads(unseal_bytes(base64.b64decode(text), purpose))


def digest(clear: str, purpose: Purpose) -> bytes:
    """Keyed digest for exact match (32 bytes)."""
    inside, outside = keys().digest_states
    inner, outer = inside.copy(), outside.copy()
    inner.update(f"{purpose}\0{clear}".encode())
    outer.update(inner.digest())
    found: bytes = outer.digest()
    return found


def mask(clear: str, purpose: Purpose) -> str:
    """What may be shown: identity numbers first three and last two, others the last four."""
    if purpose == Purpose.IDENTITY_NUMBER:
        return clear[:3] + "*" * max(len(clear) - 5, 0) + clear[-2:]
    if purpose == Purpose.CLINICAL:
        return "***"
    shown = 4 if len(clear) > 6 else 0
    return "*" * (len(clear) - shown) + (clear[-shown:] if shown else "")


class Sealed:
    """A sealed value in memory: prints as its mask, so that logs and pages never leak it."""

    __slots__ = ("envelope", "purpose")

    def __init__(self, envelope: bytes, purpose: Purpose) -> None:
        self.envelope = envelope
        self.purpose = purpose

    def reveal(self) -> str:
        """The clear text; the caller logs that it was shown."""
        return unseal_bytes(self.envelope, self.purpose).decode()

    @property
    def masked(self) -> str:
        return mask(self.reveal(), self.purpose)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Sealed {self.purpose}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.reveal() == self.reveal()

    def __hash__(self) -> int:
        return hash(self.envelope)
