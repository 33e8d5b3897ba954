"""Pieces of SQL that relations and predicates are made of."""

from __future__ import annotations

from django.db import models

from households.models import OnlyChildCertificate
from subsidies.predicates.base import DAY

SUBJECTS = "subject"
"""The people asked about."""
RELATIVES = "relative"
"""They, and everybody whose children and certificate are read with theirs."""


def table(model: type[models.Model]) -> str:
    """The quoted name of a model's table."""
    return f'"{model._meta.db_table}"'


def holds(alias: str, *, day: str = DAY) -> str:
    """Whether a dated fact holds on a day: its period is [from, to)."""
    return (
        f"({alias}.from_on IS NULL OR {alias}.from_on <= {day}) "
        f"AND ({alias}.to_on IS NULL OR {alias}.to_on > {day})"
    )


def lives(alias: str, *, day: str = DAY) -> str:
    """Living on a day: born on or before it and not dead on or before it."""
    return f"({alias}.birth_date <= {day} AND ({alias}.died_on IS NULL OR {alias}.died_on > {day}))"


def of_age(column: str, years: str, *, day: str) -> str:
    """An age is reached on the birthday; born on 29 February, on the 28th of a common year."""
    return f"({column} + make_interval(years => {years})) <= {day}"


def rows_of(model: type[models.Model], alias: str, key: str, *, of: str | None) -> str:
    """What stands after FROM: a model's rows whose `key` is one of some people's (`of`; None: of everybody's).

    The people come first: where the order of joins is kept, each row is looked up by its key.
    """
    rows = f"{table(model)} {alias}"
    return rows if of is None else f"{of} JOIN {rows} ON {alias}.{key} = {of}.id"


def has_begun(alias: str, *, day: str = DAY) -> str:
    """Whether a certificate was there by a day: what is issued or begins later is not known of on it."""
    return f"({alias}.issued_on <= {day} AND ({alias}.from_on IS NULL OR {alias}.from_on <= {day}))"


def certificates(of: str | None) -> str:
    """Who of some people (`of`; None: of all) holds an only-child certificate on the day.

    One row for each who had one on record by the day: `is_held` is false when it was returned by
    then. Who had none on record has no row: not known, since older certificates came into no
    register; and one that is issued later changes nothing in an earlier day's answer.
    """
    return f"""
        SELECT certificate.person_id,
               bool_or(certificate.to_on IS NULL OR certificate.to_on > {DAY}) AS is_held
          FROM {rows_of(OnlyChildCertificate, "certificate", "person_id", of=of)}
         WHERE {has_begun("certificate")}
         GROUP BY certificate.person_id"""
