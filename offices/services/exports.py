"""Lists that leave the system as a file: asked for with a purpose, marked, logged, kept sealed for a week.

A short list is written at once, a long one by a worker; both go the same way and leave the same traces.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices import clock
from offices.actors import Actor
from offices.enums import ExportFormat, ExportPurpose, ExportState, JobState
from offices.errors import DomainError, NotAllowed
from offices.export_formats import FORMATS
from offices.exports import MOST_ROWS, Listed, ListExport, ListResource, Mark, ReadRecords, kind_of, list_kind
from offices.models import Export, Staff, StoredFile
from offices.models.exports import TRANSITIONS
from offices.policies import may_open_exports
from offices.selectors.divisions import names_of_divisions
from offices.services.acts import record_act, record_read
from offices.services.files import delete_file, store_file
from offices.services.jobs import finish_job, report_progress, request_job
from offices.services.numbers import new_code
from offices.services.schedule import schedule
from offices.services.staff import actors_of
from offices.services.states import move
from offices.templatetags.ui import day as day_in_words

TASK = "offices.make_export"
DROP_TASK = "offices.drop_export_files"
ROWS_AT_ONCE = 2_000
"""A list this long takes about a second; a longer one is written by a worker."""
DAYS_KEPT = 7
_MOST_IDS_IN_A_READ = 1_000


def rows_of(*, actor: Actor, kind: ListExport, query: QueryDict) -> Listed:
    """The rows that would leave. Raises NotAllowed, DomainError of the list's own."""
    if not kind.policy(actor):
        raise NotAllowed()
    return kind.rows(actor, query, clock.today())


def request_list_export(
    *,
    actor: Actor,
    kind: ListExport,
    query: QueryDict,
    purpose: ExportPurpose,
    reference: str,
    file_format: ExportFormat,
) -> Export:
    """Export a list as its page shows it under `query`; a long one is written by a worker.

    Whoever may see the list may export it. Raises NotAllowed, DomainError `purpose_not_offered`,
    `reference_missing`, `nothing_to_export`, `too_long_to_export` or the list's own.
    """
    listed = rows_of(actor=actor, kind=kind, query=query)
    rows = listed.rows.count()
    check_length(rows=rows)
    if file_format not in FORMATS:
        raise DomainError("format_not_offered", gettext_lazy("Choose one of the formats in the list."))
    export = new_export(
        actor=actor,
        kind=kind.code,
        purpose=check_purpose(offered=kind.purposes, purpose=purpose, reference=reference),
        reference=reference,
        file_format=file_format,
        filters={name: values for name, values in query.lists() if name != "page"},
        rows=rows,
    )
    if rows <= ROWS_AT_ONCE:
        return make_list_export(actor=actor, export=export)
    return queue(actor=actor, export=export, steps_total=rows)


def check_length(*, rows: int) -> None:
    """Nothing is cut without a word. Raises DomainError `nothing_to_export`, `too_long_to_export`."""
    if rows == 0:
        raise DomainError(
            "nothing_to_export",
            gettext_lazy("The list has no row with these filters. Take a filter out first."),
        )
    if rows > MOST_ROWS:
        raise DomainError(
            "too_long_to_export",
            gettext_lazy(
                "The list has %(rows)s rows, and one file holds at most %(most)s. Choose a village in the list first."
            ),
            rows=f"{rows:,}",
            most=f"{MOST_ROWS:,}",
        )


def check_purpose(
    *, offered: Sequence[ExportPurpose], purpose: ExportPurpose, reference: str
) -> ExportPurpose:
    """The purpose, if it may be given here. Raises DomainError `purpose_not_offered`, `reference_missing`."""
    if purpose not in offered:
        raise DomainError("purpose_not_offered", gettext_lazy("Choose one of the purposes in the list."))
    if purpose == ExportPurpose.OTHER and not reference.strip():
        raise DomainError(
            "reference_missing", gettext_lazy("Give the number of the document that asks for this export.")
        )
    return purpose


def new_export(
    *,
    actor: Actor,
    kind: str,
    purpose: ExportPurpose,
    reference: str,
    file_format: ExportFormat,
    **fields: object,
) -> Export:
    """Enter an export with a mark of its own, before anything is written."""
    return Export.objects.create(
        kind=kind,
        purpose=purpose,
        reference=reference.strip(),
        file_format=file_format,
        language=translation.get_language() or "zh-hans",
        code=new_code(),
        exported_on=clock.today(),
        requested_by_id=actor.staff_id,
        requested_role=actor.role,
        division_code=actor.division_code,
        **fields,
    )


def queue(*, actor: Actor, export: Export, steps_total: int | None = None) -> Export:
    """Have a worker make an export."""
    export.job = request_job(
        actor=actor, kind=TASK, task="offices.make_export", steps_total=steps_total, export=str(export.pk)
    )
    export.save(update_fields=["job"])
    return export


def asker_of(*, export: Export) -> Actor:
    """Who asked for an export, if she still holds the role in which she did. Raises NotAllowed."""
    staff = Staff.objects.get(pk=export.requested_by_id)
    for actor in actors_of(staff, on=clock.today()):
        if (actor.role, actor.division_code) == (export.requested_role, export.division_code):
            return actor
    raise NotAllowed()


