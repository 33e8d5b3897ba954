"""A clamd for tests: speaks its protocol over a real socket and finds what contains `EICAR`."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Talk(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        command = self._until_zero()
        if command == b"zPING":
            self.request.sendall(b"PONG\0")
        elif command == b"zVERSION":
            self.request.sendall(b"ClamAV 1.4.2/27500/Mon Jan  6 09:00:00 2014\0")
        elif command == b"zINSTREAM":
            self.request.sendall(self._look(self._content()) + b"\0")
        else:
            self.request.sendall(b"UNKNOWN COMMAND\0")

    def _until_zero(self) -> bytes:
        held = b""
        while not held.endswith(b"\0"):
            held += self._exactly(1)
        return held[:-1]

    def _content(self) -> bytes:
        held = b""
        while size := int.from_bytes(self._exactly(4), "big"):
            held += self._exactly(size)
        return held

    def _exactly(self, size: int) -> bytes:
        held = b""
        while len(held) < size:
            piece = self.request.recv(size - len(held))
            if not piece:
                raise ConnectionError("the other side went away")
            held += piece
        return held

    def _look(self, content: bytes) -> bytes:
        self.server.seen.append(len(content))  # type: ignore[attr-defined] # set below
        answer = self.server.answer  # type: ignore[attr-defined] # set below
        if answer is not None:
            return bytes(answer)
        return b"stream: Eicar-Test-Signature FOUND" if b"EICAR" in content else b"stream: OK"


@contextmanager
def clamd(answer: bytes | None = None) -> Iterator[tuple[str, list[int]]]:
    """Its address `127.0.0.1:port` and the sizes of what it was given; `answer` in place of its own."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        seen: list[int] = []
        server.seen, server.answer = seen, answer  # type: ignore[attr-defined] # for the handler
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join()
