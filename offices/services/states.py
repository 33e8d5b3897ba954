"""The one way a state changes: lock the row, check the table, save, record the act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.errors import Stale
from offices.services.acts import record_act

M = TypeVar("M", bound=models.Model)
Transitions = Mapping[str, frozenset[str]]


def locked(record: M) -> M:
    """The record as it is now, locked until the transaction ends."""
    manager: models.Manager[M] = type(record)._default_manager
    return manager.select_for_update(of=("self",)).get(pk=record.pk)


def move(
    *,
    record: M,
    to: str,
    transitions: Transitions,
    actor: Actor,
    verb: str,
    detail: Mapping[str, Any] | None = None,
    **fields: Any,
) -> M:
    """Bring `record` to state `to` with the given fields; returns the locked, saved row.

    Raises Stale when the table does not allow the step from where the record is now.
    """
    with transaction.atomic():
        current = locked(record)
        before: str = current.state  # type: ignore[attr-defined] # every record with TRANSITIONS has a state
        if to not in transitions.get(before, frozenset()):
            raise Stale(
                "state_changed",
                _(
                    "This is now “%(state)s”, so the step is not possible. Open it again to see what happened."
                ),
                state=current.get_state_display(),  # type: ignore[attr-defined] # as above
            )
        current.state = to  # type: ignore[attr-defined] # as above
        for name, value in fields.items():
            setattr(current, name, value)
        current.save(update_fields=["state", *fields])
        record_act(actor=actor, verb=verb, record=current, before=before, after=to, **(detail or {}))
    return current
