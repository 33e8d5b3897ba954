"""Document numbers, counted per series and year without gaps, under a row lock."""

from __future__ import annotations

import secrets

from django.db import connection

from offices.models import NumberSeries

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def next_number(*, series: str, year: int) -> int:
    """The next number of a series; the lock is held until the transaction ends, so none is lost."""
    return next_numbers(series=series, year=year, count=1)[0]


def next_numbers(*, series: str, year: int, count: int) -> range:
    """The next numbers of a series, one after the other; none at all only holds the series."""
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (series, year, last) VALUES (%s, %s, %s) "
            f"ON CONFLICT (series, year) DO UPDATE SET last = {table}.last + EXCLUDED.last RETURNING last",
            [series, year, count],
        )
        (last,) = cursor.fetchone()
    return range(int(last) - count + 1, int(last) + 1)


def new_code(groups: int = 3) -> str:
    """A code that cannot be guessed and is easily read aloud: XXXX-XXXX-XXXX (about 59 bits)."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))
