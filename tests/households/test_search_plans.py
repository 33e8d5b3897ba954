"""Under row-level security each kind of search reaches its index: no table is gone through, no list sorted whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from households.selectors.asked_names import read_asked_name
from households.selectors.name_search import name_query
from households.selectors.number_search import household_query, people_numbered
from households.selectors.search import searchable_people
from offices.database.context import open_context
from offices.enums import Role
from offices.pinyin import sort_key
from tests.conftest import as_owner, sql
from tests.factories import make_actor
from tests.households.resident_files import number

pytestmark = pytest.mark.django_db

PEOPLE = 4000
ROLES = (Role.COUNTY, Role.TOWNSHIP, Role.VILLAGE)
_FAMILIES, _GIVEN = "王李张刘陈", "秀英建国明华玉兰"


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Some thousands of people and households over all villages, with true statistics; undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic(), open_context(scope=settings.HUIMIN_COUNTY):
        _make_crowd()
        yield
        transaction.set_rollback(True)


def _make_crowd() -> None:
    keys = {name: sort_key(name) for name in (f + a + b for f in _FAMILIES for a in _GIVEN for b in _GIVEN)}
    sql(
        """
        INSERT INTO households_person
               (id, name, name_sort, sex, birth_date, recorded_at, division_code, phone_digest, phone_tail_digest)
        SELECT gen_random_uuid(), n.name, n.key, 'F', '1953-02-01', now(), v.code, sha256(s::text::bytea),
               sha256((s % 500)::text::bytea)
          FROM generate_series(1, %s) AS s
          JOIN unnest(%s::text[], %s::text[]) WITH ORDINALITY AS n (name, key, place) ON n.place = 1 + s %% 320
          JOIN (SELECT code, row_number() OVER (ORDER BY code) AS place, count(*) OVER () AS many
                  FROM offices_division WHERE level = 'village') AS v ON v.place = 1 + (s * 7) %% v.many
        """.replace("s % 500", "s %% 500"),
        [PEOPLE, list(keys), list(keys.values())],
    )
    sql(
        "INSERT INTO households_household (id, number, division_code, recorded_at) "
        "SELECT gen_random_uuid(), lpad((s / 290)::text, 6, '0'), v.code, now() FROM generate_series(1, %s) AS s "
        "JOIN (SELECT code, row_number() OVER (ORDER BY code) AS place FROM offices_division "
        "WHERE level = 'village') AS v ON v.place = 1 + s %% 290 ON CONFLICT DO NOTHING",
        [PEOPLE],
    )
    with as_owner():
        sql("ANALYZE households_person, households_nametoken, households_household")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _reads(statement: str, parameters: Any) -> dict[str, set[str]]:
    """By table of the registry, the indexes by which the plan reads it (`whole`: it is gone through)."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    reads: dict[str, set[str]] = {}
    index_of = {"Bitmap Heap Scan": "bitmap", "Seq Scan": "whole"}
    for node in _nodes(plan):
        table, kind = node.get("Relation Name", ""), node["Node Type"]
        if table.startswith("households_"):
            reads.setdefault(table, set()).add(node.get("Index Name") or index_of[kind])
    return reads


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "asked", ["张秀英", "张", "秀英", "zhang", "zhangxiuying", "xiuying", "zhangx", "zxy", "张x", "zhx"]
)
def test_a_name_is_read_by_its_index(crowd: None, role: Role, asked: str) -> None:
    actor = make_actor(role)
    with open_context(actor=actor):
        reads = _reads(*name_query(actor=actor, asked=read_asked_name(asked), most=31))
    names = {"person_by_name", "person_by_village_and_name", "bitmap"}
    assert reads.pop("households_person", set()) <= names
    assert reads.pop("households_nametoken", set()) <= {"households_nametoken_pkey"}
    assert not reads


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("asked", [number("19530201", 487), "4321", "13812345678"])
def test_a_number_is_read_by_its_index(crowd: None, role: Role, asked: str) -> None:
    actor = make_actor(role)
    with open_context(actor=actor):
        statement, parameters = people_numbered(searchable_people(actor), asked)[:31].query.sql_with_params()
        (used,) = _reads(statement, parameters).values()
    assert "whole" not in used


@pytest.mark.parametrize("role", ROLES)
def test_a_household_number_is_read_by_its_index(crowd: None, role: Role) -> None:
    actor = make_actor(role)
    with open_context(actor=actor):
        reads = _reads(*household_query(actor=actor, text="00001", most=31))
    assert reads["households_household"] <= {
        "household_by_number",
        "household_number_is_unique_in_its_village",
    }
