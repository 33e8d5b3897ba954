"""The audit trail: every service records its act in the transaction that does it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from offices import clock
from offices.actors import Actor
from offices.database.context import current_context
from offices.models import Act, Read


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def record_act(
    *,
    actor: Actor,
    verb: str,
    record: models.Model,
    division_code: str | None = None,
    on: datetime.date | None = None,
    **detail: Any,
) -> Act:
    """Write who did what to `record`, in which role, today.

    `verb` is `app.verb_noun`, the service's own name; `detail` holds codes, dates, states and
    amounts, never a name or number of a person; of a record that has a code for its key, that code.
    `division_code` defaults to the record's own, else the actor's.
    """
    if not isinstance(record.pk, UUID):
        detail = {"code": record.pk, **detail}
    context = current_context()
    code = division_code or getattr(record, "division_code", None) or actor.division_code
    return Act.objects.create(
        on=on or clock.today(),
        by_id=actor.staff_id,
        role=actor.role,
        channel=context.channel,
        address=context.address,
        verb=verb,
        record_type=record._meta.label_lower,
        record_id=record.pk if isinstance(record.pk, UUID) else None,
        division_code=code,
        detail=_plain(detail),
    )


def record_read(
    *, actor: Actor, page: str, record_type: str, record_ids: Iterable[UUID], reason: str = ""
) -> Read:
    """Write who looked at which records; callers in pages use `request.reads` instead."""
    return Read.objects.create(
        by_id=actor.staff_id,
        role=actor.role,
        address=current_context().address,
        page=page,
        reason=reason,
        record_type=record_type,
        record_ids=list(record_ids),
        division_code=actor.division_code,
    )
