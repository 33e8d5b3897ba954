"""People whom no table holds: their rows stand in the statement itself, under the tables' names.

A common table expression with the name of a table hides the table. So the relations and
conditions of the rules run over a family that is only imagined (an answer at the calculator),
unchanged, and over nothing else: every table of ours that the statement names is hidden, those
without a row too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models

from subsidies.predicates import Bindings

_QUOTED = re.compile(r'"([a-z_]+)"')


def tables_named(statement: str) -> list[type[models.Model]]:
    """The models whose tables a statement names, each once, in order."""
    by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    names = dict.fromkeys(_QUOTED.findall(statement))
    return [by_table[name] for name in names if name in by_table]


def hiding_tables(statement: str, rows: Iterable[models.Model], values: Bindings) -> list[str]:
    """Common table expressions, to stand before all others, for every table that a statement names."""
    told = list(rows)
    return [
        _hiding(model, [row for row in told if type(row) is model], values)
        for model in tables_named(statement)
    ]


def _hiding(model: type[models.Model], rows: Sequence[models.Model], values: Bindings) -> str:
    fields = [field for field in model._meta.concrete_fields if field.column]
    names = ", ".join(f'"{field.column}"' for field in fields)
    empty = ", ".join(f"NULL::{field.db_type(connection)}" for field in fields)
    told = ", ".join(f"({', '.join(_written(fields, row, values))})" for row in rows)
    body = f"VALUES {told}" if told else f"SELECT {empty} WHERE false"
    return f'"{model._meta.db_table}" ({names}) AS ({body})'


def _written(fields: Sequence[Any], row: models.Model, values: Bindings) -> Iterator[str]:
    for field in fields:
        value = field.get_db_prep_save(getattr(row, field.attname), connection)
        written = "NULL" if value is None else values.bind(value)
        yield f"{written}::{field.db_type(connection)}"
