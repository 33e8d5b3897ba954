"""The example of docs/adding-a-predicate.md, as it is written there, makes a condition that decides."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from households.models import Residence
from offices.actors import Actor
from subsidies.predicates import Bindings, people, relations
from tests.factories import make_person

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-predicate.md"
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.django_db
def test_the_example_of_the_guide_decides(county: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    relation, condition = (
        re.sub(r"(?m)^   ", "", block) for block in _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    )
    added: dict[str, Any] = eval("{" + relation + "}", vars(relations) | {"Residence": Residence})  # noqa: S307 # our own guide
    monkeypatch.setattr(relations, "_RELATIONS", {**relations._RELATIONS, **added})
    fact = SimpleNamespace(RESIDENCE=SimpleNamespace(code="residence", relation="residence"))
    names = vars(people) | {"Fact": fact, "predicate": lambda kind: kind}
    exec(condition, names)  # noqa: S102 # our own guide
    since = names["ResidentSince"](day="2010-01-01")
    assert since.sentence()
    assert since.missing()
    expected: dict[Any, bool | None] = {}
    for begins, result in (("2009-12-31", True), ("2010-01-02", False), (None, None)):
        person = make_person()
        expected[person.pk] = result
        Residence.objects.filter(person=person).update(from_on=begins)
    values = Bindings(day=datetime.date(2013, 12, 31), reckoned_on=datetime.date(2013, 12, 31))
    told = relations.expressions(since.relations(), relations.subjects())
    joined = relations.joins(since.relations())
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {told} SELECT subject.id, {since.condition(values)} FROM subject{joined}", values.values
        )
        assert dict(cursor.fetchall()) == expected
