"""Sheets: one record on one printed page, asked for with a purpose and marked like every export."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from offices.actors import Actor
from offices.enums import ExportFormat, ExportPurpose
from offices.errors import DomainError, NotAllowed
from offices.exports import SheetContent, SheetExport, sheet_kind
from offices.models import Export
from offices.services.exports import check_purpose, keep, mark_of, new_export, queue

SHEET_TEMPLATE = "print/sheet.html"


def request_sheet(
    *, actor: Actor, kind: SheetExport, subject_id: UUID, purpose: ExportPurpose, reference: str
) -> Export:
    """Ask for the sheet of a record; a worker prints it, which takes some seconds.

    Whoever may see the record may print it. Raises NotAllowed, DomainError `purpose_not_offered`,
    `reference_missing`, `record_gone`.
    """
    if not kind.policy(actor):
        raise NotAllowed()
    _found(actor, kind, subject_id)
    export = new_export(
        actor=actor,
        kind=kind.code,
        purpose=check_purpose(offered=kind.purposes, purpose=purpose, reference=reference),
        reference=reference,
        file_format=ExportFormat.PDF,
        subject_id=subject_id,
        rows=1,
    )
    return queue(actor=actor, export=export)


def prepare_sheet(*, actor: Actor, export: Export) -> SheetContent:
    """Read everything that is printed, so that the printer needs no transaction.

    Raises NotAllowed, DomainError `record_gone`.
    """
    kind = sheet_kind(export.kind)
    if not kind.policy(actor) or export.subject_id is None:
        raise NotAllowed()
    record = _found(actor, kind, export.subject_id)
    mark = mark_of(actor=actor, export=export, title=str(kind.label))
    return kind.compose(actor, record, export.exported_on, mark)


def keep_sheet(*, actor: Actor, export: Export, content: SheetContent, printed: bytes) -> Export:
    """Keep a printed sheet sealed for its maker; an act, and everybody on it is in the log of reads."""
    return keep(
        actor=actor,
        export=export,
        content=printed,
        media_type="application/pdf",
        title=content.mark.title,
        reads=content.reads,
        rows=1,
    )


def _found(actor: Actor, kind: SheetExport, subject_id: UUID) -> object:
    record = kind.find(actor, subject_id)
    if record is None:
        raise DomainError(
            "record_gone",
            _("This is served elsewhere by now. Look for it anew, and print it from its page."),
        )
    return record
