"""The history page of any record: the acts that touched it, and what its rows were before.

Acts say who did what. Row history is written by the database's own triggers, whatever the door,
so it says what changed and when; each former version is compared with the one that followed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from offices.acts_in_words import words_of
from offices.database.context import county_scope
from offices.fields import DigestField, DivisionCodeField, SealedField
from offices.models import Act
from offices.sealing import Sealed
from offices.selectors.divisions import names_of_divisions
from offices.templatetags.ui import NOTHING, day
from offices.tones import Tone

_UNSHOWN = frozenset({"id", "name_sort", "recorded_at", "row_as_of", "pgh_id", "pgh_created_at", "pgh_label"})


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that happened to a record, as the timeline shows it."""

    what: str | Promise
    who: str | Promise
    role: str | Promise
    at: datetime.datetime
    changes: Sequence[Change] = ()
    from_address: str = ""
    tone: str = field(default=Tone.NEUTRAL.value)


def history_lines(
    record: models.Model, *related: models.Model, wherever_kept: bool = False
) -> list[HistoryLine]:
    """What happened to `record` and its `related` rows, newest first.

    `related` are rows that the record's reader thinks of as part of it (a person's facts, an
    application's papers). Sensitive values are masked; digests and keys are left out. Rows that have
    gone from one division to another are read `wherever_kept`: whoever may see them now sees what these
    very rows were before. Acts, and rows that they refer to, stay with the division they belong to.
    """
    records = [record, *related]
    lines = [*_act_lines(records), *_first_line(record)]
    with county_scope() if wherever_kept else nullcontext():
        versions = [(row, _versions(row)) for row in records]
    for row, former in versions:
        lines += _row_lines(row, former, is_part=row is not record)
    return sorted(_together(lines), key=lambda line: line.at, reverse=True)


def show_history(
    request: Any,
    *,
    record: models.Model,
    heading: str | Promise,
    back_url: str,
    back_label: str | Promise,
    related: Iterable[models.Model] = (),
    further: Sequence[HistoryLine] = (),
    wherever_kept: bool = False,
) -> HttpResponse:
    """The history page of a record; the caller has fetched it within scope and notes the reading.

    `further`: lines about acts that touched it together with others. `wherever_kept`: as `history_lines`.
    """
    lines = history_lines(record, *related, wherever_kept=wherever_kept)
    lines = sorted([*lines, *further], key=lambda line: line.at, reverse=True)
    return render(
        request,
        "offices/history.html",
        {
            "heading": heading,
            "lines": lines,
            "back_url": back_url,
            "back_label": back_label,
        },
    )


def _first_line(record: models.Model) -> list[HistoryLine]:
    recorded_at = getattr(record, "recorded_at", None)
    if recorded_at is None:
        return []
    return [HistoryLine(_("First recorded"), _("Kept by the database"), "", recorded_at)]


def _act_lines(records: Sequence[models.Model]) -> list[HistoryLine]:
    by_type: dict[str, list[models.Model]] = {}
    for record in records:
        by_type.setdefault(record._meta.label_lower, []).append(record)
    lines = []
    for record_type, rows in by_type.items():
        acts = Act.objects.filter(_about(rows), record_type=record_type)
        lines += [_act_line(act, rows[0]) for act in acts.select_related("by")]
    return lines


def _about(rows: Sequence[models.Model]) -> models.Q:
    """Acts name their record by its key; one that has a code for its key stands in their detail."""
    keys = [row.pk for row in rows]
    if isinstance(keys[0], UUID):
        return models.Q(record_id__in=keys)
    return models.Q(record_id=None, detail__code__in=keys)


def _act_line(act: Act, record: models.Model) -> HistoryLine:
    before, after = act.detail.get("before"), act.detail.get("after")
    changes = []
    if before is not None and after is not None:
        states = _choices(record, "state")
        changes.append(
            Change(str(_("State")), states.get(before, str(before)), states.get(after, str(after)))
        )
    return HistoryLine(
        what=words_of(act.verb),
        who=act.by.name,
        role=act.get_role_display(),
        at=act.at,
        changes=changes,
        from_address=act.address or "",
        tone=Tone.ACTIVE.value,
    )


def _choices(record: models.Model, name: str) -> dict[Any, str]:
    for entry in record._meta.fields:
        if entry.name == name:
            return {key: str(label) for key, label in entry.flatchoices}
    return {}


def _versions(row: models.Model) -> list[Any]:
    """A row as it was before each change, the oldest first."""
    event_model = getattr(row, "pgh_event_model", None)
    if event_model is None:
        return []
    return list(event_model._default_manager.filter(pgh_obj_id=row.pk).order_by("pgh_created_at", "pgh_id"))


def _row_lines(row: models.Model, former_versions: Sequence[Any], *, is_part: bool) -> list[HistoryLine]:
    versions: list[Any] = [*former_versions, row]
    part = capfirst(str(row._meta.verbose_name)) if is_part else ""
    lines = []
    for former, latter in pairwise(versions):
        if changes := _changes(row, former, latter, part):
            lines.append(
                HistoryLine(
                    _("The record changed"), _("Kept by the database"), "", former.pgh_created_at, changes
                )
            )
    return lines


def _changes(row: models.Model, former: models.Model, latter: models.Model, part: str) -> list[Change]:
    changes = []
    for entry in row._meta.fields:
        if entry.name in _UNSHOWN or isinstance(entry, DigestField):
            continue
        if part and entry.name == "division_code":
            # A part is where its record is.
            continue
        before, after = getattr(former, entry.attname), getattr(latter, entry.attname)
        if before == after:
            continue
        label = capfirst(str(entry.verbose_name))
        changes.append(
            Change(f"{part} · {label}" if part else label, _said(entry, before), _said(entry, after))
        )
    return changes


def _said(entry: models.Field[Any, Any], value: Any) -> str:
    if value in (None, ""):
        return NOTHING
    if isinstance(entry, SealedField) and isinstance(value, Sealed):
        return value.masked
    if entry.flatchoices:
        return str(dict(entry.flatchoices).get(value, value))
    if isinstance(entry, DivisionCodeField):
        return names_of_divisions([value]).get(value, value)
    if isinstance(entry, models.ForeignKey):
        related = entry.related_model._default_manager.filter(pk=value).first()  # type: ignore[union-attr] # a model class
        return str(related) if related else str(_("Another record"))
    if isinstance(value, datetime.date):
        return day(value)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return str(value)


def _together(lines: list[HistoryLine]) -> list[HistoryLine]:
    """Row changes of one transaction are one line."""
    acts = [line for line in lines if line.role or not line.changes]
    rows = sorted((line for line in lines if not line.role and line.changes), key=lambda line: line.at)
    for _at, same in groupby(rows, key=lambda line: line.at):
        group = list(same)
        acts.append(
            HistoryLine(
                group[0].what,
                group[0].who,
                "",
                group[0].at,
                [change for line in group for change in line.changes],
            )
        )
    return acts
