"""Files of the office, sealed on disk: whoever copies the folder reads nothing.

A file has a key of its own, sealed by the installation's active key in its header. The content
follows in pieces of 64 KiB, each under AES-256-GCM; the nonce is the piece's number and whether
it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár), the
file's id is bound to each. So pieces cannot be exchanged, cut off or moved to another file, and
any of them can be read alone: a workbook is read from its end.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.database.context import current_context
from offices.errors import DomainError
from offices.ids import new_id
from offices.models import StoredFile
from offices.sealing import Purpose, seal_bytes, unseal_bytes

PIECE = 64 * 1024
_TAG = 16
_MAGIC = b"HMF1"


@dataclass(frozen=True, slots=True)
class SealedContent:
    """Content that is on disk already; `keep_content` makes it a file of the office."""

    id: UUID
    size: int
    sha256: str


def store_file(
    *,
    actor: Actor,
    purpose: str,
    name: str,
    media_type: str,
    content: Iterable[bytes],
    division_code: str | None = None,
) -> StoredFile:
    """Seal `content` (clear bytes, in pieces of any size) and list it under `name`.

    The file belongs to `division_code`, by default the actor's. Size in bytes and SHA-256 are
    those of the clear content.
    """
    sealed = seal_content(content)
    try:
        return keep_content(
            sealed,
            actor=actor,
            purpose=purpose,
            name=name,
            media_type=media_type,
            division_code=division_code,
        )
    except BaseException:
        discard_content(sealed)
        raise


def seal_content(content: Iterable[bytes]) -> SealedContent:
    """Write `content` sealed to disk without listing it yet."""
    content_id = new_id()
    path = _path(content_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    digest = hashlib.sha256()
    size = 0
    try:
        with open(unfinished, "xb", opener=_private) as target:
            key = os.urandom(32)
            sealed_key = seal_bytes(key, Purpose.FILE)
            target.write(_MAGIC + len(sealed_key).to_bytes(2, "big") + sealed_key)
            cipher = AESGCM(key)
            for number, (piece, is_last) in enumerate(_pieces(content)):
                digest.update(piece)
                size += len(piece)
                target.write(cipher.encrypt(_nonce(number, is_last=is_last), piece, content_id.bytes))
            target.flush()
            os.fsync(target.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return SealedContent(content_id, size, digest.hexdigest())


def keep_content(
    sealed: SealedContent,
    *,
    actor: Actor,
    purpose: str,
    name: str,
    media_type: str,
    division_code: str | None = None,
) -> StoredFile:
    """List sealed content as a file of the office."""
    return StoredFile.objects.create(
        id=sealed.id,
        purpose=purpose,
        name=name[-200:],
        media_type=media_type,
        size=sealed.size,
        sha256=sealed.sha256,
        stored_by_id=actor.staff_id,
        division_code=division_code or actor.division_code,
    )


def discard_content(sealed: SealedContent) -> None:
    """Take sealed content that was not kept off the disk."""
    _path(sealed.id).unlink(missing_ok=True)


def open_file(stored: StoredFile) -> BinaryIO:
    """The clear content as a seekable file of bytes; the caller closes it.

    Raises DomainError `file_missing` or, here and while reading, `file_altered`.
    """
    try:
        source = _path(stored.pk).open("rb")
    except FileNotFoundError as error:
        raise DomainError(
            "file_missing",
            _("The file %(name)s is no longer on this server. Ask for the backup, or bring it again."),
            name=stored.name,
        ) from error
    try:
        return cast(BinaryIO, io.BufferedReader(_Unsealing(source, stored), PIECE))
    except BaseException:
        source.close()
        raise


def content_of(stored: StoredFile) -> Iterator[bytes]:
    """The clear content in pieces, for a download. Raises as `open_file`."""
    with open_file(stored) as source:
        while piece := source.read(PIECE):
            yield piece


def delete_file(*, stored: StoredFile) -> None:
    """Take a file from the list, and from the disk once that is committed."""
    path = _path(stored.pk)
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


class _Unsealing(io.RawIOBase):
    """Reads a sealed file at any place, one piece at a time."""

    def __init__(self, source: BinaryIO, stored: StoredFile) -> None:
        self._source = source
        self._stored = stored
        self._position = 0
        self._piece: tuple[int, bytes] = (-1, b"")
        if source.read(4) != _MAGIC:
            raise self._altered()
        length = int.from_bytes(source.read(2), "big")
        try:
            self._cipher = AESGCM(unseal_bytes(source.read(length), Purpose.FILE))
        except (InvalidTag, IndexError, ValueError) as error:
            raise self._altered() from error
        self._start = 6 + length
        self._last = max(stored.size - 1, 0) // PIECE

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._stored.size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # any writable buffer
        if self._position >= self._stored.size:
            if self._stored.size == 0:
                self._clear_piece(0)
            return 0
        number, offset = divmod(self._position, PIECE)
        part = self._clear_piece(number)[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        self._source.close()
        super().close()

    def _clear_piece(self, number: int) -> bytes:
        if self._piece[0] != number:
            self._source.seek(self._start + number * (PIECE + _TAG))
            sealed = self._source.read(PIECE + _TAG)
            nonce = _nonce(number, is_last=number == self._last)
            try:
                clear = self._cipher.decrypt(nonce, sealed, self._stored.pk.bytes)
            except (InvalidTag, ValueError) as error:
                raise self._altered() from error
            self._piece = (number, clear)
        return self._piece[1]

    def _altered(self) -> DomainError:
        return DomainError(
            "file_altered",
            _(
                "The file %(name)s was damaged or altered on this server. Ask for the backup, or bring it again."
            ),
            name=self._stored.name,
        )


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """`content` in pieces of PIECE bytes, each with whether it is the last; at least one."""
    held = bytearray()
    for part in content:
        held += part
        while len(held) > PIECE:
            yield bytes(held[:PIECE]), False
            del held[:PIECE]
    yield bytes(held), True


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _path(content_id: UUID) -> Path:
    # The last characters of a UUIDv7 are random, the first ones are the time.
    name = content_id.hex
    return Path(settings.HUIMIN_FILES) / current_context().county / name[-2:] / name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
