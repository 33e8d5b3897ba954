"""A scanned or photographed paper, from what somebody sent to what is kept.

What a file is, its first bytes say, not its name. Pictures are drawn anew and PDFs written anew from their
pages alone: place, camera, author, scripts and attachments stay outside.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
SUFFIXES = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}
MOST_PAGES = 60
_MOST_PIXELS = 80_000_000
"""Fewer than Pillow warns of, and asked before anything is drawn."""
_LONGEST_SIDE = 3000
"""A4 at some 250 dots an inch: a stamp stays legible."""
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


@dataclass(frozen=True, slots=True)
class CleanPaper:
    """A paper as it is kept: its content, what it is, its pages, and the SHA-256 of what was sent."""

    content: bytes
    media_type: str
    pages: int
    sent_sha256: str


def clean_paper(*, name: str, sent: bytes) -> CleanPaper:
    """Make of what was sent what is kept.

    Raises DomainError `paper_too_large`, `paper_empty`, `paper_heic`, `paper_kind`, `paper_damaged`,
    `paper_locked`, `paper_too_long`, each naming the file.
    """
    most = settings.HUIMIN_PAPER_MEGABYTES
    if len(sent) > most * 1024 * 1024:
        raise DomainError(
            "paper_too_large",
            _("%(name)s has more than %(most)s MB. Scan it with 200 dots an inch, or take the photo again."),
            name=name,
            most=most,
        )
    if not sent:
        raise DomainError("paper_empty", _("%(name)s is empty. Choose it again."), name=name)
    media_type = _media_type(sent, name)
    try:
        content, pages = _pdf(sent, name) if media_type == PDF else (_picture(sent, media_type), 1)
    except DomainError:
        raise
    except Exception as error:  # whatever a hostile file makes a reader raise
        raise _refused(
            "paper_damaged",
            name,
            _("%(name)s cannot be read to its end. Scan or photograph the paper again."),
        ) from error
    return CleanPaper(content, media_type, pages, hashlib.sha256(sent).hexdigest())


def _media_type(sent: bytes, name: str) -> str:
    if sent.startswith(b"\xff\xd8\xff"):
        return JPEG
    if sent.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if sent[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if sent[4:8] == b"ftyp" and sent[8:12] in _HEIC_BRANDS:
        raise _refused(
            "paper_heic",
            name,
            _(
                "%(name)s is a photo in the format HEIC, which not every office can open. Set the phone's camera to "
                "“Most compatible” (JPEG) and take it again, or photograph the paper from this page."
            ),
        )
    raise _refused(
        "paper_kind", name, _("%(name)s is no PDF, JPEG or PNG. Scan or photograph the paper again.")
    )


def _refused(code: str, name: str, message: str | Promise) -> DomainError:
    return DomainError(code, message, name=name)


def _picture(sent: bytes, media_type: str) -> bytes:
    from PIL import Image, ImageFile, ImageOps

    # WeasyPrint, once loaded, lets every reader of the process take half a picture for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    kind = {JPEG: "JPEG", PNG: "PNG"}[media_type]
    with Image.open(io.BytesIO(sent), formats=[kind]) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(opened)
        drawn = Image.new("RGB", upright.size, "white")
        if "A" in upright.mode or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            drawn.paste(layer, mask=layer.getchannel("A"))
        else:
            drawn.paste(upright.convert("RGB"))
    drawn.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    written = io.BytesIO()
    if media_type == JPEG:
        drawn.save(written, "JPEG", quality=85, optimize=True)
    else:
        drawn.save(written, "PNG", optimize=True)
    return written.getvalue()


def _pdf(sent: bytes, name: str) -> tuple[bytes, int]:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(sent))
    if reader.is_encrypted:
        raise _refused(
            "paper_locked",
            name,
            _("%(name)s is locked with a password. Save it without one, or scan the paper."),
        )
    pages = len(reader.pages)
    if not 0 < pages <= MOST_PAGES:
        raise DomainError(
            "paper_too_long",
            _("%(name)s has %(pages)s pages; between 1 and %(most)s are taken. Send it in parts."),
            name=name,
            pages=pages,
            most=MOST_PAGES,
        )
    writer = PdfWriter()
    for page in reader.pages:
        added = writer.add_page(page)
        for wrong in ("/AA", "/Annots", "/Metadata", "/PieceInfo"):
            added.pop(wrong, None)
    writer.metadata = None
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue(), pages
