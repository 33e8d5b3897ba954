"""The same rows, ready made, brought by COPY alone: as fast as PostgreSQL takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.database import owner, tables_of
from benchmarks.measures import Took, timed

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CopyOfTables:
    """What the tables of an app held, in one file for each; the empty ones are left out."""

    files: tuple[tuple[str, Path], ...]
    rows: int

    @classmethod
    def of_app(cls, app: str, folder: Path) -> CopyOfTables:
        """Keep what the tables hold now. History is not among it, nor how the file came and whom it told of."""
        files = []
        rows = 0
        with owner() as connection:
            for table in tables_of(app):
                if table.endswith(("event", "residentimport", "takenrows")):
                    continue
                target = folder / f"{table}.copy"
                with target.open("wb") as out, _copy(connection, "COPY {} TO STDOUT", table) as pieces:
                    for piece in pieces:
                        out.write(piece)
                count = connection.execute(
                    sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                ).fetchone()
                if count and count[0]:
                    files.append((table, target))
                    rows += count[0]
        return cls(tuple(files), rows)

    def bring(self) -> Took:
        """Until all of it is committed. Pieces of names come ready made too: their trigger rests meanwhile."""
        _switch_tokens("DISABLE")
        try:
            return timed(self._copy_all)
        finally:
            _switch_tokens("ENABLE")

    def _copy_all(self) -> None:
        with owner() as connection:
            for table, source in self.files:
                with _copy(connection, "COPY {} FROM STDIN", table) as copy:
                    for piece in _pieces(source):
                        copy.write(piece)


def _switch_tokens(to: str) -> None:
    with owner() as connection:
        connection.execute(f"ALTER TABLE households_person {to} TRIGGER name_tokens_of_new_people")


def _copy(connection: psycopg.Connection[tuple[object, ...]], statement: str, table: str):  # type: ignore[no-untyped-def] # psycopg's own context manager
    return connection.cursor().copy(sql.SQL(statement).format(sql.Identifier(table)))


def _pieces(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