@transaction.atomic
def make_list_export(*, actor: Actor, export: Export) -> Export:
    """Read the list within the actor's scope, write the file with its mark, log everybody in it.

    Raises NotAllowed, DomainError of the list's own, Stale when it has been made already.
    """
    kind = list_kind(export.kind)
    query = QueryDict(mutable=True)
    for name, values in export.filters.items():
        query.setlist(name, values)
    listed = rows_of(actor=actor, kind=kind, query=query)
    job = export.job

    def on_progress(done: int) -> None:
        if job is not None:
            report_progress(job_id=job.pk, done=done, total=max(done, export.rows))

    resource: ListResource = kind.resource(on=export.exported_on, on_progress=on_progress)
    dataset = resource.export(listed.rows)
    # Rows may have come in since they were counted.
    check_length(rows=len(dataset))
    mark = mark_of(actor=actor, export=export, title=str(kind.label), filters=listed.filters)
    writer = FORMATS[export.file_format]()
    content = writer.export_data(dataset, mark=mark, sheets=(_("List"), _("About this file")))
    return keep(
        actor=actor,
        export=export,
        content=content,
        media_type=writer.get_content_type(),
        title=mark.title,
        reads=resource.reads,
        rows=len(dataset),
    )


def mark_of(*, actor: Actor, export: Export, title: str, filters: Sequence[tuple[str, str]] = ()) -> Mark:
    """The mark of an export in the active language."""
    place = names_of_divisions([actor.division_code]).get(actor.division_code, actor.division_code)
    purpose = str(ExportPurpose(export.purpose).label)
    if export.reference:
        purpose = f"{purpose} {export.reference}"
    sentence = _(
        "Taken out by %(name)s (%(place)s, %(role)s) on %(day)s. %(purpose)s. Code %(code)s. Holds personal "
        "information: for this purpose only, not to be passed on, to be destroyed when it is done with."
    ) % {
        "name": actor.name,
        "place": place,
        "role": actor.role.label,
        "day": day_in_words(export.exported_on),
        "purpose": purpose,
        "code": export.code,
    }
    return Mark(
        title=title,
        by=f"{actor.name} ({place})",
        day=export.exported_on,
        purpose=purpose,
        code=export.code,
        sentence=sentence,
        filters=filters,
    )


@transaction.atomic
def keep(
    *,
    actor: Actor,
    export: Export,
    content: bytes,
    media_type: str,
    title: str,
    reads: Iterable[ReadRecords],
    rows: int,
) -> Export:
    """Seal a file that was made, write who is in it into the log of reads, record the act, end the job.

    Raises Stale when another worker has kept it already.
    """
    stored = store_file(
        actor=actor,
        purpose=TASK,
        name=f"{title}-{export.exported_on.isoformat()}-{export.code}.{export.file_format}",
        media_type=media_type,
        content=[content],
        division_code=export.division_code,
    )
    for record_type, keys in reads:
        for first in range(0, len(keys), _MOST_IDS_IN_A_READ):
            record_read(
                actor=actor,
                page=export.kind,
                record_type=record_type,
                record_ids=keys[first : first + _MOST_IDS_IN_A_READ],
                reason="export",
            )
    kept = move(
        record=export,
        to=ExportState.READY,
        transitions=TRANSITIONS,
        actor=actor,
        verb="offices.export",
        detail={
            "kind": export.kind,
            "purpose": export.purpose,
            "format": export.file_format,
            "rows": rows,
            "code": export.code,
            "sha256": stored.sha256,
        },
        file=stored,
        sha256=stored.sha256,
        rows=rows,
    )
    if export.job_id is not None:
        finish_job(job_id=export.job_id, state=JobState.DONE, export=str(export.pk))
    return kept


@transaction.atomic
def refuse_export(*, actor: Actor, export: Export, refusal: DomainError) -> Export:
    """End an export that a worker could not make, with the sentence that says why."""
    if export.job_id is not None:
        finish_job(job_id=export.job_id, state=JobState.FAILED, message=str(refusal), export=str(export.pk))
    return move(
        record=export,
        to=ExportState.REFUSED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="offices.refuse_export",
        detail={"reason": refusal.code},
        refusal=str(refusal),
    )


@transaction.atomic
def open_export(*, actor: Actor, export: Export) -> StoredFile:
    """The file for its maker, each time as an act. Raises NotAllowed, DomainError `export_dropped`.

    Only who made it, while she may still see such a list: it shows what she may see and no one else.
    """
    is_hers = export.requested_by_id == actor.staff_id and actor.covers(export.division_code)
    if not is_hers or not may_open_exports(actor) or not kind_of(export.kind).policy(actor):
        raise NotAllowed()
    if export.file is None:
        raise DomainError(
            "export_dropped",
            gettext_lazy("The file is not kept any more. Export the list again; it gets a new code."),
        )
    record_act(actor=actor, verb="offices.open_export", record=export, code=export.code)
    return export.file


def drop_export_files(*, actor: Actor) -> int:
    """Drop the files of exports that are a week old; who took what stays. Returns how many.

    Runs within the whole county, as the installation.
    """
    if not actor.is_system:
        raise NotAllowed()
    before = timezone.now() - datetime.timedelta(days=DAYS_KEPT)
    old = StoredFile.objects.filter(
        pk__in=Export.objects.filter(requested_at__lt=before, file__isnull=False).values("file_id")
    )
    dropped = 0
    for stored in old:
        delete_file(stored=stored)
        dropped += 1
    return dropped


def load_schedule(*, actor: Actor, county: str) -> int:
    """Have old files dropped every night."""
    return schedule(task=DROP_TASK, county=county, hour=3, minute=40)
