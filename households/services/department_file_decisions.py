"""What a clerk decides about another department's list: its columns, to stop it, to withdraw it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import DepartmentFileKind, ImportState, ProposalState
from households.models import DepartmentFile
from households.models.departments import FILE_TRANSITIONS
from households.policies import (
    may_bring_department_files,
    may_see_department_files,
    may_stop_department_file,
)
from households.readers import DEPARTMENT_COLUMNS
from households.services.department_files import queue_reading
from households.services.header_mappings import remember_headers
from offices import clock
from offices.actors import Actor
from offices.database.context import county_scope
from offices.errors import DomainError, NotAllowed
from offices.models import StoredFile
from offices.services.acts import record_act
from offices.services.jobs import cancel_job
from offices.services.states import move

ListKind = Literal["errors", "unmatched"]


@transaction.atomic
def assign_columns(*, actor: Actor, brought: DepartmentFile, columns: Mapping[str, str]) -> DepartmentFile:
    """Say what the list's columns stand for, remember it for its sender, and queue its reading.

    Raises NotAllowed, Stale, and DomainError as `remember_headers`.
    """
    if not may_bring_department_files(actor) or not actor.covers(brought.division_code):
        raise NotAllowed
    of = DEPARTMENT_COLUMNS[DepartmentFileKind(brought.kind)]
    renamed = remember_headers(actor=actor, sender=brought.sender, columns=columns, of=of)
    waiting = move(
        record=brought,
        to=ImportState.WAITING,
        transitions=FILE_TRANSITIONS,
        actor=actor,
        verb="households.assign_department_columns",
        detail={"sender": brought.sender, "columns": renamed},
        headers=renamed,
    )
    queue_reading(actor=actor, brought=waiting)
    return waiting


@transaction.atomic
def cancel_department_file(*, actor: Actor, brought: DepartmentFile) -> DepartmentFile:
    """Stop a list that waits or is being read; nothing of it stays.

    Raises NotAllowed, Stale, DomainError `import_over`.
    """
    if not may_stop_department_file(actor, brought) or not actor.covers(brought.division_code):
        raise NotAllowed
    if brought.job_id and not cancel_job(job_id=brought.job_id):
        raise DomainError(
            "import_over",
            _("The list has been read already, so it cannot be cancelled. If it was wrong, withdraw it."),
        )
    waiting = DepartmentFile.objects.select_for_update(of=("self",), skip_locked=True)
    free = waiting.filter(pk=brought.pk).first()
    if free is None:
        record_act(actor=actor, verb="households.ask_to_cancel_department_file", record=brought)
        return brought
    return move(
        record=free,
        to=ImportState.CANCELLED,
        transitions=FILE_TRANSITIONS,
        actor=actor,
        verb="households.cancel_department_file",
    )


@transaction.atomic
def withdraw_department_file(*, actor: Actor, brought: DepartmentFile) -> DepartmentFile:
    """Take a wrong list out of everybody's work: what nobody has decided goes, decisions stay.

    By whoever brought it, or the county. Raises NotAllowed, Stale.
    """
    if not may_stop_department_file(actor, brought) or not actor.covers(brought.division_code):
        raise NotAllowed
    with county_scope():
        undecided = brought.proposals.filter(
            state__in=(ProposalState.PROPOSED, ProposalState.AMBIGUOUS, ProposalState.KNOWN)
        )
        # Whoever is deciding one of them is waited for.
        keys = list(undecided.select_for_update(of=("self",)).values_list("pk", flat=True))
        withdrawn = undecided.filter(pk__in=keys).update(state=ProposalState.WITHDRAWN)
        return move(
            record=brought,
            to=ImportState.TAKEN_BACK,
            transitions=FILE_TRANSITIONS,
            actor=actor,
            verb="households.withdraw_department_file",
            detail={"proposals": withdrawn, "sha256": brought.sha256},
            taken_back_by_id=actor.staff_id,
            taken_back_on=clock.today(),
        )


@transaction.atomic
def open_list_of(*, actor: Actor, brought: DepartmentFile, kind: ListKind) -> StoredFile:
    """The list of rows that could not be read, or that mean nobody here; an act.

    Raises NotAllowed, DomainError `no_remarks`.
    """
    if not may_see_department_files(actor) or not actor.covers(brought.division_code):
        raise NotAllowed
    stored = brought.error_file if kind == "errors" else brought.unmatched_file
    if stored is None:
        raise DomainError(
            "no_remarks", _("There is no such file: no row gave a reason, or it is no longer kept.")
        )
    record_act(
        actor=actor,
        verb="households.download_department_list",
        record=brought,
        kind=kind,
        sha256=stored.sha256,
    )
    return stored
