"""Memory for statements that write thousands of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def room_for_thousands() -> Iterator[None]:
    """Within the transaction, sorts, joins and the rows that triggers look through stay in memory.

    A statement that fails takes its setting back with its savepoint or transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        yield
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
