"""Many small steps of a migration, taken as few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pgtrigger.migrations
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_OF_A_MODEL = (
    migrations.CreateModel,
    migrations.AddField,
    migrations.AlterField,
    migrations.AddConstraint,
    migrations.RemoveConstraint,
    migrations.AddIndex,
    migrations.RemoveIndex,
    pgtrigger.migrations.AddTrigger,
    pgtrigger.migrations.RemoveTrigger,
)
_PARTS = ("constraint", "index", "trigger")


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The operations in their order, with runs of them taken as one (`Together`) where that changes nothing.

    Each operation of a run sees the models as they are after its last: so a run ends before a model that it
    creates, or a name within a model (a field, an index, …) that it has touched, is touched again.
    """
    return [run[0] if len(run) == 1 else Together(run) for run in _runs(operations)]


def _runs(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    run: list[Operation] = []
    touched: set[tuple[str, str]] = set()
    for operation in operations:
        words = _touched(operation)
        if run and (not words or touched & words):
            yield run
            run, touched = [], set()
        run.append(operation)
        touched |= {word for word in words if word[1] or isinstance(operation, migrations.CreateModel)}
        if not words:
            yield run
            run = []
    if run:
        yield run


def _touched(operation: Operation) -> set[tuple[str, str]]:
    """The model (with no name) and the name in it that an operation is about; nothing, if it has to stand alone."""
    if isinstance(operation, migrations.CreateModel):
        return {(operation.name_lower, "")}
    if not isinstance(operation, _OF_A_MODEL):
        return set()
    part: Any = next((getattr(operation, kind) for kind in _PARTS if hasattr(operation, kind)), operation)
    model = str(getattr(operation, "model_name", "")).lower()
    return {(model, ""), (model, part.name.lower())}


class Together(Operation):
    """Operations after which the models are rendered once, instead of after each of them.

    After an operation Django renders its model anew and all that are joined with it, here nearly every one:
    nine tenths of the time that an empty database took.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        was_rendered = state.__dict__.pop("apps", None) is not None
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if was_rendered:
            _ = state.apps

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)
