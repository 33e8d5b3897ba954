"""What kind of file somebody brought, told by its content and never by its name."""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that holds an encrypted workbook inside an OLE file, as its directory writes it.
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "GZIP"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta")


class FileKind(StrEnum):
    """The two forms a resident file may have."""

    CSV = "csv"
    XLSX = "xlsx"


def sniff(source: BinaryIO) -> FileKind:
    """Tell CSV from XLSX by the first bytes; a package is looked into by its own reader.

    Raises DomainError: `file_empty`, `file_encrypted`, `file_old_excel`, `file_kind`.
    """
    source.seek(0)
    start = source.read(4096)
    if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        rest = source.read(1)
        raise _empty() if not rest else _wrong_kind("—")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return FileKind.XLSX
    if start.startswith(_OLE):
        raise _old_or_encrypted(source)
    for signature, kind in _OTHER_KINDS:
        if start.startswith(signature):
            raise _wrong_kind(kind)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith(_MARKUP):
        raise _wrong_kind("HTML / XML")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong_kind("UTF-16")
    if b"\x00" in start:
        raise _wrong_kind("—")
    return FileKind.CSV


def _empty() -> DomainError:
    return DomainError("file_empty", _("The file is empty. Choose the file with the residents."))


def _wrong_kind(kind: str) -> DomainError:
    return DomainError(
        "file_kind",
        _(
            "This is not a table that can be read here (it looks like: %(kind)s). "
            "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8."
        ),
        kind=kind,
    )


def _old_or_encrypted(source: BinaryIO) -> DomainError:
    source.seek(0)
    tail = b""
    while part := source.read(262_144):
        if _ENCRYPTED_PACKAGE in tail + part:
            return encrypted()
        tail = part[-len(_ENCRYPTED_PACKAGE) :]
    return DomainError(
        "file_old_excel",
        _(
            "This is a file of an old Office version (.xls, .doc). "
            "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."
        ),
    )


def encrypted() -> DomainError:
    """The refusal of a file with a password."""
    return DomainError(
        "file_encrypted",
        _(
            "The file is protected by a password. Open it, take the password off, save it and choose it again."
        ),
    )
