"""The county context: which schema, which scope and who acts, local to one transaction.

Everything that reads or writes case data runs inside `open_context`. The helper opens a
transaction and issues `SET LOCAL search_path` and `SET LOCAL huimin.scope` together, so a
pooled connection keeps nothing and a forgotten context sees no row. Literal SET LOCAL is
used, not set_config(), because Citus passes only the former on to its workers.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import sql

if TYPE_CHECKING:
    from offices.actors import Actor

_COUNTY = re.compile(r"[0-9]{6}")
_SCOPE = re.compile(r"(|[0-9]{6}|[0-9]{9}|[0-9]{12})")


MOMENT = "huimin.known_at"
"""The setting that names the moment whose knowledge is read."""


class NoContext(RuntimeError):
    """Case data was asked for outside `open_context`: a programming error."""


@dataclass(frozen=True, slots=True)
class Context:
    """County (6 digits), scope (6, 9 or 12 digits; empty sees nothing) and actor of a transaction.

    `known_at`: the moment whose knowledge is read, where it is not the present.
    """

    county: str
    scope: str = ""
    actor: Actor | None = None
    channel: str = "page"
    address: str | None = None
    known_at: datetime.datetime | None = None

    def __post_init__(self) -> None:
        if not _COUNTY.fullmatch(self.county):
            raise ValueError(f"not a county code: {self.county!r}")
        if not _SCOPE.fullmatch(self.scope):
            raise ValueError(f"not a scope: {self.scope!r}")

    def sees(self, division_code: str) -> bool:
        """Whether the rows of a division lie within the scope, as row-level security answers it."""
        return bool(self.scope) and division_code.startswith(self.scope)


_current: ContextVar[Context | None] = ContextVar("huimin_context", default=None)


def schema_of(county: str) -> str:
    """The schema that holds one county."""
    return f"county_{county}"


def schema_of_the_past(county: str) -> str:
    """The schema of one county's views of what was known (offices/database/known.py)."""
    return f"{schema_of(county)}_then"


def current_context() -> Context:
    """The open context. Raises NoContext outside one."""
    context = _current.get()
    if context is None:
        raise NoContext("open_context() is needed before case data is read or written")
    return context


def default_county() -> str:
    """The county of an installation that has one."""
    return str(settings.HUIMIN_COUNTY)


def _apply(context: Context | None, using: str, *, read_only: bool = False) -> None:
    path = [sql.Identifier("public")]
    statements: list[sql.Composable] = [
        sql.SQL("SET LOCAL huimin.scope = {}").format(sql.Literal(context.scope if context else ""))
    ]
    if context:
        path.insert(0, sql.Identifier(schema_of(context.county)))
    if context and context.known_at:
        path.insert(0, sql.Identifier(schema_of_the_past(context.county)))
        moment = sql.Literal(context.known_at.isoformat())
        statements.append(sql.SQL("SET LOCAL {} = {}").format(sql.SQL(MOMENT), moment))
    statements.insert(0, sql.SQL("SET LOCAL search_path = {}").format(sql.SQL(", ").join(path)))
    if read_only:
        statements.insert(0, sql.SQL("SET TRANSACTION READ ONLY"))
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(statements).as_string(cursor.connection))


@contextmanager
def open_context(
    *,
    county: str | None = None,
    scope: str | None = None,
    actor: Actor | None = None,
    channel: str | None = None,
    address: str | None = None,
    read_only: bool = False,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[Context]:
    """Run a block in one transaction of a county, seeing the rows of `scope` as `actor`.

    `scope` defaults to the actor's own. Contexts nest; the inner one ends with the outer's
    settings restored, and a failed one with its savepoint.
    """
    outer = _current.get()
    context = Context(
        county=county or (outer.county if outer else default_county()),
        scope=scope if scope is not None else (actor.scope if actor else ""),
        actor=actor,
        channel=channel or (outer.channel if outer else "page"),
        address=address or (outer.address if outer else None),
    )
    with _entered(context, outer, using=using, read_only=read_only):
        yield context


@contextmanager
def county_scope() -> Iterator[Context]:
    """Widen the open context to its whole county, for rules, matching and moves inside services."""
    outer = current_context()
    inner = replace(outer, scope=outer.county)
    with _entered(inner, outer, using=DEFAULT_DB_ALIAS, read_only=False):
        yield inner


@contextmanager
def as_known_at(moment: datetime.datetime) -> Iterator[Context]:
    """Read the registry and its policies as they were known at a moment; nothing can be written then."""
    outer = current_context()
    inner = replace(outer, known_at=moment)
    with _entered(inner, outer, using=DEFAULT_DB_ALIAS, read_only=False):
        yield inner


@contextmanager
def _entered(context: Context, outer: Context | None, *, using: str, read_only: bool) -> Iterator[None]:
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        _apply(context, using, read_only=read_only)
        token = _current.set(context)
        try:
            yield
        finally:
            _current.reset(token)
        if nested and not connections[using].needs_rollback:
            # A failed block needs no restoring: its savepoint takes SET LOCAL back with it.
            _apply(outer, using)


@contextmanager
def keep_context() -> Iterator[None]:
    """Join the open context, or open one without scope where there is none."""
    if _current.get() is not None:
        yield
        return
    with open_context(scope=""):
        yield
