"""Steps of a migration taken as one come to the same as each by itself."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from offices.database.together import Together, together
from tests.conftest import as_owner

SHELF = migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])
BOX = migrations.CreateModel(
    "Box",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("shelf", models.ForeignKey("offices.Shelf", on_delete=models.CASCADE)),
    ],
)
ROOM = migrations.AddField("Shelf", "room", models.CharField(max_length=5, default="-"))
ROW = migrations.AddField("Shelf", "row", models.IntegerField(default=1))
LONGER = migrations.AlterField("Shelf", "room", models.CharField(max_length=9, default="-"))
ONCE = migrations.AddConstraint("Shelf", models.UniqueConstraint(fields=["room", "row"], name="shelf_once"))
NO_LONGER = migrations.RemoveConstraint("Shelf", "shelf_once")
FILLED = migrations.RunSQL("INSERT INTO offices_shelf (room, row) VALUES ('1.01', 1)", migrations.RunSQL.noop)

STEPS: list[Operation] = [SHELF, BOX, ROOM, ROW, LONGER, ONCE, NO_LONGER, FILLED, ROOM, ROW]


def test_a_run_ends_before_what_it_has_touched_is_touched_again() -> None:
    taken = [step.operations if isinstance(step, Together) else [step] for step in together(STEPS)]
    assert taken == [[SHELF, BOX], [ROOM, ROW], [LONGER, ONCE], [NO_LONGER], [FILLED], [ROOM, ROW]]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [6, 8])
def test_the_tables_are_those_of_single_steps_and_go_again(count: int) -> None:
    steps = STEPS[:count]
    with as_owner():
        alone = _tables(steps)
        assert _tables(together(steps)) == alone
    names = {name for table, name, *_rest in alone if table == "offices_shelf"}
    assert names - {"offices_shelf_pkey"} == {"id", "room", "row"} | ({"shelf_once"} if count == 6 else set())


def _tables(steps: list[Operation]) -> list[tuple[object, ...]]:
    """The columns and constraints after the steps, which are taken back afterwards: no table is left."""
    state, before = ProjectState(), []
    _ = state.apps  # as where a migration is run: what follows has to be rendered
    with connection.schema_editor() as editor:
        for step in steps:
            before.append(state.clone())
            step.state_forwards("offices", state)
            step.database_forwards("offices", editor, before[-1], state)
    found = _columns()
    with connection.schema_editor() as editor:
        for step in reversed(steps):
            after = before.pop()
            step.database_backwards("offices", editor, state, after)
            state = after
    assert not _columns()
    return found


def _columns() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable "
            "FROM information_schema.columns WHERE table_name IN ('offices_shelf', 'offices_box') "
            "UNION ALL SELECT table_name, constraint_name, constraint_type, NULL, NULL "
            "FROM information_schema.table_constraints WHERE table_name IN ('offices_shelf', 'offices_box') "
            "AND constraint_type <> 'CHECK' ORDER BY 1, 2"
        )
        return cursor.fetchall()
