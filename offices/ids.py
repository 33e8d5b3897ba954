"""Keys of case tables: UUIDv7, made in the application, ordered by time (RFC 9562)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new time-ordered key."""
    return uuid7()
