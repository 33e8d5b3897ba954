"""ClamAV's clamd over its socket, where an installation has one: INSTREAM, PING and VERSION of its protocol.

`HUIMIN_CLAMD` names the socket (`/run/clamav/clamd.ctl`) or `host:port`; empty: there is none. A scanner
that was configured and does not answer lets nothing through.
"""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from offices.errors import DomainError

_PIECE = 64 * 1024
_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said of one content; `found` names what is wrong with it."""

    is_clean: bool
    found: str = ""


def is_configured() -> bool:
    """Whether the installation has a scanner."""
    return bool(settings.HUIMIN_CLAMD)


def scan_content(content: bytes) -> Verdict:
    """Have content looked at. Raises DomainError `scanner_unreachable`, also for an answer it does not know."""
    try:
        with closing(_connected()) as line:
            line.sendall(b"zINSTREAM\0")
            for begin in range(0, len(content), _PIECE):
                piece = content[begin : begin + _PIECE]
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall((0).to_bytes(4, "big"))
            answer = _answer(line)
    except OSError as error:
        raise _unreachable() from error
    if answer == "stream: OK":
        return Verdict(is_clean=True)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(is_clean=False, found=answer.removeprefix("stream: ").removesuffix(" FOUND"))
    raise _unreachable()


def scanner_version() -> str:
    """The scanner's own words about itself and its signatures. Raises OSError when it does not answer."""
    with closing(_connected()) as line:
        line.sendall(b"zPING\0")
        if _answer(line) != "PONG":
            raise OSError("answers, but not as clamd does")
    with closing(_connected()) as line:
        line.sendall(b"zVERSION\0")
        return _answer(line)


def _connected() -> socket.socket:
    address: str = settings.HUIMIN_CLAMD
    host, _colon, port = address.rpartition(":")
    if address.startswith("/") or not port.isdigit():
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_TIMEOUT)
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT)


def _answer(line: socket.socket) -> str:
    held = bytearray()
    while not held.endswith(b"\0") and len(held) < 4096:
        piece = line.recv(1024)
        if not piece:
            break
        held += piece
    return held.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _unreachable() -> DomainError:
    return DomainError(
        "scanner_unreachable",
        _(
            "The virus scanner does not answer, so nothing was taken in. Try again in a few minutes; "
            "if it stays so, tell the system administrator."
        ),
    )
