"""The one way a state changes: lock the row, check the table, save, record the act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        _check(current, to, transitions)
        current.state = to  # type: ignore[attr-defined] # as above
        for name, value in fields.items():
            setattr(current, name, value)
        current.save(update_fields=["state", *fields])
        record_act(actor=actor, verb=verb, record=current, before=before, after=to, **(detail or {}))
    return current


def move_together(*, records: Sequence[M], to: str, transitions: Transitions, **fields: Any) -> None:
    """Bring records that the caller has locked to state `to` by one statement, with the same fields.

    Part of an act on many: the caller has asked its policy and records the one act for all of them. The
    records themselves are brought up too. Raises Stale as `move`, for the first that may not go.
    """
    for record in records:
        _check(record, to, transitions)
        for name, value in {"state": to, **fields}.items():
            setattr(record, name, value)
    if records:
        among = type(records[0])._default_manager.filter(pk__in=[record.pk for record in records])
        among.update(state=to, **fields)


def _check(record: models.Model, to: str, transitions: Transitions) -> None:
    if to not in transitions.get(record.state, frozenset()):  # type: ignore[attr-defined] # every record with TRANSITIONS has a state
        raise Stale(
            "state_changed",
            _("This is now “%(state)s”, so the step is not possible. Open it again to see what happened."),
            state=record.get_state_display(),  # type: ignore[attr-defined] # as above
        )
