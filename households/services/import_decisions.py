"""What a clerk decides about a resident file: its columns, to go on after a trial, to stop."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.enums import ImportState
from households.models import ResidentImport
from households.models.imports import TRANSITIONS
from households.policies import may_cancel_import, may_import
from households.services.header_mappings import remember_headers
from households.services.imports import queue_import
from offices.actors import Actor
from offices.errors import DomainError, NotAllowed
from offices.services.acts import record_act
from offices.services.jobs import cancel_job
from offices.services.states import locked, move


@transaction.atomic
def assign_headers(
    *, actor: Actor, brought: ResidentImport, sender: str, columns: Mapping[str, str]
) -> ResidentImport:
    """Say what the file's columns stand for, remember it for the sender, and queue the import.

    `columns` maps every header of the file to a resident column, or to nothing. Raises NotAllowed,
    Stale, and DomainError as `remember_headers`.
    """
    _check(actor, brought)
    renamed = remember_headers(actor=actor, sender=sender, columns=columns)
    waiting = move(
        record=brought,
        to=ImportState.WAITING,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.assign_headers",
        detail={"sender": sender.strip(), "columns": renamed},
        sender=sender.strip(),
        headers=renamed,
    )
    queue_import(actor=actor, brought=waiting)
    return waiting


@transaction.atomic
def take_in_after_trial(*, actor: Actor, brought: ResidentImport) -> ResidentImport:
    """Queue the import of a file that was only tried; the same file, columns and day.

    Asked twice it answers with the import that is there already. Raises NotAllowed, and DomainError
    `trial_not_done`, `file_dropped`.
    """
    _check(actor, brought)
    trial = locked(brought)
    if trial.state != ImportState.DONE or not trial.is_dry_run:
        raise DomainError(
            "trial_not_done", _("Only a file that was tried to its end can be taken in from here.")
        )
    follower = trial.followers.filter(state__in=(ImportState.WAITING, ImportState.DONE)).first()
    if follower:
        return follower
    if trial.file is None:
        raise DomainError("file_dropped", _("The file of this import is no longer kept. Bring it again."))
    follower = ResidentImport.objects.create(
        file=trial.file,
        file_name=trial.file_name,
        sha256=trial.sha256,
        as_of=trial.as_of,
        sender=trial.sender,
        headers=trial.headers,
        trial=trial,
        requested_by_id=actor.staff_id,
        requested_role=actor.role,
        # The file may speak of the villages for which it was brought, and of no others.
        division_code=trial.division_code,
    )
    queue_import(actor=actor, brought=follower)
    return follower


@transaction.atomic
def cancel_import(*, actor: Actor, brought: ResidentImport) -> ResidentImport:
    """Stop an import that waits or is under way; nothing of it stays.

    Whoever brought the file may, and the county office. A worker that has it in hand stops between
    two pieces of its work and says so then. Raises NotAllowed, Stale, DomainError `import_over`.
    """
    if not may_cancel_import(actor, brought) or not actor.covers(brought.division_code):
        raise NotAllowed
    if brought.job_id and not cancel_job(job_id=brought.job_id):
        raise DomainError(
            "import_over",
            _("The import has ended already, so it cannot be cancelled. If it was wrong, take it back."),
        )
    free = (
        ResidentImport.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=brought.pk).first()
    )
    if free is None:
        record_act(actor=actor, verb="households.ask_to_cancel_import", record=brought)
        return brought
    return move(
        record=free,
        to=ImportState.CANCELLED,
        transitions=TRANSITIONS,
        actor=actor,
        verb="households.cancel_import",
    )


def _check(actor: Actor, brought: ResidentImport) -> None:
    if not may_import(actor) or not actor.covers(brought.division_code):
        raise NotAllowed
