"""Sessions in the county's own schema, each operation in a short transaction of its own.

Middleware reads and saves sessions outside the request's transaction, where without a
context no schema is on the search path.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse

from offices.database.context import keep_context


class SessionStore(DatabaseStore):
    """Django's database sessions inside a county context."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        with keep_context():
            return super().load()

    def exists(self, session_key: str) -> bool:
        with keep_context():
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        with keep_context():
            super().save(must_create=must_create)

    def delete(self, session_key: str | None = None) -> None:
        with keep_context():
            super().delete(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        with keep_context():
            super().clear_expired()


class IdleSessionMiddleware(SessionMiddleware):
    """Every page asked for puts the idle sign-out off, but not one that asks again by itself."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        is_by_itself = request.headers.get("HX-Trigger", "").startswith("progress")
        if is_by_itself and not request.session.modified:
            return response
        return super().process_response(request, response)
