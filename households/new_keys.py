"""Keys of rows that the database inserts by set."""

from __future__ import annotations

# UUIDv7 (RFC 9562) in SQL: 48 bits of milliseconds before the random ones, version 7. PostgreSQL has
# it from 18 on; rows that are inserted by set cannot get their keys from the application.
NEW_KEY = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing "
    "substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) "
    "FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid"
)
