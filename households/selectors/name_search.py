"""People by their names, in the order in which a clerk reads them, within the open scope.

Every comparison is `=` or a range on bytewise text, which row-level security lets reach an index. However
common a name is, no list is sorted: the first rows of each village or township are read in their order
and merged. Whoever is found by the whole name comes first, then by its beginning, then by a part of
it; the dead come after the living of each.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from households.models import NameToken, Person
from households.selectors.asked_names import AskedName
from offices.actors import Actor
from offices.models import Division

_PERSON = Person._meta.db_table
_TOKEN = NameToken._meta.db_table
_DIVISION = Division._meta.db_table
_WITHIN = "{table}.division_code >= %(scope)s AND {table}.division_code < %(end)s"
_LAST = "\U0010ffff"

# A county reads one index of all names; a township that of each of its villages, because a family name
# of another township would be read through there in vain.
_BEGUN = f"""
    SELECT found.id, %(rank)s AS rank, found.name_sort
      FROM unnest(%({{keys}})s::text[]) AS asked (key) {{places}}
     CROSS JOIN LATERAL (
           SELECT p.id, p.name_sort FROM {_PERSON} p
            WHERE {{match}}
              AND p.died_on IS {{life}} AND {{within}}
            ORDER BY p.name_sort, p.id LIMIT %(most)s) AS found
     WHERE {{gate}}
     ORDER BY 3, 1 LIMIT %(most)s
"""
_IS_KEY = 'p.name_sort = asked.key COLLATE "C"'
_BEGINS = 'p.name_sort > asked.key COLLATE "C" AND p.name_sort < (asked.key || %(last)s) COLLATE "C"'
_VILLAGES = f"CROSS JOIN (SELECT code FROM {_DIVISION} WHERE code >= %(scope)s AND code < %(end)s) AS place"

_TOKENS = f"""
    SELECT found.person_id AS id, found.rank + asked.later AS rank, found.name_sort
      FROM unnest(%(tokens)s::text[], %(patterns)s::text[], %(later)s::integer[]) AS asked (token, pattern, later)
     CROSS JOIN (SELECT DISTINCT left(code, 9) AS code FROM {_DIVISION}
                  WHERE code >= %(scope)s AND code < %(end)s) AS place
     CROSS JOIN LATERAL (
           SELECT t.person_id, t.rank, t.name_sort FROM {_TOKEN} t
            WHERE t.township_code = place.code AND t.token = asked.token COLLATE "C"
              AND (asked.pattern = '' OR t.name_sort ~ asked.pattern) AND {_WITHIN.format(table="t")}
            ORDER BY t.rank, t.name_sort, t.person_id LIMIT %(most)s) AS found
     WHERE {{gate}}
     ORDER BY 2, 3, 1 LIMIT %(most)s
"""


def people_named(*, actor: Actor, asked: AskedName, most: int) -> list[UUID]:
    """Keys of the first `most` people of the actor's divisions whom the question finds, in their order."""
    if not asked:
        return []
    statement, parameters = name_query(actor=actor, asked=asked, most=most)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def name_query(*, actor: Actor, asked: AskedName, most: int) -> tuple[str, dict[str, Any]]:
    """The one query behind `people_named`, for it and for whoever measures it."""
    is_county = len(actor.scope) == 6
    begun = _BEGUN.replace("{places}", "" if is_county else _VILLAGES).replace(
        "{within}", _WITHIN.format(table="p") if is_county else "p.division_code = place.code"
    )
    named: list[tuple[str, str]] = []
    for name, keys, match, rank in (
        ("wholes", asked.wholes, _IS_KEY, 0),
        ("begun", asked.keys, _BEGINS, 2),
    ):
        if keys:
            query = begun.replace("{match}", match).replace("{keys}", "wholes" if rank == 0 else "keys")
            named.append((name, _filled(query, life="NULL", rank=rank, gate="true")))
            named.append((f"{name}_dead", _filled(query, life="NOT NULL", rank=rank + 1, gate=_fewer(name))))
    if asked.tokens:
        gate = _fewer(*(name for name, _query in named)) if asked.keys else "true"
        named.append(("tokens", _TOKENS.replace("{gate}", gate)))
    parts = ", ".join(f"{name} AS MATERIALIZED ({query})" for name, query in named)
    united = " UNION ALL ".join(f"SELECT * FROM {name}" for name, _query in named)
    statement = (
        f"WITH {parts} SELECT id, min(rank) FROM ({united}) AS found "
        "GROUP BY id, name_sort ORDER BY 2, name_sort, id LIMIT %(most)s"
    )
    return statement, {
        "scope": actor.scope,
        "end": actor.scope + "~",
        "most": most,
        "last": _LAST,
        "wholes": list(asked.wholes),
        "keys": list(asked.keys),
        "tokens": [token for token, _pattern in asked.tokens],
        "patterns": [pattern for _token, pattern in asked.tokens],
        # `ma` are the families Ma before whoever has these initials.
        "later": [4 if asked.keys and token.isupper() else 0 for token, _pattern in asked.tokens],
    }


def _filled(query: str, *, life: str, rank: int, gate: str) -> str:
    return query.replace("{life}", life).replace("%(rank)s", str(rank)).replace("{gate}", gate)


def _fewer(*named: str) -> str:
    """True while those found so far do not fill the list: what comes later is not looked for in vain."""
    counted = " + ".join(f"(SELECT count(*) FROM {name})" for name in named)
    return f"{counted} < %(most)s"
