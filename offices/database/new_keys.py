"""Keys of rows that the database inserts by set."""

from __future__ import annotations

from django.db import connection

from offices.ids import new_id

_NATIVE_FROM = 18_00_00
_NATIVE = "uuidv7()"
# UUIDv7 (RFC 9562) in SQL: 48 bits of milliseconds before the random ones, version 7.
_IN_SQL = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing "
    "substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) "
    "FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid"
)


class _NewKey:
    """SQL of a new key, formatted when the statement is: PostgreSQL has its own from 18 on.

    The server's own grow within a statement too, so that indexes are written at their end.
    """

    def __str__(self) -> str:
        return _NATIVE if connection.pg_version >= _NATIVE_FROM else _IN_SQL  # type: ignore[attr-defined] # PostgreSQL's


# Rows that are inserted by set cannot get their keys from the application.
NEW_KEY = _NewKey()

_DIGITS = 6


def beginning_of_keys() -> str:
    """How the keys of all rows of one statement begin: the time and fifty random bits of a UUIDv7."""
    return new_id().hex[:-_DIGITS]


def numbered_key(beginning: str, number: str) -> str:
    """SQL of a row's key: how the statement's keys begin (a parameter's name), and the row's number (below 16,777,216).

    For tens of thousands of rows: a key of its own costs each a call of the system for random bits.
    """
    return f"(%({beginning})s::text || lpad(to_hex({number}), {_DIGITS}, '0'))::uuid"
