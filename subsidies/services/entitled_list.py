"""The list of the entitled as a file: who, where her hukou is, how much, where she stands."""

from __future__ import annotations

import csv
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from households.models import Hukou
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act, record_read
from subsidies.models import Assessment
from subsidies.policies import may_export_entitled
from subsidies.services.sweep import ENTITLED_STANDINGS, assess_everybody

HEADER = ("公民身份号码", "姓名", "户籍地代码", "金额", "状态")


def export_entitled(*, actor: Actor, programme_code: str, as_of: datetime.date, out: Path) -> int:
    """Write the entitled of a programme and day, as far as the actor sees, to a file of her own.

    The day is assessed anew first. Numbers stand in clear, so the file is readable by its owner
    alone, the export is an act, and who was in it is logged as read. Returns the number of rows.
    Raises NotAllowed without the right, DomainError for an unknown programme or an unwritable file.
    """
    if not may_export_entitled(actor):
        raise NotAllowed
    record = assess_everybody(actor=actor, as_of=as_of, programmes=[programme_code])
    rows = list(
        Assessment.objects.visible_to(actor)
        .filter(sweep=record, programme_id=programme_code, standing__in=ENTITLED_STANDINGS)
        .select_related("person")
        .annotate(
            hukou_place=Subquery(
                Hukou.objects.on(as_of).filter(person=OuterRef("person")).values("place_code")[:1]
            )
        )
        .order_by("hukou_place", "person__name_sort", "person_id")
    )
    _write(out, (_line(row, row.hukou_place or "") for row in rows))
    record_act(
        actor=actor,
        verb="subsidies.export_entitled",
        record=record,
        division_code=actor.division_code,
        programme=programme_code,
        as_of=as_of,
        rows=len(rows),
    )
    if rows:
        record_read(
            actor=actor,
            page="export_entitled",
            record_type="households.person",
            record_ids=[row.person_id for row in rows],
        )
    return len(rows)


def _line(row: Assessment, hukou_place: str) -> tuple[str, ...]:
    number = row.person.id_number
    return (
        number.reveal() if number else "",
        _as_text(row.person.name),
        hukou_place,
        "" if row.amount is None else str(row.amount),
        row.standing,
    )


def _as_text(name: str) -> str:
    """A name that a spreadsheet would take for a formula stays text."""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@") else name


def _write(out: Path, lines: Iterator[tuple[str, ...]]) -> None:
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(HEADER)
            writer.writerows(lines)
    except OSError as failure:
        raise DomainError(
            "unwritable_file",
            _("%(file)s cannot be written: %(reason)s."),
            file=str(out),
            reason=failure.strerror or "",
        ) from failure
